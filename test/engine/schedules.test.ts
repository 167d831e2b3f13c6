/**
 * Six specialists side by side on two repositories, two collisions, and a tester whose test shows what one of them did
 * wrong: whoever is done first, and whoever is judged first, the run submits the same trees. Real git, real gates.
 */
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../src/core/events.ts';
import type { WorkOrder } from '../../src/drivers/driver.ts';
import { drive } from '../../src/engine/drive.ts';
import { agentDefinition, git, openRig, startRigRun } from '../../src/testing/rig.ts';
import {
  configOf,
  createPlayDriver,
  done,
  edit,
  eventsOf,
  gate,
  graphOf,
  read,
  refusal,
  verdict,
} from './plays.ts';

const SIX = ['one', 'two', 'three', 'four', 'five', 'six'];
const CALLS = 'export const calls = [\n  // new ones here\n];\n';
const SERVICE = {
  'src/routes.mjs': CALLS.replace('calls', 'routes'),
  'check.mjs': `import { existsSync } from 'node:fs';\nif (existsSync('tests/discount.mjs')) await import('./tests/discount.mjs');\n`,
};
const CLIENT = { 'src/calls.mjs': CALLS, 'check.mjs': `await import('./src/calls.mjs');\n` };
/** What five does wrong at first: it takes per cent for money. */
const WRONG = 'export const discounted = (cents, percent) => cents - percent;\n';
const RIGHT = 'export const discounted = (cents, percent) => cents - (cents * percent) / 100;\n';
const TEST = `import assert from 'node:assert';\nimport { discounted } from '../src/discount.mjs';\nassert.equal(discounted(1000, 50), 500);\n`;

/** Puts a line of its own at the one place where all of them belong: it works on whatever is there. */
function enter(order: WorkOrder, repo: string, file: string): void {
  const text = read(order, file, repo);
  const line = `  '${order.agent}',\n`;
  if (!text.includes(line)) edit(order, file, text.replace('here\n', `here\n${line}`), repo);
}

function work(order: WorkOrder): unknown {
  switch (order.agent) {
    case 'one':
    case 'two':
      enter(order, 'service', 'src/routes.mjs');
      break;
    case 'three':
    case 'four':
      enter(order, 'client', 'src/calls.mjs');
      break;
    case 'five':
      edit(order, 'src/discount.mjs', order.findings.length > 0 ? RIGHT : WRONG, 'service');
      break;
    case 'six':
      edit(order, 'six.txt', 'six\n', 'service');
      edit(order, 'six.txt', 'six\n', 'client');
      break;
    case 'tester':
      edit(order, 'tests/discount.mjs', TEST, 'service');
      break;
  }
  return done(order);
}

/** Reads the gates and the code: it knows nothing of who wrote it. */
function review(order: WorkOrder): unknown {
  const gates = order.context.find(({ name }) => name === 'gates')?.text ?? '';
  const isWrong = /\bfail\b/.test(gates) && read(order, 'src/discount.mjs', 'service') === WRONG;
  const place = { repo: 'service', file: 'src/discount.mjs', line: 1 };
  return isWrong ? refusal(order, 'per cent are taken for money', place) : verdict(order);
}

const WORKFLOW = `name: six
version: 1
start: launch
review: { by: [code-review] }
limits: { max_parallel: 6, retry_backoff: 0ms }
phases:
  - id: build
    steps:
      - id: six
        parallel:
${SIX.map((name) => `          - { agent: ${name}, gates: none }`).join('\n')}
  - id: test
    steps: [{ agent: tester }]
  - id: submit
    steps: [{ submit: true }]
`;
const AGENTS = [
  ...SIX.map((name) => agentDefinition(name, 'specialist')),
  agentDefinition('tester', 'tester'),
  agentDefinition('code-review', 'reviewer'),
];

/** In which order the six hand in, and in which order their reviewers do. */
interface Schedule {
  work: string[];
  /** Per place in `work`: whether the next one is let go at once, and not only when this one's result is in. */
  together: boolean[];
  review: string[];
}

/** Holds calls back until all six of a kind are in flight; then lets them go in this order. */
function createBarrier(order: readonly string[], together: readonly boolean[]) {
  const gates = new Map(order.map((name) => [name, Promise.withResolvers<null>()]));
  const waiting = new Set<string>();
  const release = (at: number): void => {
    gates.get(order[at] ?? '')?.resolve(null);
    if (together[at] === true) release(at + 1);
  };
  return {
    hold: async (name: string): Promise<void> => {
      waiting.add(name);
      if (waiting.size === order.length) release(0);
      await gates.get(name)?.promise;
    },
    /** What this one hands in is stored. */
    ended: (name: string): void => {
      const at = order.indexOf(name);
      if (at !== -1 && together[at] !== true) release(at + 1);
    },
  };
}

/** `one` of the first call for `build/one`; null: another call, which nobody holds back. */
function heldName(order: WorkOrder): string | null {
  return /\/build\/([a-z]+)\/r1\//.exec(order.invocationId)?.[1] ?? null;
}

interface Ended {
  status: string;
  events: JournalEvent[];
  /** Per repository the tree that was pushed. */
  pushed: Record<string, string>;
}

