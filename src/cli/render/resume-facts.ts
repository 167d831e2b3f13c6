/** What a resume cost, counted over the journal: finished work that ran again, outside effects that happened twice. */
import type { JournalEvent, RunEvent } from '../../core/events.ts';

export interface ResumeFacts {
  stepsRepeated: number;
  effectsDoubled: number;
  /** Attempts that the newest holder found without an outcome: they begin again, and are no finished work. */
  interrupted: number;
}

/** The first two are 0 in every run that went as promised, however often it was killed. */
export function resumeFacts(events: Iterable<JournalEvent>): ResumeFacts {
  const finished = new Set<string>();
  const performed = new Set<string>();
  const facts: ResumeFacts = { stepsRepeated: 0, effectsDoubled: 0, interrupted: 0 };
  for (const { event } of events) {
    if (event.type === 'holder_changed') facts.interrupted = 0;
    if (event.type === 'interrupted') facts.interrupted = event.keys.length;
    const started = pieceStarted(event);
    if (started !== null && finished.has(started)) facts.stepsRepeated += 1;
    const ended = pieceEnded(event);
    if (ended !== null) {
      if (finished.has(ended.key)) facts.stepsRepeated += 1;
      finished.add(ended.key);
      finished.add(ended.piece);
    }
    if (isPerformed(event)) {
      if (performed.has(event.key)) facts.effectsDoubled += 1;
      performed.add(event.key);
    }
  }
  return facts;
}

/** `in 0.04 s, 0 finished steps repeated, 0 effects doubled`: the first line after a resume. */
export function resumeLine(facts: ResumeFacts, elapsedMs: number): string {
  const seconds = (Math.max(0, elapsedMs) / 1_000).toFixed(2);
  const again =
    facts.interrupted === 0
      ? ''
      : facts.interrupted === 1
        ? '1 interrupted attempt started again, '
        : `${facts.interrupted} interrupted attempts started again, `;
  return `resumed in ${seconds} s, ${again}${counted(facts)}`;
}

/** The same over everything that the run did since, when this process lets go of it. */
export function totalLine(facts: ResumeFacts): string {
  return `the whole run so far: ${counted(facts)}`;
}

function counted({ stepsRepeated, effectsDoubled }: ResumeFacts): string {
  return `${count(stepsRepeated, 'finished step')} repeated, ${count(effectsDoubled, 'effect')} doubled`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** A key without its attempt: a second attempt at something that has its outcome is work done twice. */
function pieceOf(key: string): string {
  return key.replace(/\/a\d+$/, '');
}

function pieceStarted(event: RunEvent): string | null {
  switch (event.type) {
    case 'invocation_started':
    case 'review_started':
    case 'gates_started':
    case 'merge_started':
      return pieceOf(event.key);
    default:
      return null;
  }
}

function pieceEnded(event: RunEvent): { key: string; piece: string } | null {
  switch (event.type) {
    case 'invocation_ended':
    case 'review_ended':
    case 'gates_ended':
    case 'merge_ended':
      return event.outcome.kind === 'failed' ? null : { key: event.key, piece: pieceOf(event.key) };
    default:
      return null;
  }
}

function isPerformed(event: RunEvent): event is Extract<RunEvent, { type: 'effect_ended' }> {
  return event.type === 'effect_ended' && event.outcome.kind === 'confirmed' && event.outcome.performed;
}
