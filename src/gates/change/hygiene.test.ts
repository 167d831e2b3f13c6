import { describe, expect, it } from 'vitest';
import type { FileChange } from '../../workspace/workspaces.ts';
import { approvalRules } from './approval-parts.ts';
import { parseDiff } from './changed-lines.ts';
import { checkHygiene } from './hygiene.ts';
import type { HygieneInput } from './hygiene.ts';
import { withinTimes } from '../../testing/time-bounds.ts';

function change(path: string, more: Partial<FileChange> = {}): FileChange {
  return { repo: 'service', path, status: 'modified', linesAdded: 1, linesRemoved: 0, ...more };
}

function input(more: Partial<HygieneInput>): HygieneInput {
  return {
    changes: [],
    lines: { added: [], kept: [], removed: [] },
    truncated: false,
    required: false,
    protectedPaths: {},
    approvals: approvalRules(),
    configChanges: {},
    ...more,
  };
}

const added = (path: string, ...texts: string[]) =>
  input({
    changes: [change(path)],
    lines: {
      added: texts.map((text, at) => ({ repo: 'service', path, line: at + 1, text })),
      kept: [],
      removed: [],
    },
  });

const problems = (given: HygieneInput): string[] => checkHygiene(given).map((draft) => draft.problem);

describe('hygiene', () => {
  it('OUT-9: a step that has to change something and changed nothing is a finding', () => {
    expect(problems(input({ required: true }))).toEqual([expect.stringContaining('no_change')]);
    expect(problems(input({ required: false }))).toEqual([]);
  });

  it('OUT-9: files that were left beside the repositories are named, where nothing else was changed and beside a change', () => {
    const beside = { files: ['src/total.js'], repos: ['svc'] };
    const [empty] = checkHygiene(input({ required: true, beside }));
    expect(empty?.problem).toContain(
      'Nothing was changed (no_change), although this step has to change something. These files lie beside the repository and are not part of the work: src/total.js.',
    );
    expect(empty?.fix).toBe('Move what belongs to the work into it: `svc/src/total.js`.');
    const noted = checkHygiene(
      input({
        required: true,
        beside,
        changes: [change('a.ts')],
        truncated: false,
        lines: added('a.ts', 'x').lines,
      }),
    );
    expect(noted).toMatchObject([{ blocking: false, problem: expect.stringContaining('src/total.js') }]);
    const [several] = checkHygiene(input({ required: true, beside: { ...beside, repos: ['api', 'web'] } }));
    expect(several?.fix).toContain('(`api/…`, `web/…`)');
  });

  it('OUT-9: lockfiles and white space alone are no change', () => {
    const lockfile = input({ required: true, changes: [change('package-lock.json')] });
    expect(problems(lockfile)).toEqual([expect.stringContaining('Nothing but lockfiles')]);
    const diff = `--- a/service/a.js\n+++ b/service/a.js\n@@ -1,2 +1,2 @@\n-const a = 1;\n+const a  =  1;\n b\n`;
    const spaces = { required: true, changes: [change('a.js', { linesRemoved: 1 })], lines: parseDiff(diff) };
    expect(problems(input(spaces))).toEqual([expect.stringContaining('Nothing but white space')]);
    const real = { ...spaces, lines: parseDiff(diff.replace('+const a  =  1', '+const a = 2')) };
    expect(problems(input(real))).toEqual([]);
  });

  it('OUT-9: a change of more text than can be checked is refused', () => {
    expect(problems(input({ truncated: true, changes: [change('a.js')] }))).toHaveLength(1);
  });

  it('OUT-8: a change of a protected file is noted for a person, and blocks the whole change where its rule refuses it', () => {
    const changes = [change('src/a.js'), change('.github/workflows/ci.yml')];
    const [noted] = checkHygiene(input({ changes }));
    expect(noted).toMatchObject({ blocking: false, severity: 'note', file: '.github/workflows/ci.yml' });
    const refuse = { id: 'protected', title: 'Protected files', paths: [], refuse: true };
    const [found] = checkHygiene(input({ changes, approvals: approvalRules([refuse]) }));
    expect(found).toMatchObject({ blocking: true, file: '.github/workflows/ci.yml' });
    expect(found?.problem).toMatch(/^E_PATH_PROTECTED /);
  });

  it('PRIV-2: a deleted test file stops the change, an edited one is shown', () => {
    const changes = [
      change('test/a.test.js', { status: 'deleted', linesAdded: 0, linesRemoved: 9 }),
      change('test/b.test.js', { linesRemoved: 4 }),
      change('src/c.js', { status: 'deleted', linesAdded: 0, linesRemoved: 9 }),
    ];
    const found = checkHygiene(input({ changes }));
    expect(found.map(({ file, line, blocking }) => [file, line, blocking])).toEqual([
      ['test/a.test.js', 1, true],
      ['test/b.test.js', null, false],
    ]);
  });

  it.each([
    ['a.test.ts', "it.skip('x', () => {});"],
    ['a.test.ts', "test.only('x', () => {});"],
    ['a.test.ts', "describe.skip('x', () => {});"],
    ['a.test.ts', "test('x', { skip: true }, () => {});"],
    ['test/a.js', "test.todo('x');"],
    ['test_a.py', '@pytest.mark.skip(reason="later")'],
    ['a_test.go', '\tt.Skip("later")'],
    ['src/lib.rs', '    #[ignore]'],
    ['src/lib.rs', '    #[ignore = "later"]'],
    ['tests/api.rs', '#[cfg_attr(target_os = "linux", ignore)]'],
    ['a.test.ts', "it['skip']('x', () => {});"],
    ['a.test.ts', "test['only']('x', () => {});"],
    ['a.test.ts', "it.skipIf(isWindows)('x', () => {});"],
    ['a.test.ts', "test('x', { timeout: 500, skip: true }, () => {});"],
    ['a.test.ts', "  skip: 'later',"],
    ['a.test.ts', 'this.skip();'],
    ['a.test.ts', 'ctx.skip();'],
    ['a.test.ts', "test.fails('x', () => {});"],
    ['a.test.ts', "it.concurrent.fails('x', () => {});"],
    ['a.test.ts', "test('x', { timeout: 500, fails: true }, () => {});"],
    ['a.test.ts', 'task.fails = true;'],
    ['a.test.js', "test.failing.each(rows)('x', () => {});"],
    ['a.test.js', "it['failing']('x', () => {});"],
    ['a.test.mjs', "test.expectFailure('x', () => {});"],
    ['a.test.mjs', "  expectFailure: 'later',"],
    ['test_a.py', '    @unittest.expectedFailure'],
    ['test_a.py', '@pytest.mark.skipif(sys.platform == "win32")'],
    ['test_a.py', 'pytestmark = pytest.mark.skip'],
    ['test_a.py', '@unittest.skipUnless(HAS_DOCKER, "docker")'],
    ['test_a.py', 'self.skipTest("later")'],
    ['vite.config.ts', 'passWithNoTests: true'],
    ['src/a.ts', '// @ts-nocheck'],
    ['src/a.ts', '/* istanbul ignore next */'],
    ['src/a.ts', '/* istanbul  ignore   next */'],
    ['src/a.ts', 'f(); // v8  ignore next'],
    ['src/a.ts', '/* c8   ignore start */'],
    ['src/a.ts', ' istanbul ignore file'],
    ['src/a.tsx', '{/* only in browsers: v8 ignore start */}'],
    ['src/a.vue', '<!-- v8 ignore start -->'],
    ['src/a.ts', '/* node:coverage  disable */'],
    ['src/a.py', 'x = 1  # pragma: nocover'],
    ['src/a.py', 'x = 1  # pragma no cover'],
    ['src/a.py', 'x = 1  # pragma:no cover'],
    ['src/a.py', 'x = 1  #PRAGMA: NO COVER'],
    ['src/a.py', 'if x:  # pragma: no branch'],
    ['src/lib.rs', '#[coverage(off)]'],
    ['src/lib.rs', '#[cfg_attr(coverage_nightly, coverage( off ))]'],
    ['src/lib.rs', '#[cfg(not(tarpaulin_include))]'],
    ['package.json', '"test": "node --test --bail 0"'],
    ['src/a.js', 'assert.equal = () => {};'],
    ['test/setup.ts', 'expect.prototype.toBe = pass;'],
    ['src/a.js', "mock.method(assert, 'equal', () => {});"],
    ['src/a.js', 'Object.assign(assert, { ok() {} });'],
  ])('PRIV-7: %s: `%s` stops the change and cites the line', (path, text) => {
    const found = checkHygiene(added(path, '', text)).filter((draft) => draft.problem.includes(text.trim()));
    expect(found).toMatchObject([{ blocking: true, file: path, line: 2 }]);
  });

  it('PRIV-7: silenced checks are shown up to a limit and stop the change over it', () => {
    const casts = (count: number) => Array.from({ length: count }, () => 'const a = b as any;');
    expect(checkHygiene(added('a.ts', ...casts(3))).map((draft) => draft.blocking)).toEqual([
      false,
      false,
      false,
    ]);
    expect(checkHygiene(added('a.ts', ...casts(4))).every((draft) => draft.blocking)).toBe(true);
    const clean = [
      'list.skip(3)',
      'ctx.skip(20)',
      'find({ limit: 10, skip: 20 })',
      "save({ id: 1, todo: 'buy milk' })",
      'as anybody',
      'const only = 1;',
      'iterator.todo',
      'it.each([1])',
      'company',
      "{ input: 'x', fails: true },",
      'if (task.fails === true) count();',
      'test(`fails without a name`, () => {});',
      'const failing = all.filter(({ ok }) => !ok);',
      'assert.equal(a, b === c);',
      'const equal = assert.equal;',
      'if (assert.ok === undefined) go();',
      'chai.config.includeStack = true;',
      'expect(() => a.b = 1).toThrow();',
    ];
    expect(checkHygiene(added('src/a.ts', ...clean))).toEqual([]);
    expect(checkHygiene(added('src/a.test.ts', ...clean))).toEqual([]);
    expect(checkHygiene(added('docs/a.md', 'it.skip', 'as any', '@ts-nocheck'))).toEqual([]);
  });

  it.each([
    ['src/a.ts', '// @ts-ignore', true],
    ['src/a.ts', 'x(); // @ts-expect-error', true],
    ['src/a.py', 'x = f()  # type: ignore', true],
    ['src/a.py', 'x = f()  #  type:  ignore', true],
    ['src/a.test.ts', '// @ts-expect-error', false],
  ])('PRIV-7: in %s one `%s` stops the change: %s', (path, text, blocking) => {
    expect(checkHygiene(added(path, text)).map((draft) => draft.blocking)).toEqual([blocking]);
  });

  it('PRIV-7: words about the tools that are silenced silence none', () => {
    const words = [
      '// istanbul ignores what no test loads',
      '// What v8 and istanbul ignore is counted by c8.',
      '/** Whether istanbul is to ignore the next line. */',
      '// nolinter is called here',
      '# noqaland, nosecond',
      '# a pragma is no cover for this',
      '// The lint: ignore it where the name is generated.',
      'const coverage = off;',
      'coverage(off);',
      'class Suppress {}',
      '* @suppress what follows',
    ];
    expect(checkHygiene(added('src/a.ts', ...words))).toEqual([]);
    expect(checkHygiene(added('src/a.py', ...words))).toEqual([]);
  });

  it('PRIV-7: packages without types may be said to have none', () => {
    const lines = [
      'import a  # type: ignore[import-untyped]',
      'import b  # pyright: ignore[reportMissingTypeStubs]',
    ];
    expect(checkHygiene(added('src/a.py', ...lines))).toEqual([]);
  });
});

