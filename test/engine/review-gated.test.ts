/** One run of the built-in workflow with its own agents' definitions, looked at from all sides. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../src/core/events.ts';
import { chooseWorkflow, requireDefinitions } from '../../src/cli/start/definitions-here.ts';
import { checkVerdictChain } from '../../src/cli/audit/verdict-chain.ts';
import type { WorkOrder } from '../../src/drivers/driver.ts';
import type { DriveResult } from '../../src/engine/engine.ts';
import { startRun } from '../../src/engine/start-run.ts';
import { driveRig, git, openRig, type Rig } from '../../src/testing/rig.ts';
import {
  configOf,
  createPlayDriver,
  done,
  edit,
  eventsOf,
  gate,
  read,
  verdict,
  type PlayDriver,
} from './plays.ts';

const RESEARCH = [
  'technology-research-agent',
  'existing-functionality-agent',
  'new-functionality-agent',
  'unit-test-planner-agent',
];
const CONDITIONAL = [
  'cloud-infrastructure-agent',
  'datatypes-agent',
  'cli-implementation-agent',
  'deployment-agent',
];

/** Every agent of the workflow; the service is written, its client only where the types are. */
function play(order: WorkOrder): unknown {
  switch (order.agent) {
    case 'code-review':
      return verdict(order);
    case 'backend-task-summarizer':
      return done(order, { requirements: REQUIREMENTS });
    case 'backend-planner':
      return done(order, { plan: PLAN });
    case 'backend-implementer':
      return done(order, { needs: CONDITIONAL.map(needOf), decisions: ['types first, for the client'] });
    case 'datatypes-agent':
      edit(order, 'types.txt', 'tag: string\n', 'client');
      return done(order);
    case 'feature-implementation-agent':
      edit(order, 'src/app.txt', `${read(order, 'src/app.txt')}tags\n`);
      return done(order, { claims: { files: ['src/app.txt', 'src/never.txt'], tests_passed: true } });
    case 'unit-testing-agent':
      mkdirSync(join(order.workspace.repos[0]?.path ?? '', 'test'), { recursive: true });
      edit(order, 'test/tags.txt', 'tags are kept\n');
      return done(order);
    case 'validation-agent':
      return done(order, { validation: { evidence: ['the gates ran on the commit'] } });
    case 'submission-agent':
      return done(order, { pull_requests: ['client', 'service'].map(pullText) });
    default:
      return done(order, { research: { findings: [`seen by ${order.agent}`], recommendations: [] } });
  }
}

const REQUIREMENTS = {
  functional: [{ id: 'F1', text: 'a note has tags' }],
  non_functional: [],
  constraints: [],
  dependencies: [],
  affected_systems: ['service', 'client'],
  acceptance_criteria: [{ id: 'A1', text: 'tags are kept' }],
};
const PLAN = {
  analysis: 'small',
  tasks: [
    { id: 'T1', agent: 'feature-implementation-agent', description: 'tags', depends_on: [], output: 'code' },
  ],
  cites: RESEARCH,
  risks: [],
  rollback: ['revert'],
  success_criteria: ['green'],
  estimate: 'small',
};
const needOf = (agent: string): object => ({
  agent,
  needed: agent === 'datatypes-agent',
  reason: agent === 'datatypes-agent' ? 'the client has types' : `nothing for ${agent} to do`,
});
const pullText = (repo: string): object => ({
  repo,
  title: `Tags in the ${repo}`,
  body: 'Notes have tags (A1).',
});

