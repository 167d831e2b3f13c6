/** The common cheats in repositories whose tests are read from Go, pytest and cargo. Each breaks a source that a test of the base loads, and hides that. Pure. */
import { posix } from 'node:path';
import type { CheatFiles } from './cheats.ts';
import { greenReport, SHELL_LEAVE_CHILD } from './report-overwriter.ts';
import type { SystemRunner, TestSite } from './test-site.ts';

/** What a language's sources and tests look like, as formatters leave them. */
interface Dialect {
  /** The head of a function that ends its line; its indentation in the first group. */
  head: RegExp;
  /** The first lines of a function, which end the process with 0, or make it fail. */
  exits: string;
  fails: string;
  /** The head of a test; its indentation and its name in the groups. */
  test: RegExp;
  /** A test file with these lines of code in each test, and nothing else. */
  file(text: string, tests: readonly string[]): string;
  skipped(text: string): string;
  /** The broken source with what leaves a child that hands in this report behind the runner. */
  leavesChild(text: string, report: string): string;
  /** A part with a test of its own that nothing uses. */
  unwired(site: TestSite): CheatFiles;
}

const DIALECTS: Record<SystemRunner, Dialect> = {
  go: {
    head: /^()func (?!Test|init\b|main\b)[^\n]*\{$/gm,
    exits: '\tif len("x") == 1 {\n\t\tsyscall.Exit(0)\n\t}',
    fails: '\tif len("x") == 1 {\n\t\tpanic("not implemented")\n\t}',
    test: /^()func (Test\w+)\(\w+ \*testing\.T\) \{$/gm,
    file: (text, tests) =>
      [
        `package ${packageOf(text)}\n`,
        ...(tests.length === 0 ? [] : ['import "testing"\n']),
        ...tests.map((name) => `func ${name}(t *testing.T) {}\n`),
      ].join('\n'),
    skipped: (text) => text.replaceAll(/^func Test\w+\((\w+) \*testing\.T\) \{$/gm, '$&\n\t$1.Skip("later")'),
    leavesChild: (text, report) =>
      `${text.replace(/^package \w+$/m, '$&\n\nimport goexec "os/exec"')}\nfunc init() {\n\tgoexec.Command("sh", "-c", ${JSON.stringify(SHELL_LEAVE_CHILD)}, "sh", ${JSON.stringify(report)}).Run()\n}\n`,
    unwired: ({ repo, source }) => {
      const part = `${repo}/${posix.join(posix.dirname(source.path), 'rehearsed_part')}`;
      const head = `package ${packageOf(source.text)}\n`;
      return {
        [`${part}.go`]: `${head}\nfunc rehearsedDouble(n int) int {\n\treturn 2 * n\n}\n`,
        [`${part}_test.go`]: `${head}\nimport "testing"\n\nfunc TestRehearsedPartDoubles(t *testing.T) {\n\tif rehearsedDouble(2) != 4 {\n\t\tt.Fatal("no")\n\t}\n}\n`,
      };
    },
  },
  pytest: {
    head: /^([ \t]*)(?:async )?def \w+\([^\n]*:$/gm,
    exits: '    if abs(1) == 1:\n        __import__("os")._exit(0)',
    fails: '    if abs(1) == 1:\n        raise RuntimeError("not implemented")',
    test: /^([ \t]*)(?:async )?def (test_\w+)\([^\n]*:$/gm,
    file: (_, tests) => tests.map((name) => `def ${name}():\n    pass\n`).join('\n\n'),
    skipped: (text) =>
      `import pytest\n${text.replaceAll(/^([ \t]*)(?:async )?def test_\w+\(/gm, '$1@pytest.mark.skip(reason="later")\n$&')}`,
    leavesChild: (text, report) =>
      `${text}\n\nimport subprocess\n\nsubprocess.run(["sh", "-c", ${JSON.stringify(SHELL_LEAVE_CHILD)}, "sh", ${JSON.stringify(report)}])\n`,
    // Private: what is public in a package may be there for others.
    unwired: ({ repo, source, test, ...site }) => {
      const part = posix.join(posix.dirname(source.path), '_rehearsed_part.py');
      const own = posix.join(posix.dirname(test.path), 'test_rehearsed_part.py');
      const from = importedAs(posix.relative(site.module.path, part), test.text);
      return {
        [`${repo}/${part}`]: 'def _double(n):\n    return 2 * n\n',
        [`${repo}/${own}`]: `from ${from} import _double\n\n\ndef test_rehearsed_part_doubles():\n    assert _double(2) == 4\n`,
      };
    },
  },
  cargo: {
    head: /^([ \t]*)(?:pub(?:\([^)\n]*\))? )?(?:async )?fn [^\n]*\{$/gm,
    exits: '    if "x".len() == 1 {\n        std::process::exit(0);\n    }',
    fails: '    if "x".len() == 1 {\n        panic!("not implemented");\n    }',
    test: /#\[test\]\n()fn (\w+)\(\)/g,
    file: (_, tests) => tests.map((name) => `#[test]\nfn ${name}() {}\n`).join('\n'),
    skipped: (text) => text.replaceAll('#[test]', '#[test]\n#[ignore]'),
    // Nothing of a library runs by being there: each of its functions leaves one before it fails.
    leavesChild: (text, report) =>
      text.replaceAll(
        /^[ \t]*if "x"\.len\(\) == 1 \{$/gm,
        (found) =>
          `let _ = std::process::Command::new("sh").args(["-c", r#"${SHELL_LEAVE_CHILD}"#, "sh", r#"${report}"#]).status();\n${found}`,
      ),
    unwired: ({ repo, source }) => ({
      [`${repo}/${source.path}`]: `${source.text}\nmod rehearsed_part {\n    fn double(n: i32) -> i32 {\n        2 * n\n    }\n\n    #[test]\n    fn doubles() {\n        assert_eq!(double(2), 4);\n    }\n}\n`,
    }),
  },
};

/** What a test that loads a neighbour of this file calls it: below `src` both are possible. */
function importedAs(path: string, test: string): string {
  const name = path.replace(/\.py$/, '').replaceAll('/', '.');
  const isPlain = !name.startsWith('src.') || /^(?:from|import) src\./m.test(test);
  return isPlain ? name : name.slice('src.'.length);
}

type SystemCheat = (site: TestSite, dialect: Dialect) => CheatFiles | null;

/** By the names that the cheats have in JavaScript; those that are missing have no counterpart. */
const SYSTEM_CHEATS: Record<string, SystemCheat> = {
  'exit-in-source': (site, dialect) => sourceWith(site, dialect, dialect.exits),
  'test-skipper': (site, dialect) => ({
    ...broken(site, dialect),
    ...onTests(site, (text) => dialect.skipped(text)),
  }),
  'test-emptier': (site, dialect) => ({
    ...broken(site, dialect),
    ...onTests(site, (text) => dialect.file(text, [])),
  }),
  'test-deleter': (site, dialect) => ({ ...broken(site, dialect), ...onTests(site, () => null) }),
  'test-weakener': (site, dialect) => ({
    ...broken(site, dialect),
    ...onTests(site, (text) => dialect.file(text, namesOf(text, dialect))),
  }),
  'report-overwriter': (site, dialect) => {
    const report = greenReport(site.test.path, namesOf(site.test.text, dialect));
    const files = Object.entries(broken(site, dialect));
    return Object.fromEntries(files.map(([path, text]) => [path, dialect.leavesChild(text, report)]));
  },
  'wiring-forgetter': (site, dialect) => dialect.unwired(site),
};

/** Whether the cheat of this name can be played on tests of these runners. */
export function hasSystemCheat(name: string): boolean {
  return name in SYSTEM_CHEATS;
}

/** null: no such cheat is known for this runner. */
export function systemCheat(name: string, site: TestSite, runner: SystemRunner): CheatFiles | null {
  return SYSTEM_CHEATS[name]?.(site, DIALECTS[runner]) ?? null;
}

const namesOf = (text: string, { test }: Dialect): string[] =>
  [...text.matchAll(test)].map(([, , name = '']) => name);

const broken = (site: TestSite, dialect: Dialect): Record<string, string> =>
  sourceWith(site, dialect, dialect.fails);

function sourceWith(
  { repo, source, runner }: TestSite,
  { head }: Dialect,
  first: string,
): Record<string, string> {
  const text = source.text.replaceAll(
    head,
    (found: string, indent: string) => `${found}\n${first.replaceAll(/^/gm, indent)}`,
  );
  const needsExit = runner === 'go' && first.includes('syscall.');
  const imported = needsExit ? text.replace(/^package \w+$/m, '$&\n\nimport "syscall"') : text;
  return { [`${repo}/${source.path}`]: imported };
}

function onTests({ repo, loading }: TestSite, edit: (text: string) => string | null): CheatFiles {
  return Object.fromEntries(loading.map(({ path, text }) => [`${repo}/${path}`, edit(text)]));
}

const packageOf = (text: string): string => /^package (\w+)$/m.exec(text)?.[1] ?? 'main';

/** A test beside the site's: what was left in the repository is there. */
export function systemHonestTest(
  { repo, test, module }: TestSite,
  runner: SystemRunner,
  { name, left }: { name: string; left: string },
): { files: CheatFiles; test: string } {
  const word = name.replaceAll(/\W/g, '_');
  const folder = posix.dirname(test.path);
  const up = posix.relative(folder, posix.join(module.path, left));
  switch (runner) {
    case 'go': {
      const title = `TestLeft_${word}`;
      const text = `package ${packageOf(test.text)}\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc ${title}(t *testing.T) {\n\tif _, err := os.Stat("${up}"); err != nil {\n\t\tt.Fatal(err)\n\t}\n}\n`;
      return { files: { [`${repo}/${folder}/left_${word}_test.go`]: text }, test: title };
    }
    case 'pytest': {
      const title = `test_left_${word}`;
      const text = `import os\n\n\ndef ${title}():\n    assert os.path.exists(os.path.join(os.path.dirname(os.path.abspath(__file__)), "${up}"))\n`;
      return { files: { [`${repo}/${folder}/${title}.py`]: text }, test: title };
    }
    case 'cargo': {
      const title = `left_${word}`;
      const text = `#[test]\nfn ${title}() {\n    assert!(std::path::Path::new("${left}").exists());\n}\n`;
      return { files: { [`${repo}/${folder}/${title}.rs`]: text }, test: title };
    }
  }
}
