/**
 * What stands beside a pull request: labels, the people who are asked to look, the status of its commit. None of it is a condition of the change, so
 * nothing of it ever stops a submission: what cannot be done is told, and passed over.
 */
import { effectKey } from '../keys.ts';
import type { EffectState, RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';
import type { EffectKind } from '../words.ts';
import { wantsLook } from './preparing.ts';

const BESIDE: readonly EffectKind[] = [
  'begin_status',
  'set_labels',
  'ask_reviewers',
  'comment',
  'end_status',
];

/** So often a forge is waited for that cannot be reached or says when: nobody holds a submission up for a label. */
export const MAX_WAITS_BESIDE = 3;

export function isBeside(kind: EffectKind): boolean {
  return BESIDE.includes(kind);
}

/** Whether this run does it at all, here and now. */
export function isWanted(state: RunState, st: StepState, kind: EffectKind, repo: string): boolean {
  switch (kind) {
    case 'set_labels':
      return (state.extras?.labels ?? []).length > 0 && !isDoneBefore(state, st, { kind, repo });
    case 'ask_reviewers': {
      const { reviewers = [], team_reviewers = [] } = state.extras ?? {};
      return reviewers.length + team_reviewers.length > 0 && !isDoneBefore(state, st, { kind, repo });
    }
    case 'begin_status':
      return state.extras?.status === true;
    // A token without the right is told of once.
    case 'end_status': {
      const begun = state.effects.get(effectKey(st, 'begin_status', repo));
      return begun !== undefined && begun.refused === null;
    }
    case 'prepare_push':
      return wantsLook(state, st);
    case 'follow':
    case 'comment':
      return false;
    default:
      return true;
  }
}

/** In an earlier round: a label that somebody took away since, and a reviewer who has answered, stay as people left them. */
function isDoneBefore(
  state: RunState,
  st: StepState,
  { kind, repo }: { kind: EffectKind; repo: string },
): boolean {
  const same = (each: EffectState): boolean =>
    each.effect === kind && each.repo === repo && each.step === st.step.id;
  return [...state.effects.values()].some(
    (each) => same(each) && each.confirmed && !each.key.startsWith(`${st.step.id}/r${st.round}/`),
  );
}
