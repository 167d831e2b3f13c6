/** The four states of progress, of a step by its id. */
import type { RunHistory } from '../history.ts';
import { stateOf, type Progress } from '../status-document.ts';
import { lookOf } from '../step-words.ts';

export function stateOfStep({ state }: RunHistory, id: string): Progress {
  const st = state.steps.get(id);
  return st === undefined ? 'pending' : stateOf(st, lookOf(state, st));
}
