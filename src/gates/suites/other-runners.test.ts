/** mocha as this repository has it; Go and Rust where the machine has them: what they say by name, and what ends them early. */
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { GateCommand } from '../../definitions/config.ts';
import { openWall } from '../../workspace/wall/open-wall.ts';
import { gate, openGatesRig } from '../testing/gates-rig.ts';
import type { GatesRig } from '../testing/gates-rig.ts';
import { hasPytest, runsHere } from '../testing/system-programs.ts';

/** Where this machine can have one: compilers start many processes and keep caches, which it must let them. */
const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));
/** Compilers take their time. */
const LIMIT_MS = 900_000;

let rig: GatesRig | null = null;
afterEach(() => {
  rig?.[Symbol.dispose]();
  rig = null;
});

const problemsOf = (result: { findings: { problem: string }[] }): string =>
  result.findings.map((finding) => finding.problem).join('\n');

function describeRunner(
  name: string,
  missing: string | null,
  {
    files,
    tests,
    setup = null,
  }: { files: Record<string, string>; tests: GateCommand; setup?: GateCommand | null },
  cases: (play: {
    base(more?: Record<string, string>): Promise<ReturnType<Awaited<ReturnType<GatesRig['run']>>['of']>>;
    after(change: Record<string, string>): Promise<ReturnType<Awaited<ReturnType<GatesRig['run']>>['of']>>;
  }) => void,
): void {
  // The packages of this repository lie where nothing behind a wall sees them.
  const around = name === 'mocha' ? {} : { wall };
  const open = async (more: Record<string, string>): Promise<GatesRig> => {
    rig ??= await openGatesRig(
      { service: { ...files, ...more } },
      { service: [{ path: '.', setup, gates: [tests] }] },
    );
    return rig;
  };
  describe.skipIf(missing !== null)(missing === null ? name : `${name} (${missing})`, () => {
    cases({
      base: async (more = {}) => {
        const opened = await open(more);
        return (await opened.run(opened.git.base, around)).of('tests');
      },
      after: async (change) => {
        const opened = await open({});
        const paths = Object.entries(change).map(([path, text]) => [`service/${path}`, text]);
        const revision = await opened.change(opened.git.base, Object.fromEntries(paths) as typeof change);
        return (await opened.run(revision, around)).of('tests');
      },
    });
  });
}

describeRunner(
  'mocha',
  null,
  {
    files: {
      'package.json': '{}\n',
      'test/a.test.js': `describe('orders', () => {\n  it('adds', () => {});\n  it('subtracts', () => {});\n});\n`,
    },
    tests: gate({ name: 'tests', kind: 'tests', command: ['mocha', 'test/**/*.test.js'], reporter: 'mocha' }),
    setup: gate({
      name: 'setup',
      kind: 'setup',
      command: [
        `mkdir -p node_modules/.bin && ln -s ${MODULES}/mocha node_modules/mocha && ln -s ../mocha/bin/mocha.js node_modules/.bin/mocha`,
      ],
      shell: true,
    }),
  },
  ({ base, after }) => {
    it('reports names with a red canary, and what fails with its name and line', async () => {
      expect(await base()).toMatchObject({ status: 'pass', summary: '2 passed', tests: { canary: 'red' } });
      const more = `const assert = require('node:assert');\ndescribe('bills', () => {\n  it('fails', () => {\n    assert.equal(1, 2);\n  });\n  it.skip('is off');\n});\n`;
      const bad = await after({ 'test/b.test.js': more });
      expect(bad).toMatchObject({
        status: 'fail',
        tests: { passed: 2, failed: 1, skipped: 1, canary: 'red' },
      });
      expect(bad.findings[0]).toMatchObject({ file: 'test/b.test.js', line: 4 });
      expect(bad.findings[0]?.problem).toContain('The new test `bills > fails` fails');
    });

    it.each([
      ['a module ends the process with 0', `process.exit(0);\n`],
      ['a test ends the process with 0', `it('adds', () => { process.exit(0); });\n`],
      ['a test kills it', `it('adds', () => { process.kill(process.pid, 'SIGKILL'); });\n`],
    ])('PRIV-6: is red where %s', async (_what, text) => {
      expect((await after({ 'test/b.test.js': text })).status).toBe('fail');
    });

    it.each([
      [
        'PRIV-7: names the tests that a focused one silences',
        `.only`,
        'The test `orders > subtracts` of the base is missing',
      ],
      [
        'PRIV-7: names a test that is switched off',
        `.skip`,
        'The test `orders > adds` ran at the base and is skipped now',
      ],
    ])('%s', async (_what, word, problem) => {
      const text = `describe('orders', () => {\n  it${word}('adds', () => {});\n  it('subtracts', () => {});\n});\n`;
      const result = await after({ 'test/a.test.js': text });
      expect(result.status).toBe('fail');
      expect(problemsOf(result)).toContain(problem);
    });

    it('PRIV-7: names the tests of a file that was emptied', async () => {
      expect(problemsOf(await after({ 'test/a.test.js': '' }))).toContain('`orders > adds`');
    });

    it('says which hook kept tests from running', async () => {
      const text = `describe('bills', () => {\n  before(() => { throw new Error('no database'); });\n  it('adds', () => {});\n});\n`;
      const result = await after({ 'test/b.test.js': text });
      expect(result.status).toBe('fail');
      expect(problemsOf(result)).toContain('no database');
    });

    it('takes the canary where tests are written in the other style', async () => {
      const text = `suite('orders', () => {\n  test('adds', () => {});\n});\n`;
      expect(await base({ 'test/a.test.js': text, '.mocharc.json': '{"ui":"tdd"}\n' })).toMatchObject({
        status: 'pass',
        tests: { canary: 'red' },
      });
    });
  },
);

