/**
 * fold: events → state. `applyEvent` changes the state in place and knows every event; what it does is
 * bookkeeping only, every choice is made in `decide`. An outcome for a key that is no longer expected
 * (a late twin, a step that went stale) changes nothing.
 */
import type { EventOf, Failure, RunEvent } from './events.ts';
import type { Graph, StepId } from './graph.ts';
import { clampLimits } from './limits.ts';
import { reviewSlot } from './keys.ts';
import { applyAnswer } from './answers.ts';
import { firstStage, resetRound, startRound } from './rounds.ts';
import { createStepState, stepOf, type InFlight, type RunState, type StepState } from './state.ts';
import { isLinkPassed, isOverridden, linkToJudge, revisionOf } from './verdicts.ts';

/** The state that a whole history leads to. The first event has to be `run_started`. */
export function fold(events: Iterable<RunEvent>): RunState {
  let state: RunState | null = null;
  for (const event of events) {
    if (state === null) {
      if (event.type !== 'run_started') throw new Error(`a run starts with run_started, not ${event.type}`);
      state = createState(event);
    } else {
      applyEvent(state, event);
    }
  }
  if (state === null) throw new Error('a run without events has no state');
  return state;
}

export function createState(event: EventOf<'run_started'>): RunState {
  const { graph } = event;
  const steps = new Map(graph.steps.map((step, index) => [step.id, createStepState(step, index)]));
  const state: RunState = {
    runId: event.run_id,
    request: event.request,
    remarks: [],
    graph,
    limits: clampLimits(graph.limits),
    repos: event.repos,
    base: event.base,
    driver: event.driver,
    forge: event.forge,
    sandbox: event.sandbox,
    snapshot: event.snapshot,
    rulesVersion: event.rules_version,
    seq: 1,
    confirmed: event.confirmed || graph.start === 'launch',
    steps,
    dependents: dependentsOf(graph),
    open: new Set(),
    unsettled: graph.steps.length,
    phases: new Map(
      graph.phases.map((p) => [
        p.id,
        { id: p.id, started: false, unsettled: p.steps.length, completed: false },
      ]),
    ),
    phasesToSum: [],
    currentPhase: null,
    revisions: new Map([[event.base.id, event.base]]),
    reviewed: new Set([event.base.id]),
    questions: new Map(),
    openQuestions: new Set(),
    inFlight: new Map(),
    effects: new Map(),
    needs: new Map(),
    changedPaths: new Set(),
    invocations: 0,
    interruptions: 0,
    mismatches: 0,
    cancel: null,
    paused: null,
    ended: null,
    pullRequests: [],
  };
  for (const st of steps.values()) if (st.openNeeds === 0) openStep(state, st);
  return state;
}

function dependentsOf(graph: Graph): Map<StepId, StepId[]> {
  const dependents = new Map<StepId, StepId[]>();
  for (const step of graph.steps) {
    for (const need of step.needs) {
      const list = dependents.get(need);
      if (list === undefined) dependents.set(need, [step.id]);
      else list.push(step.id);
    }
  }
  return dependents;
}

