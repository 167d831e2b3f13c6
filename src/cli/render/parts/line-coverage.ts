/** How many of the changed lines the tests ran, as the gates measured it on the last accepted tree. */
import { gatesOnLast } from '../../../core/checks/final-gates.ts';
import type { RunState } from '../../../core/state.ts';
import { percentOf, showPercent } from '../../../gates/judge-coverage.ts';

export interface LineCoverage {
  lines: number;
  covered: number;
}

/** Over all modules whose coverage was read; null: of none, or no changed line counts. */
export function lineCoverage(state: RunState): LineCoverage | null {
  const read = gatesOnLast(state).flatMap(({ coverage }) => coverage ?? []);
  if (percentOf(read) === null) return null;
  const sum = (of: (each: LineCoverage) => number): number => read.reduce((all, each) => all + of(each), 0);
  return { lines: sum((each) => each.lines), covered: sum((each) => each.covered) };
}

/** `93 % of 40 changed lines`. */
export function lineCoverageWords(coverage: LineCoverage | null): string {
  if (coverage === null) return 'not measured';
  return `${showPercent((100 * coverage.covered) / coverage.lines)} of ${coverage.lines} changed lines`;
}
