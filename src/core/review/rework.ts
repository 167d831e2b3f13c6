/** Whose turn it is after a failed judgement, and why a loop has to stop. */
import type { Finding } from '../results.ts';
import { stepOf, type RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';
import type { StepId } from '../graph.ts';
import { reach } from '../graph/ancestors.ts';
import { requiredReviewers } from './verdicts.ts';
import { startedTasksOf } from '../plan/started-tasks.ts';

export type LoopEnd =
  | { kind: 'rounds_used'; detail: string }
  | { kind: 'same_finding'; detail: string }
  | { kind: 'no_progress'; detail: string }
  | { kind: 'tree_repeats'; detail: string }
  | { kind: 'nothing_moved'; detail: string };

/** Findings that stand in the way of this output: every blocking one that no person put aside. */
export function blockingFindings(st: StepState): Finding[] {
  return st.findings.filter((finding) => finding.blocking && !st.waived.has(finding.fingerprint));
}

/** Rework rounds that the step may still start without a person. */
export function roundsLeft(state: RunState, st: StepState): number {
  return state.limits.max_rework + st.budget.extraRounds - st.budget.reworks;
}

/**
 * Why another round would be useless, or null. Called after the judged round was counted in (`budget`).
 */
export function loopEnd(state: RunState, st: StepState): LoopEnd | null {
  const { limits } = state;
  const { budget } = st;
  const red = redAgain(state, st);
  if (red !== null) return { kind: 'nothing_moved', detail: red };
  if (roundsLeft(state, st) <= 0) {
    const allowed = limits.max_rework + budget.extraRounds;
    return { kind: 'rounds_used', detail: `${budget.reworks} of ${allowed} rework rounds are used` };
  }
  const same = blockingFindings(st).find(
    (f) => (budget.fingerprints.get(f.fingerprint) ?? 0) >= limits.max_same_finding,
  );
  if (same !== undefined) {
    return { kind: 'same_finding', detail: `found ${limits.max_same_finding} times: ${same.problem}` };
  }
  const [before2, before1, now] = budget.blockingCounts.slice(-3);
  if (
    before2 !== undefined &&
    before1 !== undefined &&
    now !== undefined &&
    now >= before1 &&
    before1 >= before2
  ) {
    return {
      kind: 'no_progress',
      detail: `blocking findings did not fall over two rounds: ${before2}, ${before1}, ${now}`,
    };
  }
  const content = contentOf(st);
  if (content !== null && st.disputes.length === 0 && budget.refusedOutputs.has(content)) {
    return { kind: 'tree_repeats', detail: 'the content of an earlier, refused round came back' };
  }
  return null;
}

/**
 * A round that left the tree of a refused one, with gates that are red: they measure the same again, whatever the author
 * disputes, so that the same author is not asked the same once more. Null: something moved, or somebody else is asked.
 */
function redAgain(state: RunState, st: StepState): string | null {
  const tree = st.output?.revision ?? null;
  const blocking = blockingFindings(st);
  const open = new Set(blocking.map(({ id }) => id));
  const measured = st.gates.filter(({ findings }) => findings.some(({ id }) => open.has(id)));
  const red = [...new Set(measured.map(({ gate }) => gate))];
  if (tree === null || red.length === 0 || !st.budget.refusedTrees.has(tree)) return null;
  if (ownerToReopen(state, st, blocking) !== null) return null;
  if (!reworkAuthors(state, st, blocking).every((author) => st.budget.asked.includes(author))) return null;
  return `round ${st.round} changed nothing that an earlier one had not tried, and the same is red: ${red.join(', ')}`;
}

/** What a round is compared by: the tree where there is one, the artifact otherwise. */
export function contentOf(st: StepState): string | null {
  const output = st.output;
  if (output === null) return null;
  return output.revision !== null && output.revision !== st.base ? output.revision : output.artifact;
}

/**
 * Who answers the findings: their owners, upstream first. A finding without an owner belongs to the step's own
 * agent, and where there is none (a check, a merge) to the last one that wrote. Where the reviewers saw red gates and
 * put all that blocks on others, the gates' findings are those others' too: a correct test that shows somebody else's
 * fault is not the tester's to mend. Empty: nobody wrote anything.
 */
export function reworkAuthors(state: RunState, st: StepState, findings: Finding[]): StepId[] {
  const reviewers = requiredReviewers(state, st);
  const said = findings.filter((finding) => reviewers.includes(finding.source));
  const onOthers = said.length > 0 && said.every((finding) => ownerOf(state, st, finding) !== st.step.id);
  const named = (onOthers ? said : findings).map((finding) => ownerOf(state, st, finding));
  const owners = new Set((named.length > 0 ? named : [defaultAuthor(state, st)]).filter((id) => id !== null));
  return [...owners].sort((a, b) => stepOf(state, a).index - stepOf(state, b).index);
}

function ownerOf(state: RunState, st: StepState, finding: Finding): StepId | null {
  const { owner } = finding;
  return owner !== null && isAuthorOf(state, st, owner) ? owner : defaultAuthor(state, st);
}

/** Only who worked on what lies under this output can answer for it, whomever a reviewer names. */
function isAuthorOf(state: RunState, st: StepState, owner: StepId): boolean {
  if (!isAgentStep(state, owner)) return false;
  return owner === st.step.id || st.writers.has(owner) || isAcceptedUpstream(state, st, owner);
}

export function isAcceptedUpstream(state: RunState, st: StepState, owner: StepId): boolean {
  const upstream = state.steps.get(owner);
  if (upstream === undefined || upstream.status !== 'accepted' || upstream.index >= st.index) return false;
  // What stands before it in the graph has nothing to do with it.
  const past = reach(st.step.needs, (id) => {
    const before = stepOf(state, id);
    return before.index > upstream.index ? before.step.needs : [];
  });
  return past.has(owner);
}

function defaultAuthor(state: RunState, st: StepState): StepId | null {
  if (isAgentStep(state, st.step.id)) return st.step.id;
  const writers = [...st.writers].filter((id) => isAgentStep(state, id));
  return writers.at(-1) ?? lastWriterBefore(state, st);
}

function isAgentStep(state: RunState, id: StepId): boolean {
  return state.steps.get(id)?.step.work.kind === 'agent';
}

/** The nearest accepted step upstream whose agent wrote files. */
function lastWriterBefore(state: RunState, st: StepState): StepId | null {
  const seen = new Set<StepId>();
  const queue = st.step.work.kind === 'merge' ? [...st.step.work.sides].reverse() : [st.step.tree_from];
  for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
    if (id === null || seen.has(id)) continue;
    seen.add(id);
    const candidate = stepOf(state, id);
    if (candidate.step.work.kind === 'agent' && candidate.accepted?.output?.revision != null) return id;
    if (candidate.step.work.kind === 'merge') queue.push(...[...candidate.step.work.sides].reverse());
    queue.push(candidate.step.tree_from);
  }
  return null;
}

