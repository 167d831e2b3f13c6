/** A forge like GitHub on loopback, for the demo: it is pushed to over HTTP and asked over its API, and it ends with the demo. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { devNull } from 'node:os';
import { promisify } from 'node:util';
import type { DemoRepository } from './repositories.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface DemoForge extends AsyncDisposable {
  /** The caller's, with a token for this forge, which is reached without any proxy. */
  environment: Record<string, string | undefined>;
  /** Where each pull request is, and where what was pushed stays when the forge has gone. */
  lines(): string[];
}

const OWNER = 'demo';

/** Makes it the remote `origin` of the repositories, which are the demo's own. */
export async function openDemoForge(
  dir: string,
  repositories: readonly DemoRepository[],
  environment: Environment,
): Promise<DemoForge> {
  const { openFakeForge } = await import('../testing/fake-forge/fake-forge.ts');
  const token = `demo-${randomBytes(16).toString('hex')}`;
  const server = await openFakeForge({ dir, token });
  try {
    for (const { name, path } of repositories)
      await addRemote(path, server.addRepository(`${OWNER}/${name}`, path), environment['PATH']);
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
  const direct = ['127.0.0.1', environment['NO_PROXY'] ?? environment['no_proxy'] ?? '']
    .filter((part) => part !== '')
    .join(',');
  return {
    environment: { ...environment, GH_ENTERPRISE_TOKEN: token, NO_PROXY: direct, no_proxy: direct },
    lines: () => [
      `A forge like GitHub answered ${server.calls.length} requests at ${server.url}; it has ended.`,
      ...server.pulls.map(
        ({ repository, number, draft, head }) =>
          `  ${server.url}/${repository}/pull/${number} (${draft ? 'draft' : 'ready'}): git fetch ${server.pathOf(repository)} ${head}`,
      ),
    ],
    [Symbol.asyncDispose]: () => Promise.resolve(server[Symbol.asyncDispose]()),
  };
}

async function addRemote(path: string, address: string, searchPath: string | undefined): Promise<void> {
  const env = { PATH: searchPath ?? '', HOME: path, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: devNull };
  await promisify(execFile)('git', ['remote', 'add', 'origin', address], { cwd: path, env });
}
