/** Secrets in files that git shows no lines of: it calls them binary for a NUL byte, as UTF-16 has, or because attributes say so. */
import type { Revision } from '../../core/results.ts';
import type { ChangedBlob, Workspaces } from '../../workspace/workspaces.ts';
import type { FindingDraft } from '../findings.ts';
import type { ChangedLines } from './changed-lines.ts';
import { findSecretShapes, type SecretShape } from './secret-shapes.ts';
import { describeSecret } from './secrets.ts';

/** Longer ones are data that nobody keeps a key in by accident. */
const MAX_BYTES = 16 * 1024 * 1024;

/** What its base has already is left alone, and so is what only got another name. */
export async function findSecretsInFiles(
  change: { runId: string; from: Revision; to: Revision },
  lines: ChangedLines,
  workspaces: Pick<Workspaces, 'changedBlobs' | 'readBlob'>,
): Promise<FindingDraft[]> {
  const blobs = await workspaces.changedBlobs(change.runId, change.from, change.to);
  const shown = new Set([...lines.added, ...lines.removed].map(({ repo, path }) => `${repo}/${path}`));
  const before = new Set(blobs.map(({ oldBlob }) => oldBlob));
  const read = async (repo: string, blob: string | null): Promise<SecretShape[]> => {
    const bytes = blob === null ? null : await workspaces.readBlob(change.runId, repo, blob);
    return bytes === null || bytes.length > MAX_BYTES ? [] : shapesIn(bytes);
  };
  const drafts: FindingDraft[] = [];
  for (const { repo, path, blob, oldBlob } of blobs.filter((each) => isUnseen(each, shown, before))) {
    const found = await read(repo, blob);
    if (found.length === 0) continue;
    const known = new Set((await read(repo, oldBlob)).map(({ secret }) => secret));
    const own = found.filter(({ secret }) => !known.has(secret));
    drafts.push(...own.map((shape) => describeSecret({ shape, repo, path, line: null, where: 'binary' })));
  }
  return drafts;
}

function isUnseen(
  { repo, path, blob }: ChangedBlob,
  shown: ReadonlySet<string>,
  before: ReadonlySet<string | null>,
): boolean {
  return blob !== null && !shown.has(`${repo}/${path}`) && !before.has(blob);
}

/** Read as one byte per character, and as two in both orders, wherever they begin. Each secret once. */
function shapesIn(bytes: Uint8Array): SecretShape[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = buffer.includes(0) ? [buffer, buffer.subarray(1)].map((part) => part.toString('utf16le')) : [];
  const found = [buffer.toString('latin1'), ...wide].flatMap(findSecretShapes);
  return [...new Map(found.map((shape) => [shape.secret, shape])).values()];
}
