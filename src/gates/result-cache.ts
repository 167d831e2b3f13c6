/** Remembers what a gate measured on unchanged inputs. A file that is broken in any way counts as absent. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { hashBytes } from '../journal/hash.ts';

/** Changes with every change of what is stored or how it is measured. */
const CACHE_VERSION = 13;

export interface ResultCache {
  /** The stored value, checked; null where there is none that can be trusted. */
  read<T>(key: string, schema: z.ZodType<T>): Promise<T | null>;
  /** Best effort: a disk that refuses costs a later hit, not the run. */
  write(key: string, value: unknown): Promise<void>;
}

/** One JSON file per key below `dir`, written whole or not at all. */
export function createResultCache(dir: string): ResultCache {
  const fileOf = (key: string): string => join(dir, `${key}.json`);
  return {
    async read(key, schema) {
      try {
        const stored: unknown = JSON.parse(await readFile(fileOf(key), 'utf8'));
        return unseal(key, stored, schema);
      } catch {
        return null; // Absent, cut, or no JSON: measured again.
      }
    },
    async write(key, value) {
      const body = JSON.stringify(value);
      const temporary = join(dir, `.${key}.${randomBytes(6).toString('hex')}`);
      try {
        await mkdir(dir, { recursive: true, mode: 0o700 });
        await writeFile(temporary, JSON.stringify({ seal: sealOf(key, body), body }), {
          mode: 0o600,
          flag: 'wx',
        });
        await rename(temporary, fileOf(key));
      } catch {
        await rm(temporary, { force: true }); // The value is in the caller's hands already.
      }
    },
  };
}

/** Names inputs: equal inputs, equal key. */
export function cacheKey(inputs: object): string {
  return hashBytes(JSON.stringify({ version: CACHE_VERSION, ...inputs }));
}

/** Catches rot and half-edited files; it is no defence against somebody who can write there. */
const sealOf = (key: string, body: string): string => hashBytes(`${key}\0${body}`);

function unseal<T>(key: string, stored: unknown, schema: z.ZodType<T>): T | null {
  if (typeof stored !== 'object' || stored === null || !('body' in stored) || !('seal' in stored))
    return null;
  if (typeof stored.body !== 'string' || stored.seal !== sealOf(key, stored.body)) return null;
  const parsed = schema.safeParse(JSON.parse(stored.body));
  return parsed.success ? parsed.data : null;
}
