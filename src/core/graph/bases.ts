/** Which base a step is compared with: where the run started, or, behind a step that brought in what that became, that one. */
import type { Revision } from '../results.ts';
import { stepOf, type RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';
import { treesOf, type Step, type StepId, type Work } from '../graph.ts';

/** Steps that bring in a base stand in the graph's order in which they were added. */
export function baseOf(state: RunState, { index }: Pick<StepState, 'index'>): Revision {
  if (state.base === state.origin) return state.origin;
  const last = state.graph.steps.slice(0, index + 1).findLast(({ work }) => ontoOf(work) !== null);
  const onto = last === undefined ? null : ontoOf(last.work);
  return onto === null ? state.origin : (state.revisions.get(onto.to) ?? state.origin);
}

/** The step whose tree this one starts from; null: none's. One that moves pointers starts from its one side. */
export function startsFrom({ tree_from, work }: Step): StepId | null {
  return pointersOf(work) === null ? tree_from : (treesOf({ tree_from, work })[0] ?? null);
}

/** The submodules whose pointers a step moves; null: it moves none. */
export function pointersOf(work: Work): { repo: string; path: string; of: string }[] | null {
  return work.kind === 'merge' ? (work.pointers ?? null) : null;
}

export function ontoOf(work: Work): { from: string; to: string } | null {
  return work.kind === 'merge' ? (work.onto ?? null) : null;
}

/** The steps that brought in what the base became. */
export function baseMerges(state: RunState): StepState[] {
  return state.graph.steps.filter(({ work }) => ontoOf(work) !== null).map(({ id }) => stepOf(state, id));
}
