/** Artifacts: small ones as rows of the same transaction, large ones as files that are synced before it. */
import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { BatonError, IntegrityError } from '../../core/errors.ts';
import type { Hash } from '../../core/results.ts';
import { hashBytes } from '../hash.ts';
import type { Artifact } from '../journal.ts';
import { bytesOf, textOf } from './columns.ts';
import { systemCode } from './disk-errors.ts';
import { createPrivateFile, ensurePrivateFolder, syncFile } from './state-dir.ts';

/** Up to here an artifact lies in the database itself. */
export const INLINE_BYTES = 64 * 1024;

/** The statements over `artifacts` and the files beside them. */
export type ArtifactTable = ReturnType<typeof openArtifactTable>;

/** Prepares the statements over `artifacts`; large ones lie in `folder`. */
export function openArtifactTable(db: DatabaseSync, folder: string) {
  const insert = db.prepare('INSERT OR IGNORE INTO artifacts (run_id, hash, kind, body) VALUES (?, ?, ?, ?)');
  const select = db.prepare('SELECT kind, body FROM artifacts WHERE run_id = ? AND hash = ?');

  return {
    /** Makes the large ones durable; before the transaction that names them. */
    writeLarge(artifacts: Artifact[]): void {
      for (const artifact of artifacts) {
        checkHash(artifact);
        if (artifact.body.length > INLINE_BYTES) writeFile(folder, artifact);
      }
    },

    /** Adds the rows; part of the caller's transaction. */
    insert(runId: string, artifacts: Artifact[]): void {
      for (const { hash, kind, body } of artifacts) {
        insert.run(runId, hash, kind, body.length > INLINE_BYTES ? null : body);
      }
    },

    /** The artifact, checked against its hash; null: the run has none of that hash. */
    get(runId: string, hash: Hash): Artifact | null {
      const row = select.get(runId, hash);
      if (row === undefined) return null;
      const body = row['body'] === null ? readLarge(folder, hash) : bytesOf(row, 'body');
      if (body === null || hashBytes(body) !== hash) {
        const problem = `artifact ${hash} is ${body === null ? 'missing' : 'not what was stored'}`;
        throw new IntegrityError({ runId, seq: null, problem });
      }
      return { hash, kind: textOf(row, 'kind'), body };
    },
  };
}

function checkHash(artifact: Artifact): void {
  const actual = hashBytes(artifact.body);
  if (actual === artifact.hash) return;
  throw new BatonError({
    code: 'E_BUG',
    message: `An artifact of kind ${artifact.kind} was given the hash ${artifact.hash}, but its content has ${actual}.`,
    fix: 'Report this; nothing was written.',
  });
}

function placeOf(folder: string, hash: Hash): { folder: string; file: string } {
  const sub = join(folder, hash.slice(0, 2));
  return { folder: sub, file: join(sub, hash) };
}

function writeFile(folder: string, artifact: Artifact): void {
  const place = placeOf(folder, artifact.hash);
  ensurePrivateFolder(place.folder);
  if (!hasSize(place.file, artifact.body.length)) writeWhole(folder, place.file, artifact.body);
  // Also for one that was found: whoever moved it there may have died before the folder was synced.
  syncFile(place.folder);
  syncFile(folder);
}

function writeWhole(folder: string, file: string, body: Uint8Array): void {
  const draft = join(folder, `draft-${randomUUID()}`);
  try {
    createPrivateFile(draft, body);
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

function hasSize(file: string, bytes: number): boolean {
  return statSync(file, { throwIfNoEntry: false })?.size === bytes;
}

function readLarge(folder: string, hash: Hash): Uint8Array | null {
  try {
    return readFileSync(placeOf(folder, hash).file);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}
