/** Measures which parts of a revision need a person's approval: against the run's base, from git alone. */
import { MAX_CHANGED_PATHS } from '../core/events.ts';
import { type RepoBase } from '../core/records.ts';
import { PROTECTED_RULE } from '../core/questions/approvals.ts';
import { compileGlob } from '../core/conditions/glob.ts';
import type { ApprovalRule } from '../core/graph.ts';
import type { ApprovalPart, Revision } from '../core/results.ts';
import type { RepoConfig } from '../definitions/config.ts';
import type { ChangedBlob, Workspaces } from '../workspace/workspaces.ts';
import { hashBytes } from '../journal/hash.ts';
import { hasSections, steersGates } from './config-sections.ts';
import { programsOf } from './gate-programs.ts';
import { protectionOf } from './protected-paths.ts';

const BUILT_IN: ApprovalRule = { id: PROTECTED_RULE, title: 'Protected files', paths: [], refuse: false };

export interface PartsOrder {
  runId: string;
  base: Revision;
  revision: Revision;
  rules: readonly ApprovalRule[];
  repos: Readonly<Record<string, RepoConfig>>;
  workspaces: Pick<Workspaces, 'changedBlobs' | 'readBlob' | 'readFile'>;
}

/** One rule per id, the built-in one first: paths add up, and a refusal anywhere holds. */
export function approvalRules(...lists: (readonly ApprovalRule[] | undefined)[]): ApprovalRule[] {
  const rules = new Map([[BUILT_IN.id, BUILT_IN]]);
  for (const rule of lists.flatMap((list) => list ?? [])) {
    const before = rules.get(rule.id);
    const paths = [...(before?.paths ?? []), ...rule.paths];
    rules.set(rule.id, { ...rule, paths, refuse: rule.refuse || before?.refuse === true });
  }
  return [...rules.values()];
}

/** Every part that is not empty, in the order of the rules. */
export async function measureParts(order: PartsOrder): Promise<ApprovalPart[]> {
  const { runId, base, revision, workspaces, rules } = order;
  const changes = await workspaces.changedBlobs(runId, base, revision);
  if (changes.length === 0) return [];
  const guarded: boolean[] = [];
  const programs = await programsOf(order, workspaces, changes);
  for (const change of changes)
    guarded.push(programs.get(change.repo)?.has(change.path) === true || (await isProtected(order, change)));
  return rules.flatMap((rule) => {
    const isNamed = matcherOf(rule);
    const part = changes.filter(
      (change, at) =>
        (rule.id === PROTECTED_RULE && guarded[at] === true) || isNamed(change.repo, change.path),
    );
    return part.length === 0 ? [] : [partOf(rule, part)];
  });
}

/** Whether a rule names this path, in its repository or as `repo/path`. */
export function matcherOf(rule: ApprovalRule): (repo: RepoBase['name'], path: string) => boolean {
  const globs = rule.paths.map(compileGlob);
  return (repo, path) => globs.some((matches) => matches(path) || matches(`${repo}/${path}`));
}

function partOf(rule: ApprovalRule, changes: ChangedBlob[]): ApprovalPart {
  const entries = changes
    .map(({ repo, bytes, mode, blob }) => [repo, bytes, mode, blob ?? 'deleted'].join('\0'))
    .sort();
  return {
    rule: rule.id,
    title: rule.title,
    hash: hashBytes([rule.id, ...entries].join('\0\0')),
    paths: changes.slice(0, MAX_CHANGED_PATHS).map(({ repo, path }) => `${repo}/${path}`),
    refused: rule.refuse,
  };
}

async function isProtected(order: PartsOrder, change: ChangedBlob): Promise<boolean> {
  const { repo, path, blob, oldBlob } = change;
  if (protectionOf(path, order.repos[repo]?.protectedPaths ?? []) !== null) return true;
  if (!hasSections(path)) return false;
  const read = (id: string | null): Promise<Uint8Array | null> =>
    id === null ? Promise.resolve(null) : order.workspaces.readBlob(order.runId, repo, id);
  return steersGates(path, await read(oldBlob), await read(blob));
}
