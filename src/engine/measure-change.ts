/** What the engine itself sees in a change, for the conditions of later steps. */
import { MAX_CHANGED_PATHS } from '../core/events.ts';
import type { ChangeSize, ConcernFact, Revision } from '../core/results.ts';
import { parseDiff } from '../gates/change/changed-lines.ts';
import { concernsOfChange, isDocumentation } from '../gates/change/detect-concerns.ts';
import { isTestCode } from '../gates/suites/test-files.ts';
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

/** How much was changed since the base of the step, without tests and documents, and what is new. */
export async function measureSize(
  ctx: RunContext,
  { base, revision }: { base: Revision; revision: Revision },
): Promise<ChangeSize> {
  const changes = await ctx.engine.workspaces.changes(ctx.runId, base, revision);
  const counted = changes.filter(({ path }) => !isTestCode(path) && !isDocumentation(path));
  const lines = counted.reduce((sum, { linesAdded, linesRemoved }) => sum + linesAdded + linesRemoved, 0);
  const created = changes.filter(({ status }) => status === 'added' || status === 'renamed');
  return {
    files: counted.length,
    lines,
    created: created.slice(0, MAX_CHANGED_PATHS).map(({ repo, path }) => `${repo}/${path}`),
  };
}
