/** An order in which every step comes after its needs, and else stays where it was. Steps in a circle come last. */
import type { Step, StepId } from '../graph.ts';

export function sortByNeeds(steps: readonly Step[]): Step[] {
  const known = new Set(steps.map((step) => step.id));
  const waits = new Map(steps.map((step) => [step.id, step.needs.filter((id) => known.has(id))]));
  const placed = new Set<StepId>();
  const left = [...steps];
  const sorted: Step[] = [];
  while (left.length > 0) {
    const ready = left.findIndex((step) => (waits.get(step.id) ?? []).every((id) => placed.has(id)));
    const [next] = left.splice(Math.max(ready, 0), 1);
    if (next === undefined) break;
    sorted.push(next);
    placed.add(next.id);
  }
  return sorted;
}
