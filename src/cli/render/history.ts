/**
 * The journal of one run, sorted by what people ask about: phases, steps, what each step went through.
 * Live view, status, report and `why` are readers of this; it decides nothing.
 */
import type { EventOf, JournalEvent, RunEvent } from '../../core/events.ts';
import type { Question } from '../../core/records.ts';
import { applyEvent, createState } from '../../core/fold.ts';
import type { Phase, Step } from '../../core/graph.ts';
import { isPhaseSkipped } from '../../core/graph/phase-ends.ts';
import type { RunState } from '../../core/state.ts';
import { spanMs } from './duration.ts';
import { countPieces, piecesOf, stepsMovedBy, type Pieces } from './pieces.ts';

export interface RunHistory {
  events: JournalEvent[];
  started: EventOf<'run_started'>;
  startedAt: string;
  lastAt: string;
  state: RunState;
  phases: PhaseHistory[];
  steps: Map<string, StepHistory>;
  questions: QuestionHistory[];
  holders: Stamped<'holder_changed'>[];
  interruptions: Stamped<'interrupted'>[];
  mismatches: Stamped<'claim_mismatch'>[];
  rises: Stamped<'effort_raised'>[];
  effects: Stamped<'effect_ended'>[];
  pauses: Stamped<'run_paused'>[];
  cancelled: Stamped<'cancel_requested'> | null;
  ended: Stamped<'run_ended'> | null;
  /** Hash of the last event. */
  head: string;
}

/** An event with its place and time. */
export type Stamped<T extends RunEvent['type']> = { seq: number; at: string; event: EventOf<T> };

export interface PhaseHistory {
  phase: Phase;
  startedAt: string | null;
  /** When it was settled last; null while it is not, also where it was opened again. */
  completedAt: string | null;
  /** Whether it was settled without anything having been done in it. */
  skipped: boolean;
  summary: string;
  next: string[];
}

export interface QuestionHistory {
  question: Question;
  askedAt: string;
  answer: Stamped<'question_answered'> | null;
}

/** A start with the outcome that belongs to it; `end` is null while it runs, or for ever when it was interrupted. */
export interface Piece<S extends RunEvent['type'], E extends RunEvent['type']> {
  start: Stamped<S>;
  end: Stamped<E> | null;
  interrupted: boolean;
}

export type Invocation = Piece<'invocation_started', 'invocation_ended'>;
export type GateRun = Piece<'gates_started', 'gates_ended'>;
export type ReviewRun = Piece<'review_started', 'review_ended'>;

export interface StepHistory {
  step: Step;
  startedAt: string | null;
  settledAt: string | null;
  invocations: Invocation[];
  gateRuns: GateRun[];
  reviews: ReviewRun[];
  reworks: Stamped<'rework_requested'>[];
  reopened: Stamped<'step_reopened'>[];
  accepted: Stamped<'step_accepted'> | null;
  /** How far it is. */
  pieces: Pieces;
  /** Everything that names the step, in order. */
  all: JournalEvent[];
}

/** Sorts a whole history. The first event has to be `run_started`. */
export function readHistory(events: JournalEvent[]): RunHistory {
  const [first, ...rest] = events;
  if (first === undefined || first.event.type !== 'run_started') {
    throw new Error('a history starts with run_started');
  }
  const history = createHistory(first, first.event);
  for (const event of rest) addEvent(history, event);
  return history;
}

function createHistory(first: JournalEvent, started: EventOf<'run_started'>): RunHistory {
  const state = createState(started);
  return {
    events: [first],
    started,
    startedAt: first.at,
    lastAt: first.at,
    state,
    // Those of the state: an accepted plan adds steps to them.
    phases: state.graph.phases.map((phase) => ({
      phase,
      startedAt: null,
      completedAt: null,
      skipped: false,
      summary: '',
      next: [],
    })),
    steps: new Map(started.graph.steps.map((step) => [step.id, createStepHistory(step)])),
    questions: [],
    holders: [],
    interruptions: [],
    mismatches: [],
    rises: [],
    effects: [],
    pauses: [],
    cancelled: null,
    ended: null,
    head: first.hash,
  };
}

function createStepHistory(step: Step): StepHistory {
  return {
    step,
    startedAt: null,
    settledAt: null,
    invocations: [],
    gateRuns: [],
    reviews: [],
    reworks: [],
    reopened: [],
    accepted: null,
    pieces: { now: 0, again: 0, due: piecesOf(step) },
    all: [],
  };
}

/** Adds the next event, in the order of the journal. */
export function addEvent(history: RunHistory, line: JournalEvent): void {
  history.events.push(line);
  history.lastAt = line.at;
  history.head = line.hash;
  applyEvent(history.state, line.event);
  addToRun(history, line);
  for (const id of stepsMovedBy(line.event, history.state)) {
    const st = history.state.steps.get(id);
    const moved = history.steps.get(id);
    if (st !== undefined && moved !== undefined) countPieces(moved.pieces, st);
  }
  const stepId = stepIdOf(line.event);
  const step = stepId === null ? undefined : history.steps.get(stepId);
  if (step === undefined) return;
  step.all.push(line);
  addToStep(step, line);
}

