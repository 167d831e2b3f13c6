/** The engine's own rehearsal of the way back: `git revert` of the whole change, and what of it git cannot take back. */
import type { AddedMigration, RepoRollback } from '../../core/records.ts';
import { hashBytes } from '../../journal/hash.ts';
import type { RevertTried } from '../../workspace/rehearse-revert.ts';
import type { FileChange, Workspaces } from '../../workspace/workspaces.ts';
import type { FindingDraft } from '../findings.ts';
import type { GateOrder } from '../gates.ts';
import type { GateOutcome } from '../repo-order.ts';
import { mayBeMigration, migrationsAmong } from './migrations.ts';

const MAX_MIGRATIONS = 200;
const MAX_FILE_BYTES = 256 * 1024;

/** `repos`: those that the change touches, in the order in which they are taken back. */
export async function runRevert(
  order: GateOrder,
  repos: readonly string[],
  changes: readonly FileChange[],
  workspaces: Workspaces,
): Promise<GateOutcome> {
  const startedAt = performance.now();
  const { runId, key, base, revision } = order;
  const tried = await workspaces.rehearseRevert({ runId, key: `${key}/revert`, base, head: revision, repos });
  const rollback = await Promise.all(
    tried.map(async ({ repo, ways, leaves }): Promise<RepoRollback> => ({
      repo,
      reverted: ways.flatMap(({ way, problem }) => (problem === null ? [way] : [])),
      leaves,
      migrations: await addedMigrations(order, repo, changes, workspaces),
    })),
  );
  const drafts = [...tried.flatMap(stuckDrafts), ...rollback.flatMap(downDrafts)];
  return {
    gate: 'revert',
    kind: 'revert',
    repo: '*',
    module: '.',
    tests: null,
    status: drafts.some(({ blocking }) => blocking) ? 'fail' : 'pass',
    summary: summaryOf(rollback),
    drafts,
    rollback,
    log: logOf(tried, rollback),
    configHash: hashBytes('revert'),
    durationMs: Math.round(performance.now() - startedAt),
    cached: false,
  };
}

/** Known by their text: of each repository's new files, those that may be one. */
export async function addedMigrations(
  { runId, revision }: Pick<GateOrder, 'runId' | 'revision'>,
  repo: string,
  changes: readonly FileChange[],
  workspaces: Workspaces,
): Promise<AddedMigration[]> {
  const added = new Set(
    changes
      .filter((change) => change.repo === repo && ['added', 'renamed'].includes(change.status))
      .map(({ path }) => path)
      .filter(mayBeMigration),
  );
  if (added.size === 0) return [];
  const files = await workspaces.listFiles(runId, revision, repo);
  const wanted = files.filter(({ path, size }) => added.has(path) && size <= MAX_FILE_BYTES);
  const few = wanted.slice(0, MAX_MIGRATIONS);
  const blobs = await workspaces.readBlobs(
    runId,
    repo,
    few.map(({ blob }) => blob),
  );
  return migrationsAmong(
    few.map(({ path, blob }) => ({
      path,
      text: new TextDecoder().decode(blobs.get(blob) ?? new Uint8Array()),
    })),
    new Set(files.map(({ path }) => path)),
  );
}

function stuckDrafts({ repo, ways }: RevertTried): FindingDraft[] {
  return ways.flatMap(({ way, problem }) =>
    problem === null
      ? []
      : [
          {
            severity: 'major',
            blocking: true,
            repo,
            file: null,
            line: null,
            identity: `revert ${way}`,
            problem: `The change cannot be taken back (${sayWay(way)}): ${problem}`,
            fix: 'Make the change one that `git revert` takes back to exactly the base.',
          },
        ],
  );
}

/** Told, and never in the way: many a migration has none for good reasons. */
function downDrafts({ repo, migrations }: RepoRollback): FindingDraft[] {
  return migrations
    .filter(({ down }) => down === null)
    .map(({ file, layout }) => ({
      severity: 'minor',
      blocking: false,
      repo,
      file,
      line: null,
      identity: 'no way down',
      problem: `This migration (${layout}) has no way down: once it ran, only a backup brings the data back.`,
      fix: 'Add its way down, or say in the rollback which backup is restored.',
    }));
}

function sayWay(way: string): string {
  return way === 'merge' ? 'merged by a merge commit' : 'as one commit';
}

function summaryOf(rollback: readonly RepoRollback[]): string {
  const whole = rollback.filter(({ reverted }) => reverted.length > 1).map(({ repo }) => repo);
  const stuck = rollback.filter(({ reverted }) => reverted.length < 2).map(({ repo }) => repo);
  const ways = rollback.flatMap(({ migrations }) => migrations);
  const without = ways.filter(({ down }) => down === null).length;
  return [
    whole.length === 0 ? '' : `git revert gives the base again: ${whole.join(', ')}`,
    stuck.length === 0 ? '' : `it does not: ${stuck.join(', ')}`,
    without === 0 ? '' : `${without} of ${ways.length} new migrations without a way down`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}

function logOf(tried: readonly RevertTried[], rollback: readonly RepoRollback[]): string {
  const lines = tried.flatMap(({ repo, ways, leaves }) => [
    ...ways.map(
      ({ way, problem }) => `${repo}: ${sayWay(way)}: ${problem ?? 'the tree of the base is back'}`,
    ),
    ...leaves.map((what) => `${repo}: ${what}`),
  ]);
  const found = rollback.flatMap(({ repo, migrations }) =>
    migrations.map(({ file, layout, down }) => `${repo}: ${layout} ${file}: ${down ?? 'no way down'}`),
  );
  return [...lines, ...found].join('\n');
}
