/** The report of a run as data, made from its journal alone. */
import { budgetLines, type BudgetLine } from '../../core/budget/budget.ts';
import {
  criteriaStep,
  numberedCriteria,
  proveCriteria,
  uncheckedIn,
  type ProvenCriterion,
} from '../../core/checks/criteria.ts';
import type { CleanedUp, Detected, GateResult, PullRequest } from '../../core/records.ts';
import type { PlannedTask, Usage } from '../../core/results.ts';
import type { StepState } from '../../core/step-state.ts';
import { evaluateSuccess, type SuccessCriterion } from '../../engine/success-criteria.ts';
import type { RollbackDocument } from '../../engine/rollback-document.ts';
import { checkApprovals } from '../audit/approvals.ts';
import { checkVerdictChain, type ChainProblem } from '../audit/verdict-chain.ts';
import type { StatementSeen } from '../audit/statements.ts';
import { costFigures, type CostFigures } from './figures/cost.ts';
import { criticalPath, type CriticalPath } from './figures/critical-path.ts';
import { firstJudgements } from './figures/first-judgements.ts';
import { piecesOfTime, type TimePiece } from './figures/pieces-of-time.ts';
import { reworkFigures, type Escape } from './figures/rework.ts';
import { actorName } from './event-line.ts';
import { spanMs } from './duration.ts';
import type { RunHistory, StepHistory } from './history.ts';
import { issuesOf } from './issues.ts';
import { firstPasses, lastGates, reviewsDone, totalUsage } from './numbers.ts';
import type { Bodies } from './parts/accepted-bodies.ts';
import { coordinationOf, type Coordination } from './parts/coordination.ts';
import { decisionsOf, type Decision } from './parts/decisions.ts';
import { findingsOf, type ReportFinding } from './parts/findings.ts';
import { handoffOf, type SubmissionHandoff } from './parts/handoff.ts';
import { lineCoverage, type LineCoverage } from './parts/line-coverage.ts';
import { planRevisions, type PlanRevision } from './parts/plan-revisions.ts';
import { stateOfStep } from './parts/progress-states.ts';
import { reworkChain, type ReworkChain } from './parts/rework-chains.ts';
import { successMetrics, type SuccessMetric } from './parts/success-metrics.ts';
import { phaseState, verdictsOf, type PhaseProgress, type StepProgress } from './status-document.ts';
import { wayBack } from './parts/way-back.ts';
import { workerOf } from './step-words.ts';

export interface ReportStep {
  id: string;
  title: string;
  agent: string;
  /** What its agent was asked for; null: the engine did it. */
  output: string | null;
  labels: string[];
  status: string;
  state: StepProgress;
  /** What the accepted plan says of it; null: it is the workflow's own. */
  task: Pick<PlannedTask, 'category' | 'plan_phase' | 'blocking' | 'depends_on'> | null;
  needs: string[];
  /** Whether its agent may change files. */
  writes: boolean;
  started_at: string | null;
  settled_at: string | null;
  rounds: number;
  attempts: number;
  verdicts: { reviewer: string; verdict: string; round: number }[];
  gates: GateResult[];
  took_ms: number | null;
  summary: string;
  skip_reason: string | null;
}

/** Times are from the start of the run. */
export type ReportPiece = Pick<TimePiece, 'kind' | 'step' | 'who' | 'round' | 'failed'> & {
  from_ms: number;
  to_ms: number;
};

