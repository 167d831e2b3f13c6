/** What people and reviewers are told of a change whose tests nobody saw fail without it. */
import { gatesOnLast } from '../core/checks/final-gates.ts';
import type { GateResult } from '../core/records.ts';
import { stepOf, type RunState } from '../core/state.ts';
import { cameWithoutTest, changesCode } from './success-criteria.ts';

/** More than these are not looked for. */
const MOST_HOLLOW = 20;
const NONE = 'The change brings no test that fails without it';

/** One sentence; null: nothing was changed but documents and tests, or a test was seen to fail without the change. */
export function wordsOnTests(
  state: RunState,
  gates: readonly GateResult[] = gatesOnLast(state),
): string | null {
  if (!changesCode(state)) return null;
  if (cameWithoutTest(state, gates)) return `${NONE}: no test is new or changed.`;
  const suites = gates.filter(({ kind }) => kind === 'tests');
  const sum = (of: (suite: GateResult) => number): number => suites.reduce((all, each) => all + of(each), 0);
  const added = sum(({ tests }) => tests?.added ?? 0);
  if (added > 0 && sum(({ hollow }) => hollow ?? 0) >= Math.min(added, MOST_HOLLOW))
    return `${NONE}: its new tests (${added}) ask for nothing, as far as their text tells.`;
  return wasSeenRed(state, suites)
    ? null
    : 'The tests of the change were not tried without it, as no acceptance criterion names one that shows it: whether they fail there is not known.';
}

/** By its name, without the change or before it was made. */
function wasSeenRed(state: RunState, suites: readonly GateResult[]): boolean {
  const isShown = suites.some(({ named = [] }) =>
    named.some(({ green, already_there, empty }) => green && already_there !== true && empty !== true),
  );
  const steps = state.graph.steps.map(({ id }) => stepOf(state, id));
  return isShown || steps.some(({ status, step }) => status === 'accepted' && step.expect === 'red');
}
