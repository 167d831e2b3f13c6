/** What a run spent time on, piece by piece, and which piece had to wait for which: read from the events alone. */
import type { JournalEvent, RunEvent } from '../../../core/events.ts';
import type { StepId } from '../../../core/graph.ts';
import { reach } from '../../../core/graph/ancestors.ts';
import type { RunHistory } from '../history.ts';
import { searchesIn } from './rework.ts';

export const TIME_KINDS = [
  'work',
  'review',
  'gates',
  'merge',
  'submission',
  'deployment',
  'checks',
  'people',
  'pause',
  'lost',
  'stopped',
  'engine',
] as const;

/**
 * `submission`: effects at the forge; `checks`: waiting for what becomes of pull requests; `pause`: waiting before another attempt;
 * `lost`: work that a holder's end cut off; `stopped`: nobody drove the run; `engine`: all that lies between the pieces, and
 * waiting for a free place.
 */
export type TimeKind = (typeof TIME_KINDS)[number];

/** Times are milliseconds from the start of the run. */
export interface TimePiece {
  kind: Exclude<TimeKind, 'engine'>;
  /** null: the whole run's. */
  step: StepId | null;
  /** The agent that worked, or what was waited for. */
  who: string;
  /** 0: it belongs to no round. */
  round: number;
  /** It stands behind a judgement that sent its step's work back; a round that an answered question began does not. */
  again: boolean;
  /** It ended without what it was for. */
  failed: boolean;
  startSeq: number;
  endSeq: number;
  startMs: number;
  endMs: number;
  /** Places in the list of those that it had to wait for. */
  after: number[];
}

type Open = Omit<TimePiece, 'endSeq' | 'endMs' | 'after'> & { key: string };

interface Reading {
  history: RunHistory;
  open: Map<string, Open>;
  done: Omit<TimePiece, 'after'>[];
  /** What every step that was put in later came behind, and each step that was opened again. */
  behind: { step: StepId; other: (id: StepId) => boolean; seq: number }[];
  /** Steps whose work was sent back, or came from such work. */
  sentBack: Set<StepId>;
  last: { seq: number; ms: number };
  /** Whether somebody drove it before. */
  held: boolean;
  /** The last event of the holder before the one that drives now. */
  left: { seq: number; ms: number };
}

/** In the order of their starts. What is still open lasts until the last event. */
export function piecesOfTime(history: RunHistory): TimePiece[] {
  const start = { seq: 0, ms: 0 };
  const reading: Reading = {
    history,
    open: new Map(),
    done: [],
    behind: [],
    sentBack: new Set(),
    held: false,
    last: start,
    left: start,
  };
  for (const line of history.events) {
    // A clock that went back stands still here.
    const ms = Math.max(reading.last.ms, Date.parse(line.at) - Date.parse(history.startedAt));
    read(reading, line, ms);
    reading.last = { seq: line.seq, ms };
  }
  for (const key of reading.open.keys()) close(reading, key, { seq: reading.last.seq + 1, failed: false });
  const pieces = reading.done.toSorted((a, b) => a.startSeq - b.startSeq);
  return withOrder(pieces, reading);
}

/** What is done to outside services again counts as that, not as a round. */
const DONE_AGAIN: ReadonlySet<TimeKind> = new Set(['work', 'review', 'gates', 'merge']);

function read(reading: Reading, { event, seq }: JournalEvent, ms: number): void {
  const started = startOf(event);
  if (started !== null) {
    const again = DONE_AGAIN.has(started.kind) && started.step !== null && reading.sentBack.has(started.step);
    reading.open.set(started.key, { ...started, again, startSeq: seq, startMs: ms });
  }
  switch (event.type) {
    case 'holder_changed':
      reading.left = reading.last;
      if (reading.held && ms > reading.last.ms && !isAsking(reading)) addStop(reading, seq, ms);
      reading.held = true;
      return;
    case 'interrupted':
      for (const key of event.keys) cutOff(reading, key);
      return;
    case 'graph_extended':
      for (const { id } of event.steps)
        reading.behind.push({ step: id, other: (other) => other === event.before, seq });
      if (searchesIn(event).length > 0)
        for (const id of [event.before, ...event.steps.map((step) => step.id)]) reading.sentBack.add(id);
      return;
    case 'rework_requested':
      reading.sentBack.add(event.step);
      return;
    case 'step_reopened': {
      const stale = new Set(event.stale);
      for (const id of [event.step, ...event.stale]) reading.sentBack.add(id);
      reading.behind.push({ step: event.step, other: (id) => stale.has(id), seq });
      return;
    }
    default: {
      const key = endedKey(event);
      if (key === null) return;
      reading.last = { seq, ms };
      close(reading, key, { seq, failed: isFailed(event) });
    }
  }
}

