/** The way back of a run as its journal and its stored plan have it. */
import { branchOf } from '../../../engine/run-branch.ts';
import { rollbackOf, type RollbackDocument } from '../../../engine/rollback-document.ts';
import { readWhole, type Bodies } from './accepted-bodies.ts';
import type { Journal } from '../../../journal/journal.ts';
import type { RunHistory } from '../history.ts';
import { planRevisions } from './plan-revisions.ts';

export function wayBack(history: RunHistory, bodies: Bodies): RollbackDocument {
  const plan = planRevisions(history, bodies).findLast(({ in_force }) => in_force);
  return rollbackOf(history.state, branchOf(history.state), plan?.rollback ?? []);
}

/**
 * The same as it was kept when it was rehearsed, with the pull requests that came of it; what the journal says where nothing was kept. `damage`: a
 * sentence where what was kept is not whole.
 */
export async function keptWayBack(
  journal: Journal,
  { started }: RunHistory,
  known: RollbackDocument,
): Promise<{ document: RollbackDocument; damage: string | null }> {
  const { kept } = known;
  if (kept === undefined) return { document: known, damage: null };
  const stored = await readWhole(journal, started.run_id, kept);
  if (stored === null)
    return {
      document: known,
      damage: `artifact ${kept.slice(0, 12)} (rollback) is damaged or missing; this is made from the journal anew: run \`baton verify ${started.run_id}\``,
    };
  const rehearsed = JSON.parse(Buffer.from(stored.body).toString('utf8')) as RollbackDocument; // bound by its hash to what the engine wrote
  const pullOf = (repo: string) => known.repos.find((each) => each.repo === repo)?.pull_request ?? null;
  const repos = rehearsed.repos.map((each) => ({ ...each, pull_request: pullOf(each.repo) }));
  return { document: { ...rehearsed, kept, repos }, damage: null };
}
