/** The tests that have to fail, or have to be green now because they failed on purpose. */
import type { RunState } from '../core/state.ts';
import type { StepState } from '../core/step-state.ts';
import { GREEN, type DemandedTest, type TestExpectation } from '../gates/suites/expected-tests.ts';

/** What the gates of a step expect of the tests. */
export function expectationOf(state: RunState, st: StepState): TestExpectation {
  const demanded = state.graph.steps
    .slice(0, st.index)
    .flatMap((step) => (step.expect === 'red' ? redTestsOf(state, state.steps.get(step.id)) : []));
  const red = st.step.expect === 'red';
  return red || demanded.length > 0 ? { red, demanded } : GREEN;
}

function redTestsOf(state: RunState, st: StepState | undefined): DemandedTest[] {
  if (st?.status !== 'accepted') return [];
  const before = state.revisions.get(st.base);
  const shown = state.revisions.get(st.accepted?.revision ?? '');
  if (before === undefined || shown === undefined) return [];
  return st.gates.flatMap(({ repo, gate, red = [] }) =>
    red.map((test) => ({ repo, gate, ...test, before, shown })),
  );
}
