/** Whose finding it is: the author that last wrote the line it names, measured in git, unless the reviewer named one of the run's authors. */
import type { Finding, Revision } from '../core/results.ts';
import { isTestFile } from '../gates/suites/test-files.ts';
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

/** By repository, the step whose agent last wrote a test file of the change; of several files, the one that got most. */
export async function testWriters(
  ctx: RunContext,
  { base, revision }: { base: Revision; revision: Revision },
  candidates: OwnerCandidate[],
): Promise<Record<string, string>> {
  const { engine, runId } = ctx;
  const changes = await engine.workspaces.changes(runId, base, revision);
  const tests = changes.filter(({ path, linesAdded }) => linesAdded > 0 && isTestFile(path));
  const revisions = candidates.map((candidate) => candidate.revision);
  const writers: Record<string, string> = {};
  for (const [repo, own] of Map.groupBy(tests, (change) => change.repo)) {
    const file = own.toSorted((a, b) => b.linesAdded - a.linesAdded)[0]?.path ?? null;
    const writer = await engine.workspaces.lastWriter(runId, { repo, file, line: null }, revisions);
    const step = candidates[writer]?.step ?? null;
    if (step !== null) writers[repo] = step;
  }
  return writers;
}
