/** A run's status and the reason for it, from its state alone. Whether a holder lives is not in here: see `interrupted`. */
import type { RunState } from './state.ts';
import type { RunStatus } from './words.ts';

export function statusOf(state: RunState): { status: RunStatus; reason: string } {
  if (state.ended !== null) return state.ended;
  if (state.paused !== null) return { status: 'paused', reason: state.paused.reason };
  const working = [...state.inFlight.values()].filter((work) => work.kind !== 'wait');
  if (working.length > 0) return { status: 'running', reason: working[0]?.key ?? '' };
  const [wait] = state.inFlight.values();
  if (wait !== undefined) return { status: 'waiting_retry', reason: waitReason(wait.cause ?? '') };
  const question = [...state.openQuestions][0];
  if (question !== undefined)
    return { status: 'waiting_human', reason: state.questions.get(question)?.question.kind ?? '' };
  return { status: 'running', reason: 'deciding' };
}

const MAX_REASON_CHARS = 300;

/** What went wrong before a wait, in one line. */
export function waitReason(cause: string): string {
  const line =
    cause
      .split(/[\r\n]/, 1)[0]
      ?.trim()
      .replace(/:$/, '') ?? '';
  const chars = Array.from(line);
  return chars.length > MAX_REASON_CHARS ? `${chars.slice(0, MAX_REASON_CHARS).join('')}…` : line;
}

export function progressOf(state: RunState): { settled: number; total: number } {
  const total = state.graph.steps.length;
  return { settled: total - state.unsettled, total };
}