export function applyEvent(state: RunState, event: RunEvent): void {
  state.seq += 1;
  switch (event.type) {
    case 'run_started':
      throw new Error('run_started stands first and only once');
    case 'rules_upgraded':
      state.rulesVersion = event.to;
      return;
    case 'holder_changed':
      state.paused = null;
      return;
    case 'interrupted':
      for (const key of event.keys) interrupt(state, key);
      return;
    case 'phase_started': {
      const phase = state.phases.get(event.phase);
      if (phase !== undefined) phase.started = true;
      state.currentPhase = event.phase;
      return;
    }
    case 'phase_completed': {
      const phase = state.phases.get(event.phase);
      if (phase !== undefined) phase.completed = true;
      state.phasesToSum = state.phasesToSum.filter((id) => id !== event.phase);
      return;
    }
    case 'step_selected':
      stepOf(state, event.step).stage = 'work';
      return;
    case 'step_skipped':
      return skipStep(state, stepOf(state, event.step), event.reason);
    case 'invocation_started':
      return startInvocation(state, event);
    case 'invocation_ended':
      return endInvocation(state, event);
    case 'claim_mismatch':
      state.mismatches += event.mismatches.length;
      return;
    case 'gates_started':
      return start(state, stepOf(state, event.step), {
        key: event.key,
        kind: 'gates',
        step: event.step,
        slot: 'gates',
      });
    case 'gates_ended':
      return endGates(state, event);
    case 'review_started': {
      state.invocations += 1;
      const slot = reviewSlot(event.reviewer);
      const st = stepOf(state, event.step);
      st.identities.set(slot, event.identity);
      return start(state, st, { key: event.key, kind: 'review', step: event.step, slot });
    }
    case 'review_ended':
      return endReview(state, event);
    case 'merge_started':
      return start(state, stepOf(state, event.step), {
        key: event.key,
        kind: 'merge',
        step: event.step,
        slot: 'merge',
      });
    case 'merge_ended':
      return endMerge(state, event);
    case 'step_accepted':
      return acceptStep(state, stepOf(state, event.step), event);
    case 'rework_requested':
      return startRound(stepOf(state, event.step), event.authors);
    case 'step_reopened':
      return reopenStep(state, event);
    case 'question_asked': {
      const { question } = event;
      state.questions.set(question.id, { question, answer: null });
      state.openQuestions.add(question.id);
      if (question.step === null) return;
      const st = stepOf(state, question.step);
      st.question = question.id;
      st.askedIn = st.stage;
      st.stage = 'asking';
      return;
    }
    case 'question_answered':
      return applyAnswer(state, event);
    case 'wait_started':
      state.inFlight.set(event.key, { key: event.key, kind: 'wait', step: event.step, slot: event.slot });
      return;
    case 'wait_ended':
      return endWait(state, event.key);
    case 'effect_intended':
      return startEffect(state, event);
    case 'effect_ended':
      return endEffect(state, event);
    case 'cancel_requested':
      state.cancel = { reason: event.reason };
      return;
    case 'run_paused':
      state.paused = { reason: event.reason, detail: event.detail };
      return;
    case 'run_resumed':
      state.paused = null;
      return;
    case 'run_ended':
      state.ended = { status: event.status, reason: event.reason };
      state.pullRequests = event.pull_requests;
      state.inFlight.clear();
      state.openQuestions.clear();
      return;
  }
}

// Opening and settling

function openStep(state: RunState, st: StepState): void {
  st.status = 'open';
  st.stage = st.step.when === null ? firstStage(st) : 'select';
  st.base = st.baseOverride ?? inheritedRevision(state, st.step.tree_from);
  state.open.add(st.step.id);
}

/** The revision that a settled step hands on; the run's base where there is none upstream. */
function inheritedRevision(state: RunState, from: StepId | null): string {
  return from === null ? state.base.id : (stepOf(state, from).accepted?.revision ?? state.base.id);
}

function settle(state: RunState, st: StepState): void {
  state.open.delete(st.step.id);
  state.unsettled -= 1;
  for (const id of state.dependents.get(st.step.id) ?? []) {
    const dependent = stepOf(state, id);
    dependent.openNeeds -= 1;
    if (dependent.openNeeds === 0 && dependent.status === 'pending') openStep(state, dependent);
  }
  const phase = state.phases.get(st.step.phase);
  if (phase === undefined) return;
  phase.unsettled -= 1;
  if (phase.unsettled === 0) state.phasesToSum.push(phase.id);
}

function unsettle(state: RunState, st: StepState): void {
  state.unsettled += 1;
  for (const id of state.dependents.get(st.step.id) ?? []) stepOf(state, id).openNeeds += 1;
  const phase = state.phases.get(st.step.phase);
  if (phase === undefined) return;
  phase.unsettled += 1;
  phase.completed = false;
  state.phasesToSum = state.phasesToSum.filter((p) => p !== phase.id);
}

function skipStep(state: RunState, st: StepState, reason: string): void {
  st.status = 'skipped';
  st.skipReason = reason;
  st.accepted = { output: null, revision: st.base, override: null };
  settle(state, st);
}

/** Believes no event: a link counts only when the verdicts (or a person's override) in this state say so. */
function acceptStep(state: RunState, st: StepState, event: EventOf<'step_accepted'>): void {
  const link = linkToJudge(state, st);
  const proven =
    link !== null && (isLinkPassed(state, st, link) || isOverridden(state, event.override, link));
  if (link !== null && proven && state.reviewed.has(link.from)) {
    state.reviewed.add(revisionOf(st, st.output));
  }
  if (st.step.work.kind === 'agent' && state.graph.agents[st.step.work.agent]?.access === 'read') {
    for (const need of st.needs) state.needs.set(need.agent, need);
  }
  for (const path of st.changedPaths) state.changedPaths.add(path);
  st.status = 'accepted';
  st.accepted = { output: event.output, revision: event.revision, override: event.override };
  st.verdicts = new Map();
  settle(state, st);
}

// Work in flight

