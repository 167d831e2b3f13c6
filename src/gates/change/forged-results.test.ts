import { describe, expect, it } from 'vitest';
import type { ChangedLine } from './changed-lines.ts';
import { findForgedResults } from './forged-results.ts';
import { cpuMs, within } from '../../testing/time-bounds.ts';

const linesOf = (path: string, text: string): ChangedLine[] =>
  text.split('\n').map((line, at) => ({ repo: 'service', path, line: at + 1, text: line }));

/** What is found where all of these files are new: `path:line`, with a `!` where it stops the change. */
function found(...files: [string, string][]): string[] {
  const added = files.flatMap(([path, text]) => linesOf(path, text));
  return findForgedResults({ added, kept: [], removed: [] }).map(
    ({ file, line, blocking }) => `${file}:${line}${blocking ? '!' : ''}`,
  );
}

const FORGERIES: readonly [string, string, string, string[]][] = [
  [
    'rewrites what a file’s process says to node:test',
    'src/sum.js',
    `const write = process.stdout.write;\nprocess.stdout.write = (chunk) =>\n  write.call(process.stdout, String(chunk).replace('test:fail', 'test:pass'));`,
    ['src/sum.js:2!'],
  ],
  [
    'reads the coding of what it says',
    'src/sum.js',
    `const v8 = require('node:v8');\nprocess.stdout.write = () => v8.deserialize(Buffer.alloc(0));`,
    ['src/sum.js:2!'],
  ],
  [
    'empties the errors of a test in jest',
    'src/sum.js',
    `globalThis[Symbol.for('EVENT_HANDLERS')].push(() => {});`,
    ['src/sum.js:1!'],
  ],
  [
    'says "pass" to the listeners of mocha',
    'src/sum.js',
    `const { prototype } = require('node:events');\nprototype.emit = function () {};`,
    ['src/sum.js:2!'],
  ],
  [
    'writes the result of a test of vitest',
    'sum.test.js',
    `import { afterEach } from 'vitest';\nafterEach(({ task }) => {\n  if (task.result.state === 'fail')\n    task.result.state = 'pass';\n});`,
    ['sum.test.js:4!'],
  ],
  [
    'starts the tests of Go again, from what `TestMain` calls',
    'sum_test.go',
    `package sum\n\nfunc TestMain(m *testing.M) {\n\tagain()\n}\n\nfunc again() {\n\tself, _ := os.Executable()\n\tout, _ := exec.Command(self, os.Args[1:]...).Output()\n\tfmt.Print(string(out))\n}`,
    ['sum_test.go:9!'],
  ],
  [
    'takes the output of Go’s tests where nothing is indented',
    'sum.go',
    `package sum\nfunc init() {\nr, w, _ := os.Pipe()\nos.Stdout = w\ngo relay(r)\n}`,
    ['sum.go:4!'],
  ],
  [
    'turns Go’s words',
    'sum_test.go',
    `package sum\n\nfunc relay() {\n\tos.Stdout = w\n\tsaid = strings.ReplaceAll(said, "--- FAIL", "--- PASS")\n}`,
    ['sum_test.go:4!'],
  ],
  [
    'runs before the tests of Rust',
    'src/lib.rs',
    `#[used]\n#[link_section = ".init_array"]\nstatic AT_LOAD: extern "C" fn() = at_load;`,
    ['src/lib.rs:2!'],
  ],
  [
    'starts the tests of Rust again when they are loaded',
    'src/lib.rs',
    `#[ctor::ctor]\nfn at_load() {\n    Command::new(std::env::current_exe().unwrap()).output();\n}`,
    ['src/lib.rs:3!', 'src/lib.rs:1'],
  ],
  [
    'replaces what pytest reports with',
    'orders.py',
    `from _pytest.reports import TestReport\n\nTestReport.from_item_and_call = classmethod(greened)`,
    ['orders.py:3!'],
  ],
  [
    'turns outcomes in a hook of pytest',
    'conftest.py',
    `@pytest.hookimpl(hookwrapper=True)\ndef pytest_runtest_makereport(item):\n    report = (yield).get_result()\n    report.outcome = "passed"`,
    ['conftest.py:4!'],
  ],
  [
    'knows where it is noted what tests run',
    'price.test.js',
    `import fs from 'node:fs';\nconst dir = process.env.NODE_V8_COVERAGE;\nif (dir) fs.writeFileSync(dir + '/coverage-77-1-0.json', JSON.stringify(ranges));`,
    ['price.test.js:2!'],
  ],
  [
    'knows where Go notes what tests run',
    'sum_test.go',
    `package sum\n\nvar place = flag.Lookup("test.coverprofile").Value.String()`,
    ['sum_test.go:3!'],
  ],
  [
    'knows where it is noted what tests of Python run',
    'test_sum.py',
    `import os\nimport sitecustomize\nfolder = os.path.dirname(sitecustomize.__file__)`,
    ['test_sum.py:2!', 'test_sum.py:3!'],
  ],
  [
    'knows where reports go',
    'sum_test.go',
    `package sum\n\nvar place = os.Getenv("BATON_TEST_REPORT")`,
    ['sum_test.go:3'],
  ],
];

