/** What the engine itself sees in a change, for the conditions of later steps. */
import type { ConcernFact, Revision } from '../core/results.ts';
import { parseDiff } from '../gates/changed-lines.ts';
import { concernsOfChange } from '../gates/detect-concerns.ts';
import type { FileChange } from '../workspace/workspaces.ts';
import type { RunContext } from './run-context.ts';

const MAX_DIFF_BYTES = 16 * 1024 * 1024;

/** What a change touches; null: it is too long to be read whole, and may touch anything. */
export async function measureConcerns(
  ctx: RunContext,
  change: { from: Revision; to: Revision; changes: FileChange[] },
): Promise<ConcernFact[] | null> {
  if (change.changes.length === 0) return [];
  const { text, truncated } = await ctx.engine.workspaces.diff(
    ctx.runId,
    change.from,
    change.to,
    MAX_DIFF_BYTES,
  );
  if (truncated) return null;
  const { added, removed } = parseDiff(text);
  return concernsOfChange(change.changes, [...added, ...removed]);
}
