/** Each step as the report tells it. */
import type { GateResult } from '../../../core/records.ts';
import type { PlannedTask } from '../../../core/results.ts';
import type { StepState } from '../../../core/step-state.ts';
import { spanMs } from '../duration.ts';
import type { RunHistory, StepHistory } from '../history.ts';
import { lastGates } from '../numbers.ts';
import { verdictsOf, type StepProgress } from '../status-document.ts';
import { workerOf } from '../step-words.ts';
import { stateOfStep } from './progress-states.ts';

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
  /** What its agent said of each round that led to what was accepted, in order. */
  said: string[];
  /** `repo/path` of what these rounds changed; empty where nothing is accepted. */
  touched: string[];
  skip_reason: string | null;
}

/** What ran these pieces, each once. */
export function labelsOf(pieces: { start: { event: { identity: { label: string } } } }[]): string[] {
  return [...new Set(pieces.map((piece) => piece.start.event.identity.label))].sort();
}

/** One step; none where the graph has none of this id. */
export function reportStep(history: RunHistory, id: string): ReportStep[] {
  const step = history.steps.get(id);
  const st = history.state.steps.get(id);
  if (step === undefined || st === undefined) return [];
  const accepted = st.status === 'accepted' ? handedIn(step) : [];
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
      said: accepted.map(({ summary }) => summary),
      touched: [...new Set(accepted.flatMap(({ paths }) => paths))].sort(),
      skip_reason: st.status === 'skipped' ? st.skipReason : null,
    },
  ];
}

/** What came of each round of a step that handed in something. */
function handedIn({ invocations }: StepHistory): { summary: string; paths: string[] }[] {
  return invocations.flatMap(({ end }) => {
    const outcome = end?.event.outcome;
    return outcome?.kind === 'submitted'
      ? [{ summary: outcome.result.summary, paths: outcome.changed_paths }]
      : [];
  });
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
