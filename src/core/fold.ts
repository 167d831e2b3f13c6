/**
 * fold: events → state. `applyEvent` changes the state in place and knows every event; what it does is
 * bookkeeping only, every choice is made in `decide`. An outcome for a key that is no longer expected
 * (a late twin, a step that went stale) changes nothing.
 */
import { applyAnswer } from './questions/answers.ts';
import { createSpending, reserve } from './budget/budget.ts';
import { endDeploy, skipDeploy, startDeploy } from './effects/deploying.ts';
import { followFor, waitAnew } from './effects/following.ts';
import { endEffect, startEffect } from './effects/effect-outcomes.ts';
import { lookAgain } from './effects/preparing.ts';
import { endCleanUp, requestCancel, startCleanUp } from './effects/cleanup.ts';
import { wantEffort } from './conditions/efforts.ts';
import type { EventOf, RunEvent } from './events.ts';
import { doubtOf } from './checks/doubt.ts';
import { dependentsOf, extendGraph } from './plan/extending.ts';
import { globsOf, startFacts } from './conditions/facts.ts';
import { reviewSlot } from './keys.ts';
import { clampLimits } from './limits.ts';
import {
  endGates,
  endInvocation,
  endMerge,
  endReview,
  endWait,
  interrupt,
  start,
  startInvocation,
} from './outcomes.ts';
import { completePhase, pauseAsked, startPhase } from './graph/phases.ts';
import { effortRaised } from './conditions/raising.ts';
import { reopenStep } from './review/reopening.ts';
import { firstStage, startRound } from './review/rounds.ts';
import { acceptStep, openStep, skipStep } from './review/settling.ts';
import { stepOf, type RunState } from './state.ts';
import { createStepState, type StepState } from './step-state.ts';
import { withEntry } from './small.ts';

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
  // Plans add to the graph; the event stays as it was written.
  const graph = { ...event.graph, phases: event.graph.phases.map((phase) => ({ ...phase })) };
  const steps = new Map(graph.steps.map((step, index) => [step.id, createStepState(step, index)]));
  const state: RunState = {
    runId: event.run_id,
    request: event.request,
    doubt: doubtOf(event.detection),
    remarks: [],
    askedFirst: event.detection?.questions ?? [],
    spunOff: event.detection?.spun_off ?? [],
    graph,
    limits: clampLimits(graph.limits),
    repos: event.repos,
    base: event.base,
    origin: event.base,
    basePolicy: event.base_moved ?? 'ignore',
    follow: event.follow ?? null,
    extras: event.pull_requests ?? null,
    driver: event.driver,
    forge: event.forge,
    sandbox: event.sandbox,
    agentNetwork: event.agent_network ?? null,
    snapshot: event.snapshot,
    rulesVersion: event.rules_version,
    seq: 1,
    confirmed: event.confirmed || graph.start === 'launch',
    steps,
    plannedSteps: graph.steps.filter(({ work }) => work.kind === 'planned').map(({ id }) => id),
    dependents: dependentsOf(graph.steps),
    open: new Set(),
    unsettled: graph.steps.length,
    phases: new Map(
      graph.phases.map((p) => [
        p.id,
        { id: p.id, started: false, unsettled: p.steps.length, completed: false },
      ]),
    ),
    phasesToSum: [],
    phasesToPause: [],
    currentPhase: null,
    revisions: new Map([[event.base.id, event.base]]),
    parts: new Map(),
    putAside: [],
    approved: new Set(),
    reviewed: new Set([event.base.id]),
    questions: new Map(),
    openQuestions: new Set(),
    inFlight: new Map(),
    effects: new Map(),
    globs: globsOf(graph),
    startFacts: startFacts(event.concerns ?? []),
    efforts: event.effort === undefined ? [] : [event.effort],
    wantedEffort: null,
    decided: new Map(),
    invocations: 0,
    spending: createSpending(graph.budget),
    interruptions: 0,
    mismatches: 0,
    deployable: new Set(event.deployable),
    deployCommands: new Map(Object.entries(event.deploy_commands ?? {})),
    issues: [],
    cancel: null,
    cleanedUp: null,
    paused: null,
    ended: null,
    pullRequests: [],
    pushed: new Map(),
    submodules: event.submodules ?? [],
    made: new Map(),
    pointed: new Map(),
  };
  if (event.given !== undefined) takeGiven(state, event.given);
  for (const st of steps.values()) if (st.openNeeds === 0) openStep(state, st);
  return state;
}

