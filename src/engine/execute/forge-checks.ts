/** Puts a revision on a branch of its own at the forge, and reads what the checks there say of it. Asking again repeats nothing. */
import type { Revision } from '../../core/results.ts';
import type { ForgeRequest } from '../../forges/forge.ts';
import type { AskForge } from '../../gates/forge-checks/run-forge-checks.ts';
import type { RunContext } from '../run-context.ts';
import { placeOf } from '../submission.ts';

interface Judged {
  base: Revision;
  revision: Revision;
}

/** The branch is named after the commit, so that it never has to move; it goes when nobody asks any more. */
export function forgeChecksOf(ctx: RunContext, judged: Judged): AskForge {
  const placed = new Map<string, Promise<ForgeRequest | null>>();
  const place = (repo: string): Promise<ForgeRequest | null> => {
    const made = placed.get(repo) ?? requestFor(ctx, judged, repo);
    placed.set(repo, made);
    return made;
  };
  return {
    async ask(repo, signal) {
      const request = await place(repo);
      if (request === null) return { kind: 'unchanged' };
      const pushed = await ctx.forge.pushBranch(request, signal);
      const read =
        pushed.kind === 'confirmed' ? await ctx.forge.readChecks(request, request.head, signal) : pushed;
      if (read.kind === 'checks') return read;
      return { kind: 'none', detail: read.detail, retryable: read.kind === 'failed' && read.retryable };
    },
    async end(repo, signal) {
      const request = await place(repo);
      if (request !== null) await ctx.forge.deleteBranch(request, signal);
    },
  };
}

/** null: the revision changes nothing there. */
async function requestFor(
  ctx: RunContext,
  { base, revision }: Judged,
  repo: string,
): Promise<ForgeRequest | null> {
  const { engine, runId } = ctx;
  const commits = await engine.workspaces.squash({
    runId,
    base,
    head: revision,
    message: 'To be checked',
    trailers: { 'Baton-Run': runId },
  });
  const made = commits.find((each) => each.repo === repo);
  if (made === undefined || !made.changed) return null;
  const place = placeOf(ctx, repo);
  const branch = `baton/checks-${runId}-${made.commit.slice(0, 12)}`;
  return { ...place, branch, head: made.commit, title: '', body: '' };
}
