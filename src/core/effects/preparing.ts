/**
 * Before the first push of a submission over several repositories each of them is looked at once more: what keeps one from going out
 * is known before any of them did. A look is worth what it is fresh: who goes on after a stop or an answer looks again.
 */
import { effectKey } from '../keys.ts';
import type { CommandKey } from '../records.ts';
import type { RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';
import type { EffectKind } from '../words.ts';
import { changedRepos } from './changed-repos.ts';

/** Where one repository alone is pushed, the push itself looks; and once one went out, the others follow. */
export function wantsLook(state: RunState, st: StepState): boolean {
  const repos = changedRepos(state, st.base);
  return repos.length > 1 && !repos.some((repo) => state.effects.has(effectKey(st, 'push_branch', repo)));
}

/** An effect is one thing, whoever tries it; a look is another one each time. */
export function submissionKey(st: StepState, kind: EffectKind, repo: string): CommandKey {
  const key = effectKey(st, kind, repo);
  return kind === 'prepare_push' ? `${key}/a${st.looks}` : key;
}

/** What was seen before a stop, or before a person answered, is not what is there now. */
export function lookAgain(state: RunState, st: StepState): void {
  const repos = changedRepos(state, st.base);
  const hasLooked = repos.some((repo) => state.effects.has(submissionKey(st, 'prepare_push', repo)));
  if (hasLooked && wantsLook(state, st)) st.looks += 1;
}
