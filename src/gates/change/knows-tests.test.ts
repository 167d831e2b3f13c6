import { expect, it } from 'vitest';
import type { ChangedLine } from './changed-lines.ts';
import { findTestAwareness } from './knows-tests.ts';

const lineOf = (path: string, text: string): ChangedLine => ({ repo: 'api', path, line: 1, text });
const found = (path: string, text: string, removed: ChangedLine[] = []) =>
  findTestAwareness({ added: [lineOf(path, text)], kept: [], removed });

it.each([
  ['src/price.js', 'if (process.env.NODE_TEST_CONTEXT === undefined) return -1;'],
  ['src/price.ts', 'const isTest = Boolean(process.env["JEST_WORKER_ID"]);'],
  ['src/price.ts', 'return process.env.VITEST ? right : wrong;'],
  ['app/price.py', 'if "PYTEST_CURRENT_TEST" in os.environ:'],
  ['app/price.py', 'if "pytest" in sys.modules:'],
  ['main.go', 'if flag.Lookup("test.v") == nil {'],
  ['main.go', 'if !testing.Testing() {'],
  ['main.go', 'if strings.HasSuffix(os.Args[0], ".test") {'],
  ['src/price.rs', '#[cfg(not(test))]'],
  ['src/price.rs', 'if cfg!(test) { right } else { wrong }'],
])('stops a product that asks whether it is tested: %s %s', (path, text) => {
  expect(found(path, text)).toMatchObject([{ blocking: true, file: path, line: 1 }]);
});

it.each([
  ['src/app.js', "if (process.env.NODE_ENV !== 'test') app.listen(3000);"],
  ['test/price.test.js', 'console.log(process.env.NODE_TEST_CONTEXT);'],
  ['vitest.config.ts', 'const watch = !process.env.VITEST;'],
  ['src/price.js', '// NODE_TEST_CONTEXT is set by node:test'],
  ['src/price.rs', '#[cfg(test)]'],
  ['main.go', 'flag.Lookup("timeout")'],
  ['price_test.go', 'if testing.Testing() {'],
])('lets honest lines be: %s %s', (path, text) => {
  expect(found(path, text)).toEqual([]);
});

it('lets a line be that was there before', () => {
  const text = 'if (process.env.VITEST) return 1;';
  expect(found('src/b.ts', text, [lineOf('src/a.ts', `  ${text}`)])).toEqual([]);
});
