/** Several independent faults are looked into side by side, each by its own invocation, and brought together again. */
import type { Step, StepId } from '../graph.ts';
import type { Extension } from './planned.ts';
import type { Finding } from '../results.ts';
import { blockingFindings } from '../review/rework.ts';
import type { RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';
import { requiredReviewers } from '../review/verdicts.ts';

/** The search for the faults of a red check, where there are enough of them; null: one rework answers all. */
export function debugExtension(state: RunState, st: StepState): Extension | null {
  const debugging = st.step.work.kind === 'check' ? st.step.work.debug : undefined;
  if (debugging === undefined) return null;
  const groups = independentFaults(blockingFindings(st));
  const reviewers = requiredReviewers(state, st);
  // Once somebody has mended things here, the next round builds on that.
  if (st.output !== null || groups.length < debugging.from || reviewers.length === 0) return null;
  const before = st.step.tree_from;
  const idOf = (name: string): StepId => `${st.step.id}-debug-r${st.round}-${name}`;
  const shared = { phase: st.step.phase, when: null, gates: 'quick', reviewers } as const;
  const searches = groups.map((_, index): Step => ({
    ...shared,
    id: idOf(String(index + 1)),
    title: `${state.graph.agents[debugging.agent]?.title ?? debugging.agent} ${index + 1}`,
    work: { kind: 'agent', agent: debugging.agent, output: 'changes', changes: 'required', scopes: [] },
    needs: st.step.needs,
    tree_from: before,
  }));
  const sides = searches.map((step) => step.id);
  const merge: Step = {
    ...shared,
    id: idOf('merge'),
    title: `Merge of ${sides.length} repairs`,
    work: { kind: 'merge', sides },
    needs: sides,
    tree_from: before,
  };
  return {
    before: st.step.id,
    reason: `${groups.length} independent faults are looked into side by side`,
    steps: [...searches, merge],
    dropped: [],
    needs: [...st.step.needs, merge.id],
    tree_from: merge.id,
    findings: Object.fromEntries(sides.map((id, index) => [id, groups[index] ?? []])),
  };
}

/** Findings by the file that they are about, or by their source where they name none: other files, other causes. */
export function independentFaults(findings: Finding[]): Finding[][] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const name = finding.file === null ? `source ${finding.source}` : `file ${finding.repo}/${finding.file}`;
    groups.set(name, [...(groups.get(name) ?? []), finding]);
  }
  return [...groups.values()];
}
