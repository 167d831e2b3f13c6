/** The tests that have to fail, or have to be green now because they failed on purpose. */
import type { RedTest } from '../core/records.ts';
import type { RunState, StepState } from '../core/state.ts';
import { GREEN, type TestExpectation } from '../gates/expected-tests.ts';

/** What the gates of a step expect of the tests. */
export function expectationOf(state: RunState, st: StepState): TestExpectation {
  const demanded = state.graph.steps
    .slice(0, st.index)
    .flatMap((step) => (step.expect === 'red' ? redTestsOf(state.steps.get(step.id)) : []));
  const red = st.step.expect === 'red';
  return red || demanded.length > 0 ? { red, demanded } : GREEN;
}

function redTestsOf(st: StepState | undefined): RedTest[] {
  if (st?.status !== 'accepted') return [];
  return st.gates.flatMap(({ repo, gate, red = [] }) => red.map((test) => ({ repo, gate, ...test })));
}
