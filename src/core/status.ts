/** A run's status and the reason for it, from its state alone. Whether a holder lives is not in here: see `interrupted`. */
import type { RunState } from './state.ts';
import type { RunStatus } from './words.ts';

export function statusOf(state: RunState): { status: RunStatus; reason: string } {
  if (state.ended !== null) return state.ended;
  if (state.paused !== null) return { status: 'paused', reason: state.paused.reason };
  const working = [...state.inFlight.values()].filter((work) => work.kind !== 'wait');
  if (working.length > 0) return { status: 'running', reason: working[0]?.key ?? '' };
  if (state.inFlight.size > 0)
    return { status: 'waiting_retry', reason: [...state.inFlight.keys()][0] ?? '' };
  const question = [...state.openQuestions][0];
  if (question !== undefined)
    return { status: 'waiting_human', reason: state.questions.get(question)?.question.kind ?? '' };
  return { status: 'running', reason: 'deciding' };
}

export function progressOf(state: RunState): { settled: number; total: number } {
  const total = state.graph.steps.length;
  return { settled: total - state.unsettled, total };
}
