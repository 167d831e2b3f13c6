/** Where the agent of a step may change files, and who changed what on the way to an output. */
import { phaseOf, type StepId } from '../graph.ts';
import type { RevisionId } from '../results.ts';
import { stepOf, type RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';
import type { OutsideScopes, TestLayer } from '../words.ts';

/** What bounds the edits of one agent's step, wherever it works: in its own step or, reworking, in a later one. */
export interface Lane {
  step: StepId;
  /** Empty: anywhere. */
  scopes: string[];
  /** null: in any. */
  module: string | null;
  /** null: tests may lie anywhere in the scopes. */
  layer: TestLayer | null;
  outside: OutsideScopes;
}

/** What one invocation changed: everything between two revisions. */
export interface Edit {
  author: StepId;
  from: RevisionId;
  to: RevisionId;
}

/** null: the step is bound to nothing. */
export function laneOf(state: RunState, id: StepId): Lane | null {
  const { step } = stepOf(state, id);
  const { work } = step;
  if (work.kind !== 'agent') return null;
  const { scopes, module = null, layer = null } = work;
  if (scopes.length === 0 && module === null && layer === null) return null;
  const { graph } = state;
  const outside =
    work.outside_scopes ?? graph.outside_scopes ?? phaseOf(graph, step)?.outside_scopes ?? 'refuse';
  return { step: id, scopes, module, layer, outside };
}

/** Called with the output of the invocation before it replaces the earlier one. */
export function rememberEdit(st: StepState, author: StepId, to: RevisionId): void {
  const from = st.output?.revision ?? st.base;
  if (from !== to) st.edits.push({ author, from, to });
}

/** What the agent is told of it. `places`: where its layer's tests lie, by repository. */
export function laneLines(lane: Lane | null, places: readonly string[]): string[] {
  if (lane === null) return [];
  const { scopes, module, layer, outside } = lane;
  const said = scopes.some((scope) => scope.includes('@'))
    ? ' (`@tests`, `@docs`, `@infrastructure`: files by what they are; `!`: not these)'
    : '';
  return [
    ...(scopes.length === 0 ? [] : [`Change files only in: ${scopes.join(', ')}${said}`]),
    ...(module === null ? [] : [`Change nothing outside of the module ${module}`]),
    ...(layer === null
      ? []
      : [`Put your tests where ${layer} tests lie: ${places.join('; ') || 'as the repository does'}`]),
    outside === 'refuse'
      ? 'An edit anywhere else sends the change back'
      : 'An edit anywhere else is noted for the reviewer',
  ];
}
