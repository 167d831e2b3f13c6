/**
 * A run in a process of its own submits two or three repositories to a forge that loses, doubles, refuses and delays what it is
 * asked, and the process is killed in the middle of requests. In the end there is one pull request per repository.
 */
import { describe, expect, it } from 'vitest';
import { FORGE_CALLS, type ForgeFault, type ForgeCall } from '../../src/testing/fake-forge/faults.ts';
import { openFakeForge, type FakeForge } from '../../src/testing/fake-forge/fake-forge.ts';
import { createRandom } from '../../src/testing/random.ts';
import { git } from '../../src/testing/rig.ts';
import { openWorld, resultOf, type World } from './worlds.ts';

const TOKEN = 'ghp-loopback-token-0816-cccc';
const FULL = process.env['BATON_TEST_FULL'] === '1';
const SCHEDULES = FULL ? 1_000 : 50;
/** So many in one test, so that a slow machine is no failure. */
const EACH = 5;
/** Faults and kills are counted: whoever needs more starts than this does not end. */
const MOST_STARTS = 40;
const NAMES = ['client', 'service', 'worker'];
/** One schedule in so many has three repositories; the others have two. */
const WITH_THREE = 5;

/** Nobody listens there: whoever goes there gets nothing. */
const NOWHERE = 'http://127.0.0.1:1/elsewhere';

const FAULTS: readonly ForgeFault[] = [
  { kind: 'drop_before' },
  { kind: 'drop_after' },
  { kind: 'delay', ms: 40 },
  { kind: 'duplicate' },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 502 },
  { kind: 'status', status: 401 },
  { kind: 'status', status: 403 },
  { kind: 'status', status: 429, headers: { 'retry-after': '0' } },
  { kind: 'html', status: 200 },
  { kind: 'html', status: 503 },
  { kind: 'drip', everyMs: 0 },
  { kind: 'empty_list' },
  { kind: 'redirect', status: 302, location: NOWHERE },
  { kind: 'redirect', status: 307, location: NOWHERE },
];
const UNUSED: readonly ForgeCall[] = [
  'other',
  'read_checks',
  'read_reviews',
  'set_labels',
  'ask_reviewers',
  'set_status',
  'read_comments',
  'write_comment',
];
const CALLS = FORGE_CALLS.filter((call) => !UNUSED.includes(call));

/** What really happened in all schedules that were played: where nothing goes wrong, nothing is shown. */
const met = { schedules: 0, faults: 0, deaths: 0 };

interface Schedule {
  names: readonly string[];
  faults: { call: ForgeCall; repository: string; fault: ForgeFault; times: number }[];
  /** At the n-th request of each start the process dies; null: it lives. `late`: after the server has done it. */
  kills: ({ at: number; late: boolean } | null)[];
}

function draw(seed: number): Schedule {
  const random = createRandom(seed);
  const names = seed % WITH_THREE === 0 ? NAMES : NAMES.slice(0, 2);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const faults = Array.from({ length: Math.floor(random() * 7) }, () => ({
    call: pick(CALLS),
    repository: `acme/${pick(names)}`,
    fault: pick(FAULTS),
    times: 1 + Math.floor(random() * 2),
  }));
  // A person may say three times that it is to be tried again: what asks for more is another matter.
  const asks = ({ fault }: (typeof faults)[number]): boolean =>
    fault.kind === 'redirect' || (fault.kind === 'status' && (fault.status === 401 || fault.status === 403));
  const first = faults.findIndex(asks);
  const few = faults
    .filter((each, index) => !asks(each) || index === first)
    .map((each) => (asks(each) ? { ...each, times: 1 } : each));
  const kills = Array.from({ length: Math.floor(random() * 4) }, () =>
    random() < 0.3 ? null : { at: 1 + Math.floor(random() * 14), late: random() < 0.5 },
  );
  return {
    names,
    faults: few.filter(({ call, fault }) => fault.kind !== 'empty_list' || call === 'find_pull'),
    kills,
  };
}

