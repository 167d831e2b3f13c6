/** What `status` tells, as data: printed as lines for people and as one document with `--json`. */
import { budgetLines, type BudgetLine } from '../../core/budget/budget.ts';
import type { GateResult, PullRequest, Question } from '../../core/records.ts';
import { statusOf, waitReason } from '../../core/status.ts';
import type { PlannedTask } from '../../core/results.ts';
import type { StepState } from '../../core/step-state.ts';
import type { RunStatus } from '../../core/words.ts';
import type { StatementSeen } from '../audit/statements.ts';
import type { InboxRow } from '../../journal/journal.ts';
import type { PhaseHistory, RunHistory, StepHistory } from './history.ts';
import { acceptedPlans } from './accepted-plans.ts';
import { issuesOf } from './issues.ts';
import { lastGates, progressOf } from './numbers.ts';
import { lookOf, workerOf } from './step-words.ts';

export interface StatusFacts {
  /** Who advances the run now; null: nobody. */
  holder: { pid: number; host: string; since: string } | null;
  /** Definition files that differ from what the run was started with; null: not compared. */
  changedFiles: string[] | null;
  /** Messages of people that no holder has journaled yet. */
  pending: InboxRow[];
  /** What its pull requests carry. */
  statements: StatementSeen[];
}

/** The four states of progress. */
export type Progress = 'completed' | 'in_progress' | 'pending' | 'blocked';

/** Where a step stands: nobody goes on with what was passed over, or given up because nobody waits for it. */
export type StepProgress = Progress | 'skipped' | 'failed';

export interface StatusDocument {
  run_id: string;
  workflow: string;
  request: string;
  status: RunStatus;
  reason: string;
  /** When it is tried again, while it waits for that: ISO 8601. null: it does not. */
  retry_at: string | null;
  driver: string;
  forge: string;
  started_at: string;
  updated_at: string;
  holder: StatusFacts['holder'];
  progress: { done: number; total: number };
  phases: { id: string; title: string; state: PhaseProgress; steps: StepDocument[] }[];
  /** `pending_answer`: the option that a person chose and no holder has taken up yet. */
  questions: (Question & { waiting_since: string; pending_answer: string | null })[];
  /** Whether a cancellation waits for the next holder. */
  pending_cancel: boolean;
  /** What is used, reserved and left; `used` null: unknown, because nobody meters it. */
  budget: BudgetLine[];
  /** Every accepted plan, oldest first; the last one that stands is in force. */
  plans: { revision: number; accepted_at: string; in_force: boolean; summary: string }[];
  issues: string[];
  /** What the request asks for as well and this run does not do. */
  follow_ups: string[];
  pull_requests: PullRequest[];
  statements: StatementSeen[];
  changed_since_start: string[] | null;
  journal_head: string;
}

export interface StepDocument {
  id: string;
  title: string;
  agent: string;
  label: string | null;
  state: StepProgress;
  look: string;
  round: number;
  attempts: number;
  verdicts: { reviewer: string; verdict: string; round: number }[];
  gates: Pick<GateResult, 'gate' | 'repo' | 'module' | 'status' | 'summary'>[];
  /** What the accepted plan says of it; null: it is the workflow's own. */
  task: Pick<PlannedTask, 'category' | 'plan_phase' | 'blocking'> | null;
  reason: string;
}

/** The status of a run and why; `interrupted` where the journal says that it moves and nobody moves it. */
export function shownStatus(
  history: RunHistory,
  holder: StatusFacts['holder'],
): { status: RunStatus; reason: string; retry_at: string | null } {
  const stored = { ...statusOf(history.state), retry_at: null };
  const moves = stored.status === 'running' || stored.status === 'waiting_retry';
  if (moves && holder === null)
    return { status: 'interrupted', reason: 'no process advances it', retry_at: null };
  return stored.status === 'waiting_retry' ? { ...stored, ...nextTry(history) } : stored;
}

/** Of all waits the one that is over first. */
function nextTry({ events, state }: RunHistory): { reason: string; retry_at: string } | null {
  const waits = events.flatMap(({ at, event }) =>
    event.type === 'wait_started' && state.inFlight.has(event.key)
      ? [{ reason: waitReason(event.reason), until: Date.parse(at) + event.wait_ms }]
      : [],
  );
  const [first] = waits.toSorted((a, b) => a.until - b.until);
  return first === undefined ? null : { reason: first.reason, retry_at: new Date(first.until).toISOString() };
}

