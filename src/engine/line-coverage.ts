/** How many of the changed lines the tests ran, as the gates measured it last on the way to the last accepted tree. */
import { gatesOnLast, lastRevision, acceptedBehind } from '../core/checks/final-gates.ts';
import type { StepId } from '../core/graph.ts';
import type { GateResult } from '../core/records.ts';
import type { RevisionId } from '../core/results.ts';
import type { RunState } from '../core/state.ts';
import { percentOf, showPercent } from '../gates/change/judge-coverage.ts';

export interface LineCoverage {
  lines: number;
  covered: number;
  /** The tree that it was measured on. */
  revision: RevisionId;
  /** Whose tree that is where it is an earlier one; null: it is the last one. */
  earlier: StepId | null;
}

/** Over all modules whose coverage was read; null: of none, or no changed line counts. */
export function lineCoverage(state: RunState): LineCoverage | null {
  const head = lastRevision(state);
  const counts = countsOf(gatesOnLast(state));
  if (counts !== null) return { ...counts, revision: head, earlier: null };
  for (const { step, gates, accepted } of acceptedBehind(state)) {
    const before = countsOf(gates);
    if (before === null || accepted === null) continue;
    const { revision } = accepted;
    return { ...before, revision, earlier: revision === head ? null : step.id };
  }
  return null;
}

function countsOf(gates: readonly GateResult[]): Pick<LineCoverage, 'lines' | 'covered'> | null {
  const read = gates.flatMap(({ coverage }) => coverage ?? []);
  if (percentOf(read) === null) return null;
  return {
    lines: read.reduce((sum, each) => sum + each.lines, 0),
    covered: read.reduce((sum, each) => sum + each.covered, 0),
  };
}

/** `93 % of 40 changed lines`, with the tree where it is not the last one. */
export function lineCoverageWords(coverage: LineCoverage | null): string {
  if (coverage === null) return 'not measured';
  const { lines, covered, revision, earlier } = coverage;
  const counted = `${showPercent((100 * covered) / lines)} of ${lines} changed lines`;
  return earlier === null
    ? counted
    : `${counted}, measured on the earlier tree of ${earlier} (${revision.slice(0, 12)}) and not on the last one`;
}