describe('checks that were silenced before', () => {
  const line = (path: string, text: string) => ({ repo: 'service', path, line: 1, text });
  const blocks = (before: [string, string][], after: [string, string][]): boolean[] => {
    const lines = {
      added: after.map(([path, text]) => line(path, text)),
      kept: [],
      removed: before.map(([path, text]) => line(path, text)),
    };
    return checkHygiene(input({ changes: after.map(([path]) => change(path)), lines })).map(
      ({ blocking }) => blocking,
    );
  };
  const SKIP = "it.skip('adds', () => {";

  it('PRIV-7: count for nothing where they were moved, or their line was changed for another reason', () => {
    expect(blocks([['a.test.ts', SKIP]], [['b.test.ts', `  ${SKIP}`]])).toEqual([]);
    expect(blocks([['a.test.ts', SKIP]], [['a.test.ts', "it.skip('adds', async () => {"]])).toEqual([]);
    expect(blocks([['a.ts', '// @ts-nocheck']], [['a.ts', '/* @ts-nocheck */']])).toEqual([]);
    const casts: [string, string][] = Array.from({ length: 6 }, (_, at) => ['a.ts', `f${at}(x as any);`]);
    expect(
      blocks(
        casts,
        casts.map(([, text]) => ['b.ts', text]),
      ),
    ).toEqual([]);
  });

  it('PRIV-7: make no room for another test, and none for more of the same', () => {
    expect(blocks([['a.test.ts', SKIP]], [['a.test.ts', "it.skip('subtracts', () => {"]])).toEqual([true]);
    expect(
      blocks(
        [['a.test.ts', SKIP]],
        [
          ['a.test.ts', SKIP],
          ['b.test.ts', SKIP],
        ],
      ),
    ).toEqual([true]);
    expect(blocks([['a.test.ts', SKIP]], [['b.test.ts', "it.skip('adds', async () => {"]])).toEqual([true]);
  });

  it('PRIV-7: are weighed against those that went, where some are allowed', () => {
    const cast = (path: string, count: number): [string, string][] =>
      Array.from({ length: count }, (_, at) => [path, `const ${path[0]}${at} = b as any;`]);
    expect(blocks(cast('a.ts', 2), cast('b.ts', 5))).toEqual([false, false, false, false, false]);
    expect(blocks(cast('a.ts', 2), cast('b.ts', 6))).toEqual([true, true, true, true, true, true]);
  });

  it('PRIV-7: are as many as `max_suppressions` says, where some are allowed', () => {
    const casts = added('a.ts', 'const a = b as any;', 'const c = d as any;');
    const stops = (maxSuppressions: number): boolean =>
      checkHygiene({ ...casts, maxSuppressions }).some(({ blocking }) => blocking);
    expect([0, 1, 2].map(stops)).toEqual([true, true, false]);
  });

  it('DOS-4, DOS-5: are counted in 60,000 changed files in linear time', () => {
    const many = (path: string, length: number): [string, string][] =>
      Array.from({ length }, (_, at) => [path, `const ${path[0]}${at} = b as any;`]);
    const count = (length: number) => () => blocks(many('a.ts', length), many('b.ts', length));
    // Linear is 10, every line held against every other one 100.
    withinTimes(30, count(6_000), count(60_000));
  });

  it.each([
    ['// eslint-disable-next-line no-console'],
    ['x(); // @ts-expect-error'],
    ['const a = b as any;'],
    ['#[allow(dead_code)]'],
    ['#![allow(dead_code)]'],
    ['x = 1  # pylint: disable=invalid-name'],
    ['x = f()  # pyright: ignore'],
    ['# ruff: noqa'],
    ['x = 1  # NOQA'],
    ['x = 1  #  noqa: E501'],
    ['x = 1  #noqa'],
    ['run(x)  # nosec'],
    ['// #nosec G101'],
    ['//  nolint:errcheck'],
    ['//nolint'],
    ['//lint:ignore SA1019 it is fine'],
    ['#[ allow( dead_code )]'],
    ['#[cfg_attr(all(), allow(dead_code))]'],
    ['@Suppress("UNCHECKED_CAST")'],
    ['@file:Suppress("unused")'],
    ['@SuppressWarnings("unchecked")'],
  ])('PRIV-7: a flood of `%s` stops the change and cites each line', (text) => {
    const path = /^#!?\[/.test(text) ? 'src/a.rs' : text.includes('# ') ? 'src/a.py' : 'src/a.ts';
    const found = checkHygiene(added(path, ...Array.from({ length: 4 }, (_, at) => `${text} ${at}`)));
    expect(found.map(({ blocking, line: at }) => [blocking, at])).toEqual(
      [1, 2, 3, 4].map((at) => [true, at]),
    );
  });
});

describe('parseDiff', () => {
  it('gives added and removed lines their numbers, also where a line looks like a header', () => {
    const diff = [
      'diff --git a/service/a b.js b/service/a b.js',
      '--- a/service/a b.js\t',
      '+++ b/service/a b.js\t',
      '@@ -3,3 +3,3 @@ function',
      ' same',
      '--- a/evil',
      '+++ b/evil',
      ' same',
      '@@ -10 +10,2 @@',
      '-old',
      '+new',
      '+newer',
      '\\ No newline at end of file',
      '--- a/other/x.js',
      '+++ /dev/null',
      '@@ -1 +0,0 @@',
      '-gone',
    ].join('\n');
    const { added: plus, removed } = parseDiff(diff);
    expect(plus.map(({ path, line, text }) => [path, line, text])).toEqual([
      ['a b.js', 4, '++ b/evil'],
      ['a b.js', 10, 'new'],
      ['a b.js', 11, 'newer'],
    ]);
    expect(removed.map(({ repo, path, line, text }) => [repo, path, line, text])).toEqual([
      ['service', 'a b.js', 4, '-- a/evil'],
      ['service', 'a b.js', 10, 'old'],
      ['other', 'x.js', 1, 'gone'],
    ]);
  });
});
