/** The report of a run as data, made from its journal alone. */
import {
  criteriaStep,
  numberedCriteria,
  proveCriteria,
  uncheckedIn,
  type ProvenCriterion,
} from '../../core/checks/criteria.ts';
import type { CleanedUp, Detected, PullRequest } from '../../core/records.ts';
import { evaluateSuccess, type SuccessCriterion } from '../../engine/success-criteria.ts';
import type { RollbackDocument } from '../../engine/rollback-document.ts';
import { checkApprovals } from '../audit/approvals.ts';
import { checkVerdictChain, type ChainProblem } from '../audit/verdict-chain.ts';
import type { StatementSeen } from '../audit/statements.ts';
import { costFigures, type CostFigures } from './figures/cost.ts';
import { criticalPath, type CriticalPath } from './figures/critical-path.ts';
import { piecesOfTime, type TimePiece } from './figures/pieces-of-time.ts';
import { reworkFigures, type Escape } from './figures/rework.ts';
import { actorName } from './event-line.ts';
import type { RunHistory, StepHistory } from './history.ts';
import { issuesOf } from './issues.ts';
import type { Bodies } from './parts/accepted-bodies.ts';
import { coordinationOf, type Coordination } from './parts/coordination.ts';
import { decisionsOf, type Decision } from './parts/decisions.ts';
import { deploysOf, type DeployTold } from './parts/deploys-told.ts';
import { findingsOf, type ReportFinding } from './parts/findings.ts';
import { handoffOf, type SubmissionHandoff } from './parts/handoff.ts';
import { measuredIn, type Measured } from './parts/measured.ts';
import { planRevisions, type PlanRevision } from './parts/plan-revisions.ts';
import { labelsOf, reportStep, type ReportStep } from './parts/report-steps.ts';
import { reworkChain, type ReworkChain } from './parts/rework-chains.ts';
import { skippedReviews, type SkippedReview } from './parts/skipped-reviews.ts';
import { successMetrics, type SuccessMetric } from './parts/success-metrics.ts';
import { phaseState, type PhaseProgress } from './status-document.ts';
import { wayBack } from './parts/way-back.ts';

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
  /** Reviews that no concern called for, where the change brings endpoints that write. */
  skipped_reviews: SkippedReview[];
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
  measured: Measured;
  /** By step: what became of each deployment; empty where the workflow has none. */
  deploys: DeployTold[];
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
    skipped_reviews: skippedReviews(history.state, bodies),
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
    measured: measuredIn(history),
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
