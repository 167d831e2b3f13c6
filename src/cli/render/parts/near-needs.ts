/** What a step waits for directly: without the needs that another of its needs already stands behind. */
import type { ReportStep } from './report-steps.ts';

/** Ids among `steps`; the rest of its needs follow from these. */
export function nearNeeds({ needs }: ReportStep, steps: ReadonlyMap<string, ReportStep>): string[] {
  const far = new Set<string>();
  const open = needs.flatMap((need) => steps.get(need)?.needs ?? []);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (far.has(id)) continue;
    far.add(id);
    open.push(...(steps.get(id)?.needs ?? []));
  }
  return needs.filter((need) => steps.has(need) && !far.has(need));
}
