/** Pull requests of one repository: a JSON file each, named by number. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { BatonError } from '../../core/errors.ts';
import type { ForgeStatus } from '../forge.ts';
import { withForgeLock } from './lock.ts';

const pullRecord = z.object({
  number: z.int().positive(),
  branch: z.string(),
  base: z.string(),
  title: z.string(),
  body: z.string(),
  /** Says whose it is. */
  marker: z.string(),
  state: z.enum(['draft', 'ready', 'closed']),
  labels: z.array(z.string()).optional(),
  reviewers: z.array(z.string()).optional(),
  team_reviewers: z.array(z.string()).optional(),
  comment: z.string().optional(),
});

export type PullRecord = z.infer<typeof pullRecord>;

export interface PullRecords {
  /** The record of a branch; null where there is none. */
  find(branch: string): PullRecord | null;
  /** The record of a branch; adds a draft where there is none. `added` is true for one caller only, of all processes. */
  findOrAdd(wanted: Omit<PullRecord, 'number' | 'state'>): Promise<{ record: PullRecord; added: boolean }>;
  /** Changes the record of a branch; null where there is none. `change` returns the same record for no change. */
  update(
    branch: string,
    change: (record: PullRecord) => PullRecord,
  ): Promise<{ record: PullRecord; changed: boolean } | null>;
}

/** Records below `recordDir`; the lock covers the whole forge. */
export function openPullRecords(forgeDir: string, recordDir: string): PullRecords {
  return {
    find: (branch) => readRecords(recordDir).find((record) => record.branch === branch) ?? null,
    findOrAdd: (wanted) =>
      withForgeLock(forgeDir, () => {
        const all = readRecords(recordDir);
        const found = all.find((record) => record.branch === wanted.branch);
        if (found !== undefined) return { record: found, added: false };
        const number = Math.max(0, ...all.map((record) => record.number)) + 1;
        return { record: writeRecord(recordDir, { ...wanted, number, state: 'draft' }), added: true };
      }),
    update: (branch, change) =>
      withForgeLock(forgeDir, () => {
        const found = readRecords(recordDir).find((record) => record.branch === branch);
        if (found === undefined) return null;
        const next = change(found);
        const changed = JSON.stringify(next) !== JSON.stringify(found);
        return { record: changed ? writeRecord(recordDir, next) : found, changed };
      }),
  };
}

function readRecords(dir: string): PullRecord[] {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const names = readdirSync(dir).filter((name) => /^\d+\.json$/.test(name));
  return names.map((name) => parseRecord(join(dir, name)));
}

/** The record of this number; null where there is none. Throws E_STORE where it is none of Baton's. Changes nothing. */
export function readPullRecord(recordDir: string, number: number): PullRecord | null {
  const path = join(recordDir, `${number}.json`);
  return existsSync(path) ? parseRecord(path) : null;
}

function parseRecord(path: string): PullRecord {
  try {
    return pullRecord.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new BatonError({
      code: 'E_STORE',
      message: `${path} is no pull request record of Baton's.`,
      fix: 'Restore the file, or remove it to have the pull request opened again.',
      cause,
    });
  }
}

function writeRecord(dir: string, record: PullRecord): PullRecord {
  writeWhole(dir, `${record.number}.json`, `${JSON.stringify(record, null, 2)}\n`);
  return record;
}

/** The file beside a pull request's record that holds the statement about it. */
export function statementFile(number: number): string {
  return `${number}.intoto.jsonl`;
}

/** The last one counts: it is the same in every attempt, but for who signed it. */
export function keepStatement(recordDir: string, number: number, statement: string): void {
  writeWhole(recordDir, statementFile(number), statement);
}

/** What Baton says of a commit, in a file named after it. Returns whether it said otherwise before. */
export function keepStatus(recordDir: string, commit: string, status: ForgeStatus): boolean {
  const name = `${commit}.status`;
  const text = `${JSON.stringify(status)}\n`;
  mkdirSync(recordDir, { recursive: true, mode: 0o700 });
  const path = join(recordDir, name);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return false;
  writeWhole(recordDir, name, text);
  return true;
}

/** Whole or not at all, also after a power cut. */
function writeWhole(dir: string, name: string, text: string): void {
  const path = join(dir, name);
  const beside = `${path}.tmp`;
  const file = openSync(beside, 'w', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
  const directory = openSync(dir, 'r');
  fsyncSync(directory);
  closeSync(directory);
}
