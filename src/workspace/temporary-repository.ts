/** Repositories as users have them, for tests: made with plain git in a directory of their own. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ENV = {
  PATH: process.env['PATH'] ?? '',
  HOME: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'User',
  GIT_AUTHOR_EMAIL: 'user@example.com',
  GIT_COMMITTER_NAME: 'User',
  GIT_COMMITTER_EMAIL: 'user@example.com',
};

/** An empty directory without symlinks in its path; the test removes it. */
export function temporaryDirectory(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'baton-git-')));
}

/** Runs git as a person or an agent does: with the configuration that lies in the repository. */
export function userGit(cwd: string, ...args: string[]): string {
  return execFileSync('git', args, {
    cwd,
    env: ENV,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

/** A repository with one commit that holds these files. */
export function createRepository(path: string, files: Record<string, string>, ...init: string[]): string {
  mkdirSync(path, { recursive: true });
  userGit(path, 'init', '--quiet', '--initial-branch=main', ...init);
  commitFiles(path, files);
  return path;
}

/** Writes files and commits everything; returns the commit. */
export function commitFiles(path: string, files: Record<string, string>, message = 'Change'): string {
  writeFiles(path, files);
  userGit(path, 'add', '--all');
  userGit(path, 'commit', '--quiet', '--allow-empty', '-m', message);
  return userGit(path, 'rev-parse', 'HEAD');
}

/** Writes files below a directory. */
export function writeFiles(dir: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
}

/** A named pipe: whoever opens it to read waits for a writer. */
export function createPipe(path: string): void {
  execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', path]);
}

/** Every path below a directory with mode, size, times of change and content: equal only if nothing was written. */
export function everyByte(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => describe(join(dir, name), name));
}

function describe(path: string, name: string): string {
  const stat = lstatSync(path);
  const times = `${stat.mode.toString(8)} ${stat.mtimeMs} ${stat.ctimeMs}`;
  if (stat.isSymbolicLink()) return `${name} ${times} ${readlinkSync(path)}`;
  if (!stat.isFile()) return `${name} ${times}`;
  return `${name} ${times} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
}
