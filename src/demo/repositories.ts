import { execFile } from 'node:child_process';
import { cp, mkdir } from 'node:fs/promises';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const TEMPLATES = fileURLToPath(new URL('../../examples/demo/', import.meta.url));
const NAMES = ['orders-service', 'orders-client'] as const;
/** Fixed, so that the same template gives the same commit on every machine. */
const COMMIT_DATE = '2026-01-05T09:00:00Z';

export interface DemoRepository {
  name: string;
  path: string;
  commit: string;
}

/** Makes the two repositories of the demo in `dir`: a small HTTP service and its client, each with green tests. git is looked for in `searchPath`. */
export async function createDemoRepositories(dir: string, searchPath: string): Promise<DemoRepository[]> {
  return Promise.all(NAMES.map((name) => createRepository(name, join(dir, name), searchPath)));
}

async function createRepository(name: string, path: string, searchPath: string): Promise<DemoRepository> {
  await mkdir(path, { recursive: true });
  await cp(join(TEMPLATES, name), path, { recursive: true });
  const git = createGit(path, searchPath);
  await git('init', '-q', '-b', 'main');
  await git('add', '-A');
  await git('commit', '-q', '-m', `Add the ${name.replace('-', ' ')}`);
  return { name, path, commit: (await git('rev-parse', 'HEAD')).trim() };
}

function createGit(cwd: string, searchPath: string): (...args: string[]) => Promise<string> {
  const run = promisify(execFile);
  const person = { NAME: 'Demo', EMAIL: 'demo@localhost', DATE: COMMIT_DATE };
  const env: Record<string, string> = {
    PATH: searchPath,
    HOME: cwd,
    // Neither the user's configuration nor the system's may change a hash or start a hook.
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
  };
  for (const [key, value] of Object.entries(person)) {
    env[`GIT_AUTHOR_${key}`] = value;
    env[`GIT_COMMITTER_${key}`] = value;
  }
  return async (...args) => {
    const safe = ['-c', 'core.hooksPath=', '-c', 'core.autocrlf=false', '-c', 'commit.gpgSign=false'];
    return (await run('git', [...safe, ...args], { cwd, env })).stdout;
  };
}
