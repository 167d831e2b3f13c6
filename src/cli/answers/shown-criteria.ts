/** How many acceptance criteria of a run are shown, for its last screen. */
import { whyNoCriteria } from '../../core/checks/criteria.ts';
import type { RunState } from '../../core/state.ts';
import { acceptanceOf } from '../../engine/acceptance.ts';
import type { Journal } from '../../journal/journal.ts';

export interface ShownCriteria {
  shown: number;
  total: number;
  /** Why none is checked, as a clause; absent where the run has any. */
  unchecked?: string;
}

/** null: the run ends with its plan and shows nothing by itself. */
export async function shownCriteria(
  journal: Pick<Journal, 'getArtifact'>,
  state: RunState,
): Promise<ShownCriteria | null> {
  if (state.graph.plan_for !== undefined) return null;
  const criteria = await acceptanceOf(state, async (hash) => {
    const artifact = await journal.getArtifact(state.runId, hash);
    return artifact === null ? null : Buffer.from(artifact.body).toString('utf8');
  });
  if (criteria.length === 0) return { shown: 0, total: 0, unchecked: whyNoCriteria(state) };
  return { shown: criteria.filter(({ proven }) => proven).length, total: criteria.length };
}
