/** Why a step comes after others instead of running beside them. What waits for nothing in common runs at once. */
import type { Step, StepId } from '../graph.ts';
import type { SequenceReason } from '../words.ts';

/** A step that another one waits for, and why. Stored when the agent of the other one starts. */
export interface Before {
  step: StepId;
  why: SequenceReason;
}

/** Everything that the step itself waits for, in the order in which the graph names it; empty: nothing holds it back. */
export function sequenceOf(step: Step): Before[] {
  return step.needs.map((need) => ({ step: need, why: reasonFor(step, need) }));
}

function reasonFor(step: Step, need: StepId): SequenceReason {
  if (step.work.kind === 'merge') return 'is_a_side';
  const task = need.slice((step.planned_by ?? '').length + 1);
  if (step.task?.depends_on.includes(task) === true) return 'plan_depends';
  return step.tree_from === need ? 'tree' : 'result';
}