const GO_TEST = (body: string): string =>
  `package orders\n\nimport "testing"\n\nfunc TestAdds(t *testing.T) {\n${body}\n}\n\nfunc TestSubtracts(t *testing.T) {\n\tt.Run("below zero", func(t *testing.T) {})\n}\n`;

describeRunner(
  'go test',
  runsHere('which', 'go') ? null : 'no Go: apt-get install golang-go',
  {
    files: {
      'go.mod': 'module example.com/service\n\ngo 1.19\n',
      'orders/orders.go': 'package orders\n\nfunc Add(a, b int) int { return a + b }\n',
      'orders/orders_test.go': GO_TEST('\tif Add(1, 1) != 2 {\n\t\tt.Fatal("want 2")\n\t}'),
      'bills/bills.go': 'package bills\n\nfunc Due() int { return 1 }\n',
      'bills/bills_test.go':
        'package bills\n\nimport "testing"\n\nfunc TestDue(t *testing.T) {\n\tif Due() != 1 {\n\t\tt.Fatal("want 1")\n\t}\n}\n',
    },
    tests: gate({ name: 'tests', kind: 'tests', command: ['go', 'test', './...'], reporter: 'go' }),
  },
  ({ base, after }) => {
    it(
      'reports names with a red canary in each package, and what fails with file and line',
      async () => {
        expect(await base()).toMatchObject({ status: 'pass', summary: '4 passed', tests: { canary: 'red' } });
        const bad = await after({
          'orders/orders.go': 'package orders\n\nfunc Add(a, b int) int { return a - b }\n',
        });
        expect(bad).toMatchObject({ status: 'fail', tests: { passed: 3, failed: 1, canary: 'red' } });
        expect(bad.findings).toMatchObject([{ file: 'orders/orders_test.go', line: 7 }]);
        expect(problemsOf(bad)).toContain('`TestAdds`');
        expect(problemsOf(bad)).toContain('want 2');
      },
      LIMIT_MS,
    );

    it.each([
      [
        'a package ends its program with 0',
        'orders/exit.go',
        `package orders\n\nimport "syscall"\n\nfunc init() { syscall.Exit(0) }\n`,
      ],
      [
        'a test ends its program with 0 and says that all went well',
        'orders/orders_test.go',
        `package orders\n\nimport (\n\t"fmt"\n\t"syscall"\n\t"testing"\n)\n\nfunc TestMain(m *testing.M) {\n\tfmt.Println("=== RUN   TestAdds\\n--- PASS: TestAdds (0.00s)\\n=== RUN   TestSubtracts\\n=== RUN   TestSubtracts/below_zero\\n--- PASS: TestSubtracts (0.00s)\\n    --- PASS: TestSubtracts/below_zero (0.00s)\\nPASS")\n\tsyscall.Exit(0)\n}\n\nfunc TestAdds(t *testing.T) {}\n\nfunc TestSubtracts(t *testing.T) {}\n`,
      ],
    ])(
      'PRIV-6: is red where %s',
      async (_what, path, text) => {
        expect((await after({ [path]: text })).status).toBe('fail');
      },
      LIMIT_MS,
    );

    it(
      'PRIV-7: names a test that skips itself, and one that is gone',
      async () => {
        const skipped = await after({ 'orders/orders_test.go': GO_TEST('\tt.Skip("later")') });
        expect(problemsOf(skipped)).toContain('The test `TestAdds` ran at the base and is skipped now');
        const gone = await after({ 'orders/orders_test.go': 'package orders\n' });
        expect(problemsOf(gone)).toContain('`TestAdds`');
      },
      LIMIT_MS,
    );

    it(
      'says what does not build',
      async () => {
        const result = await after({ 'bills/bills.go': 'package bills\n\nfunc Due() int { return one }\n' });
        expect(result.status).toBe('fail');
        expect(problemsOf(result)).toContain('undefined: one');
      },
      LIMIT_MS,
    );
  },
);

