/** What starts and outcomes of work, gates, reviews, merges and waits do to the state. Bookkeeping only. */
import { keepParts } from './questions/approvals.ts';
import { reserve, settle, writeOff } from './budget/budget.ts';
import { loseDeploy } from './effects/deploying.ts';
import { takePointers } from './effects/pointers.ts';
import type { EventOf } from './events.ts';
import type { Collision, Failure } from './records.ts';
import { renewFindings } from './review/findings.ts';
import { rememberEdit } from './checks/lanes.ts';
import { ontoOf } from './graph/bases.ts';
import { writersOf } from './graph/lineage.ts';
import type { ConcernFact } from './results.ts';
import { isMeasured } from './graph.ts';
import { countRound } from './review/rounds.ts';
import { stepOf, type InFlight, type RunState } from './state.ts';
import type { Stage, StepState } from './step-state.ts';
import { isSameLink, linkToJudge, requiredReviewers } from './review/verdicts.ts';
import { counted, withEntry, withMembers } from './small.ts';

/** Within one round and slot. Quotas of a day or a week end on time; whoever hits one this often does something else wrong. */
const MAX_QUOTA_WAITS = 20;
/** Longer than the longest quota, which is a week's. */
const MAX_QUOTA_WAIT_MS = 8 * 24 * 3_600_000;
const MIN_QUOTA_WAIT_MS = 1;

export function start(state: RunState, st: StepState, work: InFlight): void {
  state.inFlight.set(work.key, work);
  st.attempts = counted(st.attempts, work.slot);
}

/** Takes the work out of flight; null: nobody waits for it any more. */
export function finish(state: RunState, key: string): InFlight | null {
  const work = state.inFlight.get(key) ?? null;
  state.inFlight.delete(key);
  return work;
}

/** The holder died with this in flight: it is started afresh, and no budget is spent. */
export function interrupt(state: RunState, key: string): void {
  if (state.inFlight.get(key)?.kind === 'wait') return endWait(state, key);
  writeOff(state, key);
  const work = finish(state, key);
  if (work === null) return;
  state.interruptions += 1;
  if (work.kind === 'deploy') loseDeploy(stepOf(state, work.step));
}

function countFailure(st: StepState, slot: string, failure: Failure): void {
  st.lastFailure = {
    reason: failure.reason,
    detail: failure.detail,
    ...(failure.hopeless && { hopeless: true }),
  };
  if (failure.reason === 'interrupted' || failure.reason === 'cancelled') return;
  if (failure.retry_after_ms !== undefined && takeQuota(st, slot, failure.retry_after_ms)) return;
  st.failures = counted(st.failures, slot);
}

/** false: it was used up so often that a person has to know. */
function takeQuota(st: StepState, slot: string, retryAfterMs: number): boolean {
  const times = (st.quotas.get(slot)?.times ?? 0) + 1;
  if (times > MAX_QUOTA_WAITS) return false;
  const waitMs = Math.min(MAX_QUOTA_WAIT_MS, Math.max(MIN_QUOTA_WAIT_MS, Math.ceil(retryAfterMs)));
  st.quotas = withEntry(st.quotas, slot, { times, waitMs });
  return true;
}

export function startInvocation(state: RunState, event: EventOf<'invocation_started'>): void {
  state.invocations += 1;
  reserve(state, event.key, 'work');
  const st = stepOf(state, event.step);
  const slot = event.key.split('/').at(-2) ?? '';
  st.identities = withEntry(st.identities, slot, event.identity);
  start(state, st, { key: event.key, kind: 'work', step: event.step, slot });
}