/** Starts it until it is done, as a person would, and answers what it asks with `retry`. */
async function drive(world: World, server: FakeForge, { names, faults, kills }: Schedule): Promise<number> {
  const left = [...kills];
  for (let starts = 1; starts <= MOST_STARTS; starts += 1) {
    const run = await world.runId();
    const process = world.start(run, { forge: 'github', brief: true, repos: names });
    const kill = left.shift() ?? null;
    let requests = 0;
    server.onCall = (call) => {
      // A run begins before what goes wrong does: that its start is refused is shown elsewhere.
      if (run === 'new' && call === 'look') return;
      requests += 1;
      if (kill === null || requests !== kill.at) return;
      if (kill.late) setTimeout(() => process.child.kill('SIGKILL'), 30);
      else process.child.kill('SIGKILL');
    };
    if (run === 'new') {
      await process.says('started');
      for (const fault of faults) server.faults.add(fault);
    }
    const ended = await process.ended;
    if (ended.signal === 'SIGKILL') {
      met.deaths += 1;
      continue;
    }
    const { status, reason } = resultOf(ended);
    if (status === 'done') return starts;
    expect([status, reason]).toEqual(['waiting_human', 'submission']);
    await answerAll(world);
  }
  throw new Error(`not done after ${MOST_STARTS} starts`);
}

async function answerAll(world: World): Promise<void> {
  const events = await world.events();
  const asked = events.flatMap(({ event }) => (event.type === 'question_asked' ? [event.question.id] : []));
  const runId = await world.runId();
  await using journal = await world.openJournal();
  const id = asked.at(-1) ?? '';
  await journal.post(runId, {
    kind: 'answer',
    questionId: id,
    option: 'retry',
    text: '',
    name: 'ada',
    via: 'cli',
  });
}

async function play(seed: number): Promise<void> {
  const schedule = draw(seed);
  const { names } = schedule;
  using world = openWorld({ GH_ENTERPRISE_TOKEN: TOKEN }, names);
  await using server = await openFakeForge({ dir: `${world.dir}/server`, token: TOKEN });
  for (const name of names)
    git(
      world.repository(name),
      'remote',
      'add',
      'origin',
      server.addRepository(`acme/${name}`, world.repository(name)),
    );
  await drive(world, server, schedule);
  met.schedules += 1;
  met.faults += server.faults.taken();
  const opened = server.pulls.map(({ repository, draft, state }) => ({ repository, draft, state }));
  expect(opened.toSorted((a, b) => (a.repository < b.repository ? -1 : 1))).toEqual(
    names.map((name) => ({ repository: `acme/${name}`, draft: false, state: 'open' })),
  );
  for (const pull of server.pulls) {
    const where = server.pathOf(pull.repository);
    const branches = git(where, 'for-each-ref', '--format=%(refname:short)', 'refs/heads').trim().split('\n');
    expect(branches.sort()).toEqual([pull.head, 'main'].sort());
    expect(git(where, 'log', '--format=%H', `main..${pull.head}`).trim().split('\n')).toHaveLength(1);
    expect(git(where, 'ls-tree', '--name-only', pull.head)).toContain('-agent.txt');
  }
}

describe(`${SCHEDULES} random schedules of faults and kills`, () => {
  const seeds = Array.from({ length: SCHEDULES / EACH }, (_, index) => index * EACH);
  it.each(seeds)(
    'NET-1, KILL-2: from %i on, leave one pull request per repository, and lose none',
    { timeout: 240_000 },
    async (from) => {
      for (let seed = from; seed < from + EACH; seed += 1) {
        await play(seed).catch((error: unknown) => {
          throw new Error(`schedule ${seed}: ${JSON.stringify(draw(seed))}`, { cause: error });
        });
      }
    },
  );

  it('met more faults than there are schedules, and deaths in a good part of them', () => {
    expect(met.faults, JSON.stringify(met)).toBeGreaterThanOrEqual(met.schedules);
    expect(met.deaths, JSON.stringify(met)).toBeGreaterThanOrEqual(met.schedules / 4);
  });
});
