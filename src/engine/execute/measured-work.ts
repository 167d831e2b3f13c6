/** What the engine sees in an author's workspace: after the attempt, and before it where the agent can still mend its result. */
import type { EffectfulCommand } from '../../core/commands.ts';
import type { Limits } from '../../core/limits.ts';
import type { Failure } from '../../core/records.ts';
import type { Revision, WorkResult } from '../../core/results.ts';
import type { WorkFacts } from '../../definitions/result-checks.ts';
import { parseWorkResult } from '../../definitions/result-schema.ts';
import type { WorkOrder } from '../../drivers/driver.ts';
import type { ChangeLimits } from '../../workspace/change-size.ts';
import type { Snapshot, Workspace } from '../../workspace/workspaces.ts';
import { compareClaims } from '../claims.ts';
import type { RunContext } from '../run-context.ts';

export interface AttemptGiven {
  command: Extract<EffectfulCommand, { kind: 'invoke' }>;
  order: WorkOrder;
  workspace: Workspace;
  base: Revision;
  facts: WorkFacts;
}

/** Everything that an agent can still mend: the form of its result, claims that git contradicts, changes that are refused whole. */
export async function checkWork(ctx: RunContext, given: AttemptGiven, result: unknown): Promise<string[]> {
  const { order, facts } = given;
  const parsed = parseWorkResult(order.output, result, facts);
  if (!parsed.ok) return parsed.problems;
  if (order.access === 'read') {
    const absent = await absentFiles(ctx, given.base, parsed.result);
    return [...absent, ...contradicted({ ...parsed.claims, files: [] }, [])];
  }
  const snapshot = await takeSnapshot(ctx, given, parsed.result.summary);
  const unusable = whyUnusable(snapshot);
  if (unusable !== null) return [unusable.detail];
  const absent = await absentFiles(ctx, snapshot.revision, parsed.result);
  return [...absent, ...contradicted(parsed.claims, snapshot.changes, snapshot.beside)];
}

/** Of what a result names as prepared for deployments: files that its tree does not have. */
export async function absentFiles(
  ctx: RunContext,
  revision: Revision,
  { preparation }: WorkResult,
): Promise<string[]> {
  if (preparation === undefined) return [];
  const { environments, scripts } = preparation;
  const named = [...new Set([...environments.flatMap(({ files }) => files), ...scripts])];
  const found = await Promise.all(
    named.map((file) => {
      const slash = file.indexOf('/');
      const [repo, path] = [file.slice(0, slash), file.slice(slash + 1)];
      return ctx.engine.workspaces.readFile(ctx.runId, revision, repo, path);
    }),
  );
  return named
    .filter((_, index) => found[index] === null)
    .map((file) => `deployment: it names ${file}, and there is no such file`);
}

function contradicted(...compared: Parameters<typeof compareClaims>): string[] {
  return compareClaims(...compared).map(
    ({ claim, measured }) => `claims: it says "${claim}", but ${measured}`,
  );
}

/** Safe to take again: the last one counts. */
export function takeSnapshot(
  ctx: RunContext,
  { command, workspace, base }: AttemptGiven,
  summary: string,
): Promise<Snapshot> {
  const message = `${command.author} (round ${command.round}): ${summary}`;
  const limits = changeLimits(ctx.state.limits);
  const { runId } = ctx;
  const { findSecrets } = ctx;
  return ctx.engine.workspaces.snapshot({
    runId,
    workspace,
    base,
    message,
    key: command.key,
    limits,
    findSecrets,
  });
}

/** Past ten times what a person would be asked about, nobody is going to read it. */
function changeLimits(limits: Limits): ChangeLimits {
  return { maxNewFiles: 10 * limits.max_changed_files, maxBytes: limits.max_change_bytes };
}

/** Why nothing of the change can be taken; null where it can. */
export function whyUnusable({ excess, refused }: Snapshot): Failure | null {
  if (excess !== null) {
    const detail = `E_DIFF_TOO_LARGE ${excess.path} ${excess.problem}; nothing of it was read. Take out what does not belong to the task (generated files, copies of dependencies, data), or have the task split`;
    return { reason: 'diff_too_large', detail };
  }
  if (refused.length === 0) return null;
  const list = refused
    .map((each) => `${each.code ?? 'E_PATH_OUTSIDE'} ${each.path}: ${each.problem}`)
    .join('; ');
  return { reason: 'path_refused', detail: `the whole change is refused: ${list}` };
}
