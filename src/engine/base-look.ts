/** Whether the base went on while a run worked: what its branches hold now, beside what the change was tested and reviewed on. */
import { changedRepos } from '../core/effects/changed-repos.ts';
import type { BaseMoved, RepoBase } from '../core/records.ts';
import type { RevisionId } from '../core/results.ts';
import type { ForgeOutcome } from '../forges/forge.ts';
import { isAncestor } from '../forges/git-refs.ts';
import { askGit } from '../workspace/git.ts';
import { createRevision } from '../workspace/revision.ts';
import type { RunContext } from './run-context.ts';
import { placeOf } from './submission.ts';

export type BaseLook =
  | { kind: 'same' }
  | ({ kind: 'moved' } & BaseMoved)
  | Exclude<ForgeOutcome, { kind: 'confirmed' }>;

/** Where it moved in this repository, all that are submitted are looked at, so that one merge brings in everything. */
export async function lookAtBase(
  ctx: RunContext,
  { repo, head }: { repo: string; head: RevisionId },
  signal: AbortSignal,
): Promise<BaseLook> {
  const own = await lookAt(ctx, repo, signal);
  if (own.kind !== 'there') return own;
  const others = changedRepos(ctx.state, head).filter((name) => name !== repo);
  const looks = [own, ...(await Promise.all(others.map((name) => lookAt(ctx, name, signal))))];
  const found = looks.flatMap((look) => (look.kind === 'there' ? [look] : []));
  const now = new Map(found.map((each) => [each.name, each]));
  const { base } = ctx.state;
  return {
    kind: 'moved',
    base: createRevision(
      base.repos.map((before) => {
        const { commit, tree } = now.get(before.name) ?? before;
        return { name: before.name, commit, tree };
      }),
    ),
    repos: found.map(({ name, ref, from, commit }) => ({ repo: name, ref, from, to: commit })),
    continues: found.every(({ continues }) => continues),
  };
}

type There = {
  kind: 'there';
  name: string;
  ref: string;
  from: string;
  commit: string;
  tree: string;
  continues: boolean;
};

async function lookAt(
  ctx: RunContext,
  repo: string,
  signal: AbortSignal,
): Promise<There | Exclude<BaseLook, { kind: 'moved' }>> {
  const place = placeOf(ctx, repo);
  const known = ctx.state.repos.find(({ name }) => name === repo);
  const answer = await ctx.forge.readBase(place, signal);
  if (answer.kind !== 'base') return answer;
  const { commit } = answer;
  if (commit === null || known === undefined || (await isWithin(place.store, known, commit)))
    return { kind: 'same' };
  const tree = await askGit({ gitDir: place.store, args: ['rev-parse', '--verify', `${commit}^{tree}`] });
  const continues = await isAncestor(place.store, known.commit, commit);
  return { kind: 'there', name: repo, ref: known.base_ref, from: known.commit, commit, tree, continues };
}

/** Whether a commit brings nothing that the run did not start with, or did not want: it may begin elsewhere than at the branch. */
async function isWithin(store: string, repo: RepoBase, commit: string): Promise<boolean> {
  if (commit === repo.commit || commit === repo.branch_commit) return true;
  return isAncestor(store, commit, repo.commit);
}
