/** What git sees of a workspace in tests of drivers: nothing that an agent says goes into it. */
import { execFileSync } from 'node:child_process';
import type { FileChange } from '../../workspace/workspaces.ts';

const WHO = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org'];

/** Makes a repository of the folder, with everything in it as the first commit. */
export function commitSeed(repo: string): void {
  git(repo, 'init', '-q');
  git(repo, 'add', '-A');
  git(repo, ...WHO, 'commit', '-qm', 'Seed');
}

/** Paths that are not as the first commit has them. Lines are not counted. */
export function measureChanges(repo: string): FileChange[] {
  const paths = git(repo, 'status', '--porcelain', '-z', '--untracked-files=all').split('\0');
  return paths
    .filter((line) => line !== '')
    .map((line) => ({
      repo: 'app',
      path: line.slice(3),
      status: 'modified',
      linesAdded: 0,
      linesRemoved: 0,
    }));
}

function git(repo: string, ...args: string[]): string {
  return execFileSync('git', ['-C', repo, ...args], { encoding: 'utf8' });
}
