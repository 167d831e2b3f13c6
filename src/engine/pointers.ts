/** Pointers of submodules to other repositories of the run: moved to the commit that is submitted there, which is made for it. */
import { changedRepos } from '../core/effects/changed-repos.ts';
import type { MovedPointer } from '../core/records.ts';
import type { Revision } from '../core/results.ts';
import type { RunContext } from './run-context.ts';
import { commitFor } from './submission.ts';

type Place = Pick<MovedPointer, 'repo' | 'path' | 'of'>;

/** The revision in which these submodules point at what is submitted; where nothing is, at what the base points at. */
export async function pointAtSubmitted(
  ctx: RunContext,
  { key, from, pointers }: { key: string; from: Revision; pointers: readonly Place[] },
): Promise<{ revision: Revision; pointed: MovedPointer[] }> {
  const { engine, runId, state } = ctx;
  const changed = changedRepos(state, from.id);
  const pointed: MovedPointer[] = [];
  for (const place of pointers) {
    if (changed.includes(place.of)) {
      const { commit, revision } = await commitFor(ctx, { repo: place.of, head: from.id });
      pointed.push({ ...place, commit, head: revision.id });
    } else {
      const commit = await engine.workspaces.readPointer(runId, state.base, place);
      if (commit !== null) pointed.push({ ...place, commit, head: null });
    }
  }
  const message = `point at what is submitted\n\n${sayPointed(pointed).join('\n')}\n`;
  const revision = await engine.workspaces.movePointers({
    runId,
    revision: from,
    pointers: pointed,
    message,
    key,
  });
  return { revision, pointed };
}

/** Revisions with the pointers of another one, so that a base with pointers of its own can be merged into them. */
export async function withPointersOf(
  ctx: RunContext,
  base: Revision,
  { key, revisions }: { key: string; revisions: readonly Revision[] },
): Promise<Revision[]> {
  const { engine, runId, state } = ctx;
  if (state.pointed.size === 0) return [...revisions];
  const pointers: MovedPointer[] = [];
  for (const { repo, path, of } of state.submodules) {
    const commit = await engine.workspaces.readPointer(runId, base, { repo, path });
    if (commit !== null) pointers.push({ repo, path, of, commit, head: null });
  }
  const message = 'point where the base does';
  return Promise.all(
    revisions.map((revision, index) =>
      engine.workspaces.movePointers({ runId, revision, pointers, message, key: `${key}/side-${index + 1}` }),
    ),
  );
}

/** One clause each. */
export function sayPointed(pointed: readonly MovedPointer[]): string[] {
  return pointed.map(
    ({ repo, path, of, commit }) => `${path} of ${repo} points at ${commit.slice(0, 12)} of ${of}`,
  );
}
