/**
 * A rise of the effort: what was skipped for the lower one alone is opened again where the new one asks for it, and what was
 * derived from that is done again. Nothing that ran, or would have run, is taken away.
 */
import { selectStep } from './conditions.ts';
import type { EventOf } from '../events.ts';
import type { StepId } from '../graph.ts';
import { dropDerived } from '../review/reopening.ts';
import { derivedFrom } from '../review/rework.ts';
import { resetRound } from '../review/rounds.ts';
import { openStep, unsettle } from '../review/settling.ts';
import { stepOf, type RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';

/** The rise that is wanted, with what it opens again; null: none. Once a submission has begun, nothing is opened. */
export function raiseEffort(state: RunState): EventOf<'effort_raised'> | null {
  const { wantedEffort: wanted } = state;
  const from = state.efforts.at(-1);
  if (wanted === null || from === undefined) return null;
  const raised: RunState = { ...state, efforts: [...state.efforts, wanted] };
  const asked =
    state.effects.size > 0 ? [] : [...state.steps.values()].filter((st) => isSkippedOnly(raised, st));
  const stale = new Set(asked.flatMap((st) => derivedFrom(state, st.step.id)));
  const inOrder = (ids: Iterable<StepId>): StepId[] =>
    [...ids].sort((a, b) => stepOf(state, a).index - stepOf(state, b).index);
  return {
    type: 'effort_raised',
    from: from.tier,
    to: wanted.tier,
    reason: wanted.reason,
    reopened: inOrder(asked.map((st) => st.step.id).filter((id) => !stale.has(id))),
    stale: inOrder(stale),
    ...(state.graph.cut_from === undefined ? {} : { whole: state.graph.cut_from }),
  };
}

function isSkippedOnly(raised: RunState, st: StepState): boolean {
  return st.status === 'skipped' && st.skippedBy === 'condition' && selectStep(raised, st.step).run;
}

export function effortRaised(state: RunState, event: EventOf<'effort_raised'>): void {
  state.efforts.push({ tier: event.to, reason: event.reason });
  state.wantedEffort = null;
  const stale = event.stale.map((id) => stepOf(state, id));
  dropDerived(state, stale);
  for (const id of event.reopened) {
    const st = stepOf(state, id);
    if (st.status !== 'skipped') continue;
    unsettle(state, st);
    st.skipReason = null;
    resetRound(st, st.step.work.kind === 'agent' ? [id] : []);
    openStep(state, st);
  }
  // Stale only because its tree came from a replaced one: none of its needs will settle again.
  for (const st of stale) if (st.status === 'pending' && st.openNeeds === 0) openStep(state, st);
}