/** Everything that `status` tells. */
export function statusDocument(history: RunHistory, facts: StatusFacts): StatusDocument {
  const { started, state } = history;
  return {
    run_id: started.run_id,
    workflow: started.graph.workflow,
    request: started.request,
    ...shownStatus(history, facts.holder),
    driver: started.driver,
    forge: started.forge,
    started_at: history.startedAt,
    updated_at: history.lastAt,
    holder: facts.holder,
    progress: progressOf(history),
    phases: history.phases.map((told) => {
      const { id, title } = told.phase;
      const steps = told.phase.steps.flatMap((step) => stepDocument(history, step));
      return { id, title, state: phaseState(steps, told), steps };
    }),
    questions: history.questions
      .filter((asked) => state.openQuestions.has(asked.question.id))
      .map((asked) => ({
        ...asked.question,
        waiting_since: asked.askedAt,
        pending_answer: pendingAnswer(facts.pending, asked.question.id),
      })),
    pending_cancel: facts.pending.some(({ message }) => message.kind === 'cancel'),
    budget: budgetLines(state),
    plans: acceptedPlans(history).map(({ output, at, in_force }, index) => ({
      revision: index + 1,
      accepted_at: at,
      in_force,
      summary: output.summary,
    })),
    issues: issuesOf(history),
    follow_ups: state.spunOff,
    pull_requests: state.pullRequests,
    statements: facts.statements,
    changed_since_start: facts.changedFiles,
    journal_head: history.head,
  };
}

function pendingAnswer(pending: InboxRow[], questionId: string): string | null {
  const found = pending.find(({ message }) => message.kind === 'answer' && message.questionId === questionId);
  return found?.message.kind === 'answer' ? found.message.option : null;
}

/** A phase in which nothing was done is not complete, and nobody waits for it. */
export type PhaseProgress = Progress | 'skipped';

/** Where a phase stands, by its steps. */
export function phaseState(
  steps: readonly { state: StepProgress }[],
  { startedAt, completedAt, skipped }: Pick<PhaseHistory, 'startedAt' | 'completedAt' | 'skipped'>,
): PhaseProgress {
  if (completedAt !== null) return skipped ? 'skipped' : 'completed';
  if (steps.some((step) => step.state === 'blocked')) return 'blocked';
  return startedAt === null ? 'pending' : 'in_progress';
}

function stepDocument(history: RunHistory, id: string): StepDocument[] {
  const step = history.steps.get(id);
  const st = history.state.steps.get(id);
  if (step === undefined || st === undefined) return [];
  const look = lookOf(history.state, st);
  return [
    {
      id,
      title: step.step.title,
      agent: workerOf(step.step),
      label: step.invocations.at(-1)?.start.event.identity.label ?? null,
      state: stateOf(st, look),
      look,
      round: st.round,
      attempts: step.invocations.length,
      verdicts: verdictsOf(step),
      gates: lastGates(step).map(({ gate, repo, module, status, summary }) => ({
        gate,
        repo,
        module,
        status,
        summary,
      })),
      task: taskOf(step),
      reason: st.skipReason ?? st.lastFailure?.detail ?? '',
    },
  ];
}

function taskOf({ step: { task } }: StepHistory): StepDocument['task'] {
  if (task === undefined) return null;
  const { category, plan_phase, blocking } = task;
  return { category, plan_phase, blocking };
}

/** Where a step stands. Only what was accepted is completed; why it was not stands in its reason. */
export function stateOf(st: StepState, look: string): StepProgress {
  if (st.status === 'accepted') return 'completed';
  if (st.status === 'skipped') return st.skippedBy === 'given_up' ? 'failed' : 'skipped';
  if (look === 'asking') return 'blocked';
  return look === 'busy' ? 'in_progress' : 'pending';
}

/** Every verdict that was given, oldest first. */
export function verdictsOf(step: StepHistory): StepDocument['verdicts'] {
  return step.reviews.flatMap(({ start, end }) => {
    const outcome = end?.event.outcome;
    if (outcome?.kind !== 'verdict') return [];
    return [{ reviewer: start.event.reviewer, verdict: outcome.review.verdict, round: start.event.round }];
  });
}
