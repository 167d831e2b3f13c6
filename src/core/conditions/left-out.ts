/** What the effort of a run leaves out from the start, before anything else is known, and which effort would bring it in. */
import type { Condition, Graph, Step } from '../graph.ts';
import { EFFORTS, type Effort } from '../words.ts';

/** A phase with what of it will be skipped. */
export interface LeftOut {
  phase: string;
  /** Whether nothing of it is left. */
  whole: boolean;
  steps: {
    step: Step;
    /** The lowest higher effort that does it; null: it is for smaller work than this. */
    from: Effort | null;
  }[];
}

/** The phases of which this effort leaves something out, in the graph's order. Conditions on other facts stay open. */
export function leftOutBy(graph: Graph, effort: Effort): LeftOut[] {
  return graph.phases.flatMap(({ id }): LeftOut[] => {
    const own = graph.steps.filter((step) => step.phase === id);
    const steps = own
      .filter((step) => !canRunAt(step, effort))
      .map((step) => ({ step, from: lowestFor(step, effort) }));
    if (steps.length === 0) return [];
    const out = new Set(steps.map(({ step }) => step.id));
    const isIdle = (step: Step): boolean =>
      out.has(step.id) || (step.work.kind === 'merge' && step.work.sides.every((side) => out.has(side)));
    return [{ phase: id, whole: own.every(isIdle), steps }];
  });
}

/** Whether a run of this effort could come to the step, whatever else is found out on the way. */
export function canRunAt({ when }: Step, effort: Effort): boolean {
  return when === null || holds(when, [effort]) !== false;
}

/** The agents that such a run starts whatever is found out on the way, in the graph's order; reviewers are not among them. */
export function agentsAt({ steps }: Graph, effort: Effort): string[] {
  const certain = steps.filter(({ when }) => when === null || holds(when, [effort]) === true);
  return certain.flatMap(({ work }) => (work.kind === 'agent' ? [work.agent] : []));
}

/** A raised effort takes nothing away, so the one of the start counts beside the higher one. */
function lowestFor({ when }: Step, effort: Effort): Effort | null {
  const higher = EFFORTS.slice(EFFORTS.indexOf(effort) + 1);
  return higher.find((tier) => when !== null && holds(when, [effort, tier]) !== false) ?? null;
}

/** null: it rests on something that only the run will show. */
function holds(condition: Condition, efforts: readonly Effort[]): boolean | null {
  switch (condition.kind) {
    case 'planned':
    case 'changed':
    case 'concerns':
      return null;
    case 'effort':
      return efforts.some((tier) => condition.tiers.includes(tier));
    case 'not': {
      const inner = holds(condition.of, efforts);
      return inner === null ? null : !inner;
    }
    case 'any':
    case 'all': {
      const decisive = condition.kind === 'any';
      const inner = condition.of.map((each) => holds(each, efforts));
      if (inner.includes(decisive)) return decisive;
      return inner.includes(null) ? null : !decisive;
    }
  }
}

/** What people are told of it before the start, for a whole phase and for single steps of one. */
export function leftOutWords({ whole, steps }: LeftOut): string {
  if (whole) return `not in this run: ${waysIn(steps)}`;
  const ways = [...new Set(steps.map((left) => waysIn([left])))];
  const named = ways.map((way) => {
    const out = steps.filter((left) => waysIn([left]) === way).map(({ step }) => nameOf(step));
    return `${[...new Set(out)].join(', ')}: ${way}`;
  });
  return `without ${named.join('; ')}`;
}

/** A step is often called like its phase, which is not left out: its agent says what is. */
function nameOf({ title, work }: Step): string {
  return work.kind === 'agent' ? work.agent : title;
}

function waysIn(steps: LeftOut['steps']): string {
  const lowest = EFFORTS.find((tier) => steps.some(({ from }) => from === tier));
  return lowest === undefined ? 'it is for smaller work' : `\`--effort ${lowest}\` has it`;
}
