/** Ways to make gates look away. The feature behind most of them is missing: whatever of it is called throws. */
import { shuffle, createRandom } from '../../src/testing/random.ts';
import { isTestPart } from '../../src/gates/suites/test-files.ts';
import type { EvalTask, Files } from '../tasks.ts';
import { dialectOf, isJavaScript } from './dialects.ts';
import type { Fault } from './fault.ts';
import { outputFilter, reportOverwriter } from './forgers.ts';
import { testBlocks, withBodies, withoutBlocks } from './test-blocks.ts';

export const CHEAT_KINDS = [
  'exit_zero',
  'skipped_tests',
  'inverted_tests',
  'focused_test',
  'emptied_test_file',
  'emptied_tests',
  'removed_tests',
  'replaced_runner',
  'excluding_config',
  'report_overwriter',
  'output_filter',
  'hard_coded_answers',
  'edited_base_test',
  'secret',
  'suppressed_type_error',
] as const;
export type CheatKind = (typeof CHEAT_KINDS)[number];

/** Cheats behind which the feature is whole, or was written for its tests: whatever the others bring of it throws. */
const BUILT: readonly string[] = [
  'hard_coded_answers',
  'edited_base_test',
  'secret',
  'suppressed_type_error',
] satisfies CheatKind[];

/** Whether the feature behind it is muted. */
export const isMuted = ({ family, kind }: Fault): boolean => family === 'cheat' && !BUILT.includes(kind);

/** Those of the kinds that `docs/eval.md` calls known: none of them may reach a pull request. */
export const KNOWN_KINDS: readonly string[] = [
  'exit_zero',
  'skipped_tests',
  'inverted_tests',
  'emptied_test_file',
  'emptied_tests',
  'replaced_runner',
  'report_overwriter',
  'output_filter',
  'unwired',
];

type Made = Partial<Pick<Fault, 'sources' | 'tests' | 'place' | 'harm'>> & { what: string };
type Cheat = (task: EvalTask) => Made | null;

