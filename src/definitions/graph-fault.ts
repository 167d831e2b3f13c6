/** What a check of a graph finds. */
import type { ErrorCode } from '../core/errors.ts';
import type { StepId } from '../core/graph.ts';

/** A fault, and the step that it is about, so that a loader can say where that step is written. */
export interface GraphFault {
  step: StepId | null;
  code: ErrorCode;
  message: string;
  fix: string;
}