async function runSchedule({ work: order, together, review: judged }: Schedule): Promise<Ended> {
  const working = createBarrier(order, together);
  // Each is let go when the one before it is stored: their order is the order of acceptance.
  const judging = createBarrier(judged, []);
  const driver = createPlayDriver(async (asked) => {
    const name = heldName(asked);
    const barrier = asked.role === 'reviewer' ? judging : working;
    if (name !== null && SIX.includes(name)) await barrier.hold(name);
    return asked.role === 'reviewer' ? review(asked) : work(asked);
  });
  await using rig = await openRig(driver);
  const graph = graphOf(WORKFLOW, AGENTS);
  const repos = [rig.repository('service', SERVICE), rig.repository('client', CLIENT)];
  const config = configOf([gate(['node', 'check.mjs'])], ['service', 'client']);
  const runId = await startRigRun(rig.engine, { graph, agents: AGENTS, repos, config });
  const events = (news: JournalEvent[]): void => {
    for (const { event } of news) {
      if (event.type !== 'invocation_ended' && event.type !== 'review_ended') continue;
      const name = /^build\/([a-z]+)$/.exec(event.step)?.[1] ?? '';
      (event.type === 'review_ended' ? judging : working).ended(name);
    }
  };
  const { signal } = new AbortController();
  const { status, state } = await drive(rig.engine, runId, {
    takeOver: false,
    signal,
    listener: { events, note: () => {} },
  });
  const pushed = state.pullRequests.map(({ repo, branch }): [string, string] => [
    repo,
    git(join(rig.stateDir, 'forge', `${repo}.git`), 'rev-parse', `${branch}^{tree}`).trim(),
  ]);
  return { status, events: await rig.engine.journal.read(runId, 1), pushed: Object.fromEntries(pushed) };
}

/** What each step was accepted with; a revision's id is the hash of the trees of all repositories. */
function acceptedTrees({ events }: Ended): [string, string][] {
  return eventsOf(events, 'step_accepted')
    .map(({ step, revision }): [string, string] => [step, revision])
    .sort(([a], [b]) => a.localeCompare(b));
}

/** Two real collisions, one rework across phases, nothing else; all six at once, and judged in the order that was asked for. */
function expectTheSame(ended: Ended, schedule: Schedule): void {
  const { events } = ended;
  expect(ended.status).toBe('done');
  // The first calls only: whoever collides or is at fault works again later.
  const first = (type: 'invocation_started' | 'invocation_ended'): { name: string; seq: number }[] =>
    events.flatMap(({ event, seq }) => {
      const name = event.type === type ? /^build\/([a-z]+)\/r1\//.exec(event.key)?.[1] : undefined;
      return name !== undefined && SIX.includes(name) ? [{ name, seq }] : [];
    });
  const [started, handedIn] = [first('invocation_started'), first('invocation_ended')];
  expect([started.length, handedIn.length]).toEqual([SIX.length, SIX.length]);
  expect(Math.max(...started.map(({ seq }) => seq))).toBeLessThan(
    Math.min(...handedIn.map(({ seq }) => seq)),
  );
  const places = schedule.work.map((name) => handedIn.findIndex((each) => each.name === name));
  const late = places.filter(
    (place, at) => schedule.together[at] !== true && place > (places[at + 1] ?? place),
  );
  expect(late).toEqual([]);
  const accepted = eventsOf(events, 'step_accepted').map(({ step }) => step.slice('build/'.length));
  expect(accepted.slice(0, SIX.length)).toEqual(schedule.review);
  const [merge] = eventsOf(events, 'merge_ended');
  expect(merge?.outcome).toMatchObject({
    kind: 'collided',
    left: [
      { side: 'build/two', against: 'build/one', paths: ['service/src/routes.mjs'] },
      { side: 'build/four', against: 'build/three', paths: ['client/src/calls.mjs'] },
    ],
  });
  const found = eventsOf(events, 'review_ended').flatMap(({ outcome }) =>
    outcome.kind === 'verdict' ? outcome.review.findings : [],
  );
  expect(found).toMatchObject([{ problem: 'per cent are taken for money', owner: 'build/five' }]);
  const [rework, ...more] = eventsOf(events, 'rework_requested');
  expect([rework?.step, rework?.authors[0], more]).toEqual(['test/tester', 'build/five', []]);
}

const RUNS = process.env['BATON_TEST_FULL'] === undefined ? 3 : 48;
/** One run takes a few seconds, many times that beside the rest of the suite. */
const RUN_MS = 60_000;
const anyOrder = fc.shuffledSubarray(SIX, { minLength: SIX.length, maxLength: SIX.length });
const anySchedule: fc.Arbitrary<Schedule> = fc.record({
  work: anyOrder,
  together: fc.array(fc.boolean(), { minLength: SIX.length, maxLength: SIX.length }),
  review: anyOrder,
});

describe('six specialists side by side', () => {
  it(
    'R36, R85, R86: submit the same trees, whoever of those in flight is done first and whoever is judged first',
    async () => {
      const one: Schedule = { work: SIX, together: [], review: SIX };
      const first = await runSchedule(one);
      expectTheSame(first, one);
      expect(Object.keys(first.pushed).toSorted()).toEqual(['client', 'service']);
      await fc.assert(
        fc.asyncProperty(anySchedule, async (schedule) => {
          const ended = await runSchedule(schedule);
          expectTheSame(ended, schedule);
          expect(acceptedTrees(ended)).toEqual(acceptedTrees(first));
          expect(ended.pushed).toEqual(first.pushed);
        }),
        // A failure names its seed and its schedule; smaller ones would cost minutes.
        { numRuns: RUNS, endOnFailure: true },
      );
    },
    (RUNS + 1) * RUN_MS,
  );
});
