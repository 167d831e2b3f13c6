/** How much of the changed code the tests ran. Pure. */
import type { Coverage } from '../../core/records.ts';
import type { ChangedLine } from './changed-lines.ts';
import type { LineHits } from './parse-lcov.ts';
import { isTestCode } from '../suites/test-files.ts';

const MAX_FILES = 50;
const MAX_LINES = 100;
const CODE = /\.(?:[cm]?[jt]sx?|py|go|rb|rs|java|kt|cs|php|ex|exs)$/;
export const isCode = (path: string): boolean => CODE.test(path);

/** Settings of tools, and declarations without a line that could run. */
const NO_PRODUCT = /\.d\.[cm]?ts$|(?:^|\/)[^/]+\.config\.[cm]?[jt]s$/;
/** Nothing that could run: empty, a comment, a bracket, a type that is brought in. */
const IDLE =
  /^\s*(?:$|\/\/|\/?\*|#|[()[\]{};,]+\s*$|import\b|from\b|package\b|use strict|export \{|export \* )/;

/** Of the added lines of one module. */
export function coverageOf(added: readonly ChangedLine[], hits: LineHits): Coverage {
  const languages = new Set([...hits.keys()].map(extensionOf));
  const uncovered = new Map<string, number[]>();
  let lines = 0;
  let covered = 0;
  for (const { path, line, text } of added) {
    const ran = runsOf(path, { line, text, hits, languages });
    if (ran === null) continue;
    lines += 1;
    if (ran) covered += 1;
    else uncovered.set(path, [...(uncovered.get(path) ?? []), line]);
  }
  const named = [...uncovered].slice(0, MAX_FILES);
  return {
    lines,
    covered,
    uncovered: named.map(([path, numbers]) => ({ path, lines: numbers.slice(0, MAX_LINES) })),
  };
}

/** null: the line does not count. A file that no test loaded is not in the report: every line of it that could run did not. */
function runsOf(
  path: string,
  at: { line: number; text: string; hits: LineHits; languages: ReadonlySet<string> },
): boolean | null {
  if (!CODE.test(path) || NO_PRODUCT.test(path) || isTestCode(path) || IDLE.test(at.text)) return null;
  const file = at.hits.get(path);
  if (file === undefined) return at.languages.has(extensionOf(path)) ? false : null;
  const count = file.get(at.line);
  return count === undefined ? null : count > 0;
}

function extensionOf(path: string): string {
  return path.slice(path.lastIndexOf('.'));
}

/** In percent, of everything in the list; null: no line counts. */
export function percentOf(all: readonly Coverage[]): number | null {
  const lines = all.reduce((sum, each) => sum + each.lines, 0);
  const covered = all.reduce((sum, each) => sum + each.covered, 0);
  return lines === 0 ? null : (100 * covered) / lines;
}

/** `82.5 %`, never rounded up to what was not reached. */
export function showPercent(percent: number): string {
  return `${Math.floor(percent * 10) / 10} %`;
}

/** `src/a.ts:3-5, 9`. */
export function showUncovered(uncovered: Coverage['uncovered']): string {
  return uncovered.map(({ path, lines }) => `${path}:${showRanges(lines)}`).join('; ');
}

function showRanges(lines: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const line of lines) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === line - 1) last[1] = line;
    else ranges.push([line, line]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}
