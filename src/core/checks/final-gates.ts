/** What the gates say of the tree that a run has come to. An older tree's results say nothing of it. */
import { stepsBehind } from '../graph/lineage.ts';
import type { GateResult } from '../records.ts';
import type { RevisionId } from '../results.ts';
import { stepOf, type RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';

/** The revision of the last accepted step; the run's base before there is one. */
export function lastRevision(state: RunState): RevisionId {
  const last = acceptedSteps(state).at(-1);
  return last?.accepted?.revision ?? state.base.id;
}

/** The last result of each gate on that revision, and those of steps under way, which may only make it worse. */
export function gatesOnLast(state: RunState): GateResult[] {
  const head = lastRevision(state);
  const settled = acceptedSteps(state).filter(
    (st) => st.accepted?.revision === head && st.step.expect !== 'red',
  );
  const under = [...state.open].map((id) => stepOf(state, id)).filter((st) => st.step.expect !== 'red');
  const results = new Map<string, GateResult>();
  for (const st of settled) for (const gate of st.gates) results.set(nameOf(gate), gate);
  for (const gate of under.flatMap((st) => st.gates))
    if (gate.status !== 'pass') results.set(nameOf(gate), gate);
  return [...results.values()];
}

/** The accepted steps on the way to that revision, newest first; without those whose tests had to fail. */
export function acceptedBehind(state: RunState): StepState[] {
  const last = acceptedSteps(state).at(-1);
  if (last === undefined) return [];
  return stepsBehind(state, last.step.id)
    .filter((st) => st.status === 'accepted' && st.step.expect !== 'red')
    .reverse();
}

function acceptedSteps(state: RunState): StepState[] {
  return state.graph.steps.map(({ id }) => stepOf(state, id)).filter((st) => st.status === 'accepted');
}

function nameOf({ repo, module, gate }: GateResult): string {
  return [repo, module, gate].join('\0');
}

/**
 * Whether all of these were seen to pass: null where nothing was, or where something ran and proves nothing. Gates that
 * do not apply are left out.
 */
export function areGreen(results: readonly GateResult[]): boolean | null {
  const due = results.filter((result) => result.status !== 'not_applicable');
  if (due.some((result) => result.status === 'fail' || result.status === 'error')) return false;
  return due.length > 0 && due.every((result) => result.status === 'pass') ? true : null;
}
