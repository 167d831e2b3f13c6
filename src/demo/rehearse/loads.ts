/** Which files a JavaScript file loads by a relative path, itself or through others. Reads text alone: what is computed is not seen. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';

const REQUESTS = /(?:\bfrom\s+|\bimport\s+|\brequire\(\s*|\bimport\(\s*)(['"])(\.{1,2}\/[^'"]+)\1/g;
const ENDINGS = ['', '.ts', '.js', '.mjs', '.cjs', '.mts', '.tsx', '.jsx', '/index.ts', '/index.js'];

/** What the file names itself, relative to `dir`. */
export function loadedBy(dir: string, file: string): string[] {
  const text = readFileSync(join(dir, file), 'utf8');
  return [...text.matchAll(REQUESTS)].flatMap(([, , request = '']) => {
    const found = resolveIn(dir, posix.join(posix.dirname(file), request));
    return found !== null && isCode(found) ? [found] : [];
  });
}

/** Everything that is loaded with the file, which is not in it. */
export function allLoadedBy(dir: string, file: string): Set<string> {
  const seen = new Set<string>();
  const open = loadedBy(dir, file);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...loadedBy(dir, next));
  }
  seen.delete(file);
  return seen;
}

export const isCode = (path: string): boolean => /\.[cm]?[jt]sx?$/.test(path);

function resolveIn(dir: string, path: string): string | null {
  if (path.startsWith('..')) return null;
  const written = path.replace(/\.([cm]?)js(x?)$/, '.$1ts$2'); // TypeScript names the file that it will be
  const candidates = [...ENDINGS.map((ending) => path + ending), written];
  return candidates.find((file) => existsSync(join(dir, file)) && statSync(join(dir, file)).isFile()) ?? null;
}
