/**
 * The code that a change brings beside its product: new files of tests, of their helpers and mocks, and modules of Python that
 * are found in place of a library's. In a process that all tests share it can mend what the product does wrong.
 */
import { basename, dirname, join, normalize } from 'node:path/posix';
import type { ChangedBlob } from '../../workspace/workspaces.ts';
import { mayHoldGateConfig } from '../programs/gate-config-files.ts';
import { importsOf, placesOf } from '../programs/relative-imports.ts';
import { isTestCode, isTestFile } from '../suites/test-files.ts';
import { shadowIn } from './shadowing-modules.ts';

/** Rust is missing: its tests are parts of the files that declare them, and would not compile without. */
const CODE = /\.(?:[cm]?[jt]sx?|py|go|rb|java|kt|cs|php|swift|exs?)$/u;
const MOCKS = /(?:^|\/)__mocks__\//u;
const LINK = '120000';

export interface BroughtOrder {
  /** From the base to the revision, of one repository. */
  changes: readonly ChangedBlob[];
  /** Folders of its modules. */
  modules: readonly string[];
  read: (blob: string) => Promise<string | null>;
  /** Whether the base has this path. */
  isInBase: (path: string) => Promise<boolean>;
}

/** Without what sources outside of the tests load: that is product, wherever it lies. */
export async function broughtTestCode(order: BroughtOrder): Promise<ChangedBlob[]> {
  const brought = order.changes.filter(({ blob, oldBlob }) => blob !== null && oldBlob === null);
  const ofTests = brought.filter(({ path, mode }) => isOwnTestCode(path, mode));
  const loaded = await loadedByProduct(order, ofTests);
  const shadows: ChangedBlob[] = [];
  for (const change of brought) {
    const shadow = shadowIn(change.path, rootsOf(order.modules));
    if (shadow !== null && !(await order.isInBase(shadow))) shadows.push(change);
  }
  return [...new Set([...ofTests.filter(({ path }) => !loaded.has(path)), ...shadows])];
}

function isOwnTestCode(path: string, mode: string): boolean {
  const isCode = CODE.test(path) || mode === LINK;
  return isCode && (isTestCode(path) || MOCKS.test(path)) && !mayHoldGateConfig(path);
}

const rootsOf = (modules: readonly string[]): string[] => [
  ...new Set(['.', ...modules].flatMap((folder) => [folder, join(folder, 'src')])),
];

/** Only files that changed can load what is new. A file that is named as a test is nobody's product. */
async function loadedByProduct(order: BroughtOrder, ofTests: readonly ChangedBlob[]): Promise<Set<string>> {
  const loaded = new Set<string>();
  const left = new Map(ofTests.filter(({ path }) => !isTestFile(path)).map((each) => [each.path, each]));
  let next = order.changes.filter(({ path, mode }) => CODE.test(path) && !isOwnTestCode(path, mode));
  while (next.length > 0 && left.size > 0) {
    const found: ChangedBlob[] = [];
    for (const { path, blob } of next) {
      const text = blob === null ? null : await order.read(blob);
      if (text === null) continue;
      for (const each of left.values()) if (loads(path, text, each.path, order.modules)) found.push(each);
    }
    for (const each of found) {
      left.delete(each.path);
      loaded.add(each.path);
    }
    next = found;
  }
  return loaded;
}

const SCRIPT = /\.[cm]?[jt]sx?$/u;
const SPECIFIERS = /(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*['"]([^'"\n]+)['"]/gu;
const PYTHON_IMPORTS =
  /^[ \t]*(?:from[ \t]+(?=[.\w])(\.{0,99})((?:\w[\w.]{0,999})?)[ \t]+import[ \t]+\(?([^#\n)]*)|import[ \t]+([^#\n]+))/gmu;

/** Whether the text of a file says that it loads another one of its repository, by an import or, in languages without paths, by its name. Pure. */
export function loads(from: string, text: string, path: string, modules: readonly string[]): boolean {
  if (path.endsWith('.py')) return from.endsWith('.py') && loadsPython(from, text, path, modules);
  if (path.endsWith('.go')) return from.endsWith('.go') && text.includes(`/${dirname(path)}"`);
  if (!SCRIPT.test(path)) return new RegExp(String.raw`\b${nameOf(path)}\b`, 'u').test(text);
  if (importsOf(from, text).flatMap(placesOf).includes(path)) return true;
  // By an alias of the project's: `@/spec/orders`.
  const tail = withoutEnding(path).split('/').slice(-2).join('/');
  return [...text.matchAll(SPECIFIERS)].some(([, name = '']) => withoutEnding(name).endsWith(`/${tail}`));
}

/** Of a class, in languages whose files are named for theirs. */
const nameOf = (path: string): string => basename(path).replace(/\W.*$/u, '');
const withoutEnding = (path: string): string => path.replace(/(?:\/index)?\.[cm]?[jt]sx?$/u, '');

function loadsPython(from: string, text: string, path: string, modules: readonly string[]): boolean {
  const isPackage = path.endsWith('/__init__.py');
  const file = path.replace(/(?:\/__init__)?\.py$/u, '');
  const names = rootsOf(modules).flatMap((root) =>
    root === '.' ? [file] : file.startsWith(`${root}/`) ? [file.slice(root.length + 1)] : [],
  );
  const isMeant = (wanted: string, places: readonly string[]): boolean =>
    places.some((place) => wanted === place || (isPackage && wanted.startsWith(`${place}/`)));
  return [...text.matchAll(PYTHON_IMPORTS)].some(([, dots = '', name = '', parts = '', plain]) => {
    if (plain !== undefined)
      return plain
        .split(',')
        .map((each) => (each.trim().split(/\s/u)[0] ?? '').replaceAll('.', '/'))
        .some((each) => isMeant(each, names));
    const start = name.replaceAll('.', '/');
    const folder =
      dots === ''
        ? start
        : normalize(join(dirname(from), ...Array<string>(dots.length - 1).fill('..'), start));
    const below = parts.split(',').map((each) => join(folder, each.trim().split(/\s/u)[0] ?? ''));
    return [folder, ...below].some((each) => isMeant(each, dots === '' ? names : [file]));
  });
}
