/** Whose finding it is: the author that last wrote the line it names, measured in git, unless the reviewer named one of the run's authors. */
import type { Finding, Revision } from '../core/results.ts';
import { stepOf, type RunState, type StepState } from '../core/state.ts';
import type { RunContext } from './run-context.ts';

export interface OwnerCandidate {
  step: string;
  revision: Revision;
}

/** Everybody whose change lies under this one, oldest first, and the round's own author last. */
export function ownerCandidates(state: RunState, st: StepState): OwnerCandidate[] {
  const upstream: OwnerCandidate[] = [];
  for (let id = st.step.tree_from; id !== null; id = stepOf(state, id).step.tree_from) {
    const candidate = ownerAt(state, stepOf(state, id));
    if (candidate !== null) upstream.unshift(candidate);
  }
  const own = state.revisions.get(st.output?.revision ?? '');
  return own === undefined || st.step.work.kind !== 'agent'
    ? upstream
    : [...upstream, { step: st.step.id, revision: own }];
}

function ownerAt(state: RunState, st: StepState): OwnerCandidate | null {
  const revision = state.revisions.get(st.accepted?.output?.revision ?? '');
  return revision === undefined || st.step.work.kind !== 'agent' ? null : { step: st.step.id, revision };
}

export async function withOwners(
  ctx: RunContext,
  findings: Finding[],
  candidates: OwnerCandidate[],
): Promise<Finding[]> {
  const revisions = candidates.map((candidate) => candidate.revision);
  return Promise.all(
    findings.map(async (finding) => {
      if (finding.owner !== null || finding.file === null || revisions.length < 2) return finding;
      const writer = await ctx.engine.workspaces.lastWriter(ctx.runId, finding, revisions);
      return { ...finding, owner: candidates[writer]?.step ?? null };
    }),
  );
}