export function endInvocation(state: RunState, event: EventOf<'invocation_ended'>): void {
  settle(state, event.key, { usage: event.usage, durationMs: event.duration_ms });
  const work = finish(state, event.key);
  if (work === null) return;
  const st = stepOf(state, event.step);
  const { outcome } = event;
  if (outcome.kind === 'failed') return countFailure(st, work.slot, outcome);
  const { result } = outcome;
  st.lastFailure = null;
  if (result.status !== 'complete') {
    const asks = result.open_questions.join(' ') || result.summary;
    st.blocked =
      result.status === 'blocked' && result.blocked !== null
        ? result.blocked
        : { reason: 'clarification', detail: asks, attempted: [] };
    st.stage = 'judge';
    return;
  }
  if (event.revision !== null) {
    state.revisions.set(event.revision.id, event.revision);
    keepParts(state, event.revision.id, event.parts);
  }
  const author = st.authors.shift();
  if (author !== undefined) {
    st.writers = withMembers(st.writers, [author]);
    if (event.revision !== null) rememberEdit(st, author, event.revision.id);
  }
  st.output = outcome.output;
  st.disputes.push(...result.disputes);
  st.needs = result.needs;
  st.tasks = result.tasks ?? [];
  st.namedConcerns = result.concerns ?? [];
  st.namedEffort = result.effort ?? null;
  st.recommendations = result.recommendations ?? [];
  st.covers.push(...(result.covers ?? []));
  st.checks = result.checks ?? [];
  st.preparation = result.preparation ?? null;
  st.size = outcome.size ?? st.size;
  st.changedPaths = withMembers(st.changedPaths, outcome.changed_paths);
  if (outcome.changed_files > outcome.changed_paths.length) st.unnamedChanges = true;
  rememberConcerns(st, outcome.concerns);
  st.claimedTestsPassed = outcome.claimed_tests_passed;
  st.beside = withMembers(st.beside, outcome.beside ?? []);
  if (outcome.changed_files > state.limits.max_changed_files) {
    st.tooManyFiles = outcome.changed_files;
    st.budget.largeChanges += 1;
    st.stage = 'judge';
    return;
  }
  st.stage = afterAuthor(st);
}

/** Where a step goes when an author is done: to the next one, or to the gates. */
export function afterAuthor(st: StepState): Stage {
  return st.authors.length > 0 ? 'work' : afterWork(st);
}

/** null: the diff was too long to be read whole. */
function rememberConcerns(st: StepState, measured: ConcernFact[] | null = []): void {
  if (measured === null) st.unreadChanges = true;
  for (const { name, where } of measured ?? [])
    if (!st.concerns.has(name)) st.concerns = withEntry(st.concerns, name, where);
}

function afterWork(st: StepState): Stage {
  return isMeasured(st.step) ? 'gates' : 'review';
}

export function endGates(state: RunState, event: EventOf<'gates_ended'>): void {
  settle(state, event.key, { usage: null, durationMs: event.duration_ms });
  const work = finish(state, event.key);
  if (work === null) return;
  const st = stepOf(state, event.step);
  if (event.outcome.kind === 'failed') return countFailure(st, work.slot, event.outcome);
  st.lastFailure = null;
  st.gates = event.outcome.results;
  // Findings of gates are measured afresh in every round; those of reviewers stay until their reviewer resolves them.
  const reviewers = requiredReviewers(state, st);
  const kept = st.findings.filter((finding) => reviewers.includes(finding.source));
  st.findings = [...kept, ...st.gates.flatMap((gate) => gate.findings)];
  if (linkToJudge(state, st) === null || reviewers.length === 0) judgeRound(state, st);
  else st.stage = 'review';
}

