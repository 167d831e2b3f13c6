/** Helpers of tests that lie in no folder of tests: what the base's tests load and the product does not consist of. */
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSource } from './follow-commands.ts';
import { productFiles } from './product-files.ts';
import { loadedBy as loadedByFile } from './package-imports.ts';
import { placesOf, type ReadBase } from './relative-imports.ts';
import { findTestFiles, isTestPart } from '../suites/test-files.ts';

/** More files than this are not read: what was not found is no helper. */
const MAX_FILES = 1_000;

/** Those of `changed`. `dir`: a checkout of the base; `folders`: those of the modules. None where nobody knows what the product is. */
export async function helpersOfTests(
  dir: string,
  changed: readonly string[],
  folders: readonly string[],
): Promise<Set<string>> {
  const wanted = new Set(changed.filter((path) => !isTestPart(path) && !isSource(path)));
  if (wanted.size === 0) return wanted;
  const read = readerOf(dir);
  const product = await productFiles(wanted, [...new Set(['.', ...folders])], read);
  if (!product.isKnown) return new Set();
  const loaded = await loadedBy(await findTestFiles(dir), read);
  return new Set([...wanted].filter((path) => loaded.has(path) && !product.files.has(path)));
}

async function loadedBy(tests: readonly string[], read: ReadBase): Promise<Set<string>> {
  const seen = new Set<string>();
  let next = tests.map((path) => [path]);
  while (next.length > 0 && seen.size < MAX_FILES) {
    const loaded = new Set<string>();
    for (const places of next) {
      for (const path of places) {
        if (seen.has(path)) break;
        const text = await read(path);
        if (text === null) continue;
        seen.add(path);
        for (const target of await loadedByFile(path, text, read)) if (!isSource(target)) loaded.add(target);
        break;
      }
    }
    next = [...loaded].map(placesOf);
  }
  return seen;
}

function readerOf(dir: string): ReadBase {
  return async (path) => {
    if (path.startsWith('..')) return null;
    try {
      const file = join(dir, path);
      return (await lstat(file)).isFile() ? await readFile(file, 'utf8') : null;
    } catch {
      return null; // Absent.
    }
  };
}