/** Written as people write it, for what is no forgery. */
const HONEST: readonly [string, string, string][] = [
  [
    'a test that catches what a command line prints',
    'cli.test.ts',
    `import { test } from 'node:test';\nconst original = process.stdout.write;\nlet said = '';\nprocess.stdout.write = (chunk) => ((said += chunk), true);\nawait run(['--check']);\nprocess.stdout.write = original;\nassert.match(said, /3 failed, 2 passed/);`,
  ],
  [
    'a test that spies on standard output',
    'cli.test.ts',
    `import { expect, vi } from 'vitest';\nvi.spyOn(process.stdout, 'write').mockImplementation(() => true);\nexpect(status('fail')).toBe('pass');`,
  ],
  [
    'a queue whose tasks have results',
    'queue.test.ts',
    `import { expect, test } from 'vitest';\ntest('fails', () => {\n  task.result = run();\n  expect(task.result.state).toBe('fail');\n  result.errors = [];\n  expect(other).toBe('pass');\n});`,
  ],
  [
    'a hook that tells what failed',
    'setup.ts',
    `import { afterEach } from 'vitest';\nafterEach(({ task }) => {\n  if (task.result?.state === 'fail') console.log(task.name);\n});`,
  ],
  [
    'a class of events of one’s own',
    'src/bus.js',
    `const EVENT_HANDLERS = new Map();\nfunction Bus() {}\nBus.prototype.emit = function (name) {\n  for (const handler of EVENT_HANDLERS.get(name) ?? []) handler();\n};`,
  ],
  [
    'tests that let nobody out to the network',
    'test/setup.js',
    `const net = require('node:net');\nnet.Socket.prototype.connect = () => {\n  throw new Error('no network in tests');\n};`,
  ],
  [
    'a program of Go that starts itself as a helper, from a test',
    'main_test.go',
    `package main\n\nfunc TestMain(m *testing.M) {\n\tif os.Getenv("BE_MAIN") == "1" {\n\t\tmain()\n\t\treturn\n\t}\n\tos.Exit(m.Run())\n}\n\nfunc TestHelper(t *testing.T) {\n\tcmd := exec.Command(os.Args[0], "-test.run=TestHelper")\n\tcmd.Env = append(os.Environ(), "BE_MAIN=1")\n\tout, _ := cmd.CombinedOutput()\n\tif strings.Contains(string(out), "FAIL") {\n\t\tt.Fatal("wrong")\n\t}\n}`,
  ],
  [
    'a `TestMain` that builds the program beside its own',
    'main_test.go',
    `package main\n\nfunc TestMain(m *testing.M) {\n\tself, _ := os.Executable()\n\tdir := filepath.Dir(self)\n\texec.Command("go", "build", "-o", dir).Run()\n\tos.Exit(m.Run())\n}`,
  ],
  [
    'a test of Go that catches what is printed',
    'cli_test.go',
    `package cli\n\nfunc capture(t *testing.T, f func()) string {\n\told := os.Stdout\n\tr, w, _ := os.Pipe()\n\tos.Stdout = w\n\tdefer func() { os.Stdout = old }()\n\tf()\n\tw.Close()\n\tout, _ := io.ReadAll(r)\n\treturn string(out)\n}\n\nfunc TestGrades(t *testing.T) {\n\tif capture(t, grade) != "PASS FAIL" {\n\t\tt.Fatal("wrong")\n\t}\n}`,
  ],
  [
    'a daemon that starts itself',
    'main.go',
    `package main\n\nfunc main() {\n\texe, _ := os.Executable()\n\tsyscall.Exec(exe, os.Args, os.Environ())\n}`,
  ],
  [
    'a test of Rust that starts its own program',
    'tests/cli.rs',
    `#[test]\nfn starts() {\n    let out = Command::new(std::env::current_exe().unwrap()).arg("--list").output().unwrap();\n    assert_eq!(String::from_utf8_lossy(&out.stdout), "ok");\n}`,
  ],
  [
    'sections and attributes of the linker',
    'src/main.rs',
    `#[link_section = ".vector_table"]\nstatic RESET: fn() = reset;\nlet values: Vec<_> = input.pipe(parse);`,
  ],
  [
    'a hook of pytest that keeps the report for fixtures',
    'conftest.py',
    `@pytest.hookimpl(tryfirst=True, hookwrapper=True)\ndef pytest_runtest_makereport(item, call):\n    outcome = yield\n    rep = outcome.get_result()\n    setattr(item, "rep_" + rep.when, rep)\n    if rep.failed:\n        rep.sections.append(("log", "seen"))`,
  ],
  [
    'exams that are passed',
    'test_exams.py',
    `import pytest\n\n\ndef test_pass():\n    exam.outcome = "passed"\n    assert exam.report() == {"outcome": "passed"}`,
  ],
  [
    'what a comment says',
    'src/sum.js',
    `// never: process.stdout.write = x with test:fail, test:pass, NODE_V8_COVERAGE\nlet a = 1;`,
  ],
  [
    'a page about it',
    'docs/tests.md',
    `BATON_TEST_REPORT, NODE_V8_COVERAGE, .init_array, TestReport.from_item_and_call = x`,
  ],
];

