/** Workspaces as executors use them. A run without repositories has artifacts only and needs none on the disk. */
import type { Revision } from '../core/results.ts';
import type { Workspace } from '../workspace/workspaces.ts';
import type { RunContext } from './run-context.ts';

const NOWHERE: Workspace = { dir: '', repos: [] };

export async function openWorkspace(ctx: RunContext, key: string, revision: Revision): Promise<Workspace> {
  return revision.repos.length === 0 ? NOWHERE : ctx.engine.workspaces.open(ctx.runId, key, revision);
}

/** Removes it; one that was set aside stays until the run ends. */
export async function closeWorkspace(ctx: RunContext, workspace: Workspace): Promise<void> {
  if (workspace !== NOWHERE && !ctx.setAside.has(workspace.dir)) await ctx.engine.workspaces.close(workspace);
}

/** Proves that a reading role wrote nothing. */
export async function fingerprint(ctx: RunContext, workspace: Workspace): Promise<string> {
  return workspace === NOWHERE ? '' : ctx.engine.workspaces.fingerprint(workspace);
}