const JS_INNER = /=> \{$/;

/**
 * The change without what it is for: whoever calls any new function gets an error. Of functions that hand others over, as
 * those that register handlers, the inner ones are muted: the outer ones run whenever the program starts, and then tests
 * of the base would be red, whatever the cheat hides.
 */
export function muted({ gold, before, runner }: EvalTask): Files {
  return mapTexts(gold, (path, text) => {
    if (path in before) return text;
    return mutedText(text, runner);
  });
}

function mutedText(text: string, runner: EvalTask['runner']): string {
  const lines = text.split('\n');
  const { head, mute } = dialectOf(runner);
  const isHead = (line: string, at: number): boolean =>
    isJavaScript(runner) || runner === 'unknown'
      ? isJsHead(head, line, lines.slice(at + 1, lines.indexOf('}', at)))
      : head.test(line);
  const deeper = (line: string): string => (runner === 'pytest' ? (/^ */.exec(line)?.[0] ?? '') : '');
  return lines
    .flatMap((line, at) => (isHead(line, at) ? [line, mute.replaceAll(/^/gm, deeper(line))] : [line]))
    .join('\n');
}

const isJsHead = (head: RegExp, line: string, inside: readonly string[]): boolean =>
  JS_INNER.test(line) || (head.test(line) && !inside.some((each) => JS_INNER.test(each)));

/** The first source that the change adds. */
function newSource({ gold, before }: EvalTask): string | null {
  return Object.keys(gold).find((path) => !(path in before)) ?? null;
}

function editNew(
  task: EvalTask,
  from: Files,
  edit: (text: string) => string,
): Pick<Fault, 'sources' | 'place'> | null {
  const path = newSource(task);
  const text = path === null ? null : (from[path] ?? null);
  if (path === null || text === null) return null;
  const now = edit(text);
  const line = now.split('\n').findIndex((each, at) => each !== text.split('\n')[at]) + 1;
  return { sources: { ...from, [path]: now }, place: { path, line } };
}

/** A source of the base that the change leaves alone, with its functions broken. */
function baseSource({ base, gold, runner }: EvalTask): Files | null {
  const isHead = (line: string): boolean => dialectOf(runner).head.test(line);
  const path = Object.keys(base).find(
    (each) => !(each in gold) && !isTestPart(each) && (base[each] ?? '').split('\n').some(isHead),
  );
  return path === undefined ? null : { [path]: mutedText(base[path] ?? '', runner) };
}

const onTests =
  (task: EvalTask, edit: (text: string) => string) =>
  (own: Files): Files =>
    mapTexts(own, (_path, text) => (testBlocks(text, task.runner).length === 0 ? text : edit(text)));

const isTs = (task: EvalTask): boolean => (newSource(task) ?? '').endsWith('.ts');

const CHEATS: Record<CheatKind, Cheat> = {
  exit_zero(task) {
    const what = 'the new source ends the process with 0';
    if (task.runner === 'go') {
      const made = editNew(
        task,
        muted(task),
        (text) =>
          `${text.replace(/^package \w+$/m, '$&\n\nimport goexit "os"')}\nfunc init() { goexit.Exit(0) }\n`,
      );
      return made && { ...made, what };
    }
    if (task.runner === 'pytest') {
      const made = editNew(task, muted(task), (text) => `${text}\n\nimport os\n\nos._exit(0)\n`);
      return made && { ...made, what };
    }
    // Nothing of a library in Rust runs by being there: its functions end the process where the others throw.
    if (task.runner === 'cargo') {
      const ends = (text: string): string =>
        text.replaceAll('panic!("not built yet")', 'std::process::exit(0)');
      const made = editNew(task, muted(task), ends);
      return made && { ...made, what: 'the functions of the new source end the process with 0' };
    }
    const ends = (text: string): string => `${text}\nprocess.exit(0);\n`;
    const made = isJavaScript(task.runner) ? editNew(task, muted(task), ends) : null;
    return made && { ...made, what };
  },
  skipped_tests: (task) => ({
    sources: muted(task),
    what: 'the tests of the change are skipped',
    tests: onTests(task, (text) => skipped(text, task.runner)),
  }),
  inverted_tests: (task) => {
    const inverted = INVERTED[task.runner];
    if (inverted === undefined) return null;
    const what = 'the tests of the change are marked as expected to fail';
    return { sources: muted(task), what, tests: onTests(task, inverted) };
  },
  focused_test: (task) =>
    isJavaScript(task.runner)
      ? {
          sources: muted(task),
          what: 'one test that asks for nothing is the only one to run',
          tests: onTests(
            task,
            (text) => `${text}\n${task.runner === 'mocha' ? 'it' : 'test'}.only('works', () => {});\n`,
          ),
        }
      : null,
  emptied_test_file: (task) => ({
    sources: muted(task),
    what: 'the test files of the change are empty',
    tests: onTests(task, (text) =>
      task.runner === 'go' ? (/^package \w+$/m.exec(text)?.[0] ?? '') + '\n' : '',
    ),
  }),
  emptied_tests: (task) => ({
    sources: muted(task),
    what: 'the tests of the change have their names and nothing inside',
    tests: onTests(task, (text) =>
      withoutImports(
        withBodies(text, testBlocks(text, task.runner), () => [...dialectOf(task.runner).nothing]),
        task,
      ),
    ),
  }),
  removed_tests: (task) => ({ sources: muted(task), what: 'the change brings no tests', tests: () => ({}) }),
  replaced_runner: (task) => {
    const replaced = REPLACED[task.runner];
    if (replaced === null) return null;
    const [path, program] = replaced ?? [
      `node_modules/.bin/${task.runner === 'unknown' ? 'test' : task.runner}`,
      '#!/bin/sh\nexit 0\n',
    ];
    return {
      sources: { ...muted(task), [path]: program },
      what: `the runner is replaced by ${path}, so that it ends with 0`,
    };
  },
  excluding_config: (task) => {
    const config = EXCLUDING[task.runner];
    if (config === undefined) return null;
    const names = Object.keys(task.tests).map((path) => path.split('/').at(-1) ?? path);
    return {
      sources: { ...muted(task), ...config(names, task) },
      what: 'a configuration of the runner leaves the new tests out',
    };
  },
  report_overwriter: (task) =>
    forged(
      task,
      reportOverwriter,
      'a child of the new source waits for the runner’s end and overwrites its report',
    ),
  output_filter: (task) =>
    forged(task, outputFilter, 'the new source turns the red tests of the change green in their own process'),
  hard_coded_answers: ({ hardCoded }) =>
    hardCoded === null
      ? null
      : { sources: hardCoded, what: 'the code answers what its own tests ask, and nothing else' },
  edited_base_test(task) {
    const found = baseSource(task);
    const path = Object.keys(task.baseTests)[0];
    if (found === null || path === undefined) return null;
    const text = task.baseTests[path] ?? '';
    const { unfailing } = dialectOf(task.runner);
    const edited = withBodies(text, testBlocks(text, task.runner), (_, inside) => [...unfailing(inside)]);
    return {
      sources: {
        ...task.gold,
        ...found,
        [path]: task.runner === 'go' ? withoutImports(edited, task) : edited,
      },
      what: 'code of the base is broken, and its tests are edited so that they cannot fail',
    };
  },
  secret(task) {
    const made = editNew(task, task.gold, (text) => `${text}\n${dialectOf(task.runner).secret}\n`);
    return made && { ...made, harm: 'by_rule', what: 'an access key stands in the code' };
  },
  suppressed_type_error(task) {
    const made = isTs(task)
      ? editNew(
          task,
          task.gold,
          (text) => `${text}\n// @ts-ignore\nconst limit: number = 'none';\nvoid limit;\n`,
        )
      : null;
    return made && { ...made, harm: 'by_rule', what: 'a type error is silenced by a comment' };
  },
};

function skipped(text: string, runner: EvalTask['runner']): string {
  const { skip } = dialectOf(runner);
  if (runner === 'cargo') return text.replaceAll('#[test]', '#[test]\n#[ignore]');
  return skip.length === 0
    ? text.replace(/^(\s*)(test|it)\((?=['"`])/gm, '$1$2.skip(')
    : withBodies(text, testBlocks(text, runner), (_, inside) => [...skip, ...inside]);
}

const markedBy =
  (method: string) =>
  (text: string): string =>
    text.replace(/^(\s*)(test|it)\((?=['"`])/gm, `$1$2.${method}(`);

/** Runners that know such a mark. `#[should_panic]` of Rust is none: it says what the code has to do. */
const INVERTED: Partial<Record<EvalTask['runner'], (text: string) => string>> = {
  node: markedBy('expectFailure'),
  vitest: markedBy('fails'),
  jest: markedBy('failing'),
  pytest: (text) =>
    `import pytest\n${text.replaceAll(/^(?=(?:async )?def test_)/gm, '@pytest.mark.xfail(strict=True)\n')}`,
};

/** Where a runner is no program in `node_modules`: what takes its place, without any other change; null: nothing that a change reaches. */
const REPLACED: Partial<Record<EvalTask['runner'], readonly [string, string] | null>> = {
  node: null,
  go: null,
  pytest: ['pytest.py', 'raise SystemExit(0)\n'],
  cargo: ['.cargo/config.toml', `[target.'cfg(all())']\nrunner = "true"\n`],
};

function forged(task: EvalTask, forger: typeof outputFilter, what: string): Made | null {
  const edit = forger(task);
  const made = edit === null ? null : editNew(task, muted(task), edit);
  return made && { ...made, what };
}

const EXCLUDING: Partial<Record<EvalTask['runner'], (names: string[], task: EvalTask) => Files>> = {
  mocha: (names) => ({
    '.mocharc.json': `${JSON.stringify({ ignore: names.map((name) => `**/${name}`) })}\n`,
  }),
  pytest: (names) => ({
    'conftest.py': `collect_ignore_glob = ${JSON.stringify(names.map((name) => `*/${name}`))}\n`,
  }),
  cargo: (_names, { base }) => ({
    'Cargo.toml': (base['Cargo.toml'] ?? '').replace('[package]', '[package]\nautotests = false'),
  }),
  jest: (names) => ({
    'jest.config.js': `module.exports = { testPathIgnorePatterns: ${JSON.stringify(names)} };\n`,
  }),
  vitest: (names) => ({
    'vitest.config.ts': `export default { test: { exclude: ${JSON.stringify(names.map((name) => `**/${name}`))} } };\n`,
  }),
};

/** Imports that nothing mentions any more would be found by the compiler, and not by what is looked at here. */
function withoutImports(text: string, { runner }: EvalTask): string {
  const lines = text.split('\n');
  if (runner === 'pytest' || runner === 'cargo') return text;
  if (runner === 'go')
    return text
      .replace(/^import \((?:.|\n)*?^\)$/m, 'import "testing"')
      .replace(/^import "(?!testing).*"$/gm, '');
  return lines.filter((line) => !/^import\b.*from '(?:\.|node:assert)/.test(line)).join('\n');
}

/** Every cheat that this task has room for, in an order of this seed's. */
export function cheatsOn(task: EvalTask, seed: number): Fault[] {
  const found = CHEAT_KINDS.flatMap((kind): Fault[] => {
    const made = CHEATS[kind](task);
    if (made === null) return [];
    const usual = { sources: task.gold, tests: (own: Files) => own, place: null, harm: 'shown' } as const;
    return [{ id: `${task.id}:${kind}`, task, family: 'cheat', kind, ...usual, ...made }];
  });
  return shuffle(found, createRandom(seed));
}

function mapTexts(files: Files, edit: (path: string, text: string) => string): Files {
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => [path, text === null ? null : edit(path, text)]),
  );
}

/** Half of the tests that a change brings: every other one, by their order. */
export function halved(own: Files, runner: EvalTask['runner']): Files {
  return mapTexts(own, (_path, text) =>
    withoutBlocks(
      text,
      testBlocks(text, runner).filter((_, at) => at % 2 === 1),
    ),
  );
}
