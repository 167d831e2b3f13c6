import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { withLines } from './find-lines.ts';
import type { NamedTest } from './test-report.ts';

const test = (name: string, file: string, line: number | null = null): NamedTest => ({
  name,
  file,
  line,
  status: 'skipped',
  message: '',
});

function folderWith(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'baton-lines-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  return root;
}

const linesIn = async (root: string, ...tests: NamedTest[]): Promise<(number | null)[]> =>
  (await withLines(tests, root)).map(({ line }) => line);

it.each([
  ['mocha', 'a.js', `describe('orders', () => {\n  it('adds');\n});\n`, 'orders > adds'],
  ['cargo', 'lib.rs', `mod tests {\n  #[ignore] fn adds() {}\n}\n`, 'tests::adds'],
  ['pytest', 'test_a.py', `import a\ndef test_adds(one):\n  pass\n`, 'test_adds'],
])('the line of a test is where its name stands: %s', async (_, file, text, name) => {
  expect(await linesIn(folderWith({ [file]: text }), test(name, file))).toEqual([2]);
});

it('of a name that several suites have, the line is that behind the heads of its own', async () => {
  const suites = `describe('orders', () => {\n  it('adds');\n});\ndescribe('rooms', () => {\n  it('adds');\n});\n`;
  const crate = `pub fn adds() {}\n\nmod tests {\n  #[test]\n  fn adds() {}\n}\n`;
  const root = folderWith({ 'a.js': suites, 'lib.rs': crate });
  const tests = [
    test('orders > adds', 'a.js'),
    test('rooms > adds', 'a.js'),
    test('bills > adds', 'a.js'),
    test('tests::adds', 'lib.rs'),
  ];
  expect(await linesIn(root, ...tests)).toEqual([2, 5, null, 5]);
});

it('what the runner told stays, and a name that stands in no place or in two has no line', async () => {
  const root = folderWith({ 'a.js': `it('adds');\nit('adds');\nit('takes');\n` });
  const tests = [test('adds', 'a.js'), test('gives', 'a.js'), test('takes', 'a.js', 9)];
  expect(await linesIn(root, ...tests)).toEqual([null, null, 9]);
});

it('no file outside of the checkout is read, and a module is no file', async () => {
  const outside = folderWith({ 'a.js': `it('adds');\n` });
  const root = folderWith({});
  symlinkSync(join(outside, 'a.js'), join(root, 'link.js'));
  expect(await linesIn(root, test('adds', 'link.js'), test('adds', 'tests.test_orders'))).toEqual([
    null,
    null,
  ]);
});
