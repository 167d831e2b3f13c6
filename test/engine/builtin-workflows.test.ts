/** Each built-in workflow, run to its end by agents that do the least that is asked of them, all of them needed. */
import { describe, expect, it } from 'vitest';
import { checkVerdictChain } from '../../src/cli/audit/verdict-chain.ts';
import { chooseWorkflow, requireDefinitions } from '../../src/cli/start/definitions-here.ts';
import type { JournalEvent } from '../../src/core/events.ts';
import type { Effort } from '../../src/core/words.ts';
import { listBuiltinWorkflows } from '../../src/definitions/builtin.ts';
import { anchorOf } from '../../src/engine/journal-anchor.ts';
import { statementOf } from '../../src/engine/statement.ts';
import { checkReviews } from '../../src/proof/baton-verify.mts';
import type { Statement } from '../../src/proof/proof-shape.ts';
import { driveRig, startRigRun } from '../../src/testing/rig.ts';
import { playLeast } from './least-play.ts';
import { runBuiltin, type BuiltinRun } from './run-builtin.ts';
import { done, edit, eventsOf, openPlay } from './plays.ts';

const ended = new Map<string, Promise<BuiltinRun>>();

/** One run for all that look at it. */
function runOf(name: string, effort: Effort): Promise<BuiltinRun> {
  const key = `${name} ${effort}`;
  const run = ended.get(key) ?? runBuiltin(name, { effort });
  ended.set(key, run);
  return run;
}

/** Whether all of these began before any of them ended. */
function overlap(events: JournalEvent[], steps: string[]): boolean {
  const seqOf = (type: 'invocation_started' | 'invocation_ended', step: string): number =>
    events.find(({ event }) => event.type === type && event.step === step)?.seq ?? Number.NaN;
  const started = steps.map((step) => seqOf('invocation_started', step));
  const ended = steps.map((step) => seqOf('invocation_ended', step));
  return Math.max(...started) < Math.min(...ended);
}

/** About the pull request of `api`, from the events alone. */
function statedBy(events: JournalEvent[]): Statement {
  const head = eventsOf(events, 'effect_intended')[0]?.head ?? '';
  const made = [...eventsOf(events, 'invocation_ended'), ...eventsOf(events, 'merge_ended')];
  const revision = made.map((event) => event.revision).find((each) => each?.id === head);
  const anchor = anchorOf(events, head);
  if (revision == null || anchor === null) throw new Error('nothing was submitted');
  const statement = statementOf(events, { repo: 'api', commit: '0'.repeat(40), head: revision, anchor });
  console.log(
    'SIZE',
    events.length,
    JSON.stringify(statement).length,
    statement.predicate.runDetails.byproducts.length,
  );
  return statement;
}

