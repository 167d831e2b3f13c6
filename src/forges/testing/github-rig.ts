/** One repository whose remote is the loopback forge, and a change that is ready to be submitted there. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { userGit } from '../../workspace/temporary-repository.ts';
import { openWorkspacesRig, type WorkspacesRig } from '../../workspace/workspaces-rig.ts';
import { openFakeForge, type FakeForge } from '../../testing/fake-forge/fake-forge.ts';
import type { Forge, ForgeRequest } from '../forge.ts';
import { createGithubForge } from '../github/github-forge.ts';

export const FORGE_TOKEN = 'ghp-loopback-token-4711-aaaa';

export interface GithubRig extends AsyncDisposable {
  git: WorkspacesRig;
  server: FakeForge;
  /** A new one each time, as after a restart. */
  open(environment?: Record<string, string>): Forge;
  /** The squashed change of some files. */
  request(files: Record<string, string>, more?: Partial<ForgeRequest>): Promise<ForgeRequest>;
  /** The commit of a branch at the forge; null: there is none. */
  headOf(branch: string): string | null;
  /** From now on the server's own hook says no, with these words. */
  declinePushes(words: string): void;
  /** Files of the engine and of the user's repository that hold a text. */
  filesWith(text: string): string[];
}

export async function openGithubRig(): Promise<GithubRig> {
  const git = await openWorkspacesRig({ api: { 'a.txt': 'one\n' } });
  const server = await openFakeForge({ dir: join(git.dir, 'server'), token: FORGE_TOKEN });
  const [repo] = git.repos;
  if (repo === undefined) throw new Error('no repository');
  userGit(git.user('api'), 'remote', 'add', 'origin', server.addRepository('acme/api', git.user('api')));
  let changes = 0;
  return {
    git,
    server,
    open: (environment = { GH_ENTERPRISE_TOKEN: FORGE_TOKEN }) =>
      createGithubForge({ environment, now: () => new Date() }),
    async request(files, more = {}) {
      changes += 1;
      const { revision } = await git.produce(`build/a${changes}`, git.base, files);
      const squashed = { runId: git.runId, base: git.base, head: revision, message: 'Add b', trailers: {} };
      const [made] = await git.workspaces.squash(squashed);
      if (made === undefined) throw new Error('no commit');
      return {
        runId: git.runId,
        repo: { name: repo.name, path: repo.path, baseRef: repo.base_ref, baseCommit: repo.commit },
        store: git.workspaces.storePath(git.runId, repo.name),
        branch: 'baton/add-b',
        head: made.commit,
        title: 'Add b',
        body: 'Why.',
        marker: '<!-- baton run=1 repo=api -->',
        ...more,
      };
    },
    headOf(branch) {
      const line = userGit(
        server.pathOf('acme/api'),
        'for-each-ref',
        '--format=%(objectname)',
        `refs/heads/${branch}`,
      );
      return line === '' ? null : line;
    },
    declinePushes(words) {
      const hook = join(server.pathOf('acme/api'), 'hooks', 'pre-receive');
      mkdirSync(dirname(hook), { recursive: true });
      writeFileSync(hook, `#!/bin/sh\necho "${words}" >&2\nexit 1\n`, { mode: 0o755 });
    },
    filesWith(text) {
      const found = readdirSync(git.dir, { recursive: true, withFileTypes: true });
      const files = found
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
      return files.filter((file) => readFileSync(file).includes(text));
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      git[Symbol.dispose]();
    },
  };
}
