/** Acceptance criteria that come with a plan from a file: held in the run like those of its own requirements. */
import { describe, expect, it } from 'vitest';
import type { Criterion } from '../../src/core/checks/criteria.ts';
import { agentDefinition, driveRig, openRig, startRigRun } from '../../src/testing/rig.ts';
import {
  configOf,
  createPlayDriver,
  done,
  edit,
  eventsOf,
  EMPTY_PLAN,
  gate,
  graphWithGivenPlan,
  playWell,
  type Play,
} from './plays.ts';

const AGENTS = [
  agentDefinition('planner', 'planner'),
  agentDefinition('builder', 'tester'),
  agentDefinition('critic', 'reviewer'),
];
const WORKFLOW = `name: w
version: 1
start: launch
review: { by: [critic] }
limits: { max_rework: 1, retry_backoff: 0ms }
phases:
  - { id: plan, steps: [{ agent: planner, output: plan }] }
  - id: build
    steps: [{ agent: builder }]
    standard: [{ id: s, title: Criteria, measure: criteria_covered }]
`;
const TESTS = gate(['node', '--test'], { name: 'tests', kind: 'tests', reporter: 'node' });

async function runWith(acceptance_criteria: Criterion[], play: Play) {
  const driver = createPlayDriver(play);
  await using rig = await openRig(driver);
  const api = rig.repository('api', { 'package.json': '{"type":"module"}\n' });
  const runId = await startRigRun(rig.engine, {
    graph: graphWithGivenPlan(WORKFLOW, AGENTS),
    agents: AGENTS,
    repos: [api],
    config: configOf([TESTS]),
    plan: { summary: 'by hand', acceptance_criteria, plan: EMPTY_PLAN },
  });
  const { status, events } = await driveRig(rig.engine, runId);
  const standards = eventsOf(events, 'gates_ended').flatMap(({ outcome }) =>
    outcome.kind === 'measured'
      ? outcome.results.filter((r) => r.kind === 'standard').map((r) => `${r.status} ${r.summary}`)
      : [],
  );
  return { status, standards, orders: driver.orders };
}

const ADDS = `import assert from 'node:assert';
import test from 'node:test';
import { add } from './add.mjs';
test('adds', () => assert.equal(add(1, 1), 2));
`;

describe('a run that starts from a plan', () => {
  it('R54: is held to the criteria of its file, which its agents read', async () => {
    const criteria = [{ id: 'A1', text: 'it adds' }];
    const { status, standards, orders } = await runWith(criteria, (order) => {
      if (order.access !== 'write') return playWell(order);
      edit(order, 'add.mjs', 'export const add = (a, b) => a + b;\n');
      edit(order, 'add.test.mjs', ADDS);
      if (order.round === 1) return done(order);
      return done(order, { covers: [{ criterion: 'A1', tests: ['adds'] }] });
    });
    expect(orders[0]?.context.find(({ kind }) => kind === 'plan')?.text).toContain('it adds');
    expect([status, standards]).toEqual([
      'done',
      [
        "fail Criteria: neither a green test nor a reviewer's word for A1 (it adds)",
        'pass Criteria: all 1 acceptance criteria are shown or confirmed',
      ],
    ]);
  });

  it('R54: says where its file names none, and is held to none', async () => {
    const { status, standards } = await runWith([], playWell);
    expect([status, standards]).toEqual([
      'done',
      [
        'unverified Criteria: the run has no numbered acceptance criteria: the plan that the run started from names none',
      ],
    ]);
  });
});
