/** What a plan names and nobody did goes back to the task that it was of. */
import { describe, expect, it } from 'vitest';
import type { PlannedTask } from '../../src/core/results.ts';
import type { Step } from '../../src/core/graph.ts';
import { agentDefinition, driveRig, openRig, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import {
  configOf,
  createPlayDriver,
  done,
  edit,
  EMPTY_PLAN,
  eventsOf,
  graphOf,
  openPlay,
  playWell,
  verdict,
  type Play,
} from './plays.ts';

const TASK: PlannedTask = {
  id: 'wire',
  agent: 'builder',
  description: 'Wire it in',
  depends_on: [],
  output: 'the feature, wired in',
  category: 'logic',
  plan_phase: 'implementation',
  blocking: true,
  scopes: ['src'],
};

async function run(task: Partial<PlannedTask>, play: Play) {
  await using rig = await openPlay(play);
  const whole = { ...TASK, ...task };
  const work: Step['work'] = {
    kind: 'agent',
    agent: 'builder',
    output: 'changes',
    changes: 'required',
    scopes: [],
  };
  const builder = {
    id: 'two/builder',
    agent: 'builder',
    role: 'specialist',
    output: 'changes',
    over: { work, task: whole },
  } as const;
  const { graph, agents } = sequenceGraph([builder], { submit: false, limits: { max_rework: 3 } });
  const runId = await startRigRun(rig.engine, { graph, agents, repos: [rig.api], config: configOf([]) });
  const { events, status } = await driveRig(rig.engine, runId);
  const passes = eventsOf(events, 'gates_ended').map(({ step, outcome }) =>
    outcome.kind === 'measured'
      ? [
          step,
          ...outcome.results.flatMap((r) =>
            r.findings.map(({ file, blocking, owner }) => [file, blocking, owner]),
          ),
        ]
      : outcome,
  );
  return { status, passes, orders: rig.driver.orders };
}

describe('a task of a plan that leaves out a file which the plan names', () => {
  const scopes = ['src/app.txt', 'src/new.txt'];

  it('is done again by its agent until the file changed', async () => {
    const { status, passes } = await run({ scopes }, (order) => {
      if (order.role === 'reviewer') return verdict(order);
      edit(order, 'src/new.txt', 'new\n');
      if (order.round > 1) edit(order, 'src/app.txt', 'wired\n');
      return done(order);
    });
    expect(passes).toEqual([['two/builder', ['src/app.txt', true, 'two/builder']], ['two/builder']]);
    expect(status).toBe('done');
  });

  it('may say why it needs no change, which its reviewer hears', async () => {
    const { status, passes, orders } = await run({ scopes }, (order) => {
      if (order.role === 'reviewer') return verdict(order);
      edit(order, 'src/new.txt', 'new\n');
      const disputes = order.findings.map(({ id }) => ({
        finding: id,
        reason: 'it finds new files by itself',
      }));
      return done(order, order.round > 1 ? { disputes } : {});
    });
    expect(passes).toEqual([
      ['two/builder', ['src/app.txt', true, 'two/builder']],
      ['two/builder', ['src/app.txt', false, 'two/builder']],
    ]);
    expect(status).toBe('done');
    const reviews = orders.filter((order) => order.role === 'reviewer').map(({ prompt }) => prompt);
    expect(reviews.at(-1)).toContain('it finds new files by itself');
  });
});

const AGENTS = [
  agentDefinition('summarizer', 'planner'),
  agentDefinition('planner', 'planner'),
  agentDefinition('builder', 'specialist'),
  agentDefinition('critic', 'reviewer'),
];
const WORKFLOW = `name: w
version: 1
start: launch
review: { by: [critic] }
limits: { max_rework: 3, retry_backoff: 0ms }
phases:
  - { id: think, steps: [{ agent: summarizer, output: requirements }, { agent: planner, output: plan }] }
  - { id: build, steps: [{ agent: builder }, { check: base }] }
`;
const REQUIREMENTS = {
  functional: ['F1', 'F2', 'F3'].map((id) => ({ id, text: `it does ${id}` })),
  non_functional: [],
  constraints: [],
  dependencies: [],
  affected_systems: [],
  acceptance_criteria: [{ id: 'A1', text: 'it is there' }],
};
const taskFor = (id: string, requirement: string) => ({
  id,
  agent: 'builder',
  description: `Build ${requirement}.`,
  output: 'code',
  scopes: [`${id}/**`],
});

it('a requirement whose tasks changed nothing in their places goes back to who was to build it; one that no task names is shown', async () => {
  const driver = createPlayDriver((order) => {
    if (order.agent === 'summarizer') return done(order, { requirements: REQUIREMENTS });
    const tasks = [taskFor('add', 'F1'), taskFor('list', 'F2')];
    if (order.agent === 'planner') return done(order, { plan: { ...EMPTY_PLAN, tasks } });
    if (order.agent !== 'builder') return playWell(order);
    edit(order, 'add/index.js', '1;\n');
    if (order.round > 1) edit(order, 'list/index.js', '2;\n');
    return done(order);
  });
  await using rig = await openRig(driver);
  const repos = [rig.repository('api', { 'package.json': '{}\n' })];
  const graph = graphOf(WORKFLOW, AGENTS);
  const runId = await startRigRun(rig.engine, { graph, agents: AGENTS, repos, config: configOf([]) });
  const { events, status } = await driveRig(rig.engine, runId);
  const found = eventsOf(events, 'gates_ended').flatMap(({ step, outcome }) =>
    outcome.kind === 'measured'
      ? outcome.results.flatMap((r) =>
          r.findings.map(({ blocking, owner, problem }) => [step, blocking, owner, problem]),
        )
      : [],
  );
  const [check, forgotten] = [
    'build/whole-change',
    'No task of the plan names F3 (it does F3), as others are named.',
  ];
  expect(found).toEqual([
    [
      check,
      true,
      'build/builder',
      'The plan says that the task list builds F2 (it does F2), and nothing changed in list/**.',
    ],
    [check, false, null, forgotten],
    [check, false, null, forgotten],
  ]);
  expect(driver.orders.filter(({ agent }) => agent === 'builder').map(({ round }) => round)).toEqual([1, 2]);
  expect(status).toBe('done');
});
