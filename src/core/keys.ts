/**
 * Command keys: ids only, so that appended or revised work never shifts another step's key. An attempt's key
 * names its workspace and token; an effect's key has no attempt, so that a late twin finds the thing done.
 */
import type { CommandKey } from './records.ts';
import type { StepId } from './graph.ts';
import type { StepState } from './step-state.ts';
import type { EffectKind, QuestionKind } from './words.ts';

export const workSlot = (author: StepId): string => `work.${author.replaceAll('/', '.')}`;
export const reviewSlot = (reviewer: string): string => `review.${reviewer}`;

/** The key of the next attempt in a slot. */
export function nextKey(st: StepState, slot: string): CommandKey {
  return `${st.step.id}/r${st.round}/${slot}/a${attemptsOf(st, slot) + 1}`;
}

export function attemptsOf(st: StepState, slot: string): number {
  return st.attempts.get(slot) ?? 0;
}

export function waitKey(st: StepState, slot: string): CommandKey {
  return `${st.step.id}/r${st.round}/wait.${slot}/a${attemptsOf(st, slot)}`;
}

export function questionId(st: StepState, kind: QuestionKind): string {
  return `${st.step.id}/r${st.round}/${kind}`;
}

/** The round stands in it because a submission that went stale submits another head. */
export function effectKey(st: StepState, effect: EffectKind, repo: string): CommandKey {
  return `${st.step.id}/r${st.round}/${effect}/${repo}`;
}

export function findingPrefix(st: StepState, source: string): string {
  return `${st.step.id}/r${st.round}/${source}`;
}