export interface ReportDocument {
  run_id: string;
  request: string;
  workflow: string;
  status: string;
  reason: string;
  driver: string;
  labels: string[];
  forge: string;
  sandbox: string;
  baton_version: string;
  started_at: string;
  ended_at: string | null;
  notes: string[];
  /** What of the store is damaged, so that it is missing here; empty: all was there. */
  damage: string[];
  /** What rules saw in the words of the request; null: the run is older than that. */
  detection: Detected | null;
  repos: { name: string; path: string; base_ref: string; commit: string }[];
  pull_requests: PullRequest[];
  phases: {
    id: string;
    title: string;
    deliverable: string;
    summary: string;
    completed: boolean;
    state: PhaseProgress;
    steps: ReportStep[];
  }[];
  rework: ReworkChain[];
  findings: ReportFinding[];
  mismatches: { step: string; claim: string; measured: string }[];
  overrides: { step: string; question: string; by: string; text: string }[];
  questions: {
    id: string;
    text: string;
    asked_at: string;
    answer: { option: string; text: string; by: string; at: string } | null;
  }[];
  decisions: Decision[];
  parallel: Coordination;
  issues: string[];
  /** What the request asks for as well and the run did not do. */
  follow_ups: string[];
  /** Every accepted plan; the last one that stands is in force. */
  plans: PlanRevision[];
  /** How the graph grew: by the tasks of a plan, or by a search for several faults. */
  growth: { at: string; before: string; reason: string; added: string[]; dropped: string[] }[];
  /** What shows each acceptance criterion of the last accepted requirements. */
  criteria: ProvenCriterion[];
  /** Why there are none, as a clause; null where there are, or where the run ends with its plan. */
  criteria_unchecked: string | null;
  /** The seven success criteria of an implementation. */
  success: SuccessCriterion[];
  handoff: SubmissionHandoff;
  /** How the change is taken back. */
  rollback: RollbackDocument;
  metrics: SuccessMetric[];
  /** What its pull requests carry, by what it says of itself. */
  statements: StatementSeen[];
  escapes: Escape[];
  cost: CostFigures;
  critical_path: CriticalPath;
  /** All that took time, in the order of the starts. */
  pieces: ReportPiece[];
  measured: {
    lead_time_ms: number;
    invocations: number;
    reviews: number;
    rework_rounds: number;
    first_pass_yield: number | null;
    human_answers: number;
    waited_for_people_ms: number;
    interruptions: number;
    /** Of the changed lines, on the last accepted tree or the newest one before it that was measured; null: on none. */
    line_coverage: LineCoverage | null;
    usage: Usage;
    budget: BudgetLine[];
  };
  /** By step: what became of each deployment; empty where the workflow has none. */
  deploys: { step: string; environment: string; head: string; status: string; detail: string }[];
  /** What became of what a cancelled run made; null: everything was kept. */
  clean_up: CleanedUp | null;
  audit: {
    events: number;
    head: string;
    verdict_chain: 'complete' | ChainProblem;
    approvals: 'complete' | ChainProblem;
  };
}

/**
 * Everything that the report tells; status, reason and damage come from outside, because only the store knows them, and so
 * do the stored results, because they are read from it.
 */
export function reportDocument(
  history: RunHistory,
  shown: { status: string; reason: string; damage?: string[]; statements?: StatementSeen[] },
  bodies: Bodies,
): ReportDocument {
  const { started } = history;
  const steps = [...history.steps.values()];
  const criteria = proveCriteria(history.state, numberedCriteria(criteriaBody(history, bodies)), null);
  return {
    run_id: started.run_id,
    request: started.request,
    workflow: `${started.graph.workflow} (version ${started.graph.version})`,
    ...shown,
    driver: started.driver,
    labels: labelsOf(steps.flatMap((step) => [...step.invocations, ...step.reviews])),
    forge: started.forge,
    sandbox: started.sandbox,
    baton_version: started.baton_version,
    started_at: history.startedAt,
    ended_at: history.ended?.at ?? null,
    notes: started.notes,
    damage: shown.damage ?? [],
    detection: started.detection ?? null,
    repos: started.repos.map(({ name, path, base_ref, commit }) => ({ name, path, base_ref, commit })),
    pull_requests: history.state.pullRequests,
    phases: history.phases.map((told) => {
      const { id, title, deliverable } = told.phase;
      const own = told.phase.steps.flatMap((step) => reportStep(history, step));
      const state = phaseState(own, told);
      const completed = state === 'completed';
      return { id, title, deliverable, summary: told.summary, completed, state, steps: own };
    }),
    rework: steps.flatMap((step) => reworkChain(history, step)),
    findings: findingsOf(history),
    mismatches: history.mismatches.flatMap(({ event }) =>
      event.mismatches.map((mismatch) => ({ step: event.step, ...mismatch })),
    ),
    overrides: steps.flatMap((step) => overridesOf(history, step)),
    questions: history.questions.map(({ question, askedAt, answer }) => ({
      id: question.id,
      text: question.text,
      asked_at: askedAt,
      answer:
        answer === null
          ? null
          : {
              option: answer.event.option,
              text: answer.event.text,
              by: actorName(answer.event.actor),
              at: answer.at,
            },
    })),
    decisions: decisionsOf(history),
    parallel: coordinationOf(history),
    issues: issuesOf(history),
    follow_ups: history.state.spunOff,
    plans: planRevisions(history, bodies),
    growth: growthOf(history),
    criteria,
    criteria_unchecked: criteria.length > 0 ? null : uncheckedIn(history.state),
    success: evaluateSuccess(history.state, null),
    handoff: handoffOf(history, bodies),
    rollback: wayBack(history, bodies),
    metrics: successMetrics(history),
    statements: shown.statements ?? [],
    escapes: reworkFigures(history).escapes,
    cost: costFigures(history),
    critical_path: criticalPath(history),
    pieces: piecesOfTime(history).map(({ kind, step, who, round, failed, startMs, endMs }) => ({
      kind,
      step,
      who,
      round,
      failed,
      from_ms: startMs,
      to_ms: endMs,
    })),
    measured: measured(history, steps),
    deploys: deploysOf(history),
    clean_up: history.ended?.event.clean_up ?? null,
    audit: {
      events: history.events.length,
      head: history.head,
      verdict_chain: checkVerdictChain(history.events) ?? 'complete',
      approvals: checkApprovals(history.events) ?? 'complete',
    },
  };
}

