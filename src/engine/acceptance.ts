/** What shows each acceptance criterion of a run, for whoever sums it up. */
import {
  criteriaStep,
  numberedCriteria,
  proveCriteria,
  type ProvenCriterion,
} from '../core/checks/criteria.ts';
import type { RunState } from '../core/state.ts';

/** Of the last accepted requirements, or of the plan that the run was given; none where the run has none, or their text cannot be read (null). */
export async function acceptanceOf(
  state: RunState,
  readText: (artifact: string) => Promise<string | null>,
): Promise<ProvenCriterion[]> {
  const artifact = criteriaStep([...state.steps.values()])?.accepted?.output?.artifact;
  const text = artifact === undefined ? null : await readText(artifact);
  if (text === null) return [];
  const body = JSON.parse(text) as Record<string, unknown>; // stored by the engine as an object
  return proveCriteria(state, numberedCriteria(body), null);
}
