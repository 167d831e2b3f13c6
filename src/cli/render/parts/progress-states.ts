/** Where a step stands, by its id. */
import type { RunHistory } from '../history.ts';
import { stateOf, type StepProgress } from '../status-document.ts';
import { lookOf } from '../step-words.ts';

export function stateOfStep({ state }: RunHistory, id: string): StepProgress {
  const st = state.steps.get(id);
  return st === undefined ? 'pending' : stateOf(st, lookOf(state, st));
}
