/** Finds added lines that switch checks off: skipped tests, silenced compilers, ignored coverage. */
import type { ChangedLine } from './changed-lines.ts';
import { isTestCode } from '../suites/test-files.ts';

interface Rule {
  name: string;
  pattern: RegExp;
  where: 'tests' | 'code';
  /** How many of them one change may add. */
  allowed: number;
}

const MAX_LINE = 2_000;
/** Patterns hold one bounded repetition at most: they are run over lines that somebody else wrote. */
const RULES: readonly Rule[] = [
  {
    name: 'skipped test',
    where: 'tests',
    allowed: 0,
    pattern:
      /\b(?:test|it|describe|suite|context)(?:\.\w{1,20})?\.(?:skip|skipIf|runIf|todo)\b|\b(?:xit|xtest|xdescribe)\s?\(|\{\s?(?:skip|todo)\s?:|\bt\.(?:skip|todo|Skip|SkipNow|Skipf)\s?\(|@(?:pytest\.mark\.(?:skip|xfail)|unittest\.skip|Disabled|Ignore)\b|\bpytest\.skip\(|#\[ignore/,
  },
  {
    name: 'only this test',
    where: 'tests',
    allowed: 0,
    pattern:
      /\b(?:test|it|describe|suite|context)(?:\.\w{1,20})?\.only\b|\b(?:fit|fdescribe)\s?\(|\{\s?only\s?:/,
  },
  {
    name: 'early exit',
    where: 'code',
    allowed: 0,
    pattern: /passWithNoTests|--test-name-pattern|--bail[ =]0/,
  },
  {
    name: 'assertions replaced',
    where: 'code',
    allowed: 0,
    pattern:
      /\b(?:assert|expect|chai)(?!\.config)(?:\.\w{1,20}){1,2}\s?=(?![=>])|\b(?:Object\.(?:assign|definePropert(?:y|ies))|Reflect\.set|mock\.method|spyOn)\(\s?(?:assert|expect|chai)\b/,
  },
  { name: 'type check off', where: 'code', allowed: 0, pattern: /@ts-nocheck|#\s?mypy:\s?ignore-errors/ },
  {
    name: 'type error silenced',
    where: 'code',
    allowed: 3,
    pattern: /@ts-(?:ignore|expect-error)|#\s?type:\s?ignore/,
  },
  { name: 'any cast', where: 'code', allowed: 3, pattern: /\bas any\b|<any>/ },
  {
    name: 'lint silenced',
    where: 'code',
    allowed: 3,
    pattern: /eslint-disable|oxlint-disable|biome-ignore|#\s?noqa|\/\/\s?nolint|#\[allow\(/,
  },
  {
    name: 'coverage ignored',
    where: 'code',
    allowed: 0,
    pattern: /(?:istanbul|c8|v8|node:coverage) ignore|node:coverage disable|pragma: no cover/,
  },
];

export interface Suppression {
  rule: string;
  allowed: number;
  lines: ChangedLine[];
}

/** Per rule that was broken: the lines that do it, each with its place. */
export function findSuppressions(added: ChangedLine[]): Suppression[] {
  return RULES.map((rule) => ({
    rule: rule.name,
    allowed: rule.allowed,
    lines: added.filter((line) => applies(rule, line)),
  })).filter((found) => found.lines.length > 0);
}

const CODE = /\.(?:[cm]?[jt]sx?|py|go|rb|rs|java|kt|cs|php|ex|exs|json|toml|vue|svelte)$/u;

function applies(rule: Rule, line: ChangedLine): boolean {
  const isPlace = rule.where === 'tests' ? isTestCode(line.path) : CODE.test(line.path);
  return isPlace && rule.pattern.test(line.text.slice(0, MAX_LINE));
}
