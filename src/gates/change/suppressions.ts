/** Finds added lines that switch checks off: skipped tests, silenced compilers, ignored coverage. */
import { DEFAULT_LIMITS } from '../../core/limits.ts';
import type { ChangedLine } from './changed-lines.ts';
import { isTestCode } from '../suites/test-files.ts';

interface Rule {
  name: string;
  pattern: RegExp;
  /** `sources`: code without its tests; `rust`: files of Rust, tests or not. */
  where: 'tests' | 'code' | 'sources' | 'rust';
  /** Whether a change may add a few of them: as many as its limit says. */
  allowed: 'none' | 'some';
}

const MAX_LINE = 2_000;
/** Patterns are run over lines that somebody else wrote: what they repeat is bounded. One that ignores case makes all of them do so. */
const anyOf = (...patterns: RegExp[]): RegExp =>
  new RegExp(
    patterns.map(({ source }) => source).join('|'),
    patterns.some(({ ignoreCase }) => ignoreCase) ? 'i' : '',
  );
/** Packages without types are nobody's error here: they may be said to have none. */
const SILENCED_TYPES =
  /@ts-(?:ignore|expect-error)|#\s{0,20}(?:type|pyright)\s{0,20}:\s{0,20}ignore(?!\s{0,20}\[(?:import|reportMissing))|@phpstan-ignore|@psalm-suppress/;
