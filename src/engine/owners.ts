/** Whose finding it is: the author that last wrote the line it names, measured in git, unless the reviewer named one of the run's authors. */
import type { Finding, Revision } from '../core/results.ts';
import { writtenBehind } from '../core/graph/lineage.ts';
import type { RunState } from '../core/state.ts';
import type { StepState } from '../core/step-state.ts';
import type { RunContext } from './run-context.ts';

export interface OwnerCandidate {
  /** null: nobody's own, what a merge made. */
  step: string | null;
  revision: Revision;
}

/** Everybody whose change lies under this one, on every side of a merge, oldest first, and the round's own author last. */
export function ownerCandidates(state: RunState, st: StepState): OwnerCandidate[] {
  return writtenBehind(state, st.step.id).flatMap(({ by, revision }) => {
    const found = state.revisions.get(revision);
    return found === undefined ? [] : [{ step: by, revision: found }];
  });
}

/** The steps whose author may own a finding. */
export function namesOf(candidates: OwnerCandidate[]): string[] {
  return [...new Set(candidates.flatMap(({ step }) => step ?? []))];
}

export async function withOwners(
  ctx: RunContext,
  findings: Finding[],
  candidates: OwnerCandidate[],
): Promise<Finding[]> {
  const revisions = candidates.map((candidate) => candidate.revision);
  const names = namesOf(candidates);
  return Promise.all(
    findings.map(async (finding) => {
      if (finding.owner !== null || finding.file === null || names.length < 2) return finding;
      const writer = await ctx.engine.workspaces.lastWriter(ctx.runId, finding, revisions);
      return { ...finding, owner: candidates[writer]?.step ?? null };
    }),
  );
}
