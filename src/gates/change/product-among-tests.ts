/** Product that lies where helpers of tests lie (`testing/`, `fixtures/`, `mocks/`): what sources outside of the tests load is product, wherever it lies. */
import { basename, dirname } from 'node:path/posix';
import { importsOf, placesOf } from '../programs/relative-imports.ts';
import { loads } from '../proofs/brought-test-code.ts';
import { isForTests } from '../reach/source-files.ts';
import { isTestFile } from '../suites/test-files.ts';
import type { TreeFile } from '../../workspace/read-tree.ts';
import { isCode } from './judge-coverage.ts';

/** Set up tools and tests; nothing is delivered that they load. */
const SETS_UP =
  /(?:^|\/)(?:[^/]+\.config\.[cm]?[jt]s|conftest\.py|(?:[^/]*[.-])?setup(?:[.-]?tests?)?\.[cm]?[jt]sx?)$/i;
/** Generated code: nobody writes so much. */
const MAX_FILE_BYTES = 1024 * 1024;
const READ_AT_ONCE = 200;
/** Files that are loaded by their folder's name. */
const NAMED_FOR_FOLDER = /^(?:index|__init__|mod)$/;

export interface TreeToAsk {
  /** The plain files of a revision. */
  files: readonly TreeFile[];
  /** Folders of its modules. */
  modules: readonly string[];
  readBlobs: (blobs: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array>>;
}

/** Whether a path is taken for a test's helper by where it lies alone. */
export function liesAmongTests(path: string): boolean {
  return isCode(path) && isForTests(path) && !isTestFile(path);
}

/** Of these files those that product loads, itself or over others that lie as they do. */
export async function productAmongTests(asked: readonly string[], tree: TreeToAsk): Promise<Set<string>> {
  const wanted = new Set(asked.filter(liesAmongTests));
  const code = tree.files.filter(({ path, size }) => isCode(path) && size <= MAX_FILE_BYTES);
  const left = new Map(code.filter(({ path }) => liesAmongTests(path)).map((file) => [file.path, file]));
  const there = new Set(code.map(({ path }) => path));
  const found = new Set<string>();
  let next = code.filter(({ path }) => !isForTests(path) && !SETS_UP.test(path));
  while (next.length > 0 && [...wanted].some((path) => left.has(path))) {
    const loaded: TreeFile[] = [];
    for (let at = 0; at < next.length; at += READ_AT_ONCE) {
      const some = next.slice(at, at + READ_AT_ONCE);
      const blobs = await tree.readBlobs(some.map(({ blob }) => blob));
      for (const { path, blob } of some) {
        const text = new TextDecoder().decode(blobs.get(blob));
        const meant = new Set(
          importsOf(path, text)
            .flatMap(placesOf)
            .filter((each) => there.has(each)),
        );
        for (const file of left.values()) {
          if (!text.includes(wordOf(file.path)) || !loads(path, text, file.path, tree.modules)) continue;
          // By the end of its path alone, which another file has that is named in full.
          if (!meant.has(file.path) && [...meant].some((each) => endOf(each) === endOf(file.path))) continue;
          left.delete(file.path);
          loaded.push(file);
        }
      }
    }
    for (const { path } of loaded) if (wanted.has(path)) found.add(path);
    next = loaded;
  }
  return found;
}

const endOf = (path: string): string => path.split('/').slice(-2).join('/');

/** What a text has to hold that loads this file. */
function wordOf(path: string): string {
  const name = basename(path).replace(/\W.*$/u, '');
  return path.endsWith('.go') || NAMED_FOR_FOLDER.test(name) ? basename(dirname(path)) : name;
}
