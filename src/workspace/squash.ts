/** The one commit per repository that is submitted. */
import { askGit, runGit } from './git.ts';
import { commitTree } from './snapshot.ts';
import type { RepoRevision } from './revision.ts';
import type { Signing } from './signing.ts';

interface Person {
  name: string;
  email: string;
}

/** Whose commits they are; null: the engine's. */
export interface CommitIdentity {
  author: Person | null;
  committer: Person | null;
}

export interface Squashed {
  repo: string;
  commit: string;
  changed: boolean;
}

/**
 * A commit on the base, or on what the branch holds, with the head's tree. Its date is the head's, so that the same base, head, words
 * and people give the same commit, before and after a kill. An unchanged repository keeps its base. A signature may differ each time: a
 * signed commit is made once, and found again by the unsigned one that it stands for.
 */
export async function squashRepository(options: {
  store: string;
  base: RepoRevision;
  head: RepoRevision;
  message: string;
  trailers: Readonly<Record<string, string>>;
  /** What the branch holds already; null: nothing. */
  continues: string | null;
  ref: string;
  identity?: CommitIdentity | undefined;
  /** `ref`: which one keeps the signed form of a commit. */
  signed?: { signing: () => Promise<Signing | null>; ref: (commit: string) => string } | undefined;
}): Promise<Squashed> {
  const { store, base, head, identity, signed } = options;
  if (head.tree === base.tree) return { repo: head.name, commit: base.commit, changed: false };
  const parents = await parentsOf(options);
  if (parents === null) return { repo: head.name, commit: options.continues ?? base.commit, changed: true };
  const order = {
    store,
    tree: head.tree,
    parents,
    message: withTrailers(options.message, options.trailers),
    epochSeconds: await dateOf(store, head.commit),
    env: identityEnvironment(identity),
  };
  const commit = await commitTree(order);
  await runGit({ gitDir: store, args: ['update-ref', options.ref, commit] });
  if (signed === undefined) return { repo: head.name, commit, changed: true };
  const ref = signed.ref(commit);
  const found = await readRef(store, ref);
  if (found !== null) return { repo: head.name, commit: found, changed: true };
  const signing = await signed.signing();
  if (signing === null) return { repo: head.name, commit, changed: true };
  const made = await commitTree({ ...order, signing });
  // Whoever keeps it first has made it: that one is submitted, whoever else signs at the same time.
  const none = '0'.repeat(commit.length);
  await runGit({ gitDir: store, args: ['update-ref', ref, made, none], answers: [128] });
  return { repo: head.name, commit: (await readRef(store, ref)) ?? made, changed: true };
}

async function readRef(store: string, ref: string): Promise<string | null> {
  const args = ['rev-parse', '--verify', '--quiet', ref];
  const answer = await runGit({ gitDir: store, args, answers: [1] });
  return answer.code === 0 ? answer.stdout.toString('utf8').trim() : null;
}

function identityEnvironment(identity: CommitIdentity | undefined): Record<string, string> {
  const { author = null, committer = null } = identity ?? {};
  return {
    ...(author === null ? {} : { GIT_AUTHOR_NAME: author.name, GIT_AUTHOR_EMAIL: author.email }),
    ...(committer === null
      ? {}
      : { GIT_COMMITTER_NAME: committer.name, GIT_COMMITTER_EMAIL: committer.email }),
  };
}

/** null: the branch holds exactly this already. */
async function parentsOf(options: {
  store: string;
  base: RepoRevision;
  head: RepoRevision;
  continues: string | null;
}): Promise<string[] | null> {
  const { store, base, head, continues } = options;
  if (continues === null) return [base.commit];
  const args = ['merge-base', '--is-ancestor', base.commit, continues];
  const holdsBase = (await runGit({ gitDir: store, args, answers: [1] })).code === 0;
  if (!holdsBase) return [continues, base.commit];
  const tree = await askGit({ gitDir: store, args: ['rev-parse', '--verify', `${continues}^{tree}`] });
  return tree === head.tree ? null : [continues];
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
