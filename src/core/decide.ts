/**
 * decide: state → commands. Pure, total, deterministic: it names all ready work in the graph's order, whatever
 * the order in which outcomes came in. A `record` is a decision that the loop writes down before it asks again;
 * everything else is work for an executor. Nothing here reads a clock, a file or the text of a model.
 */
import { withinBudget } from './budget/budget.ts';
import { budgetQuestion } from './budget/budget-question.ts';
import { decideCancelled } from './effects/cleanup.ts';
import type { Command } from './commands.ts';
import { selectStep } from './conditions/conditions.ts';
import type { Failure, Question } from './records.ts';
import { decideDeploy } from './effects/deploying.ts';
import { decideEffects } from './effects/effects.ts';
import { judge } from './judge.ts';
import { attemptsOf, nextKey, reviewSlot, waitKey, workSlot } from './keys.ts';
import { isMeasured, type PhaseId } from './graph.ts';
import { pointersOf } from './graph/bases.ts';
import { isPhaseSkipped, phaseSummary } from './graph/phase-ends.ts';
import { asSentence, escalate, pauseQuestion, startQuestion } from './questions/questions.ts';
import { raiseEffort } from './conditions/raising.ts';
import { contradictionBefore } from './questions/recommendations.ts';
import { revisedPlans } from './plan/plan-extension.ts';
import { openSteps, stepOf, type RunState } from './state.ts';
import type { StepState } from './step-state.ts';
import { linkToJudge, mayStartFrom, requiredReviewers } from './review/verdicts.ts';

export function decide(state: RunState): Command[] {
  if (state.ended !== null) return [];
  if (state.cancel !== null) return decideCancelled(state, state.cancel);
  if (state.paused !== null) return [];
  if (!state.confirmed)
    return state.questions.has('confirm_start')
      ? []
      : [record({ type: 'question_asked', question: startQuestion(state) })];
  const raise = raiseEffort(state);
  if (raise !== null) return [record(raise)];
  const [revised] = revisedPlans(state);
  if (revised !== undefined) return [record({ type: 'graph_extended', ...revised })];
  const records = [
    ...state.phasesToSum.map((phase) => completePhase(state, phase)),
    ...state.phasesToPause.map((phase) => pauseBehind(state, phase)),
  ];
  if (records.length > 0) return records;
  if (isPausedByQuestion(state)) return [];
  if (state.unsettled === 0)
    return [end(state, 'done', state.pullRequests.length > 0 ? 'submitted' : 'complete')];
  return withBudget(
    state,
    openSteps(state).flatMap((st) => decideStep(state, st)),
  );
}

/** What does not fit into a budget is not started; what is under way is waited for before a person is asked. */
function withBudget(state: RunState, commands: Command[]): Command[] {
  const { fitting, short } = withinBudget(state, commands);
  if (short === null || fitting.length > 0 || state.inFlight.size > 0) return fitting;
  const question = budgetQuestion(state, short);
  return state.questions.has(question.id) ? [] : [record({ type: 'question_asked', question })];
}

function decideStep(state: RunState, st: StepState): Command[] {
  if (state.phases.get(st.step.phase)?.started === false) return [startPhase(state, st)];
  const contradiction = contradictionBefore(state, st);
  if (contradiction !== null) return askOnce(state, contradiction);
  switch (st.stage) {
    case 'select':
      return [select(state, st)];
    case 'work':
      return decideWork(state, st);
    case 'gates':
      return decideGates(state, st);
    case 'review':
      return decideReview(state, st);
    case 'judge':
      return [judge(state, st)];
    case 'effects':
      return st.step.work.kind === 'deploy'
        ? decideDeploy(state, st, st.step.work.environment)
        : decideEffects(state, st);
    case 'asking':
      return [];
  }
}

/** Several steps may stand before the same question; what waits for nothing goes on. */
function askOnce(state: RunState, question: Question): Command[] {
  return state.questions.has(question.id) ? [] : [record({ type: 'question_asked', question })];
}

// Records

function record(event: Extract<Command, { kind: 'record' }>['event']): Command {
  return { kind: 'record', event };
}

function end(state: RunState, status: 'done' | 'failed' | 'cancelled', reason: string): Command {
  return record({ type: 'run_ended', status, reason, pull_requests: state.pullRequests });
}

function startPhase(state: RunState, st: StepState): Command {
  const phase = state.graph.phases.find((p) => p.id === st.step.phase);
  const works = (phase?.steps ?? []).map((id) => stepOf(state, id).step.work);
  const agents = works.flatMap((work) => (work.kind === 'agent' ? [work.agent] : []));
  return record({
    type: 'phase_started',
    phase: st.step.phase,
    title: phase?.title ?? st.step.phase,
    agents,
    deliverable: phase?.deliverable ?? '',
  });
}

/** The summary and the next steps after each phase. */
function completePhase(state: RunState, id: PhaseId): Command {
  const place = state.graph.phases.findIndex((phase) => phase.id === id);
  const next = state.graph.phases.slice(place + 1).map((p) => p.title);
  const skipped = isPhaseSkipped(state, id) ? ({ skipped: true } as const) : {};
  return record({ type: 'phase_completed', phase: id, summary: phaseSummary(state, id), next, ...skipped });
}

/** The pause behind a phase, where the workflow asks for one. */
function pauseBehind(state: RunState, id: PhaseId): Command {
  const place = state.graph.phases.findIndex((phase) => phase.id === id);
  const next = state.graph.phases.slice(place + 1).map((p) => p.title);
  return record({ type: 'question_asked', question: pauseQuestion(id, next) });
}

