/** The pull requests of the loopback forge, in GitHub's shape. What can be read from git is read from git. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface KeptPull {
  repository: string;
  number: number;
  title: string;
  body: string;
  head: string;
  base: string;
  draft: boolean;
  state: 'open' | 'closed';
  /** What brought it to its base; null: it is not merged. */
  merged: string | null;
  labels: string[];
  /** Who is asked to look, people by name and teams as `@TEAM`. */
  asked: string[];
}

export interface Pulls {
  all: KeptPull[];
  /** What GitHub says about it: the commit is where the branch is now. */
  describe(pull: KeptPull): Promise<Record<string, unknown>>;
  /** The problem that GitHub names, or the new pull request. */
  open(
    wanted: Omit<KeptPull, 'number' | 'state' | 'merged' | 'labels' | 'asked'>,
  ): Promise<KeptPull | string>;
}

export function createPulls(root: string, server: () => string): Pulls {
  const all: KeptPull[] = [];
  const heads = new Map<string, string>();
  const headOf = (repository: string, branch: string): Promise<string | null> =>
    readRef(join(root, `${repository}.git`), `refs/heads/${branch}`);
  return {
    all,
    async describe(pull) {
      const [owner = ''] = pull.repository.split('/');
      const now = await headOf(pull.repository, pull.head);
      const key = `${pull.repository}#${pull.number}`;
      if (now !== null) heads.set(key, now);
      return {
        number: pull.number,
        node_id: nodeId(pull),
        html_url: `${server()}/${pull.repository}/pull/${pull.number}`,
        title: pull.title,
        body: pull.body,
        state: pull.state,
        draft: pull.draft,
        merged_at: pull.merged === null ? null : '2026-01-01T00:00:00Z',
        merged: pull.merged !== null,
        merge_commit_sha: pull.merged,
        head: { ref: pull.head, sha: heads.get(key) ?? '', label: `${owner}:${pull.head}` },
        base: { ref: pull.base },
        labels: pull.labels.map((name) => ({ name })),
        requested_reviewers: pull.asked.filter((each) => !each.startsWith('@')).map((login) => ({ login })),
        requested_teams: pull.asked
          .filter((each) => each.startsWith('@'))
          .map((each) => ({ slug: each.slice(1) })),
      };
    },
    async open(wanted) {
      const { repository, head, base } = wanted;
      // Both are looked at before anything is looked up in the list, so that two at once cannot both be first.
      const [from, to] = await Promise.all([headOf(repository, head), headOf(repository, base)]);
      if (from === null) return 'head: invalid';
      if (to === null) return 'base: invalid';
      if (from === to) return `No commits between ${base} and ${head}`;
      const [owner = ''] = repository.split('/');
      if (all.some((pull) => pull.repository === repository && pull.head === head && pull.state === 'open'))
        return `A pull request already exists for ${owner}:${head}.`;
      const number = all.filter((pull) => pull.repository === repository).length + 1;
      const pull: KeptPull = { ...wanted, number, state: 'open', merged: null, labels: [], asked: [] };
      all.push(pull);
      return pull;
    },
  };
}

/** The commit of a reference, from git's own files: a process for each look would be most of what a forge costs. */
async function readRef(gitDir: string, ref: string): Promise<string | null> {
  const loose = await readOrNull(join(gitDir, ref));
  if (loose !== null) return loose.trim();
  const packed = (await readOrNull(join(gitDir, 'packed-refs'))) ?? '';
  return (
    packed
      .split('\n')
      .find((line) => line.endsWith(` ${ref}`))
      ?.split(' ')[0] ?? null
  );
}

async function readOrNull(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null); // where there is none, or a folder
}

export function nodeId(pull: KeptPull): string {
  return Buffer.from(`${pull.repository}#${pull.number}`).toString('base64');
}

/** Of a pull request that is named by its id in GraphQL. */
export function repositoryOfNode(id: string): string {
  return Buffer.from(id, 'base64').toString('utf8').split('#')[0] ?? '';
}

export function hasRepository(root: string, repository: string): boolean {
  return existsSync(join(root, `${repository}.git`));
}

export function nameOf({ owner, name }: { owner: string; name: string }): string {
  return `${owner}/${name}`;
}
