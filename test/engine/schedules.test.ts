/**
 * Six specialists side by side on two repositories, two collisions, and a tester whose test shows what one of them did
 * wrong: whoever is done first, the run ends with the same trees. Real git, real gates.
 */
import { describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../src/core/events.ts';
import type { Graph, Step } from '../../src/core/graph.ts';
import type { AgentDefinition } from '../../src/definitions/agent.ts';
import type { WorkOrder } from '../../src/drivers/driver.ts';
import { drive } from '../../src/engine/drive.ts';
import { createRandom } from '../../src/testing/random.ts';
import { openRig, sequenceGraph, startRigRun, type RigStep } from '../../src/testing/rig.ts';
import { configOf, createPlayDriver, done, edit, eventsOf, gate, read, refusal, verdict } from './plays.ts';

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

function graphOfSix(): { graph: Graph; agents: AgentDefinition[] } {
  const list: RigStep[] = [...SIX.map((name) => `build/${name}`), 'test/tester'].map((id) => {
    const agent = id.split('/')[1] ?? '';
    return { id, agent, role: agent === 'tester' ? 'tester' : 'specialist', output: 'changes' };
  });
  const { graph, agents } = sequenceGraph(list, { submit: false, limits: { max_parallel: SIX.length } });
  const sides = SIX.map((name) => `build/${name}`);
  const merge: Step = {
    id: 'build/merge',
    phase: 'build',
    title: 'Merge',
    work: { kind: 'merge', sides },
    needs: sides,
    tree_from: null,
    when: null,
    gates: 'full',
    reviewers: ['code-review'],
  };
  const steps = graph.steps.flatMap((step): Step[] =>
    step.id === 'test/tester'
      ? [merge, { ...step, needs: [merge.id], tree_from: merge.id }]
      : [{ ...step, needs: [], tree_from: null, gates: 'none' }],
  );
  const whole: Step = {
    ...merge,
    id: 'test/whole-change',
    phase: 'test',
    title: 'Whole change',
    work: { kind: 'check', from: 'base' },
    needs: ['test/tester'],
    tree_from: 'test/tester',
  };
  const all = [...steps, whole];
  const phases = graph.phases.map((phase) => ({
    ...phase,
    steps: all.filter((step) => step.phase === phase.id).map(({ id }) => id),
  }));
  return { graph: { ...graph, steps: all, phases }, agents };
}

interface Ended {
  status: string;
  events: JournalEvent[];
}

/** Runs it with the six handing in one after the other in this order: each once the one before it is accepted. */
async function runInOrder(order: readonly string[]): Promise<Ended> {
  const turns = new Map(order.map((name) => [name, Promise.withResolvers<null>()]));
  const started = new Set<string>();
  const release = (name: string | undefined): void => turns.get(name ?? '')?.resolve(null);
  const driver = createPlayDriver(async (asked) => {
    if (asked.role === 'reviewer') return review(asked);
    if (asked.invocationId.includes('/build/') && !asked.invocationId.includes('/merge/')) {
      started.add(asked.agent);
      if (started.size === SIX.length) release(order[0]);
      await turns.get(asked.agent)?.promise;
    }
    return work(asked);
  });
  await using rig = await openRig(driver);
  const repos = [rig.repository('service', SERVICE), rig.repository('client', CLIENT)];
  const config = configOf([gate(['node', 'check.mjs'])], ['service', 'client']);
  const runId = await startRigRun(rig.engine, { ...graphOfSix(), repos, config });
  const events = (news: JournalEvent[]): void => {
    for (const { step } of eventsOf(news, 'step_accepted'))
      release(order[order.indexOf(step.split('/')[1] ?? '') + 1]);
  };
  const { signal } = new AbortController();
  const { status } = await drive(rig.engine, runId, {
    takeOver: false,
    signal,
    listener: { events, note: () => {} },
  });
  return { status, events: await rig.engine.journal.read(runId, 1) };
}

/** What each step was accepted with; a revision's id is the hash of the trees of all repositories. */
function acceptedTrees({ events }: Ended): [string, string][] {
  return eventsOf(events, 'step_accepted')
    .map(({ step, revision }): [string, string] => [step, revision])
    .sort(([a], [b]) => a.localeCompare(b));
}

function shuffled(seed: number): string[] {
  const random = createRandom(seed);
  return SIX.map((name) => ({ name, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ name }) => name);
}

const FULL = process.env['BATON_TEST_FULL'] === undefined ? 0 : 42;
const ORDERS = [
  SIX,
  SIX.toReversed(),
  ['two', 'one', 'four', 'three', 'six', 'five'],
  ['five', 'six', 'four', 'two', 'three', 'one'],
  ['four', 'two', 'five', 'one', 'six', 'three'],
  ['six', 'three', 'one', 'five', 'two', 'four'],
  ...Array.from({ length: FULL }, (_, seed) => shuffled(seed + 1)),
];

describe('six specialists side by side', () => {
  let first: [string, string][] | null = null;

  it.each(ORDERS.map((order) => ({ order, name: order.join(', ') })))(
    'R36, R85, R86: end with the same trees whoever is done first ($name)',
    async ({ order }) => {
      const ended = await runInOrder(order);
      expect(ended.status).toBe('done');
      const { events } = ended;
      const handedIn = eventsOf(events, 'step_accepted').map(({ step }) => step.split('/')[1] ?? '');
      expect(handedIn.slice(0, SIX.length)).toEqual(order);
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
      first ??= acceptedTrees(ended);
      expect(acceptedTrees(ended)).toEqual(first);
    },
    60_000,
  );
});