/**
 * The owner upstream that has to do its own step again, with everything derived from it: where its artifact, not
 * its tree, is at fault, or where this step makes an artifact, which another one's rework would replace.
 */
export function ownerToReopen(state: RunState, st: StepState, findings: Finding[]): StepId | null {
  const makesArtifact = isAgentStep(state, st.step.id) && (st.output?.revision ?? null) === null;
  for (const { owner } of findings) {
    if (owner === null || owner === st.step.id || !isAgentStep(state, owner)) continue;
    if (!isAcceptedUpstream(state, st, owner)) continue;
    const madeArtifact = (stepOf(state, owner).accepted?.output?.revision ?? null) === null;
    if (madeArtifact || makesArtifact) return owner;
  }
  return null;
}

/**
 * Everything that was derived from a step, in the graph's order. Tasks of a plan that have started are not in it: a
 * revised plan may change only what has not.
 */
export function derivedFrom(state: RunState, id: StepId): StepId[] {
  const kept = startedTasksOf(state, id);
  const behind = (from: StepId): StepId[] =>
    [...(state.dependents.get(from) ?? [])].filter((next) => next !== id && !kept.has(next));
  const found = reach(behind(id), behind);
  return [...found]
    .filter((step) => stepOf(state, step).status !== 'pending')
    .sort((a, b) => stepOf(state, a).index - stepOf(state, b).index);
}
