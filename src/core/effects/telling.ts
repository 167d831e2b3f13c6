/**
 * What is told at a pull request of checks and reviews: one comment, which is written anew in its place. It comes before what it
 * tells of, so that whoever asked for something reads at once what becomes of it. Where nobody asked for anything there is none.
 */
import { effectKey } from '../keys.ts';
import type { CommandKey } from '../records.ts';
import type { RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';
import type { FollowNext } from './following.ts';

/** What becomes of what was asked; null: nothing that is told. */
export type Told = 'answering' | 'asking' | 'done' | null;

export function toldOf(next: FollowNext): Told {
  if (next.kind === 'done') return 'done';
  if (next.kind === 'look') return null;
  if (next.event.type === 'graph_extended') return 'answering';
  return next.event.type === 'question_asked' ? 'asking' : null;
}

/** A person may have it looked at again in one round: that is told anew. */
export function tellKey(st: StepState, repo: string, next: FollowNext): CommandKey {
  return `${effectKey(st, 'comment', repo)}/${toldOf(next)}${st.budget.continues}`;
}

/** Where there is something to tell: a finding of this round, or the end of what was told of before. */
export function leftToTell(
  state: RunState,
  st: StepState,
  {
    repos,
    next,
    isOver,
  }: { repos: readonly string[]; next: FollowNext; isOver: (key: CommandKey) => boolean },
): string[] {
  if (state.extras?.comment !== true || toldOf(next) === null) return [];
  return repos.filter((repo) => {
    const { followed = null } = state.effects.get(effectKey(st, 'follow', repo)) ?? {};
    const isNews = (followed?.findings ?? []).length > 0 || wasTold(state, st, repo);
    return isNews && !isOver(tellKey(st, repo, next));
  });
}

function wasTold(state: RunState, st: StepState, repo: string): boolean {
  return [...state.effects.values()].some(
    (each) => each.effect === 'comment' && each.step === st.step.id && each.repo === repo && each.confirmed,
  );
}
