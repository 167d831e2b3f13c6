/** What the accepted plan says of a step, in a few words. */
import type { PlannedTask } from '../../core/results.ts';

/** `data, foundation`: category and part of the plan, and whether anybody waits for it. */
export function planWords({
  category,
  plan_phase,
  blocking,
}: Pick<PlannedTask, 'category' | 'plan_phase' | 'blocking'>): string {
  return [category, plan_phase.replaceAll('_', ' '), blocking ? '' : 'holds nobody back']
    .filter((word) => word !== '')
    .join(', ');
}
