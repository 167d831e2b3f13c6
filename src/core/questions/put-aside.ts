/**
 * What a person accepted as it was stays accepted: a later step that hands on the very same tree, and whose gates say
 * nothing blocking that this person did not see, is not asked about again. Reviewers of that step judge as ever.
 */
import type { RevisionId } from '../results.ts';
import { blockingFindings } from '../review/rework.ts';
import { revisionOf } from '../review/verdicts.ts';
import type { RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';

/** One answer "accept as it is": the tree that it was about, and what blocked it. */
export interface PutAside {
  question: string;
  revision: RevisionId;
  fingerprints: ReadonlySet<string>;
}

export function putAside(state: RunState, st: StepState, question: string): void {
  const fingerprints = new Set(blockingFindings(st).map((finding) => finding.fingerprint));
  state.putAside.push({ question, revision: revisionOf(st, st.output), fingerprints });
}

/** The answer that covers everything that gates say of this step's tree; null where nothing does, or gates say nothing. */
export function putAsideBefore(state: RunState, st: StepState): string | null {
  const blocking = blockingFindings(st);
  const gates = new Set(st.gates.map(({ gate }) => gate));
  if (blocking.length === 0 || !blocking.every(({ source }) => gates.has(source))) return null;
  const revision = revisionOf(st, st.output);
  const found = state.putAside.find(
    (each) =>
      each.revision === revision && blocking.every(({ fingerprint }) => each.fingerprints.has(fingerprint)),
  );
  return found?.question ?? null;
}