function isPausedByQuestion(state: RunState): boolean {
  return [...state.openQuestions].some((id) => state.questions.get(id)?.question.kind === 'pause');
}

function select(state: RunState, st: StepState): Command {
  const { run, reason } = selectStep(state, st.step);
  const type = run ? 'step_selected' : 'step_skipped';
  return record({ type, step: st.step.id, reason });
}

// Work

function decideWork(state: RunState, st: StepState): Command[] {
  const { work } = st.step;
  if (work.kind === 'merge' && st.authors.length === 0) return decideMerge(state, st, work.sides);
  const author = st.authors[0];
  if (author === undefined) throw new Error(`${st.step.id} is at work without an author`);
  const slot = workSlot(author);
  return attempt(state, st, slot, () => {
    const base = st.output?.revision ?? st.base;
    if (!mayStartFrom(state, st, base))
      return end(
        state,
        'failed',
        `${st.step.id} would start from ${base}, which no chain of verdicts reaches`,
      );
    return {
      kind: 'invoke',
      key: nextKey(st, slot),
      step: st.step.id,
      slot,
      author,
      round: st.round,
      attempt: attemptsOf(st, slot) + 1,
      base,
    };
  });
}

function decideMerge(state: RunState, st: StepState, sides: string[]): Command[] {
  const branches = sides.map((side) => ({
    step: side,
    revision: stepOf(state, side).accepted?.revision ?? state.base.id,
  }));
  const unreviewed = branches.find((branch) => !state.reviewed.has(branch.revision));
  // Nobody changed anything (all were skipped, say): there is nothing to bring together, to measure or to review.
  if (pointersOf(st.step.work) === null && branches.every((branch) => branch.revision === st.base))
    return [judge(state, st)];
  return attempt(state, st, 'merge', () =>
    unreviewed === undefined
      ? {
          kind: 'merge',
          key: nextKey(st, 'merge'),
          step: st.step.id,
          slot: 'merge',
          base: st.base,
          sides: branches,
        }
      : end(
          state,
          'failed',
          `${st.step.id} would merge ${unreviewed.step}, which no chain of verdicts reaches`,
        ),
  );
}

function decideGates(state: RunState, st: StepState): Command[] {
  const set = st.step.gates;
  if (!isMeasured(st.step)) throw new Error(`${st.step.id} has no gates to run`);
  const revision = st.output?.revision ?? st.base;
  return attempt(state, st, 'gates', () => ({
    kind: 'gates',
    key: nextKey(st, 'gates'),
    step: st.step.id,
    slot: 'gates',
    round: st.round,
    set,
    revision,
  }));
}

/** Reviewers look one after the other, in the order of the workflow, and all of them: one rework answers everything. */
function decideReview(state: RunState, st: StepState): Command[] {
  const reviewer = requiredReviewers(state, st).find((name) => !st.verdicts.has(name));
  const link = linkToJudge(state, st);
  if (reviewer === undefined || link === null) return [judge(state, st)];
  const slot = reviewSlot(reviewer);
  return attempt(state, st, slot, () => ({
    kind: 'review',
    key: nextKey(st, slot),
    step: st.step.id,
    slot,
    reviewer,
    round: st.round,
    attempt: attemptsOf(st, slot) + 1,
    link,
  }));
}

/** One attempt at a time in each slot; after a technical failure a pause, then again, then a person. */
function attempt(state: RunState, st: StepState, slot: string, next: () => Command): Command[] {
  if (isInFlight(state, st, slot)) return [];
  const quotaMs = st.quotas.get(slot)?.waitMs ?? null;
  if (quotaMs !== null) return [waitFor(st, slot, quotaMs)];
  const failures = st.failures.get(slot) ?? 0;
  if (failures === 0) return [next()];
  const failure = st.lastFailure;
  const detail = `${failure?.reason ?? 'failed'}: ${failure?.detail ?? ''}`;
  if (failures > state.limits.max_retries || failure?.hopeless === true) {
    const escalation = {
      kind: 'retry_exhausted',
      detail: `${timesWords(failures, failure)} ${failure?.reason === 'invalid_output' ? `${asSentence(detail)} What it has to hand in is \`result_schema\` of its work order.` : detail}`,
    } as const;
    return [record(escalate(state, st, escalation))];
  }
  if (state.limits.retry_backoff_ms > 0 && (st.waited.get(slot) ?? 0) < failures) {
    const wait_ms = state.limits.retry_backoff_ms * 2 ** (failures - 1);
    return [waitFor(st, slot, wait_ms)];
  }
  return [next()];
}

/** An attempt that would end in the same way is none that failed again and again. */
function timesWords(failures: number, failure: Failure | null): string {
  if (failure?.hopeless === true) return 'cannot be started as it is:';
  return `failed ${failures} times, last`;
}

function waitFor(st: StepState, slot: string, wait_ms: number): Command {
  const { reason = 'failed', detail = '' } = st.lastFailure ?? {};
  const key = waitKey(st, slot);
  return { kind: 'wait', key, step: st.step.id, slot, wait_ms, reason: `${reason}: ${detail}` };
}

function isInFlight(state: RunState, st: StepState, slot: string): boolean {
  for (const work of state.inFlight.values()) if (work.step === st.step.id && work.slot === slot) return true;
  return false;
}