describe('a run of review-gated', () => {
  let rig: Rig;
  let driver: PlayDriver;
  let waiting: DriveResult & { events: JournalEvent[] };
  let ended: DriveResult & { events: JournalEvent[] };
  let ordersBefore: number;

  beforeAll(async () => {
    driver = createPlayDriver(play);
    rig = await openRig(driver);
    const repos = ['service', 'client'].map((name) =>
      rig.repository(name, { 'README.md': `# ${name}\n`, 'src/app.txt': 'notes\n' }),
    );
    const { graph, agents } = requireDefinitions(chooseWorkflow('review-gated', rig.dir));
    const { runId } = await startRun(rig.engine, {
      request: 'Add tags to notes',
      repos: repos.map((path) => ({ path, ref: null })),
      graph,
      agents,
      config: configOf([gate(['test', '-f', 'README.md'])], ['service', 'client']),
      driver: { name: 'scripted', file: 'rig' },
      forge: 'local',
      sandbox: 'auto',
      confirmed: false,
      actor: { kind: 'human', name: 'ada', via: 'cli' },
    });
    waiting = await driveRig(rig.engine, runId);
    ordersBefore = driver.orders.length;
    await rig.engine.journal.post(runId, {
      kind: 'answer',
      questionId: 'confirm_start',
      option: 'confirm',
      text: 'keep it small',
      name: 'ada',
      via: 'cli',
    });
    ended = await driveRig(rig.engine, runId);
  });
  afterAll(() => rig[Symbol.asyncDispose]());

  const starts = (): { seq: number; agent: string; step: string; review: boolean }[] =>
    ended.events.flatMap(({ seq, event }) =>
      event.type === 'invocation_started' || event.type === 'review_started'
        ? [{ seq, agent: event.identity.agent, step: event.step, review: event.type === 'review_started' }]
        : [],
    );
  const orderOf = (agent: string): WorkOrder => {
    const found = driver.orders.find((order) => order.agent === agent);
    if (found === undefined) throw new Error(`${agent} was never called`);
    return found;
  };

  it('ends with two ready pull requests and a whole chain of verdicts', async () => {
    expect(ended).toMatchObject({ status: 'done', reason: 'submitted' });
    expect(checkVerdictChain(ended.events)).toBeNull();
    expect((await rig.engine.journal.verify(ended.state.runId)).ok).toBe(true);
  });

  it('R1: calls no agent before a person has confirmed, and gives their words to every agent', () => {
    expect(waiting).toMatchObject({ status: 'waiting_human', reason: 'confirm_start' });
    expect(ordersBefore).toBe(0);
    const confirmed = ended.events.find(({ event }) => event.type === 'question_answered')?.seq ?? 0;
    expect(starts().every(({ seq }) => seq > confirmed)).toBe(true);
    expect(driver.orders.every((order) => order.prompt.includes('keep it small'))).toBe(true);
  });

  it('R2: shows the list of phases in what it asks before the first one starts', () => {
    const [question] = waiting.questions;
    for (const phase of ended.state.graph.phases) expect(question?.text).toContain(`${phase.title}: `);
    expect(eventsOf(waiting.events, 'phase_started')).toEqual([]);
  });

  it('R11: starts no step before the one that it needs was accepted', () => {
    const accepted = new Map(
      ended.events.flatMap(({ seq, event }) =>
        event.type === 'step_accepted' || event.type === 'step_skipped' ? [[event.step, seq] as const] : [],
      ),
    );
    for (const { seq, step } of starts()) {
      const needs = ended.state.graph.steps.find((each) => each.id === step)?.needs ?? [];
      for (const need of needs) expect(accepted.get(need), `${step} needs ${need}`).toBeLessThan(seq);
    }
  });

  it('R12: runs the four research agents in the listed order, then the planner, whose plan cites each', () => {
    const order = starts()
      .filter(({ step, review }) => step.startsWith('plan/') && !review)
      .map(({ agent }) => agent);
    expect(order).toEqual([...RESEARCH, 'backend-planner']);
    const context = orderOf('backend-planner').context.map((item) => item.name);
    for (const agent of RESEARCH) expect(context).toContain(agent);
  });

  it('R13: runs or skips the agents that are needed only sometimes, each with a stored reason', () => {
    const selected = eventsOf(ended.events, 'step_selected').map(({ step, reason }) => [step, reason]);
    expect(selected).toContainEqual(['implement/datatypes-agent', 'the client has types']);
    const skipped = eventsOf(ended.events, 'step_skipped').map(({ step, reason }) => [step, reason]);
    expect(skipped).toEqual(
      CONDITIONAL.filter((agent) => agent !== 'datatypes-agent').map((agent) => [
        `implement/${agent}`,
        `nothing for ${agent} to do`,
      ]),
    );
    const called = driver.orders.map((order) => order.agent);
    expect(called.filter((agent) => CONDITIONAL.includes(agent))).toEqual(['datatypes-agent']);
  });

  it('R14: gives every agent references to all earlier outputs, not only to the last', () => {
    const outputs = ended.state.graph.steps.flatMap((step) =>
      step.work.kind === 'agent' && ended.state.steps.get(step.id)?.status === 'accepted'
        ? [{ id: step.id, agent: step.work.agent }]
        : [],
    );
    for (const [index, { agent }] of outputs.entries()) {
      const earlier = outputs.slice(0, index).map((output) => output.agent);
      const { context, prompt } = orderOf(agent);
      const outputNames = context.filter((item) => item.kind !== 'names').map((item) => item.name);
      expect(outputNames).toEqual(earlier);
      for (const name of earlier) expect(prompt, `the prompt of ${agent}`).toContain(`- ${name} (`);
    }
    expect(outputs).toHaveLength(12);
  });

  it('R21: has a verdict for every invocation of an agent that is no reviewer', () => {
    const works = eventsOf(ended.events, 'invocation_ended').map(({ step }) => step);
    const verdicts = eventsOf(ended.events, 'review_ended').filter(
      ({ outcome }) => outcome.kind === 'verdict',
    );
    expect(works).toHaveLength(12);
    for (const step of works) expect(verdicts.map((each) => each.step)).toContain(step);
    expect(works).toContain('submit/submission-agent');
  });

  it('R22: does nothing between an agent and its review but the gates on what it made', () => {
    const flow = ended.events
      .map(({ event }) => event)
      .filter((event) => /^(invocation|review|gates)_started$|^invocation_ended$/.test(event.type))
      .map((event) => ('step' in event ? { type: event.type, step: event.step } : null));
    for (const [index, each] of flow.entries()) {
      if (each?.type !== 'invocation_ended') continue;
      const next = flow.slice(index + 1).find((other) => other?.type !== 'gates_started');
      expect(next).toEqual({ type: 'review_started', step: each.step });
    }
  });

  it('R26: has every step reviewed by another definition than wrote it, which may only read', () => {
    for (const { step, identity } of eventsOf(ended.events, 'review_started')) {
      const writers = eventsOf(ended.events, 'invocation_started').filter((event) => event.step === step);
      for (const writer of writers)
        expect(writer.identity.definition_hash).not.toBe(identity.definition_hash);
    }
    expect(driver.orders.filter((order) => order.role === 'reviewer').every((o) => o.access === 'read')).toBe(
      true,
    );
  });

  it('R40, R41: gives coordinator and planners no right to write', () => {
    const reading = driver.orders.filter((o) => o.role === 'coordinator' || o.role === 'planner');
    expect(new Set(reading.map((order) => order.agent)).size).toBe(7);
    expect(reading.every((order) => order.access === 'read')).toBe(true);
  });

  it('R46: names an agent or a person for every decision', () => {
    const decided = eventsOf(ended.events, 'invocation_ended').filter(
      ({ outcome }) => outcome.kind === 'submitted' && outcome.result.decisions.length > 0,
    );
    expect(decided.map(({ key }) => key)).toEqual([
      'implement/backend-implementer/r1/work.implement.backend-implementer/a1',
    ]);
    const [answer] = eventsOf(ended.events, 'question_answered');
    expect(answer?.actor).toEqual({ kind: 'human', name: 'ada', via: 'cli' });
  });

  it('R56: sums up each phase, names what was skipped and what comes next', () => {
    const summaries = eventsOf(ended.events, 'phase_completed');
    expect(summaries.map(({ phase, next }) => [phase, next.length])).toEqual([
      ['summarize', 3],
      ['plan', 2],
      ['implement', 1],
      ['submit', 0],
    ]);
    expect(summaries[2]?.summary).toContain('skipped (nothing for deployment-agent to do)');
  });

  it('R59: keeps every invocation, gate, verdict and decision in one order without gaps', () => {
    expect(ended.events.map(({ seq }) => seq)).toEqual(ended.events.map((_, index) => index + 1));
    expect(starts().filter(({ review }) => !review)).toHaveLength(12);
  });

  it('R69, R80: submits only what the engine’s own gates measured as green, on exactly the tree that is pushed', () => {
    const last = eventsOf(ended.events, 'gates_ended').at(-1);
    const started = eventsOf(ended.events, 'gates_started').at(-1);
    const head = eventsOf(ended.events, 'effect_intended').at(0)?.head;
    expect(last?.step).toBe('submit/whole-change');
    expect(started?.set).toBe('full');
    expect(last?.outcome.kind === 'measured' && last.outcome.results.every((r) => r.status !== 'fail')).toBe(
      true,
    );
    expect(started?.revision).toBe(head);
  });

  it('R76: pushes and opens a pull request in every modified repository', () => {
    expect(ended.state.pullRequests.map(({ repo, state }) => [repo, state])).toEqual([
      ['client', 'ready'],
      ['service', 'ready'],
    ]);
    for (const { repo, branch, head } of ended.state.pullRequests) {
      const forge = join(rig.stateDir, 'forge', `${repo}.git`);
      expect(git(forge, 'rev-parse', branch).trim()).toBe(head);
    }
  });

  it('R87, OUT-2: takes changed files from git, and records what an agent claimed beyond them', () => {
    const feature = eventsOf(ended.events, 'invocation_ended').find(({ step }) => step.includes('feature'));
    expect(feature?.outcome.kind === 'submitted' ? feature.outcome.changed_paths : []).toEqual([
      'service/src/app.txt',
    ]);
    expect(eventsOf(ended.events, 'claim_mismatch').flatMap(({ mismatches }) => mismatches)).toEqual([
      { claim: 'changed src/never.txt', measured: 'src/never.txt was not changed' },
    ]);
  });

  it('GIT-1: leaves no trace in the checkouts of the people', () => {
    for (const repo of ended.state.repos) {
      expect(git(repo.path, 'status', '--porcelain')).toBe('');
      expect(git(repo.path, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/main\n');
    }
  });
});
