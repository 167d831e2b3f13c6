/** The report of a run as data, made from its journal alone. */
import { budgetLines, type BudgetLine } from '../../core/budget.ts';
import type { CleanedUp, GateResult, PullRequest } from '../../core/events.ts';
import type { Usage } from '../../core/results.ts';
import { checkApprovals } from '../audit/approvals.ts';
import { checkVerdictChain, type ChainProblem } from '../audit/verdict-chain.ts';
import { actorName } from './event-line.ts';
import { spanMs } from './duration.ts';
import type { Invocation, RunHistory, StepHistory } from './history.ts';
import { issuesOf } from './issues.ts';
import { lastGates, reviewsDone, totalUsage } from './numbers.ts';
import { verdictsOf } from './status-document.ts';
import { workerOf } from './step-words.ts';

export interface ReportStep {
  id: string;
  title: string;
  agent: string;
  labels: string[];
  status: string;
  rounds: number;
  attempts: number;
  verdicts: { reviewer: string; verdict: string; round: number }[];
  gates: GateResult[];
  took_ms: number | null;
  summary: string;
  skip_reason: string | null;
}

export interface ReworkChain {
  step: string;
  rounds: { round: number; authors: string[]; problems: string[] }[];
  settled: boolean;
}

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
  repos: { name: string; path: string; base_ref: string; commit: string }[];
  pull_requests: PullRequest[];
  phases: { id: string; title: string; summary: string; completed: boolean; steps: ReportStep[] }[];
  rework: ReworkChain[];
  mismatches: { step: string; claim: string; measured: string }[];
  overrides: { step: string; question: string; by: string; text: string }[];
  questions: {
    id: string;
    text: string;
    asked_at: string;
    answer: { option: string; text: string; by: string; at: string } | null;
  }[];
  decisions: { by: string; step: string; decision: string }[];
  parallel: { steps: string[][]; merges: string[] };
  issues: string[];
  measured: {
    lead_time_ms: number;
    invocations: number;
    reviews: number;
    rework_rounds: number;
    first_pass_yield: number | null;
    human_answers: number;
    waited_for_people_ms: number;
    interruptions: number;
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

/** Everything that the report tells; status and reason come from outside, because only the store knows the holder. */
export function reportDocument(
  history: RunHistory,
  shown: { status: string; reason: string },
): ReportDocument {
  const { started } = history;
  const steps = [...history.steps.values()];
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
    repos: started.repos.map(({ name, path, base_ref, commit }) => ({ name, path, base_ref, commit })),
    pull_requests: history.state.pullRequests,
    phases: history.phases.map(({ phase, summary, completedAt }) => ({
      id: phase.id,
      title: phase.title,
      summary,
      completed: completedAt !== null,
      steps: phase.steps.flatMap((id) => reportStep(history, id)),
    })),
    rework: steps.flatMap((step) => reworkChain(history, step)),
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
    decisions: steps.flatMap(decisionsOf),
    parallel: {
      steps: parallelGroups(steps),
      merges: steps.flatMap(({ step }) =>
        step.work.kind === 'merge' ? [`${step.id}: ${step.work.sides.join(' + ')}`] : [],
      ),
    },
    issues: issuesOf(history),
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
    const detail = deploy.trouble?.detail ?? 'it was not reached';
    const { status, detail: told } = deploy.result ?? { status: 'not_deployed', detail };
    const isLost = deploy.result === null && deploy.trouble?.kind === 'unknown';
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
      labels: labelsOf(step.invocations),
      status: st.status === 'accepted' && st.accepted?.override != null ? 'accepted by a person' : st.status,
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

/** Which findings sent a step back, round by round. */
function reworkChain(history: RunHistory, step: StepHistory): ReworkChain[] {
  if (step.reworks.length === 0 && step.reopened.length === 0) return [];
  const problems = problemsById(history);
  const rounds = [
    ...step.reworks.map(({ event }) => ({
      round: event.round,
      authors: event.authors,
      problems: event.findings.map((id) => problems.get(id) ?? id),
    })),
    ...step.reopened.map(({ event }) => ({
      round: 0,
      authors: [event.step],
      problems: [event.reason, ...event.findings.map((f) => f.problem)],
    })),
  ];
  return [{ step: step.step.id, rounds, settled: step.accepted !== null }];
}

function problemsById(history: RunHistory): Map<string, string> {
  const problems = new Map<string, string>();
  for (const { event } of history.events) {
    const found =
      event.type === 'review_ended' && event.outcome.kind === 'verdict'
        ? event.outcome.review.findings
        : event.type === 'gates_ended' && event.outcome.kind === 'measured'
          ? event.outcome.results.flatMap((result) => result.findings)
          : [];
    for (const finding of found)
      problems.set(finding.id, `${finding.file ?? finding.source}: ${finding.problem}`);
  }
  return problems;
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

function decisionsOf(step: StepHistory): ReportDocument['decisions'] {
  return step.invocations.flatMap(({ start, end }) => {
    const outcome = end?.event.outcome;
    if (outcome?.kind !== 'submitted') return [];
    const by = start.event.identity.agent;
    return outcome.result.decisions.map((decision) => ({ by, step: step.step.id, decision }));
  });
}

/** Steps whose agents worked at the same time, by the order of events; everything else went one after the other. */
function parallelGroups(steps: StepHistory[]): string[][] {
  const spans = steps.flatMap((step) => step.invocations.map((i) => ({ id: step.step.id, ...spanOf(i) })));
  const groups = spans.map((span) =>
    [...new Set(spans.filter((o) => o.from < span.to && span.from < o.to).map((o) => o.id))].sort(),
  );
  const unique = new Map(groups.filter((group) => group.length > 1).map((group) => [group.join(), group]));
  return [...unique.values()];
}

function spanOf({ start, end }: Invocation): { from: number; to: number } {
  return { from: start.seq, to: end?.seq ?? start.seq };
}

function measured(history: RunHistory, steps: StepHistory[]): ReportDocument['measured'] {
  const judged = steps.filter((step) => step.step.work.kind === 'agent' && step.accepted !== null);
  const first = judged.filter((step) => step.invocations.every((i) => i.start.event.round === 1));
  return {
    lead_time_ms: spanMs(history.startedAt, history.lastAt),
    invocations: steps.reduce((sum, step) => sum + step.invocations.length, 0),
    reviews: reviewsDone(history),
    rework_rounds: steps.reduce((sum, step) => sum + step.reworks.length + step.reopened.length, 0),
    first_pass_yield: judged.length === 0 ? null : first.length / judged.length,
    human_answers: history.questions.filter((asked) => asked.answer !== null).length,
    waited_for_people_ms: history.questions.reduce(
      (sum, { askedAt, answer }) => sum + (answer === null ? 0 : spanMs(askedAt, answer.at)),
      0,
    ),
    interruptions: history.interruptions.length,
    usage: totalUsage(history),
    budget: budgetLines(history.state),
  };
}