function deploysOf({ state }: RunHistory): ReportDocument['deploys'] {
  return [...state.steps.values()].flatMap(({ step, deploy, base }) => {
    if (step.work.kind !== 'deploy') return [];
    // The command may have run, whatever became of who ran it: somebody might deploy by hand on reading otherwise.
    const started = deploy.result === null && deploy.attempts > 0;
    const usual = started
      ? 'its command was started, and its outcome is not known yet'
      : 'it was not reached';
    const detail = deploy.trouble?.detail ?? usual;
    const { status, detail: told } = deploy.result ?? { status: 'not_deployed', detail };
    const isLost = started && deploy.trouble?.kind !== 'failed';
    const shown = isLost ? 'unknown' : status;
    return [{ step: step.id, environment: step.work.environment, head: base, status: shown, detail: told }];
  });
}

function labelsOf(pieces: { start: { event: { identity: { label: string } } } }[]): string[] {
  return [...new Set(pieces.map((piece) => piece.start.event.identity.label))].sort();
}

function reportStep(history: RunHistory, id: string): ReportStep[] {
  const step = history.steps.get(id);
  const st = history.state.steps.get(id);
  if (step === undefined || st === undefined) return [];
  return [
    {
      id,
      title: step.step.title,
      agent: workerOf(step.step),
      output: step.step.work.kind === 'agent' ? step.step.work.output : null,
      labels: labelsOf(step.invocations),
      status: statusWord(st),
      state: stateOfStep(history, id),
      task: taskOf(step),
      needs: step.step.needs,
      writes: isWriting(history, step),
      started_at: step.startedAt,
      settled_at: step.settledAt,
      rounds: Math.max(0, ...step.invocations.map((i) => i.start.event.round)),
      attempts: step.invocations.length,
      verdicts: verdictsOf(step),
      gates: lastGates(step),
      took_ms: step.startedAt === null ? null : spanMs(step.startedAt, step.settledAt ?? history.lastAt),
      summary: st.accepted?.output?.summary ?? '',
      skip_reason: st.status === 'skipped' ? st.skipReason : null,
    },
  ];
}

function statusWord(st: StepState): string {
  if (st.skippedBy === 'given_up') return 'failed';
  return st.status === 'accepted' && st.accepted?.override != null ? 'accepted by a person' : st.status;
}

function isWriting({ state }: RunHistory, { step: { work } }: StepHistory): boolean {
  return work.kind === 'agent' && state.graph.agents[work.agent]?.access === 'write';
}

function taskOf({ step: { task } }: StepHistory): ReportStep['task'] {
  if (task === undefined) return null;
  const { category, plan_phase, blocking, depends_on } = task;
  return { category, plan_phase, blocking, depends_on };
}

function growthOf({ events }: RunHistory): ReportDocument['growth'] {
  return events.flatMap(({ event, at }) =>
    event.type === 'graph_extended'
      ? [
          {
            at,
            before: event.before,
            reason: event.reason,
            added: event.steps.map((step) => step.id),
            dropped: event.dropped,
          },
        ]
      : [],
  );
}

function criteriaBody(history: RunHistory, bodies: Bodies): Record<string, unknown> | null {
  const last = criteriaStep([...history.state.steps.values()])?.accepted?.output;
  return bodies.get(last?.artifact ?? '') ?? null;
}

function overridesOf(history: RunHistory, step: StepHistory): ReportDocument['overrides'] {
  const question = step.accepted?.event.override ?? null;
  if (question === null) return [];
  const answer = history.questions.find((asked) => asked.question.id === question)?.answer?.event;
  return [
    {
      step: step.step.id,
      question,
      by: answer === undefined ? 'unknown' : actorName(answer.actor),
      text: answer?.text ?? '',
    },
  ];
}

function measured(history: RunHistory, steps: StepHistory[]): ReportDocument['measured'] {
  const judged = firstPasses(firstJudgements(history));
  return {
    lead_time_ms: spanMs(history.startedAt, history.lastAt),
    invocations: steps.reduce((sum, step) => sum + step.invocations.length, 0),
    reviews: reviewsDone(history),
    rework_rounds: steps.reduce((sum, step) => sum + step.reworks.length + step.reopened.length, 0),
    first_pass_yield: judged.steps === 0 ? null : judged.first / judged.steps,
    human_answers: history.questions.filter((asked) => asked.answer !== null).length,
    waited_for_people_ms: history.questions.reduce(
      (sum, { askedAt, answer }) => sum + (answer === null ? 0 : spanMs(askedAt, answer.at)),
      0,
    ),
    interruptions: history.interruptions.length,
    line_coverage: lineCoverage(history.state),
    usage: totalUsage(history),
    budget: budgetLines(history.state),
  };
}