function start(state: RunState, st: StepState, work: InFlight): void {
  state.inFlight.set(work.key, work);
  st.attempts.set(work.slot, (st.attempts.get(work.slot) ?? 0) + 1);
}

/** Takes the work out of flight; null: nobody waits for it any more. */
function finish(state: RunState, key: string): InFlight | null {
  const work = state.inFlight.get(key) ?? null;
  state.inFlight.delete(key);
  return work;
}

function interrupt(state: RunState, key: string): void {
  if (state.inFlight.get(key)?.kind === 'wait') return endWait(state, key);
  if (finish(state, key) !== null) state.interruptions += 1;
}

function countFailure(st: StepState, slot: string, failure: Failure): void {
  st.lastFailure = { reason: failure.reason, detail: failure.detail };
  if (failure.reason === 'interrupted' || failure.reason === 'cancelled') return;
  st.failures.set(slot, (st.failures.get(slot) ?? 0) + 1);
}

function startInvocation(state: RunState, event: EventOf<'invocation_started'>): void {
  state.invocations += 1;
  const st = stepOf(state, event.step);
  const slot = event.key.split('/').at(-2) ?? '';
  st.identities.set(slot, event.identity);
  start(state, st, { key: event.key, kind: 'work', step: event.step, slot });
}

function endInvocation(state: RunState, event: EventOf<'invocation_ended'>): void {
  const work = finish(state, event.key);
  if (work === null) return;
  const st = stepOf(state, event.step);
  if (event.outcome.kind === 'failed') return countFailure(st, work.slot, event.outcome);
  const { result, output } = event.outcome;
  st.lastFailure = null;
  if (result.status !== 'complete') {
    st.blocked =
      result.status === 'blocked' && result.blocked !== null
        ? result.blocked
        : {
            reason: 'clarification',
            detail: result.open_questions.join(' ') || result.summary,
            attempted: [],
          };
    st.stage = 'judge';
    return;
  }
  if (event.revision !== null) state.revisions.set(event.revision.id, event.revision);
  st.output = output;
  st.disputes = result.disputes;
  const author = st.authors.shift();
  if (author !== undefined) st.writers.add(author);
  st.needs = result.needs;
  st.changedPaths = event.outcome.changed_paths;
  st.claimedTestsPassed = event.outcome.claimed_tests_passed;
  if (st.authors.length === 0) st.stage = afterWork(st);
}

function afterWork(st: StepState): StepState['stage'] {
  return st.step.gates === 'none' ? 'review' : 'gates';
}

function endGates(state: RunState, event: EventOf<'gates_ended'>): void {
  const work = finish(state, event.key);
  if (work === null) return;
  const st = stepOf(state, event.step);
  if (event.outcome.kind === 'failed') return countFailure(st, work.slot, event.outcome);
  st.lastFailure = null;
  st.gates = event.outcome.results;
  // Findings of gates are measured afresh in every round; those of reviewers stay until their reviewer resolves them.
  const kept = st.findings.filter((finding) => st.step.reviewers.includes(finding.source));
  st.findings = [...kept, ...st.gates.flatMap((gate) => gate.findings)];
  st.stage = linkToJudge(state, st) === null ? 'judge' : 'review';
  if (st.stage === 'judge') countRound(st);
}

function endReview(state: RunState, event: EventOf<'review_ended'>): void {
  const work = finish(state, event.key);
  if (work === null) return;
  const st = stepOf(state, event.step);
  if (event.outcome.kind === 'failed') return countFailure(st, work.slot, event.outcome);
  const { review } = event.outcome;
  st.lastFailure = null;
  st.verdicts.set(event.reviewer, { link: event.link, review });
  const resolved = new Set(review.resolved);
  const renewed = new Set(review.findings.map((f) => f.id));
  st.findings = [
    ...st.findings.filter((f) => !(f.source === event.reviewer && resolved.has(f.id)) && !renewed.has(f.id)),
    ...review.findings,
  ];
  if (!st.step.reviewers.every((reviewer) => st.verdicts.has(reviewer))) return;
  st.stage = 'judge';
  countRound(st);
}

