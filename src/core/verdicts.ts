/**
 * Rule 3, in code: nothing unreviewed is used. A revision may be used when links, each judged by every
 * reviewer that the step asks for (or accepted by a person for exactly that hash), lead to it from the base.
 */
import type { Link, Output, RevisionId } from './results.ts';
import type { RunState, StepState } from './state.ts';

/** What the step's reviewers are asked to judge now; null where nothing differs from what was accepted before. */
export function linkToJudge(state: RunState, st: StepState): Link | null {
  const from = linkStart(state, st);
  const to = st.output?.id ?? st.base;
  return from === to ? null : { from, to };
}

function linkStart(state: RunState, st: StepState): RevisionId {
  return st.step.work.kind === 'check' && st.step.work.from === 'base' ? state.base.id : st.base;
}

/** The revision that later steps would start from if this output were accepted. */
export function revisionOf(st: StepState, output: Output | null): RevisionId {
  return output?.revision ?? st.base;
}

/** Whether every reviewer of the step passed exactly this link, and nobody who judged took part in making it. */
export function isLinkPassed(state: RunState, st: StepState, link: Link): boolean {
  return st.step.reviewers.every((reviewer) => {
    const verdict = st.verdicts.get(reviewer);
    if (verdict === undefined || verdict.link.from !== link.from || verdict.link.to !== link.to) return false;
    if (verdict.review.verdict === 'fail' || verdict.review.findings.some((f) => f.blocking)) return false;
    return isIndependent(state, st, reviewer);
  });
}

/** Another definition than every author of the output. */
export function isIndependent(state: RunState, st: StepState, reviewer: string): boolean {
  const judge = state.graph.agents[reviewer];
  if (judge === undefined) return false;
  for (const id of st.writers) {
    const work = state.steps.get(id)?.step.work;
    if (work?.kind !== 'agent') continue;
    const author = state.graph.agents[work.agent];
    if (author === undefined || author.definition_hash === judge.definition_hash) return false;
  }
  return true;
}

/** Whether a person accepted exactly this link. */
export function isOverridden(state: RunState, override: string | null, link: Link): boolean {
  if (override === null) return false;
  const asked = state.questions.get(override);
  const accepted = asked?.answer?.option === 'accept' || asked?.answer?.option === 'withdraw';
  return accepted && asked?.question.binds === link.to;
}

/** May a step start from this revision? Only when it is reviewed, or made by this very step and still in its hands. */
export function mayStartFrom(state: RunState, st: StepState, revision: RevisionId): boolean {
  return state.reviewed.has(revision) || st.output?.revision === revision;
}