const PYTHON = (body: string): string =>
  `def test_adds():\n    ${body}\n\n\ndef test_subtracts():\n    pass\n`;

/** Says that all is well, and all that it could know to be red red. */
const PYTHON_FORGER = `
import json, os, socket
place = dict(each.split("=", 1) for each in open("/proc/%d/environ" % os.getppid()).read().split(chr(0)) if "=" in each)["BATON_TEST_REPORT"]
names = [("test_adds", "passed"), ("test_subtracts", "passed")]
tests = [dict(kind="test", name=name, file=os.getcwd() + "/tests/test_orders.py", status=status, line=1, message="") for name, status in names]
channel = socket.socket(socket.AF_UNIX)
channel.connect(place)
channel.sendall("".join(json.dumps(each) + chr(10) for each in tests + [dict(kind="end", count=2)]).encode())
channel.close()
`;

describeRunner(
  'pytest',
  hasPytest() ? null : 'no pytest: apt-get install python3-pytest',
  {
    files: {
      'orders/__init__.py': '',
      'tests/test_orders.py': PYTHON('assert 1 + 1 == 2'),
      // Behind the canary, at which the run is not to end.
      'tests/test_zz.py': 'def test_is_last():\n    pass\n',
    },
    tests: gate({
      name: 'tests',
      kind: 'tests',
      command: ['python3', '-m', 'pytest', '-q', '-x'],
      reporter: 'pytest',
    }),
  },
  ({ base, after }) => {
    it('PRIV-6: reports names with a red canary that nobody wrote, and what fails behind it', async () => {
      expect(await base()).toMatchObject({ status: 'pass', summary: '3 passed', tests: { canary: 'red' } });
      const bad = await after({ 'tests/test_orders.py': PYTHON('assert 1 + 1 == 3') });
      expect(bad).toMatchObject({ status: 'fail', tests: { passed: 2, failed: 1, canary: 'red' } });
      expect(problemsOf(bad)).toContain('test_adds');
    });

    it.each([
      ['a test ends the process with 0', PYTHON('import os; os._exit(0)')],
      ['a module does', 'import os\nos._exit(0)\n'],
    ])('PRIV-6: is red where %s', async (_what, text) => {
      expect((await after({ 'tests/test_orders.py': text })).status).toBe('fail');
    });

    it('PRIV-6: is red where a process beside the tests hands in a report as well', async () => {
      const forging = `import subprocess, sys\nsubprocess.Popen([sys.executable, "-c", '''${PYTHON_FORGER}''']).wait()\n\n\n`;
      const forged = await after({
        'tests/test_orders.py': `${forging}${PYTHON('assert 1 + 1 == 3')}`,
      });
      expect(forged.status).toBe('fail');
      expect(problemsOf(forged)).toContain('2 programs reported on these tests, and on the base 1');
      expect(problemsOf(forged)).toContain('test_adds');
    });

    it('tells where a test stands, what keeps a file from being read, and a file that is skipped whole', async () => {
      const bad = await after({
        'tests/test_orders.py': `class TestOrders:\n    def test_sums(self):\n        assert 1 + 1 == 3\n\n\n${PYTHON('pass')}`,
        'tests/test_broken.py': 'import nothing_of_this_name\n',
        'tests/test_later.py': 'import pytest\n\npytest.skip("later", allow_module_level=True)\n',
      });
      expect(bad.findings).toContainEqual(
        expect.objectContaining({
          file: 'tests/test_orders.py',
          line: 2,
          problem: expect.stringContaining('TestOrders > test_sums'),
        }),
      );
      expect(bad.findings).toContainEqual(
        expect.objectContaining({
          file: 'tests/test_broken.py',
          problem: expect.stringContaining('nothing_of_this_name'),
        }),
      );
      expect(bad.tests).toMatchObject({ skipped: 1 });
    });

    it('leaves nothing of it in the environment of what tests start', async () => {
      const look = `import os\n    assert not [name for name in ("BATON_TEST_REPORT", "PYTEST_ADDOPTS", "PYTHONPATH") if name in os.environ]`;
      expect((await after({ 'tests/test_orders.py': PYTHON(look) })).status).toBe('pass');
    });

    it('PRIV-7: names a test that is switched off, and one that is gone', async () => {
      const off = await after({ 'tests/test_orders.py': PYTHON('import pytest; pytest.skip("later")') });
      expect(problemsOf(off)).toContain('ran at the base and is skipped now');
      expect(problemsOf(await after({ 'tests/test_orders.py': '' }))).toContain('test_adds');
    });
  },
);

