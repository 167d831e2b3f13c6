/** Measures which parts of a revision need a person's approval: against the run's base, from git alone. */
import { MAX_CHANGED_PATHS } from '../../core/events.ts';
import { type RepoBase } from '../../core/records.ts';
import { DEPENDENCIES_RULE, PROTECTED_RULE } from '../../core/questions/approvals.ts';
import { compileGlob } from '../../core/conditions/glob.ts';
import type { ApprovalRule } from '../../core/graph.ts';
import type { ApprovalPart, Revision } from '../../core/results.ts';
import type { RepoConfig } from '../../definitions/config.ts';
import type { ChangedBlob, Workspaces } from '../../workspace/workspaces.ts';
import { hashBytes } from '../../journal/hash.ts';
import { hasSections, steersGates } from '../programs/config-sections.ts';
import { deployPrograms, type DeployPrograms, type Deploys } from '../programs/deploy-programs.ts';
import { programsOf, sayUses } from '../programs/gate-programs.ts';
import { readPackageFiles } from '../dependencies/package-files.ts';
import { waitingPackages, type Waiting } from '../dependencies/waiting-packages.ts';
import { protectionOf } from './protected-paths.ts';

const BUILT_IN: readonly ApprovalRule[] = [
  { id: PROTECTED_RULE, title: 'Protected files', paths: [], refuse: false },
  { id: DEPENDENCIES_RULE, title: 'New dependencies', paths: [], refuse: false },
];

export interface PartsOrder {
  runId: string;
  base: Revision;
  revision: Revision;
  rules: readonly ApprovalRule[];
  repos: Readonly<Record<string, RepoConfig>>;
  /** Commands that the run may deploy with. */
  deploys: Deploys;
  workspaces: Pick<Workspaces, 'changedBlobs' | 'readBlob' | 'readFile'>;
}

/** One rule per id, the built-in ones first: paths add up, and a refusal anywhere holds. */
export function approvalRules(...lists: (readonly ApprovalRule[] | undefined)[]): ApprovalRule[] {
  const rules = new Map(BUILT_IN.map((rule) => [rule.id, rule]));
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
  const guarded = new Map<ChangedBlob, string>();
  const programs = await programsOf(order, workspaces, changes);
  const deploys = await deployPrograms(order, changes);
  for (const change of changes) {
    const uses = programs.get(change.repo)?.get(change.path);
    const why =
      (await whyProtected(order, change)) ??
      (uses === undefined ? null : sayUses(uses)) ??
      whyDeployed(deploys, change);
    if (why !== null) guarded.set(change, why);
  }
  const waiting = await waitingIn(order, changes);
  return rules.flatMap((rule) => {
    const isNamed = matcherOf(rule);
    const why = rule.id === PROTECTED_RULE ? guarded : new Map<ChangedBlob, string>();
    const part = changes.filter((change) => why.has(change) || isNamed(change.repo, change.path));
    const packages = rule.id === DEPENDENCIES_RULE ? waiting : [];
    if (packages.length > 0) return [packagesPart(rule, part, packages, changes)];
    if (part.length === 0) return [];
    const measured = partOf(rule, part, why);
    return [rule.id === PROTECTED_RULE ? withDeploys(measured, deploys) : measured];
  });
}

/** As a clause for people; null: no deployment runs it. */
function whyDeployed(deploys: readonly DeployPrograms[], { repo, path }: ChangedBlob): string | null {
  const names = deploys
    .filter(({ programs }) => programs.has(`${repo}/${path}`))
    .map(({ environment }) => environment);
  return names.length === 0 ? null : `the deployment to ${names.join(', ')} runs it`;
}

/** Which of its paths each deployment runs, so that whoever approves a deployment sees what it runs that is not the base's. */
function withDeploys(part: ApprovalPart, deploys: readonly DeployPrograms[]): ApprovalPart {
  const run = deploys.flatMap(({ environment, programs, manifests }) => {
    const paths = part.paths.filter((path) => programs.has(path) || manifests.has(path));
    return paths.length === 0 ? [] : [{ environment, paths }];
  });
  return run.length === 0 ? part : { ...part, deploys: run };
}

/** Whether a rule names this path, in its repository or as `repo/path`. */
export function matcherOf(rule: ApprovalRule): (repo: RepoBase['name'], path: string) => boolean {
  const globs = rule.paths.map(compileGlob);
  return (repo, path) => globs.some((matches) => matches(path) || matches(`${repo}/${path}`));
}

function partOf(
  rule: ApprovalRule,
  changes: ChangedBlob[],
  why: ReadonlyMap<ChangedBlob, string>,
): ApprovalPart {
  const shown = changes.slice(0, MAX_CHANGED_PATHS);

  const entries = changes
    .map(({ repo, bytes, mode, blob }) => [repo, bytes, mode, blob ?? 'deleted'].join('\0'))
    .sort();
  return {
    rule: rule.id,
    title: rule.title,
    hash: hashBytes([rule.id, ...entries].join('\0\0')),
    paths: shown.map(({ repo, path }) => `${repo}/${path}`),
    ...(why.size === 0 ? {} : { reasons: shown.map((change) => why.get(change) ?? null) }),
    refused: rule.refuse,
  };
}

async function waitingIn(order: PartsOrder, changes: readonly ChangedBlob[]): Promise<Waiting[]> {
  const { runId, base: from, revision: to, workspaces } = order;
  return waitingPackages(await readPackageFiles({ runId, from, to, changes, workspaces }));
}

/** Bound to the packages and not to their files: another version of another package asks nobody anew. */
function packagesPart(
  rule: ApprovalRule,
  named: readonly ChangedBlob[],
  waiting: readonly Waiting[],
  changes: readonly ChangedBlob[],
): ApprovalPart {
  const blobOf = new Map(changes.map(({ repo, path, blob }) => [`${repo}/${path}`, blob ?? 'deleted']));
  const whole = new Set(named.map(({ repo, path }) => `${repo}/${path}`));
  const files = Map.groupBy(waiting, ({ repo, path }) => `${repo}/${path}`);
  const paths = [...new Set([...files.keys(), ...whole])].sort();
  const shown = paths.slice(0, MAX_CHANGED_PATHS);
  const entries = paths.flatMap((path) => [
    ...(files.get(path) ?? []).map(({ binds }) => [path, binds ?? blobOf.get(path)].join('\0')),
    ...(whole.has(path) ? [[path, blobOf.get(path)].join('\0')] : []),
  ]);
  return {
    rule: rule.id,
    title: rule.title,
    hash: hashBytes([rule.id, ...entries.toSorted()].join('\0\0')),
    paths: shown,
    reasons: shown.map(
      (path) =>
        files
          .get(path)
          ?.map(({ why }) => why)
          .join('; ') ?? null,
    ),
    refused: rule.refuse,
  };
}

/** As a clause for people; null: it is not. */
async function whyProtected(order: PartsOrder, change: ChangedBlob): Promise<string | null> {
  const { repo, path, blob, oldBlob } = change;
  const named = protectionOf(path, order.repos[repo]?.protectedPaths ?? []);
  if (named !== null) return named;
  if (!hasSections(path)) return null;
  const read = (id: string | null): Promise<Uint8Array | null> =>
    id === null ? Promise.resolve(null) : order.workspaces.readBlob(order.runId, repo, id);
  const steers = await steersGates(path, await read(oldBlob), await read(blob));
  return steers ? 'parts of it decide what the gates check' : null;
}
