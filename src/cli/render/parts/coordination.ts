/** Which agents worked side by side, which one after the other and why, and how their results were brought together. */
import type { Step } from '../../../core/graph.ts';
import type { Invocation, RunHistory, StepHistory } from '../history.ts';

export interface Coordination {
  /** Groups of steps whose agents worked at the same time. */
  steps: string[][];
  /** What each step that ran waited for, in the order of the first starts. */
  sequence: { step: string; agent: string; after: { step: string; why: string }[] }[];
  /** Merges of parallel work: which sides. */
  merges: string[];
  /** How results came together: merges with their outcome, and syntheses by agents. */
  combined: { step: string; how: string }[];
}

export function coordinationOf(history: RunHistory): Coordination {
  const steps = [...history.steps.values()];
  return {
    steps: parallelGroups(steps),
    sequence: steps
      .filter((step) => step.invocations.length > 0)
      .toSorted((a, b) => firstStart(a) - firstStart(b))
      .map(({ step }) => ({
        step: step.id,
        agent: step.work.kind === 'agent' ? step.work.agent : step.work.kind,
        after: step.needs.map((need) => ({ step: need, why: whyAfter(step, need) })),
      })),
    merges: steps.flatMap(({ step }) =>
      step.work.kind === 'merge' ? [`${step.id}: ${step.work.sides.join(' + ')}`] : [],
    ),
    combined: steps.flatMap((step) => combinedBy(step)),
  };
}

function firstStart(step: StepHistory): number {
  return step.invocations[0]?.start.seq ?? 0;
}

function whyAfter(step: Step, need: string): string {
  if (step.work.kind === 'merge') return 'it brings this side together with the others';
  if (step.tree_from === need) return 'it builds on this tree';
  const name = need.slice((step.planned_by ?? '').length + 1);
  if (step.task?.depends_on.includes(name) === true) return 'the plan says that it depends on it';
  return 'it needs what was handed in there';
}

function combinedBy({ step, all, accepted }: StepHistory): Coordination['combined'] {
  if (step.work.kind === 'agent' && step.work.output === 'synthesis' && accepted !== null)
    return [{ step: step.id, how: `${step.work.agent}: ${accepted.event.output?.summary ?? ''}` }];
  return all.flatMap(({ event }) => {
    if (event.type !== 'merge_ended' || event.outcome.kind === 'failed') return [];
    const { outcome } = event;
    if (outcome.kind === 'merged') return [{ step: step.id, how: 'merged without conflict' }];
    const again = [...new Set(outcome.left.map(({ side }) => side))].join(', ');
    return [{ step: step.id, how: `collided: ${again} did its work again on the rest` }];
  });
}

/** Steps whose agents worked at the same time, by the order of events; everything else went one after the other. */
function parallelGroups(steps: StepHistory[]): string[][] {
  const spans = steps.flatMap((step) => step.invocations.map((i) => ({ id: step.step.id, ...spanOf(i) })));
  const groups = spans.map((span) =>
    [...new Set(spans.filter((o) => o.from < span.to && span.from < o.to).map((o) => o.id))].sort(),
  );
  const unique = new Map(groups.filter((group) => group.length > 1).map((group) => [group.join(), group]));
  return [...unique.values()];
}

function spanOf({ start, end }: Invocation): { from: number; to: number } {
  return { from: start.seq, to: end?.seq ?? start.seq };
}
