/** What shows that the acceptance criteria are met: named tests that a gate saw green, or a reviewer's word. */
import type { GateResult } from '../records.ts';
import { stepOf, type RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';

export interface Criterion {
  id: string;
  text: string;
  /** The base meets it before the change, and tests that are there already may show that it still does. */
  already_met?: boolean | undefined;
}

export interface ProvenCriterion extends Criterion {
  tests: ShownBy[];
  confirmed: { by: string; step: string; how: string }[];
  /** A green test that the change brought, or a confirmation. */
  proven: boolean;
}

export interface ShownBy {
  name: string;
  /** `already_there`: green, but so it is without the change; `empty`: green and asks for nothing; `not_seen`: no suite of the pass that counts has it. */
  seen: 'green' | 'already_there' | 'empty' | 'red' | 'not_seen';
  /** Whether it is named for other criteria too. */
  shared: boolean;
}

/** The step whose output names the criteria: the last accepted requirements, else a plan that a person handed in. */
export function criteriaStep(steps: readonly StepState[]): StepState | null {
  const accepted = steps.filter((st) => st.accepted?.output != null);
  const requirements = accepted.findLast((st) => st.accepted?.output?.kind === 'requirements');
  return requirements ?? accepted.findLast(isGivenPlan) ?? null;
}

function isGivenPlan({ step: { work } }: StepState): boolean {
  return work.kind === 'given' && work.output === 'plan';
}

/** The acceptance criteria of what that step handed in; none where there are none. */
export function numberedCriteria(body: Record<string, unknown> | null): Criterion[] {
  const requirements = body?.['requirements'] as { acceptance_criteria?: Criterion[] } | undefined; // checked when it was handed in
  const ofPlan = body?.['acceptance_criteria'] as Criterion[] | undefined; // checked when the file was read
  return requirements?.acceptance_criteria ?? ofPlan ?? [];
}

/** The same for people; null where the run ends with its plan, which shows nothing by itself. */
export function uncheckedIn(state: RunState): string | null {
  return state.graph.plan_for === undefined ? whyNoCriteria(state) : null;
}

/** Why no acceptance criterion is checked in a run that has none, as a clause. */
export function whyNoCriteria(state: RunState): string {
  const steps = state.graph.steps.map(({ id }) => stepOf(state, id));
  if (criteriaStep(steps)?.accepted?.output?.kind === 'requirements')
    return 'the accepted requirements name none that can be read';
  if (steps.some(isGivenPlan)) return 'the plan that the run started from names none';
  const writes = ({ step: { work } }: StepState): boolean =>
    work.kind === 'agent' && work.output === 'requirements';
  const left = steps.find((st) => writes(st) && st.status === 'skipped');
  if (left !== undefined) return `requirements were not written (${left.skipReason ?? 'skipped'})`;
  return steps.some(writes) ? 'no requirements were accepted' : 'no step of the run writes requirements';
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
  const covers = counted.flatMap((st) => st.covers);
  const namedFor = (name: string): number =>
    criteria.filter(({ id }) => covers.some((c) => sameId(c.criterion, id) && c.tests.includes(name))).length;
  return criteria.map(({ id, text, already_met = false }) => {
    const names = covers.filter((cover) => sameId(cover.criterion, id)).flatMap((cover) => cover.tests);
    const tests = [...new Set(names)].map((name): ShownBy => ({
      name,
      seen: seen.get(name) ?? 'not_seen',
      shared: namedFor(name) > 1,
    }));
    const confirmed = counted.flatMap((st) => confirmationsOf(st, id));
    const proven = confirmed.length > 0 || tests.some((test) => isShown(test, already_met));
    return { id, text, ...(already_met ? { already_met } : {}), tests, confirmed, proven };
  });
}

function confirmationsOf(st: StepState, id: string): ProvenCriterion['confirmed'] {
  return [...st.confirmed].flatMap(([by, all]) =>
    all.flatMap(({ criterion, how }) => (sameId(criterion, id) ? [{ by, step: st.step.id, how }] : [])),
  );
}

/** A name that two suites have is green where both say so, and shows something where it does in one of them. */
function seenIn(results: readonly GateResult[]): Map<string, ShownBy['seen']> {
  const all = results.flatMap((result) => result.named ?? []);
  const seen = [...Map.groupBy(all, ({ name }) => name)].map(([name, found]): [string, ShownBy['seen']] => {
    if (found.some(({ green }) => !green)) return [name, 'red'];
    const open = found.filter((each) => each.empty !== true);
    if (open.length === 0) return [name, 'empty'];
    return [name, open.every((each) => each.already_there === true) ? 'already_there' : 'green'];
  });
  return new Map(seen);
}

/** `criteria shown: 2 of 3`: said wherever a run is summed up. */
export function countShown(criteria: readonly ProvenCriterion[]): string {
  return `criteria shown: ${criteria.filter(({ proven }) => proven).length} of ${criteria.length}`;
}

/** The tests of a criterion in words: what each was seen as, and what that is worth. */
export function showTest({ name, seen, shared }: ShownBy): string {
  return `test ${name}: ${sayWorth(seen)}${shared ? ' (shared)' : ''}`;
}

/** What was seen of a named test, in words. */
export function sayWorth(seen: ShownBy['seen']): string {
  switch (seen) {
    case 'green':
      return 'green, and not without the change';
    case 'already_there':
      return 'already green without the change';
    case 'empty':
      return 'green, but asks for nothing';
    case 'red':
      return 'red';
    case 'not_seen':
      return 'not seen';
  }
}

/** What the word of a table that says `shown` is worth, no more. */
export const SHOWN_MEANS =
  'A criterion is shown by tests that were named for it: gates saw them green, and not green without the change. What they ask is in their text. It is confirmed where a reviewer says so in place of a test.';

/** Whether tests show it, a reviewer alone says it is met, or neither. */
export function sayStanding({
  tests,
  proven,
  already_met,
}: Pick<ProvenCriterion, 'tests' | 'proven' | 'already_met'>): 'shown' | 'confirmed' | 'open' {
  if (!proven) return 'open';
  return tests.some((test) => isShown(test, already_met)) ? 'shown' : 'confirmed';
}

/** A test of before shows what the base met before the change, and nothing of the change. */
function isShown({ seen }: ShownBy, alreadyMet = false): boolean {
  return seen === 'green' || (alreadyMet && seen === 'already_there');
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
