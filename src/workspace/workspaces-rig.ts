/** A run on temporary repositories, for tests of what lies on top of git. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RepoBase } from '../core/records.ts';
import type { Revision } from '../core/results.ts';
import type { ChangeLimits } from './change-size.ts';
import { createWorkspaces } from './open-workspaces.ts';
import { createRepository, temporaryDirectory, writeFiles } from './temporary-repository.ts';
import type { Snapshot, Workspace, Workspaces } from './workspaces.ts';

/** Limits that no ordinary test meets. */
export const ROOMY: ChangeLimits = { maxNewFiles: 20_000, maxBytes: 256 * 1024 * 1024 };

export interface WorkspacesRig extends Disposable {
  dir: string;
  storeDir: string;
  workDir: string;
  runId: string;
  workspaces: Workspaces;
  repos: RepoBase[];
  base: Revision;
  notes: string[];
  /** Path of a user's repository. */
  user(name: string): string;
  /** Opens a workspace, changes files in the first repository, and takes the snapshot. */
  produce(key: string, from: Revision, files: Record<string, string>): Promise<Snapshot>;
  snapshot(workspace: Workspace, key?: string): Promise<Snapshot>;
}

/** Repositories by name and their files; the run has adopted them. */
export async function openWorkspacesRig(
  repositories: Record<string, Record<string, string>>,
  prepare: (path: (name: string) => string) => void = () => undefined,
): Promise<WorkspacesRig> {
  const dir = temporaryDirectory();
  const user = (name: string): string => join(dir, 'user', name);
  for (const [name, files] of Object.entries(repositories)) createRepository(user(name), files);
  prepare(user);
  const storeDir = join(dir, 'state', 'git');
  const workDir = join(dir, 'work');
  const workspaces = createWorkspaces({ storeDir, workDir });
  const wanted = Object.keys(repositories).map((name) => ({ path: user(name), ref: null }));
  const { repos, base, notes } = await workspaces.inspect(wanted);
  const runId = 'run1';
  await workspaces.adopt(runId, repos);
  const snapshot = (workspace: Workspace, key = 'work/a1'): Promise<Snapshot> =>
    workspaces.snapshot({ runId, workspace, base, message: 'Work', key, limits: ROOMY });
  return {
    dir,
    storeDir,
    workDir,
    runId,
    workspaces,
    repos,
    base,
    notes,
    user,
    snapshot,
    async produce(key, from, files) {
      const workspace = await workspaces.open(runId, key, from);
      writeFiles(workspace.repos[0]?.path ?? '', files);
      return workspaces.snapshot({ runId, workspace, base: from, message: key, key, limits: ROOMY });
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}
