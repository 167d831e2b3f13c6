/** The way back as it was rehearsed, kept with the run: what people are told later is what was tried. */
import type { GateResult } from '../core/records.ts';
import type { RevisionId } from '../core/results.ts';
import type { Artifact } from '../journal/journal.ts';
import { canonicalJson, textArtifact } from './hash.ts';
import { plannedRollback, rollbackFrom } from './rollback-document.ts';
import { branchOf } from './run-branch.ts';
import type { RunContext } from './run-context.ts';

/** The results, the rehearsal's with the hash of its document; as they are where nothing was rehearsed. */
export async function keepWayBack(
  { state, readText }: RunContext,
  results: GateResult[],
  head: RevisionId,
): Promise<{ results: GateResult[]; artifacts: Artifact[] }> {
  if (!results.some(({ kind }) => kind === 'revert')) return { results, artifacts: [] };
  const document = rollbackFrom(state, {
    gates: results,
    head,
    branch: branchOf(state),
    plan: await plannedRollback(state, readText),
    pullRequests: [],
  });
  const artifact = textArtifact('rollback', canonicalJson(document));
  const withIt = results.map((each) =>
    each.kind === 'revert' ? { ...each, way_back: artifact.hash } : each,
  );
  return { results: withIt, artifacts: [artifact] };
}
