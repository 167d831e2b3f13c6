/** Whose turn it is after a failed judgement, and why a loop has to stop. */
import type { Finding } from './results.ts';
import { stepOf, type RunState, type StepState } from './state.ts';
import type { StepId } from './graph.ts';

export type LoopEnd =
  | { kind: 'rounds_used'; detail: string }
  | { kind: 'same_finding'; detail: string }
  | { kind: 'no_progress'; detail: string }
  | { kind: 'tree_repeats'; detail: string };

/** Findings that stand in the way of this output: every blocking one that no person put aside. */
export function blockingFindings(st: StepState): Finding[] {
  return st.findings.filter((finding) => finding.blocking && !st.waived.has(finding.fingerprint));
}

/**
 * Why another round would be useless, or null. Called after the judged round was counted in (`budget`).
 */
export function loopEnd(state: RunState, st: StepState): LoopEnd | null {
  const { limits } = state;
  const { budget } = st;
  const allowed = limits.max_rework + budget.extraRounds;
  if (budget.reworks >= allowed) {
    return { kind: 'rounds_used', detail: `${budget.reworks} of ${allowed} rework rounds are used` };
  }
  // A person who said "continue" has seen the signs below: they count again only from there on.
  if (budget.continues > 0) return null;
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

/** What a round is compared by: the tree where there is one, the artifact otherwise. */
export function contentOf(st: StepState): string | null {
  const output = st.output;
  if (output === null) return null;
  return output.revision !== null && output.revision !== st.base ? output.revision : output.artifact;
}

/**
 * Who answers the findings: their owners, upstream first. A finding without an owner belongs to the step's own
 * agent, and where there is none (a check, a merge) to the last one that wrote.
 */
export function reworkAuthors(state: RunState, st: StepState, findings: Finding[]): StepId[] {
  const owners = new Set(findings.map((finding) => ownerOf(state, st, finding)).filter((id) => id !== null));
  return [...owners].sort((a, b) => stepOf(state, a).index - stepOf(state, b).index);
}

export function ownerOf(state: RunState, st: StepState, finding: Finding): StepId | null {
  if (finding.owner !== null && isAgentStep(state, finding.owner)) return finding.owner;
  if (isAgentStep(state, st.step.id)) return st.step.id;
  const writers = [...st.writers].filter((id) => isAgentStep(state, id));
  return writers.at(-1) ?? lastWriterBefore(state, st);
}

function isAgentStep(state: RunState, id: StepId): boolean {
  return state.steps.get(id)?.step.work.kind === 'agent';
}

/** The nearest accepted step upstream whose agent wrote files. */
export function lastWriterBefore(state: RunState, st: StepState): StepId | null {
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

/** The owners whose artifact, not tree, is at fault: they do their step again and what was derived from it is stale. */
export function artifactOwner(state: RunState, st: StepState, findings: Finding[]): StepId | null {
  for (const finding of findings) {
    const owner = finding.owner;
    if (owner === null || owner === st.step.id || !isAgentStep(state, owner)) continue;
    const upstream = stepOf(state, owner);
    if (
      upstream.index < st.index &&
      upstream.status === 'accepted' &&
      upstream.accepted?.output?.revision == null
    )
      return owner;
  }
  return null;
}

/** Everything that was derived from a step, in the graph's order. */
export function derivedFrom(state: RunState, id: StepId): StepId[] {
  const found = new Set<StepId>();
  const queue = [...(state.dependents.get(id) ?? [])];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (found.has(next)) continue;
    found.add(next);
    queue.push(...(state.dependents.get(next) ?? []));
  }
  return [...found]
    .filter((step) => stepOf(state, step).status !== 'pending')
    .sort((a, b) => stepOf(state, a).index - stepOf(state, b).index);
}
