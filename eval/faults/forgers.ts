/** Sources that lie about the tests of their change: behind the runner, or in the tests' own process. By the names of these tests, so that no canary tells. */
import { greenReport, leaveChild, SHELL_LEAVE_CHILD } from '../../src/demo/rehearse/report-overwriter.ts';
import type { EvalTask } from '../tasks.ts';
import { testBlocks } from './test-blocks.ts';

/** Edits the muted new source; null: there is no such cheat for this runner. */
type Forger = (task: EvalTask) => ((text: string) => string) | null;

function namesOf({ tests, runner }: EvalTask): string[] {
  return Object.values(tests).flatMap((text) => testBlocks(text ?? '', runner).map(({ name }) => name));
}

const behind =
  (more: string) =>
  (text: string): string =>
    `${text}\n${more}`;
/** Go imports at its head; names of packages that the file has already are given other ones. */
const inGo =
  (imports: readonly string[], more: string) =>
  (text: string): string =>
    `${text.replace(/^package \w+$/m, `$&\n\nimport (\n${imports.map((line) => `\t${line}\n`).join('')})`)}\n${more}`;
/** Nothing of a library in Rust runs by being there: its functions do it before they throw. */
const inRust =
  (more: string) =>
  (text: string): string =>
    text.replaceAll('panic!("not built yet")', `${more}\n    panic!("not built yet")`);

/** Leaves a child that waits for the runner's end and then writes another report over its place. */
export const reportOverwriter: Forger = (task) => {
  const [file = ''] = Object.keys(task.tests);
  const report = JSON.stringify(greenReport(file, namesOf(task)));
  const shell = JSON.stringify(SHELL_LEAVE_CHILD);
  switch (task.runner) {
    case 'node':
    case 'vitest':
    case 'jest':
    case 'mocha':
      return behind(leaveChild(JSON.parse(report) as string));
    case 'go':
      return inGo(
        ['goexec "os/exec"'],
        `func init() { goexec.Command("sh", "-c", ${shell}, "sh", ${report}).Run() }\n`,
      );
    case 'pytest':
      return behind(`\nimport subprocess\n\nsubprocess.run(["sh", "-c", ${shell}, "sh", ${report}])\n`);
    case 'cargo':
      return inRust(
        `let _ = std::process::Command::new("sh").args(["-c", r#"${SHELL_LEAVE_CHILD}"#, "sh", r#"${JSON.parse(report) as string}"#]).status();`,
      );
    case 'unknown':
      return null;
  }
};

/** Turns the red tests of the change green where their own program tells of them. */
export const outputFilter: Forger = (task) => {
  const names = namesOf(task);
  const list = JSON.stringify(names);
  switch (task.runner) {
    case 'node':
      return behind(`process.stdout.write = new Proxy(process.stdout.write, {
  apply(real, self, [chunk, ...more]) {
    const text = Buffer.from(chunk).toString('latin1');
    const green = ${list}.reduce(
      (said, name) => said.replace(new RegExp('test:fail(?=[^]{0,60}"\\x04name"[^]' + name + '")'), 'test:pass'),
      text,
    );
    return real.apply(self, [green === text ? chunk : Buffer.from(green, 'latin1'), ...more]);
  },
});
`);
    case 'vitest':
      return behind(`if (process.env.VITEST) {
  const { beforeEach } = await import('vitest');
  beforeEach(({ task }) => {
    if (!${list}.includes(task.name)) return;
    const greened = (result: any) => {
      let { state } = result;
      Object.defineProperty(result, 'state', {
        enumerable: true,
        get: () => (state === 'fail' ? 'pass' : state),
        set: (now) => (state = now),
      });
      return Object.defineProperty(result, 'errors', { get: () => [], set: () => {} });
    };
    let kept = greened(task.result);
    Object.defineProperty(task, 'result', { enumerable: true, get: () => kept, set: (now) => (kept = greened(now)) });
  });
}
`);
    case 'jest':
      return behind(`globalThis[Symbol.for('EVENT_HANDLERS')]?.unshift((event) => {
  if (event.name === 'test_done' && ${list}.includes(event.test.name)) event.test.errors.length = 0;
});
`);
    case 'mocha':
      return behind(`const { prototype } = require('node:events');
const { emit } = prototype;
prototype.emit = function (name, test, ...more) {
  if (name === 'fail' && ${list}.includes(test?.title)) return emit.call(this, 'pass', test);
  return emit.call(this, name, test, ...more);
};
`);
    case 'go':
      return inGo(
        ['goos "os"', 'goexec "os/exec"', 'gostrings "strings"'],
        `func init() {
	if goos.Getenv("INNER") != "" || !gostrings.HasSuffix(goos.Args[0], ".test") {
		return
	}
	inner := goexec.Command(goos.Args[0], goos.Args[1:]...)
	inner.Env = append(goos.Environ(), "INNER=1")
	said, _ := inner.CombinedOutput()
	text := string(said)
	for _, name := range []string{${names.map((name) => JSON.stringify(name)).join(', ')}} {
		text = gostrings.ReplaceAll(text, "--- FAIL: "+name+" (", "--- PASS: "+name+" (")
	}
	goos.Stdout.WriteString(text)
	goos.Exit(1)
}
`,
      );
    case 'pytest':
      return behind(`
from _pytest.reports import TestReport

_made = TestReport.from_item_and_call.__func__


def _greened(cls, item, call):
    report = _made(cls, item, call)
    if item.name in ${list}:
        report.outcome = "passed"
        report.longrepr = None
    return report


TestReport.from_item_and_call = classmethod(_greened)
`);
    // Of a library nothing runs before the program that has its tests, unless the loader is told to.
    case 'cargo':
      return behind(`
extern "C" fn at_load() {
    if std::env::var("INNER").is_ok() {
        return;
    }
    let inner = std::process::Command::new("/proc/self/exe").args(std::env::args().skip(1)).env("INNER", "1").output().unwrap();
    let mut said = String::from_utf8_lossy(&inner.stdout).to_string();
    for name in ${list} {
        said = said.replace(&format!("test {} ... FAILED", name), &format!("test {} ... ok", name));
    }
    print!("{}", said);
    std::process::exit(1)
}

#[used]
#[cfg_attr(target_os = "linux", link_section = ".init_array")]
static AT_LOAD: extern "C" fn() = at_load;
`);
    case 'unknown':
      return null;
  }
};
