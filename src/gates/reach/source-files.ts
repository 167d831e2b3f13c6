/** Which files of a tree hold code, and which file of a tree a path means: as built, as written, without its ending. */
import { posix } from 'node:path';
import { isTestPart } from '../suites/test-files.ts';

const SOURCE = /\.[cm]?[jt]sx?$/;
const DECLARATION = /\.d\.[cm]?ts$|\.d\.[^.]+\.ts$/;
/** Not parsed: what stands in quotes may be used whole. */
const LOOSE = /\.(?:vue|svelte|astro|mdx|html?)$/;
const FOREIGN = /(?:^|\/)(?:node_modules|vendor|bower_components|\.yarn|\.git)\//;
const TEST_HELP =
  /(?:^|\/)(?:testing|test[-_]?(?:helpers?|utils?|support)|__tests?__|e2e|cypress|playwright|mocks?|fixtures?)\/|\.(?:stories|bench|cy|e2e|test-d)\.[cm]?[jt]sx?$/;
const BUILT = /^(?:dist|build|lib|out|output|esm|cjs|_build|bin)$/;
const ENDINGS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'];

export function isSource(path: string): boolean {
  return SOURCE.test(path) && !DECLARATION.test(path) && !FOREIGN.test(path);
}

export function isLoose(path: string): boolean {
  return LOOSE.test(path) && !FOREIGN.test(path);
}

/** Tests, and what only helps them by where it lies. Nothing that they load counts as reached. */
export function isForTests(path: string): boolean {
  return isTestPart(path) || TEST_HELP.test(path);
}

/** The file that is meant by a path relative to a folder of the tree; null: none of it. */
export function fileMeant(folder: string, path: string, has: (path: string) => boolean): string | null {
  const whole = posix.normalize(posix.join(folder === '.' ? '' : folder, path));
  if (whole.startsWith('..') || whole.startsWith('/')) return null;
  return written(whole, has) ?? fromBuilt(folder, whole, has);
}

function written(path: string, has: (path: string) => boolean): string | null {
  if (has(path)) return path;
  const bare = path.replace(/(?:\.d)?\.[cm]?[jt]sx?$/, '');
  const named = [...ENDINGS.map((end) => `${bare}${end}`), ...ENDINGS.map((end) => `${path}${end}`)];
  const inside = bare === path ? ENDINGS.map((end) => `${path}/index${end}`) : [];
  return [...named, ...inside].find(has) ?? null;
}

/** `dist/x.js` was made of `src/x.ts`, or of `x.ts`; one folder more may say for whom. */
function fromBuilt(folder: string, path: string, has: (path: string) => boolean): string | null {
  const names = path.split('/');
  const top = folder === '' || folder === '.' ? 0 : folder.split('/').length;
  const at = names.findIndex((name, index) => index >= Math.min(top, names.length) && BUILT.test(name));
  if (at === -1) return null;
  const before = names.slice(0, at);
  for (const skipped of [1, 2]) {
    const after = names.slice(at + skipped);
    if (after.length === 0) continue;
    for (const source of [['src'], ['source'], []]) {
      const found = written([...before, ...source, ...after].join('/'), has);
      if (found !== null) return found;
    }
  }
  return null;
}