function stepIdOf(event: RunEvent): string | null {
  if ('step' in event) return event.step;
  if (event.type === 'question_asked') return event.question.step;
  return null;
}

function stamp<T extends RunEvent['type']>(line: JournalEvent, event: EventOf<T>): Stamped<T> {
  return { seq: line.seq, at: line.at, event };
}

function addToRun(history: RunHistory, line: JournalEvent): void {
  const { event, at } = line;
  switch (event.type) {
    case 'holder_changed':
      history.holders.push(stamp(line, event));
      return;
    case 'interrupted':
      history.interruptions.push(stamp(line, event));
      for (const step of history.steps.values()) markInterrupted(step, event.keys);
      return;
    case 'phase_started': {
      const phase = history.phases.find((p) => p.phase.id === event.phase);
      if (phase !== undefined) phase.startedAt ??= at;
      return;
    }
    case 'phase_completed': {
      const phase = history.phases.find((p) => p.phase.id === event.phase);
      const skipped = isPhaseSkipped(history.state, event.phase);
      if (phase !== undefined)
        Object.assign(phase, { completedAt: at, skipped, summary: event.summary, next: event.next });
      return;
    }
    case 'effort_raised':
      history.rises.push(stamp(line, event));
      reopenPhases(history);
      return;
    case 'step_reopened':
      reopenPhases(history);
      return;
    case 'graph_extended':
      reopenPhases(history);
      for (const step of event.steps) {
        const known = history.steps.get(step.id);
        history.steps.set(step.id, known === undefined ? createStepHistory(step) : { ...known, step });
      }
      return;
    case 'question_asked':
      history.questions.push({ question: event.question, askedAt: at, answer: null });
      return;
    case 'question_answered': {
      const asked = history.questions.findLast((q) => q.question.id === event.question_id);
      if (asked !== undefined) asked.answer ??= stamp(line, event);
      return;
    }
    case 'claim_mismatch':
      history.mismatches.push(stamp(line, event));
      return;
    case 'effect_ended':
      history.effects.push(stamp(line, event));
      return;
    case 'run_paused':
      history.pauses.push(stamp(line, event));
      return;
    case 'cancel_requested':
      history.cancelled = stamp(line, event);
      return;
    case 'run_ended':
      history.ended = stamp(line, event);
      return;
    default:
      return;
  }
}

/** What is done again is not complete. */
function reopenPhases({ phases, state }: RunHistory): void {
  for (const phase of phases) {
    if (phase.completedAt === null || state.phases.get(phase.phase.id)?.completed === true) continue;
    Object.assign(phase, { completedAt: null, skipped: false });
  }
}

function addToStep(step: StepHistory, line: JournalEvent): void {
  const { event, at } = line;
  switch (event.type) {
    case 'invocation_started':
      step.startedAt ??= at;
      step.invocations.push({ start: stamp(line, event), end: null, interrupted: false });
      return;
    case 'invocation_ended':
      return endPiece(step.invocations, stamp(line, event));
    case 'gates_started':
      step.startedAt ??= at;
      step.gateRuns.push({ start: stamp(line, event), end: null, interrupted: false });
      return;
    case 'gates_ended':
      return endPiece(step.gateRuns, stamp(line, event));
    case 'review_started':
      step.startedAt ??= at;
      step.reviews.push({ start: stamp(line, event), end: null, interrupted: false });
      return;
    case 'review_ended':
      return endPiece(step.reviews, stamp(line, event));
    case 'merge_started':
    case 'effect_intended':
    case 'deploy_started':
      step.startedAt ??= at;
      return;
    case 'rework_requested':
      step.reworks.push(stamp(line, event));
      return;
    case 'step_reopened':
      step.reopened.push(stamp(line, event));
      step.accepted = null;
      step.settledAt = null;
      return;
    case 'step_accepted':
      step.accepted = stamp(line, event);
      step.settledAt = at;
      return;
    case 'step_skipped':
    case 'step_given_up':
      step.settledAt = at;
      return;
    default:
      return;
  }
}

function endPiece<E>(
  pieces: { start: { event: { key: string } }; end: E | null }[],
  end: E & { event: { key: string } },
): void {
  const piece = pieces.findLast((p) => p.start.event.key === end.event.key);
  if (piece !== undefined) piece.end = end;
}

function markInterrupted(step: StepHistory, keys: string[]): void {
  for (const piece of [...step.invocations, ...step.gateRuns, ...step.reviews]) {
    if (keys.includes(piece.start.event.key)) piece.interrupted = true;
  }
}

/** How long a step took so far; null when it did not start. */
export function stepSpanMs(step: StepHistory, now: string): number | null {
  return step.startedAt === null ? null : spanMs(step.startedAt, step.settledAt ?? now);
}
