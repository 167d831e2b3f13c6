/**
 * Rule 3, in code: nothing unreviewed is used. A revision may be used when links, each judged by every
 * reviewer that the step asks for (or accepted by a person for exactly that hash), lead to it from the base.
 */
import type { Hash, Link, Output, RevisionId } from '../results.ts';
import { baseOf } from '../graph/bases.ts';
import { stepOf, type RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';

/** What the step's reviewers are asked to judge now; null where nothing differs from what was accepted before. */
export function linkToJudge(state: RunState, st: StepState): Link | null {
  const from = linkStart(state, st);
  const to = contentToJudge(st);
  return from === to ? null : { from, to };
}

function linkStart(state: RunState, st: StepState): RevisionId {
  return st.step.work.kind === 'check' && st.step.work.from === 'base' ? baseOf(state, st).id : st.base;
}

/** The hash of what the step stands for now: what a verdict and a person's acceptance are bound to. */
export function contentToJudge(st: StepState): Hash {
  return st.output?.id ?? st.base;
}

/** The revision that later steps would start from if this output were accepted. */
export function revisionOf(st: StepState, output: Output | null): RevisionId {
  return output?.revision ?? st.base;
}

/**
 * Who has to judge: the step's reviewers, in their order. A merge or a check without any answers to those of the
 * steps that took part in its output, so that no graph can make unreviewed work pass.
 */
export function requiredReviewers(state: RunState, st: StepState): string[] {
  if (st.step.reviewers.length > 0) return st.step.reviewers;
  const writers = [...st.writers].map((id) => stepOf(state, id).step.reviewers);
  return [...new Set(writers.flat())];
}

/** Whether every reviewer passed exactly this link, and nobody who judged took part in making it. */
export function isLinkPassed(state: RunState, st: StepState, link: Link): boolean {
  const reviewers = requiredReviewers(state, st);
  return reviewers.length > 0 && reviewers.every((reviewer) => hasPassed(state, st, { reviewer, link }));
}

function hasPassed(state: RunState, st: StepState, asked: { reviewer: string; link: Link }): boolean {
  const verdict = st.verdicts.get(asked.reviewer);
  if (verdict === undefined || !isSameLink(verdict.link, asked.link)) return false;
  if (verdict.review.verdict === 'fail' || verdict.review.findings.some((f) => f.blocking)) return false;
  return isIndependent(state, st, asked.reviewer);
}

export function isSameLink(a: Link, b: Link): boolean {
  return a.from === b.from && a.to === b.to;
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

/** Whether a person accepted exactly this content of this step. */
export function isOverridden(
  state: RunState,
  st: StepState,
  override: string | null,
  content: Hash,
): boolean {
  const asked = override === null ? undefined : state.questions.get(override);
  const option = asked?.answer?.option;
  if (option !== 'accept' && option !== 'withdraw') return false;
  return asked?.question.step === st.step.id && asked.question.binds === content;
}

/** May a step start from this revision? Only when it is reviewed, or made by this very step and still in its hands. */
export function mayStartFrom(state: RunState, st: StepState, revision: RevisionId): boolean {
  return state.reviewed.has(revision) || st.output?.revision === revision;
}