export function endReview(state: RunState, event: EventOf<'review_ended'>): void {
  settle(state, event.key, { usage: event.usage, durationMs: event.duration_ms });
  const work = finish(state, event.key);
  if (work === null) return;
  const st = stepOf(state, event.step);
  if (event.outcome.kind === 'failed') return countFailure(st, work.slot, event.outcome);
  const link = linkToJudge(state, st);
  if (link === null || !isSameLink(event.link, link)) {
    const detail = `E_STALE_REVIEW the verdict is for ${event.link.to}, asked was ${link?.to ?? 'none'}`;
    return countFailure(st, work.slot, { reason: 'invalid_output', detail });
  }
  const { review } = event.outcome;
  st.lastFailure = null;
  st.verdicts = withEntry(st.verdicts, event.reviewer, { link: event.link, review });
  if (review.confirms !== undefined) st.confirmed = withEntry(st.confirmed, event.reviewer, review.confirms);
  st.findings = renewFindings(st.findings, event.reviewer, review);
  if (requiredReviewers(state, st).every((reviewer) => st.verdicts.has(reviewer))) judgeRound(state, st);
}

function judgeRound(state: RunState, st: StepState): void {
  st.stage = 'judge';
  countRound(st, requiredReviewers(state, st));
}

export function endMerge(state: RunState, event: EventOf<'merge_ended'>): void {
  const work = finish(state, event.key);
  if (work === null) return;
  const st = stepOf(state, event.step);
  const { outcome } = event;
  switch (outcome.kind) {
    case 'failed':
      return countFailure(st, work.slot, outcome);
    case 'collided':
    case 'merged':
      if (event.revision !== null) {
        state.revisions.set(event.revision.id, event.revision);
        keepParts(state, event.revision.id, event.parts);
      }
      takePointers(state, st, event);
      st.output = outcome.output;
      st.edits = [];
      if (outcome.kind === 'merged') st.size = outcome.size ?? st.size;
      st.lastFailure = null;
      takeSides(state, st, outcome.kind === 'collided' ? outcome.left : []);
  }
}

/** Who wrote what was merged; the authors of what was left out do it again, upstream first. */
function takeSides(state: RunState, st: StepState, left: Collision[]): void {
  const sides = st.step.work.kind === 'merge' ? st.step.work.sides : [];
  const leftOut = new Set(left.map(({ side }) => side));
  const merged = sides.filter((side) => !leftOut.has(side));
  st.writers = withMembers(
    st.writers,
    merged.flatMap((side) => [...writersOf(state, st, side)]),
  );
  st.collisions = left;
  st.authors = ontoOf(st.step.work) === null ? authorsAgain(state, st, leftOut) : ownersOf(state, left);
  if (left.length > 0 && st.authors.length === 0) {
    const detail = `${[...leftOut].join(', ')} collided, and nobody else wrote it who could do it again`;
    st.blocked = { reason: 'unknown', detail, attempted: [] };
  }
  st.stage = st.authors.length > 0 ? 'work' : st.blocked === null ? afterWork(st) : 'judge';
}

function authorsAgain(state: RunState, st: StepState, leftOut: ReadonlySet<string>): string[] {
  return [...leftOut]
    .flatMap((side) => writersOf(state, st, side))
    .filter((id, index, all) => !st.writers.has(id) && all.indexOf(id) === index);
}

/** Where the base went on: whoever wrote what collides with it goes on with what is marked in the tree, upstream first. */
function ownersOf(state: RunState, left: Collision[]): string[] {
  const owners = [...new Set(left.map(({ side }) => side))].map((id) => stepOf(state, id));
  return owners
    .filter(({ step }) => step.work.kind === 'agent')
    .sort((a, b) => a.index - b.index)
    .map(({ step }) => step.id);
}

export function endWait(state: RunState, key: string): void {
  const work = finish(state, key);
  if (work === null) return;
  const effect = state.effects.get(work.slot);
  if (effect !== undefined) {
    effect.waited += 1;
    effect.followedMs += effect.askedWaitMs;
    return;
  }
  const st = stepOf(state, work.step);
  const quota = st.quotas.get(work.slot);
  if (quota !== undefined && quota.waitMs !== null) {
    st.quotas = withEntry(st.quotas, work.slot, { ...quota, waitMs: null });
    return;
  }
  st.waited = counted(st.waited, work.slot);
}
