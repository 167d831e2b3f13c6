/**
 * The tree on which a test that showed a fault has to fail again: the sources as they were before the fault was shown,
 * with the tests as they are now.
 */
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Revision } from '../../core/results.ts';
import type { ChangedBlob, Workspace, Workspaces } from '../../workspace/workspaces.ts';
import { clearWay, mayHoldGateConfig } from '../programs/gate-config-files.ts';
import { isGateConfig } from '../programs/gate-config-names.ts';
import { isSource } from '../programs/follow-commands.ts';
import { isTestPart } from '../suites/test-files.ts';

/** Files that say what is installed: a test may need a package that the base lacks. */
const INSTALLED =
  /(?:^|\/)(?:package(?:-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|requirements[^/]*\.txt|pyproject\.toml|poetry\.lock|uv\.lock|Pipfile(?:\.lock)?|go\.(?:mod|sum)|Cargo\.(?:toml|lock)|Gemfile(?:\.lock)?|composer\.(?:json|lock)|pom\.xml|build\.gradle(?:\.kts)?)$/u;

/** Whether installs read this file. */
export const decidesInstalls = (path: string): boolean => INSTALLED.test(path);

const keyOf = ({ repo, bytes }: ChangedBlob): string => `${repo}\0${bytes}`;
const contentOf = (blob: ChangedBlob): string => `${keyOf(blob)}\0${blob.mode}\0${blob.blob ?? ''}`;

/**
 * What is laid over the sources. `whole`: all that differs from them now; `shown`: what differed when the test was seen
 * to fail. Tests are taken as they are now, and so is whatever the step of the test added for it; what has to be
 * installed, as it was when the test failed. `ownConfig`: also gate configuration that a person approved. Everything else is the change that has to have mended the fault. Pure.
 */
export function proofChanges(
  whole: readonly ChangedBlob[],
  shown: readonly ChangedBlob[],
  ownConfig = false,
): { changes: ChangedBlob[]; known: boolean } {
  const broughtAlong = new Set(shown.filter((change) => change.oldBlob === null).map(keyOf));
  const isOfTest = (change: ChangedBlob): boolean =>
    (isTestPart(change.path) || broughtAlong.has(keyOf(change))) && !INSTALLED.test(change.path);
  const changes = [
    ...whole.filter((change) =>
      mayHoldGateConfig(change.path) ? ownConfig && isGateConfig(change.path) : isOfTest(change),
    ),
    ...shown.filter((change) => INSTALLED.test(change.path)),
  ];
  const then = new Set(shown.map(contentOf));
  return { changes, known: changes.length === then.size && changes.every((c) => then.has(contentOf(c))) };
}

/**
 * What is laid over the run's base to see what tests come to without the change: the tests as they are now, and what has
 * to be installed. `isSuite`: files that ran as tests whatever they are called; only new ones, because a file of
 * sources that holds tests of its own would bring the change along. `same`: that is the whole change. Pure.
 */
export function changesOfTests(
  whole: readonly ChangedBlob[],
  isSuite: (change: ChangedBlob) => boolean,
  ownConfig = false,
): { changes: ChangedBlob[]; same: boolean } {
  const changes = whole.filter((change) => {
    if (INSTALLED.test(change.path)) return true;
    if (mayHoldGateConfig(change.path)) return ownConfig && isGateConfig(change.path);
    return isTestPart(change.path) || (change.oldBlob === null && isSuite(change));
  });
  return { changes, same: changes.length === whole.length };
}

/** Whether the step that showed a fault added it for its test: neither a source that may be filled later, nor what is installed. */
export function isBroughtByTest({ path, oldBlob }: ChangedBlob): boolean {
  return oldBlob === null && !isSource(path) && !INSTALLED.test(path);
}

/**
 * Of the way back from a revision to an earlier one: what brings the earlier one's tests back, with all that they read. Gate
 * configuration has a way of its own. `isHelper`: what tests load from elsewhere. Pure.
 */
export function changesToOldForm(
  back: readonly ChangedBlob[],
  isHelper: (change: ChangedBlob) => boolean,
): ChangedBlob[] {
  return back.filter((change) => {
    const { path, blob } = change;
    const isOfTests = isHelper(change) || (isTestPart(path) && !path.endsWith('.md'));
    return blob !== null && isOfTests && !mayHoldGateConfig(path);
  });
}

/** The same changes, and these files are taken out, whether they changed or not. Pure. */
export function withoutFiles(
  changes: readonly ChangedBlob[],
  repo: string,
  paths: ReadonlySet<string>,
): ChangedBlob[] {
  return [
    ...changes.filter((change) => change.repo !== repo || !paths.has(change.path)),
    ...[...paths].sort().map((path) => ({
      repo,
      path,
      bytes: Buffer.from(path).toString('latin1'),
      mode: '000000',
      blob: null,
      oldBlob: null,
    })),
  ];
}

/** Names a proof tree by its contents. */
export function proofInputs(before: Revision, changes: readonly ChangedBlob[]): string[] {
  return [...before.repos.map(({ name, tree }) => `${name} ${tree}`), ...changes.map(contentOf)].sort();
}

/** Lays the changes over a checkout of the sources, from the engine's own store: no process has touched them. */
export async function layOver(
  checkout: Workspace,
  changes: readonly ChangedBlob[],
  read: Workspaces['readBlob'],
  runId: string,
): Promise<void> {
  const roots = new Map(checkout.repos.map(({ name, path }) => [name, path]));
  for (const { repo, path, mode, blob } of changes) {
    const root = roots.get(repo);
    if (root === undefined) continue;
    const target = join(root, path);
    await clearWay(root, path);
    await rm(target, { recursive: true, force: true });
    const body = blob === null ? null : await read(runId, repo, blob);
    if (body === null) continue;
    await mkdir(dirname(target), { recursive: true });
    if (mode === '120000') await symlink(new TextDecoder().decode(body), target);
    else await writeFile(target, body, { mode: mode === '100755' ? 0o755 : 0o644 });
  }
}
