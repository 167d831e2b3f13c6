/** The way back of a run as its journal and its stored plan have it. */
import { branchOf } from '../../../engine/run-branch.ts';
import { rollbackOf, type RollbackDocument } from '../../../engine/rollback-document.ts';
import type { RunHistory } from '../history.ts';
import type { Bodies } from './accepted-bodies.ts';
import { planRevisions } from './plan-revisions.ts';

export function wayBack(history: RunHistory, bodies: Bodies): RollbackDocument {
  const plan = planRevisions(history, bodies).findLast(({ in_force }) => in_force);
  return rollbackOf(history.state, branchOf(history.state), plan?.rollback ?? []);
}
