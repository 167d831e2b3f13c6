/** What a growing graph does to the state: new steps wait their turn, dropped ones are settled, the rest stays as it is. */
import type { EventOf } from '../events.ts';
import type { Step, StepId } from '../graph.ts';
import { pointersOf } from '../graph/bases.ts';
import { sortByNeeds } from '../graph/order.ts';
import { makeStale } from '../review/reopening.ts';
import type { Revision } from '../results.ts';
import { resetRound, startRound } from '../review/rounds.ts';
import { dropStep, isSettled, openStep } from '../review/settling.ts';
import { stepOf, type RunState } from '../state.ts';
import { createStepState, type StepState } from '../step-state.ts';

export function extendGraph(state: RunState, event: EventOf<'graph_extended'>): void {
  const before = stepOf(state, event.before);
  for (const id of event.dropped) dropStep(state, stepOf(state, id), 'no longer in the plan');
  const changed = event.steps.map((step) => putStep(state, step));
  const tree = before.step.tree_from;
  before.step = { ...before.step, needs: event.needs, tree_from: event.tree_from };
  if (event.base !== undefined) moveBase(state, event, { base: event.base, tree });
  else if (event.steps.some(({ work }) => pointersOf(work) !== null)) followTree(state, event, tree);
  placeSteps(state, event);
  for (const st of changed) st.findings = event.findings[st.step.id] ?? [];
  const { work } = before.step;
  if (work.kind === 'planned') before.extendedBy = planOf(state, work.plan);
  if (work.kind === 'check') startRound(before, []);
  else resetRound(before, []);
  state.open.delete(before.step.id);
  before.status = 'pending';
  for (const st of state.steps.values()) st.openNeeds = countOpenNeeds(state, st);
  for (const st of [...changed, before]) if (st.openNeeds === 0) openStep(state, st);
}

/**
 * Believes no event: a base counts only where a submission found it. What goes out later goes out from the same tree, and the
 * commits that pull requests are compared with are those of this base.
 */
function moveBase(
  state: RunState,
  event: EventOf<'graph_extended'>,
  { base, tree }: { base: Revision; tree: StepId | null },
): void {
  const seen = [...state.effects.values()].some(
    ({ step, moved }) => step === event.before && moved?.base.id === base.id,
  );
  if (!seen) return;
  state.base = base;
  state.revisions.set(base.id, base);
  state.reviewed.add(base.id);
  state.repos = state.repos.map((repo) => {
    const now = base.repos.find(({ name }) => name === repo.name);
    return now === undefined ? repo : { ...repo, commit: now.commit, tree: now.tree };
  });
  for (const effect of state.effects.values()) if (effect.step === event.before) effect.moved = null;
  followTree(state, event, tree);
}

/** What goes out behind the submission goes out from the tree that is submitted now. */
function followTree(state: RunState, event: EventOf<'graph_extended'>, tree: StepId | null): void {
  for (const st of state.steps.values()) {
    const { work, tree_from } = st.step;
    if (isSettled(st) || tree_from !== tree || (work.kind !== 'submit' && work.kind !== 'deploy')) continue;
    st.step = {
      ...st.step,
      needs: [...new Set([...st.step.needs, ...event.needs])],
      tree_from: event.tree_from,
    };
  }
}

/** The accepted plan that a planned step has to follow: the id of its output. */
export function planOf(state: RunState, plan: StepId): string {
  return state.steps.get(plan)?.accepted?.output?.id ?? 'none';
}

/** A new step, or a new definition for one that has not started: its rounds go on, so that no key is named twice. */
function putStep(state: RunState, step: Step): StepState {
  const known = state.steps.get(step.id);
  if (known !== undefined) {
    known.step = step;
    makeStale(state, known);
    return known;
  }
  const st = createStepState(step, 0);
  state.steps.set(step.id, st);
  state.unsettled += 1;
  const phase = state.phases.get(step.phase);
  if (phase !== undefined) phase.unsettled += 1;
  return st;
}

/** Places the new steps before the one that waits for them, and counts again who waits for whom. */
function placeSteps(state: RunState, event: EventOf<'graph_extended'>): void {
  const { graph } = state;
  const changed = new Set(event.steps.map((step) => step.id));
  const rest = graph.steps.filter((step) => !changed.has(step.id)).map((step) => stepOf(state, step.id).step);
  const at = rest.findIndex((step) => step.id === event.before);
  graph.steps = sortByNeeds(rest.toSpliced(at, 0, ...event.steps));
  for (const phase of graph.phases)
    phase.steps = graph.steps.filter((step) => step.phase === phase.id).map((step) => step.id);
  for (const [index, step] of graph.steps.entries()) stepOf(state, step.id).index = index;
  state.dependents = dependentsOf(graph.steps);
}

/** Who has to look again when a step settles. */
export function dependentsOf(steps: readonly Step[]): Map<StepId, StepId[]> {
  const dependents = new Map<StepId, StepId[]>();
  for (const step of steps) {
    for (const need of step.needs) {
      const list = dependents.get(need);
      if (list === undefined) dependents.set(need, [step.id]);
      else list.push(step.id);
    }
  }
  return dependents;
}

function countOpenNeeds(state: RunState, st: StepState): number {
  return st.step.needs.filter((id) => !isSettled(stepOf(state, id))).length;
}
