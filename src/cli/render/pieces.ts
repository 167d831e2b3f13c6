/**
 * How far each step is, in pieces: its work and each of its reviews. What has to be done again stays counted as done and
 * is added to what there is to do, so that what is done never runs backwards. A skipped step has nothing to do.
 */
import type { RunEvent } from '../../core/events.ts';
import type { RunState } from '../../core/state.ts';
import type { StepState } from '../../core/step-state.ts';

export interface Pieces {
  /** Done towards the step as it stands. */
  now: number;
  /** Done once, and then to be done again. */
  again: number;
  /** To do towards the step as it stands, done or not: none where it is skipped. */
  due: number;
}

/** The pieces of a step that goes well from the start. */
export function piecesOf({ reviewers }: { reviewers: readonly string[] }): number {
  return 1 + reviewers.length;
}

/** Takes in where the step stands now. */
export function countPieces(pieces: Pieces, st: StepState): void {
  const now = piecesDone(st);
  pieces.again += Math.max(0, pieces.now - now);
  pieces.now = now;
  pieces.due = st.status === 'skipped' ? 0 : piecesOf(st.step);
}

function piecesDone(st: StepState): number {
  const all = piecesOf(st.step);
  if (st.status === 'skipped') return 0;
  if (st.status === 'accepted') return all;
  if (st.stage === 'work' || st.stage === 'select' || st.output === null) return 0;
  return Math.min(all, 1 + st.verdicts.size);
}

/** The steps whose pieces an event may change. */
export function stepsMovedBy(event: RunEvent, state: RunState): string[] {
  switch (event.type) {
    case 'step_reopened':
      return [event.step, ...event.stale];
    case 'effort_raised':
      return [...event.reopened, ...event.stale];
    case 'graph_extended':
      return [event.before, ...event.steps.map((step) => step.id), ...event.dropped];
    case 'question_answered':
      return [state.questions.get(event.question_id)?.question.step ?? ''];
    default:
      return 'step' in event ? [event.step] : [];
  }
}
