/** Where the agent of a step may change files, and who changed what on the way to an output. */
import { phaseOf, type Step, type StepId } from '../graph.ts';
import type { RevisionId } from '../results.ts';
import { factsBefore } from '../conditions/facts.ts';
import { stepOf, type RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';
import type { OutsideScopes, TestLayer } from '../words.ts';

/** What bounds the edits of one agent's step, wherever it works: in its own step or, reworking, in a later one. */
export interface Lane {
  step: StepId;
  /** Empty: anywhere. */
  scopes: string[];
  /** Empty: in any. */
  modules: string[];
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

/** In place of a module's name: those that the accepted selection or plan names for the agent. */
export const PLANNED_MODULES = '@planned';

/** null: the step is bound to nothing. */
export function laneOf(state: RunState, id: StepId): Lane | null {
  const { step } = stepOf(state, id);
  const { work } = step;
  if (work.kind !== 'agent') return null;
  const { scopes, layer = null } = work;
  const modules = modulesOf(state, step);
  if (scopes.length === 0 && modules.length === 0 && layer === null) return null;
  const { graph } = state;
  const outside =
    work.outside_scopes ?? graph.outside_scopes ?? phaseOf(graph, step)?.outside_scopes ?? 'refuse';
  return { step: id, scopes, modules, layer, outside };
}

function modulesOf(state: RunState, step: Step): string[] {
  const { work } = step;
  if (work.kind !== 'agent' || work.module === undefined) return [];
  if (work.module !== PLANNED_MODULES) return [work.module];
  return factsBefore(state, step).needs.get(work.agent)?.modules ?? [];
}

/** Called with the output of the invocation before it replaces the earlier one. */
export function rememberEdit(st: StepState, author: StepId, to: RevisionId): void {
  const from = st.output?.revision ?? st.base;
  if (from !== to) st.edits.push({ author, from, to });
}

/** What the agent is told of it. `places`: where its layer's tests lie, by repository. */
export function laneLines(lane: Lane | null, places: readonly string[]): string[] {
  if (lane === null) return [];
  const { scopes, modules, layer, outside } = lane;
  const open = scopes.filter((scope) => !scope.startsWith('!'));
  const closed = scopes.filter((scope) => scope.startsWith('!')).map((scope) => scope.slice(1));
  return [
    ...(open.length === 0 ? [] : [`Change files only in: ${open.join(', ')}${setWords(open)}`]),
    ...(closed.length === 0 ? [] : [`Change no file of: ${closed.join(', ')}${setWords(closed)}`]),
    ...(modules.length === 0
      ? []
      : [`Change nothing outside of the module${modules.length === 1 ? '' : 's'} ${modules.join(', ')}`]),
    ...(layer === null
      ? []
      : [`Put your tests where ${layer} tests lie: ${places.join('; ') || 'as the repository does'}`]),
    outside === 'refuse'
      ? 'An edit outside of that sends the change back'
      : 'An edit outside of that is noted for the reviewer',
  ];
}

function setWords(scopes: readonly string[]): string {
  return scopes.some((scope) => scope.includes('@'))
    ? ' (a name with `@` stands for files by what they are)'
    : '';
}