describe('every built-in workflow', () => {
  const runs = listBuiltinWorkflows().map(({ name }) => ({ name, effort: 'large' as Effort }));

  it.each([...runs, { name: 'baton', effort: 'small' as Effort }])(
    'R21, R24: $name ends with a pull request, and no step of it used what nobody reviewed, as its statement shows ($effort)',
    async ({ name, effort }) => {
      const { events, status } = await runOf(name, effort);
      expect(status).toBe('done');
      expect(checkVerdictChain(events)).toBeNull();
      expect(checkReviews(statedBy(events))).toEqual([]);
      const accepted = eventsOf(events, 'step_accepted').map((event) => event.step);
      const { graph } = requireDefinitions(chooseWorkflow(name, '.'));
      const open = graph.steps.filter((step) => step.when === null && !accepted.includes(step.id));
      expect(open.filter((step) => step.work.kind === 'agent')).toEqual([]);
    },
  );

  it('R18: implementer alone does not start without a plan', async () => {
    await using rig = await openPlay(playLeast);
    const { graph, agents } = requireDefinitions(chooseWorkflow('implementer', rig.dir));
    await expect(startRigRun(rig.engine, { graph, agents, repos: [rig.api] })).rejects.toMatchObject({
      code: 'E_PLAN',
      fix: expect.stringContaining('--plan') as string,
    });
    expect(await rig.engine.journal.listRuns({ limit: 1, prefix: '' })).toEqual([]);
  });

  it('R27: a verdict of implementer says something about standards, practice, security and performance, or is none', async () => {
    const { events } = await runOf('implementer', 'large');
    const verdicts = eventsOf(events, 'review_ended').filter(
      (event) => event.reviewer === 'backend-code-quality-reviewer',
    );
    expect(verdicts.length).toBeGreaterThan(3);
    for (const { outcome } of verdicts)
      expect(outcome).toMatchObject({
        review: {
          areas: ['standards', 'best_practice', 'security', 'performance'].map((area) => ({ area })),
        },
      });
  });

  it('planner turns its plan into steps, side by side where the plan connects nothing', async () => {
    const { events } = await runOf('planner', 'large');
    const [extended] = eventsOf(events, 'graph_extended');
    expect(extended?.steps.length).toBeGreaterThan(10);
    expect(overlap(events, ['build/tasks-t1', 'build/tasks-t2'])).toBe(true);
    expect(overlap(events, ['build/tasks-t3', 'build/tasks-t4'])).toBe(false);
  });

  it('R36: planner stores of each task what it waits for and why, and of tasks side by side that neither waits for the other', async () => {
    const { events } = await runOf('planner', 'large');
    const started = new Map(eventsOf(events, 'invocation_started').map(({ step, after }) => [step, after]));
    const tasks = (id: string): unknown[] =>
      started.get(`build/tasks-${id}`)?.filter(({ step }) => step.startsWith('build/tasks-t')) ?? ['none'];
    expect([tasks('t1'), tasks('t2')]).toEqual([[], []]);
    expect(tasks('t3')).toEqual([{ step: 'build/tasks-t2', why: 'plan_depends' }]);
    expect(tasks('t4')).toEqual([{ step: 'build/tasks-t3', why: 'plan_depends' }]);
  });

  it('R36: implementer stores why its core comes after its foundation', async () => {
    const { events } = await runOf('implementer', 'large');
    const started = eventsOf(events, 'invocation_started');
    const after = (step: string) => started.find((event) => event.step === step)?.after;
    expect(after('core/backend-feature-implementer')).toContainEqual({
      step: 'foundation/foundation-synthesis',
      why: 'result',
    });
    for (const step of ['core/backend-feature-implementer', 'core/backend-cli-implementer'])
      expect(
        after(step)
          ?.map((each) => each.step)
          .join(),
      ).not.toMatch(/feature-implementer|cli-implementer/);
    // Every agent waited for something, and it is stored why.
    for (const event of started) expect(event.after, event.step).not.toHaveLength(0);
  });

  /** Those that prepare a deployment; what they hand in says so. */
  it.each(['baton', 'four-agent', 'implementer', 'review-gated', 'six-phase'])(
    'R75: %s validates the whole after its deployment was prepared, and before it submits',
    async (name) => {
      const { events } = await runOf(name, 'large');
      const seqsOf = (kind: string): number[] =>
        events.flatMap(({ seq, event }) =>
          event.type === 'step_accepted' && event.output?.kind === kind ? [seq] : [],
        );
      const prepared = Math.max(...seqsOf('deployment'));
      const submitted = events.find(({ event }) => event.type === 'effect_intended')?.seq ?? 0;
      expect(prepared).toBeGreaterThan(0);
      expect(seqsOf('validation').filter((seq) => seq > prepared && seq < submitted)).not.toEqual([]);
    },
  );

  it('R68: six-phase takes no word of a validator that started nothing, and hears another one than who tested', async () => {
    await using rig = await openPlay((order) => {
      const result = playLeast(order);
      if (order.output !== 'validation' || order.attempt > 1) return result;
      return done(order, {
        validation: { evidence: ['read it'], checks: [{ what: 'A1', outcome: 'met', seen: 'in the code' }] },
      });
    });
    const { graph, agents } = requireDefinitions(chooseWorkflow('six-phase', rig.dir));
    const runId = await startRigRun(rig.engine, { graph, agents, repos: [rig.api] });
    const { events, status } = await driveRig(rig.engine, runId);
    expect(status).toBe('done');
    const ends = eventsOf(events, 'invocation_ended').filter(({ step }) => step.startsWith('validation/'));
    expect(ends.map(({ outcome }) => outcome)).toEqual([
      expect.objectContaining({
        kind: 'failed',
        reason: 'invalid_output',
        detail: expect.stringContaining('validation.started is missing') as string,
      }),
      expect.objectContaining({ kind: 'submitted' }),
    ]);
    const by = (output: string) =>
      new Set(
        rig.driver.orders.filter((o) => o.output === output && o.role === 'tester').map((o) => o.agent),
      );
    expect([by('changes'), by('validation')]).toEqual([
      new Set(['backend-test']),
      new Set(['backend-validate']),
    ]);
  });

  it('R45: six-phase sends a script back that makes a resource of a cloud, and takes it where it is described', async () => {
    const rounds: string[] = [];
    await using rig = await openPlay((order) => {
      if (order.agent !== 'backend-implement') return playLeast(order);
      if (order.role !== 'reviewer') rounds.push(order.findings.map(({ problem }) => problem).join());
      const made = order.round === 1 ? 'aws s3 mb s3://notes\n' : 'true\n';
      edit(order, 'deploy/store.sh', made);
      if (order.round > 1) edit(order, 'infra/store.tf', 'resource "aws_s3_bucket" "notes" {}\n');
      return playLeast(order);
    });
    const { graph, agents } = requireDefinitions(chooseWorkflow('six-phase', rig.dir));
    const runId = await startRigRun(rig.engine, { graph, agents, repos: [rig.api] });
    const { events } = await driveRig(rig.engine, runId);
    expect(rounds).toEqual(['', expect.stringContaining('outside of infrastructure as code')]);
    const found = eventsOf(events, 'gates_ended').flatMap(({ step, outcome }) =>
      outcome.kind === 'measured'
        ? outcome.results.flatMap(({ findings }) =>
            findings
              .filter(({ problem }) => problem.includes('outside of infrastructure as code'))
              .map(({ file, blocking }) => ({ step, file, blocking })),
          )
        : [],
    );
    const step = 'implementation/backend-implement';
    expect(found).toEqual([{ step, file: 'deploy/store.sh', blocking: true }]);
  });

  it('R34: specialists starts its three testers at once', async () => {
    const { events } = await runOf('specialists', 'large');
    expect(
      overlap(events, [
        'testing/backend-unit-test-engineer',
        'testing/backend-integration-test-engineer',
        'testing/acceptance-test-engineer',
      ]),
    ).toBe(true);
    expect(
      overlap(events, ['infrastructure/aws-infrastructure-specialist', 'implementation/backend-developer']),
    ).toBe(false);
  });

  it('R33: implementer works at once on infrastructure and types, and then on feature and command line', async () => {
    const { events } = await runOf('implementer', 'large');
    const foundation = ['foundation/backend-cloud-infrastructure-architect', 'foundation/backend-datatypes'];
    const core = ['core/backend-feature-implementer', 'core/backend-cli-implementer'];
    expect(overlap(events, foundation)).toBe(true);
    expect(overlap(events, core)).toBe(true);
    const seqOf = (step: string, type: string): number =>
      events.find(({ event }) => event.type === type && 'step' in event && event.step === step)?.seq ??
      Number.NaN;
    const stored = seqOf('foundation/foundation-synthesis', 'step_accepted');
    for (const step of core) expect(seqOf(step, 'invocation_started')).toBeGreaterThan(stored);
  });
});
