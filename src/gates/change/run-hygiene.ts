/** Reads a change from git for the gate without a command, and says what it found. */
import { DEFAULT_LIMITS } from '../../core/limits.ts';
import type { RepoConfig } from '../../definitions/config.ts';
import { hashBytes } from '../../journal/hash.ts';
import type { Workspaces } from '../../workspace/workspaces.ts';
import { parseDiff, type ChangedLines } from './changed-lines.ts';
import { findCliAdditions, showAddition } from './cli-options.ts';
import { checkCommittedFiles } from './committed-files.ts';
import { checkCompliance } from './compliance.ts';
import { checkPackages } from '../dependencies/check-packages.ts';
import type { Waiting } from '../dependencies/waiting-packages.ts';
import type { FindingDraft } from '../findings.ts';
import type { ConfigChange } from '../programs/gate-config-files.ts';
import type { GateOrder } from '../gates.ts';
import { checkHygiene } from './hygiene.ts';
import { askingAmongTests, type ProductAmongTests } from './knows-tests.ts';
import { productAmongTests } from './product-among-tests.ts';
import { findEditedGenerated } from './generated-files.ts';
import { findLarge } from './large-changes.ts';
import { maskSecretShapes } from './secret-shapes.ts';
import { findSecretsInFiles } from './secrets-in-files.ts';
import { checkPlan } from './plan-against-diff.ts';
import { findStrays, strayPaths, type LaneEdit } from './lanes.ts';
import type { GateOutcome } from '../repo-order.ts';

export const MAX_DIFF_BYTES = 16 * 1024 * 1024;
const MAX_NAMED = 5;

export async function runHygiene(
  order: GateOrder,
  workspaces: Workspaces,
  configChanges: Record<string, ConfigChange[]>,
  waiting: readonly Waiting[],
): Promise<GateOutcome> {
  const startedAt = performance.now();
  const from = order.expectChanges?.from ?? order.base;
  const changes = await workspaces.changes(order.runId, from, order.revision);
  const diff = await workspaces.diff(order.runId, from, order.revision, MAX_DIFF_BYTES);
  const lines = parseDiff(diff.text);
  const protectedPaths = Object.fromEntries(
    Object.entries(order.repos).map(([name, config]) => [name, config.protectedPaths]),
  );
  const rules = {
    required: order.expectChanges?.required ?? false,
    protectedPaths,
    approvals: order.approvals,
  };
  const sizes = order.sizes ?? DEFAULT_LIMITS;
  const edits = await readEdits(order, workspaces);
  const strays = findStrays(edits, order.repos);
  const found = [
    ...checkHygiene({
      changes,
      lines,
      truncated: diff.truncated,
      maxSuppressions: order.sizes?.max_suppressions ?? DEFAULT_LIMITS.max_suppressions,
      configChanges,
      ...rules,
      configApproved: order.approvedConfig ?? false,
      beside: { files: order.beside ?? [], repos: order.revision.repos.map(({ name }) => name) },
      product: await productOf(order, workspaces, lines),
    }),
    ...(await findSecretsInFiles({ runId: order.runId, from, to: order.revision }, lines, workspaces)),
    ...findLarge(changes, sizes.max_changed_lines),
    ...(await checkCommittedFiles({
      runId: order.runId,
      from,
      to: order.revision,
      changes,
      lines,
      limits: sizes,
      workspaces,
    })),
    ...(await findEditedGenerated({ runId: order.runId, from, to: order.revision, workspaces })),
    ...strays,
    ...(await checkPlan({ ...order, plan: order.plan, workspaces })),
    ...checkCompliance(order.compliance ?? [], lines.added, lines.kept),
    ...(await checkPackages({ ...order, from, to: order.revision, changes, workspaces })),
    ...unmeasuredOptions(lines, order.repos),
  ];
  // Findings cite lines, and are stored.
  const drafts = found.map((draft) => ({ ...draft, problem: maskSecretShapes(draft.problem) }));
  const heldBack = [
    ...(order.approvedConfig === true ? [] : heldIn(configChanges)),
    ...new Set(waiting.map(({ repo, path }) => `${repo}/${path}`)),
  ];
  return {
    gate: 'hygiene',
    kind: 'hygiene',
    repo: '*',
    module: '.',
    tests: null,
    drafts,
    log: '',
    cached: false,
    ...(heldBack.length === 0 ? {} : { held_back: heldBack }),
    status: drafts.some((draft) => draft.blocking) ? 'fail' : 'pass',
    summary: summaryOf(changes.length, drafts),
    configHash: hashBytes(
      JSON.stringify({ ...rules, lanes: edits.map(({ lane }) => lane), compliance: order.compliance ?? [] }),
    ),
    durationMs: Math.round(performance.now() - startedAt),
  };
}

async function productOf(
  { runId, revision, repos }: GateOrder,
  workspaces: Workspaces,
  lines: ChangedLines,
): Promise<ProductAmongTests> {
  const product = new Map<string, Set<string>>();
  for (const [repo, asked] of askingAmongTests(lines)) {
    const found = await productAmongTests([...asked], {
      files: await workspaces.listFiles(runId, revision, repo),
      modules: (repos[repo]?.modules ?? []).map(({ path }) => path),
      readBlobs: (blobs) => workspaces.readBlobs(runId, repo, blobs),
    });
    product.set(repo, found);
  }
  return product;
}

function heldIn(configChanges: Record<string, ConfigChange[]>): string[] {
  return Object.entries(configChanges).flatMap(([repo, all]) => all.map(({ path }) => `${repo}/${path}`));
}

async function readEdits(order: GateOrder, workspaces: Workspaces): Promise<LaneEdit[]> {
  const edits = order.edits ?? [];
  if (edits.every(({ lane }) => lane === null)) return [];
  return Promise.all(
    edits.map(async ({ lane, from, to }) => ({
      lane,
      blobs: await workspaces.changedBlobs(order.runId, from, to),
    })),
  );
}

/** Said where a change adds to a command line and nothing prints its help. */
function unmeasuredOptions(lines: ChangedLines, repos: Readonly<Record<string, RepoConfig>>): FindingDraft[] {
  const byRepo = Map.groupBy(findCliAdditions(lines), ({ repo }) => repo);
  return [...byRepo].flatMap(([repo, additions]): FindingDraft[] => {
    const gates = repos[repo]?.modules.flatMap((module) => module.gates) ?? [];
    if (gates.some((gate) => gate.kind === 'help')) return [];
    const names = additions.map(showAddition);
    return [
      {
        severity: 'note',
        blocking: false,
        repo,
        file: additions[0]?.path ?? null,
        line: additions[0]?.line ?? null,
        identity: `help_not_measured ${names.join(' ')}`,
        problem: `${shorten(names)} was added to a command line; whether the help text names it is not measured: \`cli\` is missing for ${repo} in baton.yaml.`,
        fix: 'Say in the help text what it does; the reviewer should look.',
      },
    ];
  });
}

function summaryOf(changed: number, drafts: readonly FindingDraft[]): string {
  const blocking = drafts.filter((draft) => draft.blocking).length;
  const found =
    drafts.length === 0 ? 'no findings' : `${countOf(drafts.length, 'finding')} (${blocking} blocking)`;
  const outside = strayPaths(drafts);
  const where = outside.length === 0 ? '' : `; outside of scopes: ${shorten(outside)}`;
  return `${countOf(changed, 'file')} changed, ${found}${where}`;
}

function shorten(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  return `${names.slice(0, MAX_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function countOf(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