const RULES: readonly Rule[] = [
  {
    name: 'skipped test',
    where: 'tests',
    allowed: 'none',
    pattern: anyOf(
      /\b(?:test|it|describe|suite|context)(?:\.\w{1,20})?\.(?:skip|skipIf|runIf|todo)\b/,
      /\b(?:test|it|describe|suite|context)\[\s?["'`](?:skip|skipIf|runIf|todo)["'`]/,
      /\b(?:xit|xtest|xdescribe|xcontext)\s?\(/,
      // Numbers are what queries skip.
      /\{\s?(?:skip|todo)\s?:(?!\s?\d)|(?:,|^)\s{0,40}skip\s?:\s?(?:true\b|["'`!]|process\.)|(?:,|^)\s{0,40}todo\s?:\s?true\b/,
      /\b(?:this|t|ctx|context|testContext)\.(?:skip|todo)\s?\((?!\s?\d)/,
      /(?:\bt|\btb|\bb|\bT\(\))\.(?:Skip|SkipNow|Skipf)\s?\(/,
      /\bpytest\.(?:mark\.(?:skip|skipif|xfail)\b|(?:skip|xfail)\()/,
      /@(?:unittest\.)?skip(?:If|Unless)?\b|\bself\.skipTest\(|\braise (?:unittest\.)?SkipTest\b/,
      /@(?:Disabled\w{0,40}|Ignore)\b|\bmarkTest(?:Skipped|Incomplete)\(/,
    ),
  },
  // Its runner says "passed" of it while what it asks for is broken.
  {
    name: 'test expected to fail',
    where: 'tests',
    allowed: 'none',
    pattern: anyOf(
      /\b(?:test|it|describe|suite)(?:\.\w{1,20})?\.(?:fails|failing|expectFailure)\b/,
      /\b(?:test|it|describe|suite)\[\s?["'`](?:fails|failing|expectFailure)["'`]/,
      // Rows of data say that something fails, too: these are a test's own options.
      /\b(?:test|it|describe|suite)(?:\.\w{1,20})?\([^\n]{0,300}\bfails\s?:\s?(?:true|!0)\b/,
      /\bexpectFailure\s?:\s?(?!false\b)|\btask\.fails\s?=(?!=)/,
      /@(?:unittest\.)?expectedFailure\b/,
    ),
  },
  // Tests of Rust stand in its sources, and nothing else can be ignored there.
  {
    name: 'skipped test',
    where: 'rust',
    allowed: 'none',
    pattern: /#\[(?:ignore\b|cfg_attr\([^\]]{1,200}\bignore\b)/,
  },
  {
    name: 'only this test',
    where: 'tests',
    allowed: 'none',
    pattern: anyOf(
      /\b(?:test|it|describe|suite|context)(?:\.\w{1,20})?\.only\b|\b(?:fit|fdescribe)\s?\(|\{\s?only\s?:/,
      /\b(?:test|it|describe|suite|context)\[\s?["'`]only["'`]|(?:,|^)\s{0,40}only\s?:\s?true\b/,
    ),
  },
  {
    name: 'early exit',
    where: 'code',
    allowed: 'none',
    pattern: /passWithNoTests|--test-name-pattern|--bail[ =]0/,
  },
  {
    name: 'assertions replaced',
    where: 'code',
    allowed: 'none',
    pattern:
      /\b(?:assert|expect|chai)(?!\.config)(?:\.\w{1,20}){1,2}\s?=(?![=>])|\b(?:Object\.(?:assign|definePropert(?:y|ies))|Reflect\.set|mock\.method|spyOn)\(\s?(?:assert|expect|chai)\b/,
  },
  {
    name: 'type check off',
    where: 'code',
    allowed: 'none',
    pattern:
      /@ts-nocheck|#\s{0,20}mypy:\s{0,20}(?:ignore-errors|disable-error-code)|#\s{0,20}pyright:\s{0,20}basic/,
  },
  // Tests hand over what types forbid, to see it refused; in a source it hides that something does not fit.
  { name: 'type error silenced', where: 'sources', allowed: 'none', pattern: SILENCED_TYPES },
  { name: 'type error silenced in tests', where: 'tests', allowed: 'some', pattern: SILENCED_TYPES },
  { name: 'any cast', where: 'code', allowed: 'some', pattern: /\bas any\b|<any>/ },
  {
    name: 'lint silenced',
    where: 'code',
    allowed: 'some',
    pattern: anyOf(
      /(?:eslint|oxlint|tslint|stylelint)-disable|(?:biome|deno-lint)-ignore/i,
      /rubocop\s{0,20}:\s{0,20}disable|phpcs\s{0,20}:\s{0,20}ignore|pylint\s{0,20}:\s{0,20}(?:disable|skip-file)/,
      /#\s{0,20}(?:(?:ruff|flake8)\s{0,20}:\s{0,20})?no(?:qa|sec)\b/,
      /\/\/\s{0,20}(?:nolint\b|lint:(?:file-)?ignore\b)|#\s{0,20}pragma\s{1,20}warning\s{1,20}disable/,
      /#\s{0,20}!?\[\s{0,20}(?:cfg_attr\([^\]]{1,200}\b)?(?:allow|expect)\s{0,20}\(/,
      /@(?:file:\s{0,20})?Suppress(?:Warnings|Lint)?\s{0,20}\(/,
    ),
  },
  {
    name: 'coverage ignored',
    where: 'code',
    allowed: 'none',
    // At the beginning of a comment, where tools look for them: words about them are none.
    pattern: anyOf(
      /(?:^|\/\/|\/\*|<!--)[\s*!]{0,20}(?:istanbul|c8|v8|node:coverage)\s{1,20}ignore\s{1,20}(?:next|if|else|file|start)\b/i,
      /\/\*\s{0,20}node:coverage\s{1,20}disable\b|(?:\/\/|\/\*|<!--).{0,200}\b(?:istanbul|[cv]8)\s{1,20}ignore\s{1,20}start\b/,
      /#\s{0,20}pragma(?:\s{0,20}:)?\s{0,20}no\s{0,20}(?:cover|branch)/,
      /#\s{0,20}!?\[[^\]]{0,200}(?:\bcoverage\s{0,20}\(\s{0,20}off\b|\bno_coverage\b|\btarpaulin(?:_include|::skip)\b)/,
    ),
  },
];

export interface Suppression {
  rule: string;
  allowed: number;
  /** Those that the base does not have, each with its place. */
  lines: ChangedLine[];
  /** By how many there are more of them than at the base. */
  more: number;
}

/** Per rule that was broken; `most`: how many a change may add where some are allowed. What was moved, or stands in a line that was changed for another reason, was there before. */
export function findSuppressions(
  added: readonly ChangedLine[],
  removed: readonly ChangedLine[] = [],
  most = DEFAULT_LIMITS.max_suppressions,
): Suppression[] {
  return RULES.map((rule) => {
    const allowed = rule.allowed === 'none' ? 0 : most;
    const gone = removed.filter((line) => applies(rule, line));
    const { left, rest } = unmatched(
      rule,
      added.filter((line) => applies(rule, line)),
      gone,
    );
    // Where none is allowed, one that went makes no room for another one.
    const more = left.length - (rule.allowed === 'none' ? 0 : rest.length);
    return { rule: rule.name, allowed, lines: left, more };
  }).filter((found) => found.lines.length > 0);
}

/** Each removed line stands for one added line: of the same text, or of the same file and about the same. */
function unmatched(
  rule: Rule,
  added: readonly ChangedLine[],
  gone: readonly ChangedLine[],
): { left: ChangedLine[]; rest: ChangedLine[] } {
  const same = matchOff(added, gone, ({ text }) => text.trim());
  return matchOff(same.left, same.rest, (line) => [line.repo, line.path, subjectOf(rule, line)].join('\0'));
}

function matchOff(
  added: readonly ChangedLine[],
  gone: readonly ChangedLine[],
  keyOf: (line: ChangedLine) => string,
): { left: ChangedLine[]; rest: ChangedLine[] } {
  const open = Map.groupBy(gone, keyOf);
  const left = added.filter((line) => open.get(keyOf(line))?.pop() === undefined);
  return { left, rest: [...open.values()].flat() };
}

/** The test that a line names; else what it says to whom. */
function subjectOf(rule: Rule, { text }: ChangedLine): string {
  const line = text.slice(0, MAX_LINE);
  return /(["'`])([^"'`]{1,200})\1/u.exec(line)?.[2] ?? rule.pattern.exec(line)?.[0] ?? '';
}

const CODE = /\.(?:[cm]?[jt]sx?|py|go|rb|rs|java|kt|cs|php|ex|exs|json|toml|vue|svelte)$/u;

function applies(rule: Rule, line: ChangedLine): boolean {
  return isIn(rule.where, line.path) && rule.pattern.test(line.text.slice(0, MAX_LINE));
}

function isIn(where: Rule['where'], path: string): boolean {
  switch (where) {
    case 'tests':
      return isTestCode(path);
    case 'sources':
      return CODE.test(path) && !isTestCode(path);
    case 'rust':
      return path.endsWith('.rs');
    case 'code':
      return CODE.test(path);
  }
}
