/** The one commit per repository that is submitted. */
import { askGit, runGit } from './git.ts';
import { commitTree } from './snapshot.ts';
import type { RepoRevision } from './revision.ts';

export interface Squashed {
  repo: string;
  commit: string;
  changed: boolean;
}

/**
 * A commit on the base with the head's tree. Its date is the head's, so that the same base, head and words give the
 * same commit, before and after a kill. An unchanged repository keeps its base.
 */
export async function squashRepository(options: {
  store: string;
  base: RepoRevision;
  head: RepoRevision;
  message: string;
  trailers: Readonly<Record<string, string>>;
  ref: string;
}): Promise<Squashed> {
  const { store, base, head } = options;
  if (head.tree === base.tree) return { repo: head.name, commit: base.commit, changed: false };
  const commit = await commitTree({
    store,
    tree: head.tree,
    parents: [base.commit],
    message: withTrailers(options.message, options.trailers),
    epochSeconds: await dateOf(store, head.commit),
  });
  await runGit({ gitDir: store, args: ['update-ref', options.ref, commit] });
  return { repo: head.name, commit, changed: true };
}

/** When a commit was made, in seconds. */
export async function dateOf(store: string, commit: string): Promise<number> {
  return Number(await askGit({ gitDir: store, args: ['show', '--no-patch', '--format=%ct', commit] }));
}

function withTrailers(message: string, trailers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(trailers).map(
    ([key, value]) => `${key}: ${value.replaceAll(/\s*[\r\n]+\s*/g, ' ')}`,
  );
  return lines.length === 0 ? `${message.trimEnd()}\n` : `${message.trimEnd()}\n\n${lines.join('\n')}\n`;
}
