/** What linters print, as they print it: oxlint's forms come from oxlint itself. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clean } from './findings.ts';
import { parseProblems } from './parse-problems.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-lint-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

const parse = (output: string) => parseProblems(output, '/checkout', '.');

function oxlint(...args: string[]): string {
  mkdirSync(join(dir, 'src'));
  writeFileSync(join(dir, 'src/a.js'), 'const old = 1;\nexport function f() {\n  debugger;\n}\n');
  const program = resolve('node_modules/oxlint/bin/oxlint');
  const run = spawnSync(process.execPath, [program, '-D', 'no-debugger', ...args, 'src'], {
    cwd: dir,
    encoding: 'utf8',
    env: { NO_COLOR: '1', LANG: 'C.UTF-8' },
  });
  return clean(`${run.stdout}\n${run.stderr}`, dir);
}

describe('the output of oxlint', () => {
  it.each(['default', 'unix', 'github', 'stylish', 'agent'])('in its form %s names file and line', (form) => {
    const found = parse(oxlint(`--format=${form}`)).toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
    expect(found).toEqual([
      {
        file: 'src/a.js',
        line: 1,
        message: expect.stringContaining("Variable 'old' is declared but never used"),
        warning: true,
      },
      {
        file: 'src/a.js',
        line: 3,
        message: expect.stringContaining('`debugger` statement is not allowed'),
        warning: false,
      },
    ]);
  });

  it('is read where it draws with other signs and goes on in a second line', () => {
    const drawn =
      '× typescript(TS2322): Type is not\n  │ assignable.\n   ╭─[src/a.ts:7:3]\n 7 │ const a = 1;\n   ╰────\n';
    expect(parse(drawn)).toEqual([
      { file: 'src/a.ts', line: 7, message: 'typescript(TS2322): Type is not assignable.', warning: false },
    ]);
  });
});

describe('the output of others', () => {
  it('Biome: names file, line and rule, and no problem of its last words', () => {
    const drawn = `src/b.ts:1:7 lint/correctness/noUnusedVariables  FIXABLE  ━━━━━━━━━━━━

  ! This variable unusedOne is unused.
  
  > 1 │ const unusedOne = 1;
      │       ^^^^^^^^^
  
  i Unused variables are often the result of typos.
  

src/b.ts format ━━━━━━━━━━━━━━━━━━━━

  × Formatter would have printed the following content:
  
    1 1 │   const unusedOne = 1;

check ━━━━━━━━━━━━━━━━━━━━

  × Some errors were emitted while running checks.
`;
    expect(parse(drawn)).toEqual([
      {
        file: 'src/b.ts',
        line: 1,
        message: 'This variable unusedOne is unused. (lint/correctness/noUnusedVariables)',
        warning: true,
      },
      {
        file: 'src/b.ts',
        line: null,
        message: 'Formatter would have printed the following content: (format)',
        warning: false,
      },
    ]);
  });

  it('GitHub’s form: takes the fields in any order, and what is escaped in them', () => {
    expect(parse('::error title=a%3Ab,file=/checkout/src/a.ts,line=2::Says 100%25%0Aand more')).toEqual([
      { file: 'src/a.ts', line: 2, message: 'Says 100% and more (a:b)', warning: false },
    ]);
    expect(parse('::error::no place')).toEqual([]);
  });

  it('rustc and ruff: take the line over the arrow, and no notes', () => {
    const drawn = `warning: unused variable: \`x\`
 --> src/main.rs:2:9
  |
2 |     let x = 1;
note: the lint level is defined here
 --> src/main.rs:1:9

F401 [*] \`os\` imported but unused
 --> a.py:1:8
`;
    expect(parse(drawn)).toEqual([
      { file: 'src/main.rs', line: 2, message: 'warning: unused variable: `x`', warning: true },
      { file: 'a.py', line: 1, message: 'F401 [*] `os` imported but unused', warning: false },
    ]);
  });

  it('prettier: names the files', () => {
    const said =
      'Checking formatting...\n[warn] a.ts\n[warn] Code style issues found in the above file. Run Prettier with --write to fix.';
    expect(parse(said)).toEqual([
      { file: 'a.ts', line: null, message: 'is formatted otherwise', warning: true },
    ]);
  });

  it('tsc, eslint and go vet: as before', () => {
    expect(parse('src/a.ts(3,5): error TS2322: no\n./a.go:3:5: oops\n')).toMatchObject([
      { file: 'src/a.ts', line: 3, message: 'TS2322: no' },
      { file: 'a.go', line: 3, message: 'oops' },
    ]);
    expect(parse('/checkout/src/a.js\n  3:5  error  Unexpected  no-debugger\n')).toMatchObject([
      { file: 'src/a.js', line: 3, message: 'Unexpected no-debugger' },
    ]);
  });
});
