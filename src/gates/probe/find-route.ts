/** Where a change writes an endpoint: the added line that names its path. */
import type { Endpoint } from '../../core/checks/endpoints.ts';
import { isTestCode } from '../suites/test-files.ts';
import type { ChangedLine } from '../change/changed-lines.ts';

const CODE = /\.(?:[cm]?[jt]sx?|py|go|rs|rb|java|kt|php|cs)$/;

/** null: no added line of code names it. The whole path counts more than its beginning, and the method decides among equals. */
export function findRoute({ method, path }: Endpoint, added: readonly ChangedLine[]): ChangedLine | null {
  const code = added.filter((line) => CODE.test(line.path) && !isTestCode(line.path));
  for (const words of spellings(path)) {
    const named = code.filter(({ text }) => words.some((word) => isNamed(text, word)));
    const exact = named.find(({ text }) => new RegExp(`\\b${method}\\b`, 'i').test(text));
    const found = exact ?? named[0];
    if (found !== undefined) return found;
  }
  return null;
}

/** The whole in the ways of frameworks, then what stands before the first parameter, then its last word. */
function spellings(path: string): string[][] {
  const colons = path.replaceAll(/\{([^}]*)\}/g, ':$1');
  const angles = path.replaceAll(/\{([^}]*)\}/g, '<$1>');
  const start = path.split('/{')[0] ?? '';
  const last = start.split('/').at(-1) ?? '';
  return [[path, colons, angles], [start], [last]].map((all) => all.filter((word) => word.length > 1));
}

/** Between quotes, slashes of an expression or spaces: `/orders` is not `/orders-old`. */
function isNamed(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const [before = '', after = ''] = [text[at - 1], text[at + word.length]];
    if (!/[\w-]/.test(before) && !/[\w-]/.test(after)) return true;
  }
  return false;
}