type Started = Omit<Open, 'again' | 'startSeq' | 'startMs'>;

function startOf(event: RunEvent): Started | null {
  const plain = { failed: false, round: 0 };
  switch (event.type) {
    case 'invocation_started':
    case 'review_started': {
      const { key, step, round, identity } = event;
      const kind = event.type === 'review_started' ? 'review' : 'work';
      return { ...plain, key, step, round, kind, who: identity.agent };
    }
    case 'gates_started':
      return {
        ...plain,
        key: event.key,
        step: event.step,
        round: event.round,
        kind: 'gates',
        who: event.set,
      };
    case 'merge_started':
      return { ...plain, key: event.key, step: event.step, kind: 'merge', who: 'the engine' };
    case 'wait_started': {
      const kind = /\/follow\/[^/]+$/.test(event.slot) ? 'checks' : 'pause';
      return { ...plain, key: event.key, step: event.step, kind, who: event.reason };
    }
    case 'effect_intended': {
      const kind = event.effect === 'follow' ? 'checks' : 'submission';
      return { ...plain, key: event.key, step: event.step, kind, who: `${event.effect} ${event.repo}` };
    }
    case 'deploy_started':
      return { ...plain, key: event.key, step: event.step, kind: 'deployment', who: event.environment };
    case 'clean_up_started':
      return { ...plain, key: event.key, step: null, kind: 'submission', who: event.choice };
    case 'question_asked': {
      const { id, kind, step } = event.question;
      return { ...plain, key: `question ${id}`, step, kind: 'people', who: kind };
    }
    default:
      return null;
  }
}

function endedKey(event: RunEvent): string | null {
  if (event.type === 'question_answered') return `question ${event.question_id}`;
  return event.type.endsWith('_ended') && 'key' in event ? event.key : null;
}

function isFailed(event: RunEvent): boolean {
  return 'outcome' in event && event.outcome.kind === 'failed';
}

function close(reading: Reading, key: string, { seq, failed }: { seq: number; failed: boolean }): void {
  const open = reading.open.get(key);
  if (open === undefined) return;
  reading.open.delete(key);
  const { key: _, ...piece } = open;
  reading.done.push({ ...piece, failed, endSeq: seq, endMs: reading.last.ms });
}

function isAsking({ open }: Reading): boolean {
  return [...open.values()].some(({ kind }) => kind === 'people');
}

/** From the last event before to the new holder's first. */
function addStop({ done, left }: Reading, seq: number, ms: number): void {
  const piece = { kind: 'stopped', step: null, who: 'nobody drove it', round: 0 } as const;
  done.push({
    ...piece,
    again: false,
    failed: false,
    startSeq: left.seq + 0.5,
    endSeq: seq,
    startMs: left.ms,
    endMs: ms,
  });
}

/** What its holder's end cut off lasted, as far as the journal knows, until that holder's last event. */
function cutOff({ open, done, left }: Reading, key: string): void {
  const piece = open.get(key);
  if (piece === undefined) return;
  open.delete(key);
  const { key: _, ...rest } = piece;
  done.push({ ...rest, kind: 'lost', failed: true, endSeq: left.seq + 0.25, endMs: left.ms });
}

/** Each with what it came behind: its own step's, those that its step needs, and what is the whole run's. */
function withOrder(pieces: Omit<TimePiece, 'after'>[], { history, behind }: Reading): TimePiece[] {
  const byStep = new Map<StepId | null, number[]>();
  for (const [place, { step }] of pieces.entries()) byStep.set(step, [...(byStep.get(step) ?? []), place]);
  const before = (places: Iterable<number>, seq: number): number[] =>
    [...places].filter((place) => (pieces[place]?.endSeq ?? Infinity) < seq);
  // As they are now: what was put in later is waited for, too.
  const needsOf = (step: StepId): readonly StepId[] => history.state.steps.get(step)?.step.needs ?? [];
  const neededBy = (step: StepId, seq: number): Iterable<StepId> =>
    reach(needsOf(step), (id) => (before(byStep.get(id) ?? [], seq).length > 0 ? [] : needsOf(id)));
  return pieces.map((piece) => {
    const { step, startSeq } = piece;
    if (step === null) return { ...piece, after: before(pieces.keys(), startSeq) };
    const later = behind
      .filter((each) => each.step === step && each.seq < startSeq)
      .flatMap(({ other, seq }) =>
        [...byStep].flatMap(([id, places]) => (id !== null && other(id) ? before(places, seq) : [])),
      );
    const own = [step, ...neededBy(step, startSeq)].flatMap((id) => before(byStep.get(id) ?? [], startSeq));
    return { ...piece, after: [...new Set([...own, ...later, ...before(byStep.get(null) ?? [], startSeq)])] };
  });
}