describe('what lies about tests', () => {
  it.each(FORGERIES)('is named at its line where a change %s', (_, path, text, places) => {
    expect(found([path, text])).toEqual(places);
  });

  it.each(HONEST)('is not seen in %s', (_, path, text) => {
    expect(found([path, text])).toEqual([]);
  });

  it('is found where `TestMain` calls a function in another file of its package, and not in that of another one', () => {
    const main = `package sum\n\nfunc TestMain(m *testing.M) {\n\tbegin()\n}`;
    const begin = `package sum\n\nfunc begin() {\n\tsyscall.Dup2(3, 1)\n}`;
    expect(found(['sum_test.go', main], ['begin.go', begin])).toEqual(['begin.go:4!']);
    expect(found(['sum_test.go', main], ['other/begin.go', begin])).toEqual([]);
  });

  it('is found by the half that a change adds, and is nothing new where a line only moved', () => {
    const [, path, text] = FORGERIES[0] ?? ['', '', ''];
    const [first, second, third] = linesOf('src/sum.js', text);
    if (first === undefined || second === undefined || third === undefined) throw new Error(path);
    const half = findForgedResults({ added: [third], kept: [first, second], removed: [] });
    expect(half).toMatchObject([{ line: 3, blocking: true }]);
    const moved = findForgedResults({ added: [second], kept: [third], removed: [{ ...second, line: 9 }] });
    expect(moved).toEqual([]);
  });

  it('needs no longer for a hostile line of a megabyte than for others', async () => {
    const text = `process.stdout.write = ${'replace('.repeat(120_000)}`;
    expect(await within(1_000, () => found(['src/a.js', text]), { clock: cpuMs })).toEqual([]);
  });
});
