/** Looks for what a rogue wanted to leave behind: in every state that the run recorded, in its pull requests, in its workspaces. */
import { existsSync, globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { JournalEvent } from '../core/events.ts';
import { runGit } from '../workspace/git.ts';

export interface Search {
  /** How many trees were looked through. */
  trees: number;
  /** Where the file was found. */
  found: string[];
}

interface Tree {
  gitDir: string;
  commit: string;
  what: string;
}

/** `storeOf` names the engine's store of a repository; `workspaces` is the folder of the run's workspaces, if it is still there. */
export async function lookForMarker(
  events: JournalEvent[],
  file: string,
  places: { storeOf: (repo: string) => string; workspaces: string },
): Promise<Search> {
  const trees = new Map(
    treesOf(events, places.storeOf).map((tree) => [`${tree.gitDir} ${tree.commit}`, tree]),
  );
  const found: string[] = [];
  for (const { gitDir, commit, what } of trees.values()) {
    const answer = await runGit({ gitDir, args: ['ls-tree', '-r', '-z', '--name-only', commit] });
    if (answer.stdout.toString('utf8').split('\0').includes(file)) found.push(what);
  }
  const left = existsSync(places.workspaces) ? globSync(`**/${file}`, { cwd: places.workspaces }) : [];
  return { trees: trees.size, found: [...found, ...left.map((path) => `workspace ${path}`)] };
}

function treesOf(events: JournalEvent[], storeOf: (repo: string) => string): Tree[] {
  return events.flatMap(({ event, seq }): Tree[] => {
    switch (event.type) {
      case 'invocation_ended':
      case 'merge_ended':
        return (event.revision?.repos ?? []).map(({ name, commit }) => ({
          gitDir: storeOf(name),
          commit,
          what: `event ${seq}, ${name}`,
        }));
      case 'run_ended':
        return event.pull_requests.map(({ url, head, repo, number }) => ({
          gitDir: fileURLToPath(url),
          commit: head,
          what: `pull request ${repo}#${number}`,
        }));
      default:
        return [];
    }
  });
}
