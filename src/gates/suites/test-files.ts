/** Which files are tests, by the names that people and runners use. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const NAMED =
  /(?:^|\/)(?:[^/]+[._-](?:test|spec)s?\.[^/]+|test[_-][^/]+\.\w+|[^/]+Tests?\.(?:java|kt|cs|php|swift)|[^/]+_spec\.rb)$/u;
const FOLDER =
  /(?:^|\/)(?:tests?|__tests__|specs?)\/(?:.*\/)?[^/]+\.(?:[cm]?[jt]sx?|py|go|rb|rs|java|kt|cs|php|ex|exs)$/u;
const PART = /(?:^|\/)(?:tests?|__tests__|specs?|__snapshots__|__mocks__|__fixtures__|fixtures|testdata)\//u;
const NOT_CODE = /\.(?:snap|md|txt|json|ya?ml|csv|html|xml)$/u;
const SKIPPED_FOLDERS = new Set(['node_modules', '.git', 'dist', 'build', 'coverage', 'vendor', 'target']);
const MAX_FILES = 20_000;

/** Whether a path names a test by itself: `x.test.ts`, `x_test.go`, `test_x.py`. */
export function isTestFile(path: string): boolean {
  return NAMED.test(path) && !NOT_CODE.test(path);
}

/** Whether a path belongs to the tests: a test file, or code in a folder of tests. */
export function isTestCode(path: string): boolean {
  return isTestFile(path) || (FOLDER.test(path) && !NOT_CODE.test(path));
}

/** Whether a path belongs to the tests in any way: their code, and in their folders also what they read. */
export function isTestPart(path: string): boolean {
  return isTestCode(path) || PART.test(path);
}

/** The test code below a folder, plainly named files first; paths relative to it, in a fixed order. */
export async function findTestFiles(dir: string): Promise<string[]> {
  const found: string[] = [];
  const folders = [''];
  for (let seen = 0; folders.length > 0 && seen < MAX_FILES;) {
    const folder = folders.shift() ?? '';
    const entries = await readdir(join(dir, folder), { withFileTypes: true }).catch(() => []);
    seen += entries.length + 1;
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) folders.push(path);
      if (entry.isFile() && isTestCode(path)) found.push(path);
    }
  }
  return [...found.filter(isTestFile), ...found.filter((path) => !isTestFile(path))];
}
