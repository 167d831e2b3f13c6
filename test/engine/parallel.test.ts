/** Work side by side: what one branch does to the others, and what belongs to whom. */
import { describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../src/core/events.ts';
import { drive } from '../../src/engine/drive.ts';
import type { Graph, Step } from '../../src/core/graph.ts';
import type { AgentDefinition } from '../../src/definitions/agent.ts';
import {
  agentDefinition,
  driveRig,
  sequenceGraph,
  startRigRun,
  type Rig,
  type RigStep,
} from '../../src/testing/rig.ts';
import { answer, done, edit, eventsOf, Failed, openPlay, playWell, refusal, type Play } from './plays.ts';

interface Branch {
  id: string;
  agent: string;
  reviewer?: string;
}

/** Branches from the base, a merge, and nothing else; the merge is reviewed like everything. */
function branchesGraph(branches: Branch[], limits: object = {}): { graph: Graph; agents: AgentDefinition[] } {
  const { graph, agents } = sequenceGraph(
    branches.map(({ id, agent }) => ({ id, agent, role: 'specialist', output: 'changes' })),
    { submit: false, limits },
  );
  const steps: Step[] = graph.steps.map((step, index) => ({
    ...step,
    needs: [],
    tree_from: null,
    reviewers: [branches[index]?.reviewer ?? 'code-review'],
  }));
  const sides = steps.map((step) => step.id);
  steps.push({
    id: 'build/merge',
    phase: 'build',
    title: 'Merge',
    work: { kind: 'merge', sides },
    needs: sides,
    tree_from: null,
    when: null,
    gates: 'full',
    reviewers: ['code-review'],
  });
  const reviewers = branches.flatMap(({ reviewer }) =>
    reviewer === undefined ? [] : [agentDefinition(reviewer, 'reviewer')],
  );
  for (const { name, title, role, access, hash } of reviewers)
    graph.agents[name] = { name, title, role, access, definition_hash: hash };
  const phases = graph.phases.map((phase) => ({ ...phase, steps: steps.map((step) => step.id) }));
  return { graph: { ...graph, steps, phases }, agents: [...agents, ...reviewers] };
}

async function openBranches(play: Play, branches: Branch[], limits: object = {}) {
  const rig = await openPlay(play);
  const runId = await startRigRun(rig.engine, { ...branchesGraph(branches, limits), repos: [rig.api] });
  return { rig, runId, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
}

const TWO: Branch[] = [
  { id: 'build/left', agent: 'left' },
  { id: 'build/right', agent: 'right' },
];

describe('branches of a parallel group', () => {
  it('PROC-14: one that hangs until its time-out costs its siblings nothing: they finish and are kept', async () => {
    const siblingAccepted = Promise.withResolvers<null>();
    await using group = await openBranches(async (order) => {
      if (order.agent !== 'right' || order.attempt > 1) return playWell(order);
      await siblingAccepted.promise;
      return new Failed('idle_timeout', 'It said nothing.');
    }, TWO);
    const listener = {
      note: () => {},
      events: (news: JournalEvent[]) => {
        if (eventsOf(news, 'step_accepted').some((event) => event.step === 'build/left'))
          siblingAccepted.resolve(null);
      },
    };
    const { signal } = new AbortController();
    const { status } = await drive(group.rig.engine, group.runId, { takeOver: false, signal, listener });
    const events = await group.rig.engine.journal.read(group.runId, 1);
    expect(status).toBe('done');
    const timedOut = events.find(
      ({ event }) => event.type === 'invocation_ended' && event.outcome.kind === 'failed',
    );
    const kept = events.find(({ event }) => event.type === 'step_accepted' && event.step === 'build/left');
    expect(timedOut?.event).toMatchObject({ step: 'build/right', outcome: { reason: 'idle_timeout' } });
    expect(kept?.seq).toBeLessThan(timedOut?.seq ?? 0);
    const lefts = eventsOf(events, 'invocation_started').filter((event) => event.step === 'build/left');
    expect(lefts).toHaveLength(1);
  });

  it('R61: one that waits for a person holds nobody else back, and says what it waits for', async () => {
    await using group = await openBranches((order) => {
      if (order.agent === 'right' && !order.prompt.includes('use UTC'))
        return {
          status: 'blocked',
          blocked_reason: 'architecture_decision',
          summary: 'Which time zone?',
          attempted: ['read the code'],
        };
      return playWell(order);
    }, TWO);
    const first = await driveRig(group.rig.engine, group.runId);
    expect([first.status, first.reason]).toEqual(['waiting_human', 'blocked']);
    expect(first.questions[0]?.text).toContain('architecture_decision');
    expect(first.questions[0]?.text).toContain('Which time zone?');
    expect(first.questions[0]?.text).toContain(
      'It tried: read the code. Before it goes on: a person decides, and says which way it is done.',
    );
    expect(first.state.steps.get('build/left')?.status).toBe('accepted');
    await answer(group.rig.engine, group.runId, first.questions[0]?.id ?? '', 'answer', 'use UTC');
    const second = await driveRig(group.rig.engine, group.runId);
    expect(second.status).toBe('done');
    expect(group.rig.driver.orders.filter((order) => order.agent === 'left')).toHaveLength(1);
  });

  it('R85: each verdict counts for its own branch: only the one that failed is reworked', async () => {
    await using group = await openBranches(
      (order) =>
        order.agent === 'right-review' && order.round === 1
          ? refusal(order, 'a part of the right side is missing')
          : playWell(order),
      [
        { id: 'build/left', agent: 'left', reviewer: 'left-review' },
        { id: 'build/right', agent: 'right', reviewer: 'right-review' },
      ],
    );
    const { events, status } = await driveRig(group.rig.engine, group.runId);
    expect(status).toBe('done');
    expect(eventsOf(events, 'rework_requested').map(({ step }) => step)).toEqual(['build/right']);
    for (const { step, reviewer } of eventsOf(events, 'review_ended').filter((e) => e.step !== 'build/merge'))
      expect(`${step}-review`).toBe(`build/${reviewer}`);
  });

  it('R86: two invocations of one agent at the same time have a workspace each, and both changes are kept', async () => {
    const seen = new Map<string, string>();
    const both = Promise.withResolvers<null>();
    await using group = await openBranches(
      async (order) => {
        if (order.role === 'reviewer') return playWell(order);
        seen.set(order.invocationId, order.workspace.dir);
        if (seen.size === 2) both.resolve(null);
        await both.promise;
        const side = order.invocationId.includes('/left/') ? 'left' : 'right';
        edit(order, `${side}.txt`, `${side}\n`);
        return done(order);
      },
      [
        { id: 'build/left', agent: 'twin' },
        { id: 'build/right', agent: 'twin' },
      ],
    );
    const { events, status } = await driveRig(group.rig.engine, group.runId);
    expect(status).toBe('done');
    expect(new Set(seen.values()).size).toBe(2);
    const merged = eventsOf(events, 'step_accepted').at(-1);
    const paths = await changedPaths(group.rig, group.runId, merged?.revision ?? '');
    expect(paths).toEqual(['left.txt', 'right.txt']);
  });

  it('R36: a second branch that collides is done again on the first one’s tree, which it is told of, with the reason stored and no budget spent', async () => {
    await using group = await openBranches((order) => {
      if (order.role !== 'reviewer')
        edit(order, 'src/app.txt', `one\n${order.agent} in round ${order.round}\nthree\n`);
      return order.role === 'reviewer' ? playWell(order) : done(order);
    }, TWO);
    const { events, status, state } = await driveRig(group.rig.engine, group.runId);
    expect(status).toBe('done');
    const [merge] = eventsOf(events, 'merge_ended');
    expect(merge?.outcome).toMatchObject({
      kind: 'collided',
      left: [{ side: 'build/right', against: 'build/left', paths: ['api/src/app.txt'] }],
    });
    const redone = group.rig.driver.orders.findLast((order) => order.agent === 'right');
    expect(redone?.prompt).toContain('build/left changed the same lines of api/src/app.txt');
    expect(redone?.context.map(({ name }) => name)).toContain('right');
    const head = eventsOf(events, 'step_accepted').at(-1)?.revision ?? '';
    expect(await changedPaths(group.rig, group.runId, head)).toEqual(['src/app.txt']);
    expect(state.steps.get(merge?.step ?? '')?.budget.reworks).toBe(0);
  });
});

describe('what a prompt refers to', () => {
  const reader = (id: string, agent: string, needs: string[]): RigStep => ({
    id,
    agent,
    role: 'planner',
    output: 'notes',
    over: { needs },
  });

  /** What the step behind the right one is told, where that one or its sibling on the left is slow. */
  async function toldBehind(slow: 'left' | 'right'): Promise<{ prompts: string[]; names: string[] }> {
    const [leftAccepted, behindStarted] = [Promise.withResolvers<null>(), Promise.withResolvers<null>()];
    await using rig = await openPlay(async (order) => {
      if (order.role === 'reviewer') return playWell(order);
      if (order.agent === 'behind') behindStarted.resolve(null);
      if (order.agent === 'left' && slow === 'left') await behindStarted.promise;
      if (order.agent === 'right' && slow === 'right') await leftAccepted.promise;
      return playWell(order);
    });
    const graph = sequenceGraph(
      [
        reader('plan/first', 'first', []),
        reader('plan/left', 'left', ['plan/first']),
        reader('plan/right', 'right', ['plan/first']),
        reader('plan/behind', 'behind', ['plan/right']),
      ],
      { submit: false },
    );
    const runId = await startRigRun(rig.engine, { ...graph, repos: [rig.api] });
    const listener = {
      note: () => {},
      events: (news: JournalEvent[]) => {
        if (eventsOf(news, 'step_accepted').some((event) => event.step === 'plan/left'))
          leftAccepted.resolve(null);
      },
    };
    const { signal } = new AbortController();
    expect((await drive(rig.engine, runId, { takeOver: false, signal, listener })).status).toBe('done');
    const orders = rig.driver.orders.filter((order) => order.invocationId.includes('/plan/behind/'));
    return {
      // Each order draws a word of its own for its fences.
      prompts: orders.map(({ prompt, fenceWord = '' }) => prompt.replaceAll(fenceWord, 'WORD')),
      names: orders[0]?.context.map((item) => item.name) ?? [],
    };
  }

  it('R14: is every accepted output that its step builds on, and nothing of a faster sibling', async () => {
    const leftIsSlow = await toldBehind('left');
    const rightIsSlow = await toldBehind('right');
    expect(leftIsSlow.names).toEqual(['first', 'right']);
    expect(leftIsSlow.prompts).toHaveLength(2);
    expect(rightIsSlow).toEqual(leftIsSlow);
  });
});

async function changedPaths(rig: Rig, runId: string, revision: string): Promise<string[]> {
  const events = await rig.engine.journal.read(runId, 1);
  const base = eventsOf(events, 'run_started')[0]?.base;
  const made = [...eventsOf(events, 'merge_ended'), ...eventsOf(events, 'invocation_ended')];
  const head = made.find((event) => event.revision?.id === revision)?.revision;
  if (base === undefined || head == null) throw new Error('nothing was merged');
  return (await rig.engine.workspaces.changes(runId, base, head)).map((change) => change.path).toSorted();
}
