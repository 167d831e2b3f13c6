/** Looks at what a change does to packages: reads manifests and lockfiles from git, and judges them. */
import type { ApprovalRule } from '../../core/graph.ts';
import { DEPENDENCIES_RULE } from '../../core/questions/approvals.ts';
import type { FindingDraft } from '../findings.ts';
import { compareLockfiles } from './compare-lockfiles.ts';
import { describeManifest, describeWaiting } from './describe-packages.ts';
import {
  folderOf,
  MANIFESTS,
  packageFileKind,
  readPackageFiles,
  readSide,
  type PackageFile,
  type PackagesOrder,
} from './package-files.ts';
import type { Manifest } from './packages.ts';
import { waitingPackages } from './waiting-packages.ts';

/** In the order of the files: what was asked for, whether lockfiles fit, what has to be approved. */
export async function checkPackages(
  order: PackagesOrder & { approvals: readonly ApprovalRule[] },
): Promise<FindingDraft[]> {
  const files = await readPackageFiles(order);
  const drafts: FindingDraft[] = [];
  for (const file of files.manifests) drafts.push(...describeManifest(file, await knownNames(order, file)));
  const rule = order.approvals.find(({ id }) => id === DEPENDENCIES_RULE);
  const waiting = rule === undefined ? [] : waitingPackages(files).map((each) => describeWaiting(each, rule));
  return [...drafts, ...(await compareLockfiles(order, files)), ...waiting];
}

/** Names that the base asks for in this manifest and in those of the folders around it. */
async function knownNames(order: PackagesOrder, file: PackageFile<Manifest>): Promise<Set<string>> {
  const names = new Set(file.before.content?.wanted.map(({ name }) => name));
  const kind = packageFileKind(file.path) ?? '';
  const manifest = MANIFESTS[kind];
  if (manifest === undefined) return names;
  let { folder } = file;
  while (folder !== '') {
    folder = folderOf(folder);
    const path = folder === '' ? kind : `${folder}/${kind}`;
    const { content } = await readSide(order, order.from, { repo: file.repo, path }, manifest.read);
    for (const { name } of content?.wanted ?? []) names.add(name);
  }
  return names;
}
