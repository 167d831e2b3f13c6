import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { coverageLines, numbersOf, readCoverage } from './coverage-table.ts';
import { findTitles } from './test-titles.ts';

describe('titles of tests', () => {
  it('finds them through each, skipIf and line ends, and takes no comment for one', () => {
    const text = [
      "it('A-1: one', () => {});",
      'test("A-2: it\'s two", () => {});',
      "it.each(['x)', 'y'] as const)('A-3: three %s', () => {});",
      "it.skipIf(process.platform === 'darwin')(\n  'A-4: four',\n  () => {},\n);",
      "// it('A-5: commented out', () => {});",
      "unit('A-6: another function', () => {});",
      "describe('A-7: seven', () => {});",
      'it(`A-8: ${eight}`, () => {});',
    ].join('\n');
    expect(findTitles(text)).toEqual([
      'A-1: one',
      "A-2: it's two",
      'A-3: three %s',
      'A-4: four',
      'A-7: seven',
      'A-8: ${eight}',
    ]);
  });

  it('counts nothing that is skipped, also by the block around it', () => {
    const text = [
      "it.skip('B-1: skipped', () => {});",
      "it.todo('B-2: to do');",
      "describe.skip('B-3: block', () => {",
      "  it('B-4: inside', () => {",
      '    if (x) {',
      '    }',
      '  });',
      '});',
      "it('B-5: after it', () => {});",
    ].join('\n');
    expect(findTitles(text)).toEqual(['B-5: after it']);
  });

  it('reads the numbers at the start only', () => {
    expect(numbersOf('R21: a')).toEqual(['R21']);
    expect(numbersOf('R21, KILL-1: a')).toEqual(['R21', 'KILL-1']);
    expect(numbersOf('keeps R21: a')).toEqual([]);
    expect(numbersOf('R21 without a colon')).toEqual([]);
  });
});

describe('the table', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'baton-coverage-'));
    for (const dir of ['docs', 'src/a', 'test']) mkdirSync(join(root, dir), { recursive: true });
    writeFileSync(
      join(root, 'docs/faults.md'),
      '| number | x |\n|---|---|\n| A-1 | one |\n| A-2 | two |\n| R3 | three |\n',
    );
    writeFileSync(join(root, 'src/a/a.test.ts'), "it('A-1: x', () => {});\nit('A-1: y', () => {});\n");
    writeFileSync(join(root, 'src/a/a.contract.ts'), "it('R3: x', () => {});\n");
    writeFileSync(join(root, 'src/a/other.ts'), "it('A-2: no test file', () => {});\n");
    writeFileSync(join(root, 'test/b.test.ts'), "it('A-1, Z-9: z', () => {});\n");
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('says for each number which tests it has, and ends with the sum', () => {
    const lines = coverageLines(readCoverage(root, 'docs/faults.md'), (n, m) => `${n} of ${m} faults tested`);
    expect(lines).toEqual([
      'A-1       3 in src/a/a.test.ts, test/b.test.ts',
      'A-2       missing',
      'R3        1 in src/a/a.contract.ts',
      '2 of 3 faults tested',
    ]);
  });

  it('refuses a number that stands twice', () => {
    writeFileSync(join(root, 'docs/faults.md'), '| A-1 | one |\n| A-1 | again |\n');
    expect(() => readCoverage(root, 'docs/faults.md')).toThrow('A-1 stands twice');
  });
});