/** The round is complete: what it says is counted, so that `decide` can see whether the loop still moves. */
function countRound(st: StepState): void {
  // A finding that another step's reviewer sent here was answered; that reviewer looks again in its own step.
  const measured = new Set(st.gates.flatMap((gate) => gate.findings.map((f) => f.id)));
  st.findings = st.findings.filter((f) => st.step.reviewers.includes(f.source) || measured.has(f.id));
  const blocking = st.findings.filter((f) => f.blocking && !st.waived.has(f.fingerprint));
  const disputed = new Set(st.disputes.map((d) => d.finding));
  const { budget } = st;
  budget.blockingCounts.push(blocking.length);
  for (const finding of blocking) {
    budget.fingerprints.set(finding.fingerprint, (budget.fingerprints.get(finding.fingerprint) ?? 0) + 1);
    if (disputed.has(finding.id) || disputed.has(finding.fingerprint)) {
      budget.upheld.set(finding.fingerprint, (budget.upheld.get(finding.fingerprint) ?? 0) + 1);
    }
  }
}

function endMerge(state: RunState, event: EventOf<'merge_ended'>): void {
  const work = finish(state, event.key);
  if (work === null) return;
  const st = stepOf(state, event.step);
  const { outcome } = event;
  switch (outcome.kind) {
    case 'failed':
      return countFailure(st, work.slot, outcome);
    case 'conflict':
      // `decide` answers by reopening the second side; until then the merge waits in `judge`.
      st.conflict = { first: outcome.first, second: outcome.second, paths: outcome.paths };
      st.budget.conflicts += 1;
      st.stage = 'judge';
      return;
    case 'merged':
      if (event.revision !== null) state.revisions.set(event.revision.id, event.revision);
      st.output = outcome.output;
      st.lastFailure = null;
      if (st.step.work.kind === 'merge') for (const side of st.step.work.sides) st.writers.add(side);
      st.stage = afterWork(st);
  }
}

// Going back

function reopenStep(state: RunState, event: EventOf<'step_reopened'>): void {
  for (const id of event.stale) makeStale(state, stepOf(state, id));
  const st = stepOf(state, event.step);
  if (st.status === 'accepted' || st.status === 'skipped') {
    unsettle(state, st);
    st.status = 'open';
    state.open.add(st.step.id);
  }
  st.accepted = null;
  if (event.base !== null) {
    st.baseOverride = event.base;
    st.base = event.base;
    st.output = null;
    st.findings = [];
    resetRound(st, [st.step.id]);
    return;
  }
  st.findings = event.findings;
  startRound(st, [st.step.id]);
}

/** What was derived from a replaced output is done again; its budgets and round numbers go on. */
function makeStale(state: RunState, st: StepState): void {
  for (const [key, work] of state.inFlight) if (work.step === st.step.id) state.inFlight.delete(key);
  if (st.question !== null) state.openQuestions.delete(st.question);
  if (st.status === 'accepted' || st.status === 'skipped') unsettle(state, st);
  state.open.delete(st.step.id);
  resetRound(st, st.step.work.kind === 'agent' ? [st.step.id] : []);
  st.status = 'pending';
  st.accepted = null;
  st.output = null;
  st.findings = [];
  st.writers = new Set();
  st.baseOverride = null;
}

// Waiting and effects

function endWait(state: RunState, key: string): void {
  const work = finish(state, key);
  if (work === null) return;
  const effect = state.effects.get(work.slot);
  if (effect !== undefined) {
    effect.waited += 1;
    return;
  }
  const st = stepOf(state, work.step);
  st.waited.set(work.slot, (st.waited.get(work.slot) ?? 0) + 1);
}

function startEffect(state: RunState, event: EventOf<'effect_intended'>): void {
  if (!state.effects.has(event.key)) {
    state.effects.set(event.key, {
      key: event.key,
      effect: event.effect,
      repo: event.repo,
      confirmed: false,
      performed: 0,
      failures: 0,
      waited: 0,
      refused: null,
    });
  }
  state.inFlight.set(event.key, { key: event.key, kind: 'effect', step: event.step, slot: event.key });
}

function endEffect(state: RunState, event: EventOf<'effect_ended'>): void {
  finish(state, event.key);
  const effect = state.effects.get(event.key);
  if (effect === undefined) return;
  switch (event.outcome.kind) {
    case 'failed':
      effect.failures += 1;
      stepOf(state, event.step).lastFailure = { reason: event.outcome.reason, detail: event.outcome.detail };
      return;
    case 'refused':
      effect.refused = event.outcome.detail;
      return;
    case 'confirmed': {
      effect.confirmed = true;
      if (event.outcome.performed) effect.performed += 1;
      const pullRequest = event.outcome.pull_request;
      if (pullRequest === null) return;
      state.pullRequests = [
        ...state.pullRequests.filter((p) => p.repo !== pullRequest.repo),
        pullRequest,
      ].sort((a, b) => (a.repo < b.repo ? -1 : 1));
    }
  }
}