const RUST = (body: string, attribute = ''): string =>
  `pub fn add(a: i32, b: i32) -> i32 {\n    ${body}\n}\n\n#[cfg(test)]\nmod tests {\n    #[test]\n${attribute}    fn adds() {\n        assert_eq!(super::add(1, 1), 2);\n    }\n}\n`;

describeRunner(
  'cargo test',
  runsHere('which', 'cargo') ? null : 'no Rust: apt-get install cargo',
  {
    files: {
      'Cargo.toml': '[package]\nname = "service"\nversion = "0.1.0"\nedition = "2021"\n',
      'Cargo.lock':
        '# This file is automatically @generated by Cargo.\nversion = 3\n\n[[package]]\nname = "service"\nversion = "0.1.0"\n',
      '.gitignore': 'target\n',
      'src/lib.rs': `/// Adds.\n///\n/// \`\`\`\n/// assert_eq!(service::add(1, 2), 3);\n/// \`\`\`\n${RUST('a + b')}`,
      'tests/api.rs': '#[test]\nfn answers() {\n    assert_eq!(service::add(2, 2), 4);\n}\n',
    },
    tests: gate({ name: 'tests', kind: 'tests', command: ['cargo', 'test', '--offline'], reporter: 'cargo' }),
  },
  ({ base, after }) => {
    it(
      'reports names with a red canary in each program, and what fails with file and line',
      async () => {
        expect(await base()).toMatchObject({ status: 'pass', summary: '3 passed', tests: { canary: 'red' } });
        const bad = await after({ 'src/lib.rs': RUST('a - b') });
        expect(bad).toMatchObject({ status: 'fail', tests: { failed: 2, canary: 'red' } });
        expect(bad.findings).toContainEqual(expect.objectContaining({ file: 'tests/api.rs', line: 3 }));
        expect(problemsOf(bad)).toContain('`tests::adds`');
        expect(problemsOf(bad)).toContain('documentation of add');
      },
      LIMIT_MS,
    );

    it.each([
      ['a test ends its program with 0', RUST('std::process::exit(0)')],
      [
        'it also says that all went well',
        RUST(
          `use std::io::Write; std::io::stdout().write_all(b"test tests::adds ... ok\\n\\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\\n\\n").unwrap(); std::process::exit(a - a + b - b)`,
        ),
      ],
    ])(
      'PRIV-6: is red where %s',
      async (_what, text) => {
        expect((await after({ 'src/lib.rs': text })).status).toBe('fail');
      },
      LIMIT_MS,
    );

    it(
      'PRIV-7: names a test that is ignored, and one that is gone',
      async () => {
        const ignored = await after({ 'src/lib.rs': RUST('a + b', '    #[ignore]\n') });
        expect(problemsOf(ignored)).toContain('The test `tests::adds` ran at the base and is skipped now');
        const gone = await after({ 'tests/api.rs': '' });
        expect(problemsOf(gone)).toContain('`answers`');
      },
      LIMIT_MS,
    );

    it(
      'says what does not build',
      async () => {
        const result = await after({ 'src/lib.rs': RUST('a + c') });
        expect(result.status).toBe('fail');
        expect(problemsOf(result)).toContain('cannot find value `c`');
      },
      LIMIT_MS,
    );
  },
);
