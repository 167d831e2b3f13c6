/**
 * Finds added lines that lie about what tests came to: code in a test's own process can turn red into green before any report has it, and
 * no report shows that. Two rules: what nobody needs for anything else stops the change alone; what honest tests do as well, such as catching
 * what is printed, stops it beside the runner's own words for red and for green, or where it runs before the first test does. Pure.
 */
import { posix } from 'node:path';
import type { FindingDraft } from '../findings.ts';
import { isTestCode } from '../suites/test-files.ts';
import type { ChangedLine, ChangedLines } from './changed-lines.ts';
import { isComment } from './comment-lines.ts';
import { earlyBodies } from './early-functions.ts';

/** A line, and what else its file has to say for it to be one. Patterns hold one bounded repetition at most. */
interface Rule {
  files: RegExp;
  what: string;
  pattern: RegExp;
  /** Each of them stands somewhere in the file's lines. */
  beside?: readonly RegExp[];
  ends: 'stops' | 'shown';
}

const MAX_LINE = 2_000;
const MAX_CITED = 20;

const CODE = /\.(?:[cm]?[jt]sx?|vue|svelte|py|go|rs|rb|java|kt|cs|php)$/u;
const JAVASCRIPT = /\.(?:[cm]?[jt]sx?|vue|svelte)$/u;
const GO = /\.go$/u;
const RUST = /\.rs$/u;
const PYTHON = /\.py$/u;