/** What a person handed in at the start stands where an agent's output would. */
function takeGiven(state: RunState, given: NonNullable<EventOf<'run_started'>['given']>): void {
  for (const st of state.steps.values()) {
    if (st.step.work.kind !== 'given' || st.step.work.output !== given.output.kind) continue;
    st.output = given.output;
    st.tasks = given.tasks;
  }
}

function giveUp(state: RunState, st: StepState, reason: string): void {
  if (st.status !== 'open') return;
  state.issues.push({ step: st.step.id, problem: reason });
  skipStep(state, st, `given up: ${reason}`, 'given_up');
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
      for (const st of state.steps.values()) if (st.stage === 'effects') lookAgain(state, st);
      return;
    case 'interrupted':
      for (const key of event.keys) interrupt(state, key);
      return;
    case 'phase_started':
      return startPhase(state, event.phase);
    case 'phase_completed':
      return completePhase(state, event.phase);
    case 'step_selected': {
      const st = stepOf(state, event.step);
      st.stage = firstStage(st);
      return;
    }
    case 'step_skipped':
      return skipStep(state, stepOf(state, event.step), event.reason);
    case 'step_given_up':
      return giveUp(state, stepOf(state, event.step), event.reason);
    case 'graph_extended':
      return extendGraph(state, event);
    case 'invocation_started':
      return startInvocation(state, event);
    case 'invocation_ended':
      return endInvocation(state, event);
    case 'claim_mismatch':
      state.mismatches += event.mismatches.length;
      return;
    case 'gates_started':
      reserve(state, event.key, 'gates');
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
      reserve(state, event.key, 'review');
      const slot = reviewSlot(event.reviewer);
      const st = stepOf(state, event.step);
      st.identities = withEntry(st.identities, slot, event.identity);
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
    case 'effort_requested':
      return wantEffort(
        state,
        event.tier,
        event.actor.kind === 'human' ? `${event.actor.name} asks for it` : 'asked for',
      );
    case 'follow_requested':
      return followFor(state, event.for_ms);
    case 'effort_raised':
      return effortRaised(state, event);
    case 'question_asked': {
      const { question } = event;
      state.questions.set(question.id, { question, answer: null });
      state.openQuestions.add(question.id);
      if (question.step === null) return pauseAsked(state, question.id);
      const st = stepOf(state, question.step);
      st.question = question.id;
      st.askedIn = st.stage;
      st.stage = 'asking';
      return;
    }
    case 'question_answered':
      return applyAnswer(state, event);
    case 'wait_started':
      state.inFlight.set(event.key, {
        key: event.key,
        kind: 'wait',
        step: event.step,
        slot: event.slot,
        cause: event.reason,
      });
      return;
    case 'wait_ended':
      return endWait(state, event.key);
    case 'effect_intended':
      return startEffect(state, event);
    case 'effect_ended':
      return endEffect(state, event);
    case 'cancel_requested':
      return requestCancel(state, event.reason, event.clean_up ?? 'keep_everything');
    case 'deploy_started':
      return startDeploy(state, event);
    case 'deploy_ended':
      return endDeploy(state, event);
    case 'deploy_skipped':
      return skipDeploy(state, event);
    case 'clean_up_started':
      return startCleanUp(state, event);
    case 'clean_up_ended':
      return endCleanUp(state, event);
    case 'run_paused':
      state.paused = { reason: event.reason, detail: event.detail };
      return;
    case 'run_resumed':
      state.paused = null;
      waitAnew(state);
      return;
    case 'run_ended':
      state.ended = { status: event.status, reason: event.reason };
      state.pullRequests = event.pull_requests;
      state.inFlight.clear();
      state.openQuestions.clear();
      return;
  }
}
