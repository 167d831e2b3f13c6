/** Which agents worked side by side, which one after the other and why, and how their results were brought together. */
import { sequenceOf, type Before } from '../../../core/graph/sequence.ts';
import type { SequenceReason } from '../../../core/words.ts';
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
      .map((each) => ({
        step: each.step.id,
        agent: each.step.work.kind === 'agent' ? each.step.work.agent : each.step.work.kind,
        after: storedSequence(each).map(({ step, why }) => ({ step, why: WHY[why] })),
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

/** As it was stored with the last start of an agent; older journals leave it to be told from the graph. */
function storedSequence({ step, invocations }: StepHistory): Before[] {
  return invocations.at(-1)?.start.event.after ?? sequenceOf(step);
}

const WHY: Record<SequenceReason, string> = {
  is_a_side: 'it brings this side together with the others',
  plan_depends: 'the plan says that it depends on it',
  tree: 'it builds on this tree',
  result: 'it needs what was handed in there',
};

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