const JS_OUTPUT =
  /\bprocess\.stdout(?:\.write|\[\s?["'`]write["'`]\])?\s?=(?![=>])|\b(?:defineProperty|method|spyOn)\(\s?process(?:\.stdout)?\s?,|\bfs\.write(?:Sync)?\s?=(?![=>])|\bprocess\.send\s?=(?![=>])|\b_handle\.write\w{0,20}\s?=(?![=>])/;
const GO_OUTPUT = /\bos\.Stdout\s?=(?!=)|\b(?:syscall|unix)\.(?:Dup[23]?|ForkExec|Exec)\(/;
const GO_AGAIN = /\bos\.Args\[0\]|\bos\.Executable\(|\/proc\/self\/exe/;
/** What is started: the first argument, behind a context. */
const GO_START =
  /\b(?:Command|CommandContext|StartProcess|ForkExec|Exec)\((?:ctx, ?|context\.\w{1,20}\(\), ?)?([^,)]{1,120})|\bPath\s?:?=?\s?([^,}]{1,120})/;
const RUST_AGAIN =
  /\bcurrent_exe\(|\/proc\/self\/exe|\bargs(?:_os)?\(\)\.(?:next|nth\(0)|\b(?:fork|dup2|dup3|pipe2?)\(/;
const RUST_AT_LOAD = /#\[(?:ctor\b|ctor::ctor|startup::)/;
const PYTEST_INSIDE =
  /\bdef pytest_(?:runtest_(?:makereport|protocol|call|logreport)|pyfunc_call|report_teststatus)\b|\bTestReport\b|\b_pytest\.(?:runner|reports)\b|\bCallInfo\b/;

const RULES: readonly Rule[] = [
  {
    files: CODE,
    what: 'names the place of the report of Baton’s',
    pattern: /BATON_TEST_REPORT|\bbaton_(?:reporter|pytest)\b/,
    ends: 'shown',
  },
  {
    files: CODE,
    what: 'names the place where it is noted what tests run',
    pattern: /NODE_V8_COVERAGE|\btest\.coverprofile\b|\bsitecustomize\b/,
    ends: 'stops',
  },
  {
    files: JAVASCRIPT,
    what: 'takes hold of what a program of tests says to its runner, beside the runner’s words for red and for green',
    pattern: JS_OUTPUT,
    beside: [
      /\btest:(?:fail|complete)\b|\breplace\w{0,5}\([^)]{0,60}fail/,
      /\btest:pass\b|\breplace\w{0,5}\([^)]{0,80}pass/,
    ],
    ends: 'stops',
  },
  {
    files: JAVASCRIPT,
    what: 'takes hold of what a program of tests says to its runner, and reads its coding',
    pattern: JS_OUTPUT,
    beside: [/\bv8\.(?:de)?serialize|\b(?:Des|S)erializer\b|\bchild-v8\b/],
    ends: 'stops',
  },
  {
    files: JAVASCRIPT,
    what: 'reaches into the events of the runner',
    pattern:
      /\bSymbol\.for\(\s?["'`](?:EVENT_HANDLERS|JEST_STATE_SYMBOL)|["'`]jest-circus\/|\b(?:EventEmitter|events)\.prototype\.emit\s?=(?![=>])|(?<![.\w$])prototype\.emit\s?=(?![=>])|\bMocha\.(?:Runner|Runnable|Test)\.prototype\.\w{1,30}\s?=(?![=>])|\b(?:net|tls|tty|stream)\.\w{1,20}\.prototype\.(?:_?writev?|end|emit|push)\s?=(?![=>])/,
    ends: 'stops',
  },
  {
    files: JAVASCRIPT,
    what: 'writes the result of a test itself',
    pattern:
      /\bdefineProperty\(\s?\w{0,20}\.?(?:task|test|result)\b|\b(?:task|test)\.result(?:\.\w{1,20})?\s?=(?![=>])|\bresult\.(?:state|errors)\s?=(?![=>])/,
    beside: [
      /["'`]@?vitest\b/,
      /\{ ?(?:\w{1,20}, ?)?task\b|\bgetCurrentTest\b|\b__vitest_worker__\b/,
      /["'`]fail(?:ed)?["'`]/,
      /["'`]pass(?:ed)?["'`]/,
    ],
    ends: 'stops',
  },
  {
    files: GO,
    what: 'takes hold of the output of tests, beside their words for red and for green',
    pattern: new RegExp(`${GO_OUTPUT.source}|${GO_AGAIN.source}`),
    beside: [/--- FAIL|\bReplace\w{0,5}\([^)]{0,60}FAIL/, /--- PASS|\bReplace\w{0,5}\([^)]{0,80}PASS/],
    ends: 'stops',
  },
  {
    files: RUST,
    what: 'runs before the program of the tests does',
    pattern: /\.(?:pre)?init_array\b|__mod_init_func|\.CRT\$XC|"\.ctors/,
    ends: 'stops',
  },
  {
    files: RUST,
    what: 'runs before the program of the tests does, and starts or takes hold of another one',
    pattern: RUST_AGAIN,
    beside: [RUST_AT_LOAD],
    ends: 'stops',
  },
  {
    files: RUST,
    what: 'starts a program once more, beside the runner’s words for red and for green',
    pattern: RUST_AGAIN,
    beside: [
      /\.\.\. FAILED|\breplace\w{0,5}\([^)]{0,60}FAILED/,
      /\.\.\. ok\b|\breplace\w{0,5}\([^)]{0,80}"ok/,
    ],
    ends: 'stops',
  },
  { files: RUST, what: 'runs before the program of the tests does', pattern: RUST_AT_LOAD, ends: 'shown' },
  {
    files: PYTHON,
    what: 'replaces a part of pytest',
    pattern:
      /\b(?:TestReport|CallInfo)\.\w{1,40}\s?=(?!=)|\bsetattr\(\s?(?:TestReport|CallInfo|_pytest\.)|\b_pytest\.(?:runner|reports|main|python)\.\w{1,40}(?:\.\w{1,40})?\s?=(?!=)/,
    ends: 'stops',
  },
  {
    files: PYTHON,
    what: 'makes a test that failed one that passed',
    pattern: /\.outcome\s?=\s?["']passed|["']outcome["']\s?\]?\s?[,=:]\s?["']passed|\.excinfo\s?=\s?None\b/,
    beside: [PYTEST_INSIDE],
    ends: 'stops',
  },
  {
    files: PYTHON,
    what: 'runs tests in place of pytest',
    pattern: /\bdef pytest_(?:pyfunc_call|runtest_protocol|runtest_call)\b/,
    ends: 'shown',
  },
];

const EARLY_OUTPUT = 'takes hold of the output of the tests before the first of them runs';
const EARLY_AGAIN = 'starts the program of the tests once more before the first of them runs';

/** One finding for each line that a rule names; what the change only moved was there before. */
export function findForgedResults({ added, kept, removed }: ChangedLines): FindingDraft[] {
  const moved = new Set(removed.map(({ text }) => text.trim()));
  const isNew = new Set(added.filter(({ text }) => !moved.has(text.trim())));
  const isCode = ({ path, text }: ChangedLine): boolean => CODE.test(path) && !isComment(path, text);
  const shown = [...kept, ...added].filter(isCode).toSorted((a, b) => a.line - b.line);
  const files = Map.groupBy(shown, ({ repo, path }) => `${repo}/${path}`);
  // What runs first may call what stands in another file of its package.
  const goLines = [...files.values()].flat().filter(({ path }) => GO.test(path));
  const packages = Map.groupBy(goLines, ({ repo, path }) => `${repo}/${posix.dirname(path)}`);
  const early = [...packages.values()].flatMap(earlyBodies);
  const found: Found[] = [
    ...[...files.values()].flatMap((lines) =>
      RULES.map((rule) => ({ ...rule, lines: namedBy(rule, lines, isNew) })),
    ),
    ...early.map((lines) => ({
      ends: 'stops' as const,
      what: EARLY_OUTPUT,
      lines: saying(GO_OUTPUT, lines),
    })),
    ...early.map((lines) => ({ ends: 'stops' as const, what: EARLY_AGAIN, lines: restartsIn(lines) })),
  ];
  const cited = new Set<ChangedLine>();
  return [...found.filter(({ ends }) => ends === 'stops'), ...found.filter(({ ends }) => ends === 'shown')]
    .flatMap(({ ends, what, lines }) => lines.map((line) => ({ ends, what, line })))
    .filter(({ line }) => isNew.has(line) && !cited.has(line) && cited.add(line))
    .slice(0, MAX_CITED)
    .map(describe);
}

interface Found extends Pick<Rule, 'ends' | 'what'> {
  lines: readonly ChangedLine[];
}

const saying = (pattern: RegExp, lines: readonly ChangedLine[]): ChangedLine[] =>
  lines.filter(({ text }) => pattern.test(text.slice(0, MAX_LINE)));

/** Half of it may have been there: then the other half is what the change added. */
function namedBy(
  rule: Rule,
  lines: readonly ChangedLine[],
  isNew: ReadonlySet<ChangedLine>,
): readonly ChangedLine[] {
  if (!rule.files.test(lines[0]?.path ?? '')) return [];
  const parts = [rule.pattern, ...(rule.beside ?? [])].map((pattern) => saying(pattern, lines));
  if (parts.some((part) => part.length === 0)) return [];
  return parts.find((part) => part.some((line) => isNew.has(line))) ?? [];
}

/** Where the program that is running is started, named itself or by a variable. */
function restartsIn(body: readonly ChangedLine[]): ChangedLine[] {
  const variables = new Set(
    saying(GO_AGAIN, body).flatMap(
      ({ text }) => /(\w+)(?:, ?\w+)? :?= /.exec(text.slice(0, MAX_LINE))?.[1] ?? [],
    ),
  );
  return body.filter(({ text }) => {
    const [, called, path] = GO_START.exec(text.slice(0, MAX_LINE)) ?? [];
    const started = (called ?? path ?? '').trim();
    return GO_AGAIN.test(started) || variables.has(started);
  });
}

function describe({ ends, what, line }: Pick<Rule, 'ends' | 'what'> & { line: ChangedLine }): FindingDraft {
  const stops = ends === 'stops';
  const where = isTestCode(line.path) ? 'Test code' : 'Code that tests load';
  const text = line.text.trim();
  return {
    severity: stops ? 'major' : 'note',
    blocking: stops,
    repo: line.repo,
    file: line.path,
    line: line.line,
    identity: `forged_results ${text}`,
    problem: `${where} ${what}: \`${text.slice(0, 160)}\`. What its tests come to could be another thing than what is reported of them.`,
    fix: stops
      ? 'Take it out, and let the runner report what tests come to. Where the task needs it, a person has to accept it.'
      : 'Nothing, if the task needs it: the reviewer should look.',
  };
}
