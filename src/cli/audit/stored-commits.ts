/** Whether the engine's git stores and the local forge still hold every commit that the journal speaks of, with its tree. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dropsWork } from '../../core/effects/cleanup.ts';
import { BatonError } from '../../core/errors.ts';
import type { JournalEvent, RunEvent } from '../../core/events.ts';
import { runGit } from '../../workspace/git.ts';
import { storeOf } from '../../workspace/stores.ts';
import type { ChainProblem } from './verdict-chain.ts';

const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

interface Spoken {
  seq: number;
  /** Where the commit has to be. */
  gitDir: string;
  what: string;
  commit: string;
  /** null: whatever it holds. */
  tree: string | null;
}

/** The first event whose commit is missing, or holds another tree; null: all are there. */
export async function checkCommits(
  stateDir: string,
  runId: string,
  events: JournalEvent[],
): Promise<ChainProblem | null> {
  // A person had the work dropped: git may have collected it.
  const isDropped = events.some(
    ({ event }) => event.type === 'clean_up_ended' && dropsWork(event.result.choice),
  );
  if (isDropped) return null;
  const spoken = events.flatMap(({ seq, event }) => commitsOf(event, seq, { stateDir, runId }));
  const problems: ChainProblem[] = [];
  for (const gitDir of new Set(spoken.map((each) => each.gitDir))) {
    const wanted = spoken.filter((each) => each.gitDir === gitDir);
    const trees = existsSync(gitDir) ? await treesOf(gitDir, wanted) : [];
    for (const [index, each] of wanted.entries()) {
      const problem = problemOf(each, trees[index] ?? null);
      if (problem !== null) problems.push({ seq: each.seq, detail: problem });
    }
  }
  return problems.toSorted((a, b) => a.seq - b.seq)[0] ?? null;
}

function problemOf({ what, commit, tree, gitDir }: Spoken, found: string | null): string | null {
  if (found === null) return `commit ${commit} of ${what}, which it names, is missing in ${gitDir}`;
  if (tree === null || tree === found) return null;
  return `commit ${commit} of ${what} in ${gitDir} holds the tree ${found}, not ${tree}`;
}

function commitsOf(event: RunEvent, seq: number, place: { stateDir: string; runId: string }): Spoken[] {
  const inStores = (repos: { name: string; commit: string; tree: string }[]): Spoken[] =>
    repos.map(({ name, commit, tree }) => ({ seq, gitDir: storeDir(place, name), what: name, commit, tree }));
  switch (event.type) {
    case 'run_started':
      return inStores(event.repos);
    case 'invocation_ended':
    case 'merge_ended':
      return inStores(event.revision?.repos ?? []);
    case 'graph_extended':
      return inStores(event.base?.repos ?? []);
    case 'effect_ended': {
      const pull = event.outcome.kind === 'confirmed' ? event.outcome.pull_request : null;
      if (pull === null || !pull.url.startsWith('file:')) return [];
      const what = `pull request ${pull.repo}#${pull.number}`;
      return [{ seq, gitDir: fileURLToPath(pull.url), what, commit: pull.head, tree: null }];
    }
    default:
      return [];
  }
}

/** Where the run's store of a repository is; where nothing says it, the folder of all stores, which is none. */
function storeDir({ stateDir, runId }: { stateDir: string; runId: string }, repo: string): string {
  const stores = join(stateDir, 'git');
  try {
    return storeOf(stores, runId, repo);
  } catch (error) {
    if (error instanceof BatonError) return join(stores, `(no store of ${repo})`);
    throw error;
  }
}

/** The trees of these commits, in their order; null for one that is not there whole. */
async function treesOf(gitDir: string, wanted: Spoken[]): Promise<(string | null)[]> {
  const lines = wanted.map(({ commit }) => (COMMIT.test(commit) ? `${commit}^{tree}\n` : 'none\n'));
  const args = ['cat-file', '--batch-check=%(objecttype) %(objectname)'];
  const answer = await runGit({ gitDir, args, input: lines.join('') });
  return answer.stdout
    .toString('utf8')
    .split('\n')
    .map((line) => /^tree ([0-9a-f]+)$/.exec(line)?.[1] ?? null);
}
