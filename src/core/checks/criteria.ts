/** What shows that the acceptance criteria are met: named tests that a gate saw green, or a reviewer's word. */
import type { GateResult } from '../records.ts';
import { stepOf, type RunState, type StepState } from '../state.ts';

export interface Criterion {
  id: string;
  text: string;
}

export interface ProvenCriterion extends Criterion {
  /** `not_seen`: no suite of the pass that counts has a test of this name. */
  tests: { name: string; seen: 'green' | 'red' | 'not_seen' }[];
  confirmed: { by: string; step: string; how: string }[];
  /** A green test, or a confirmation. */
  proven: boolean;
}

/** The acceptance criteria of a stored requirements result; none where there are none. */
export function numberedCriteria(body: Record<string, unknown> | null): Criterion[] {
  const requirements = body?.['requirements'] as { acceptance_criteria?: Criterion[] } | undefined; // checked when it was handed in
  return requirements?.acceptance_criteria ?? [];
}

/** Every test that a result names for a criterion, once; gates are asked for these. */
export function namedTests(state: RunState): string[] {
  const covers = [...state.steps.values()].flatMap((st) => st.covers);
  return [...new Set(covers.flatMap((cover) => cover.tests))];
}

/**
 * What speaks for each criterion. `judged` is the step whose standard is measured, with the results of its gates; null:
 * the accepted steps alone, with the last full pass among them.
 */
export function proveCriteria(
  state: RunState,
  criteria: readonly Criterion[],
  judged: { st: StepState; results: readonly GateResult[] } | null,
): ProvenCriterion[] {
  const counted = state.graph.steps
    .map(({ id }) => stepOf(state, id))
    .filter((st) => st.status === 'accepted' || st === judged?.st);
  const seen = seenIn(judged?.results ?? lastNamedPass(state));
  return criteria.map(({ id, text }) => {
    const names = counted.flatMap((st) =>
      st.covers.filter((cover) => sameId(cover.criterion, id)).flatMap((cover) => cover.tests),
    );
    const tests = [...new Set(names)].map((name) => ({ name, seen: seen.get(name) ?? 'not_seen' }) as const);
    const confirmed = counted.flatMap((st) => confirmationsOf(st, id));
    const proven = confirmed.length > 0 || tests.some((test) => test.seen === 'green');
    return { id, text, tests, confirmed, proven };
  });
}

function confirmationsOf(st: StepState, id: string): ProvenCriterion['confirmed'] {
  return [...st.confirmed].flatMap(([by, all]) =>
    all.flatMap(({ criterion, how }) => (sameId(criterion, id) ? [{ by, step: st.step.id, how }] : [])),
  );
}

/** A name that two suites have is green where both say so. */
function seenIn(results: readonly GateResult[]): Map<string, 'green' | 'red'> {
  const seen = new Map<string, 'green' | 'red'>();
  for (const { name, green } of results.flatMap((result) => result.named ?? []))
    seen.set(name, green && seen.get(name) !== 'red' ? 'green' : 'red');
  return seen;
}

/** The gates of the last accepted step that looked for tests by name. */
function lastNamedPass(state: RunState): GateResult[] {
  const last = state.graph.steps
    .map(({ id }) => stepOf(state, id))
    .findLast((st) => st.status === 'accepted' && st.gates.some((gate) => gate.named !== undefined));
  return last?.gates ?? [];
}

function sameId(one: string, two: string): boolean {
  return one.trim().toLowerCase() === two.trim().toLowerCase();
}
