/**
 * The critical path of a run: the chain of pieces, each of which had to wait for the one before, that lasted until the end. What
 * would have made the run faster is found by playing its pieces again, in the same order and with the same pauses between them,
 * with some of them taking no time.
 */
import type { RunHistory } from '../history.ts';
import { piecesOfTime, TIME_KINDS, type TimeKind, type TimePiece } from './pieces-of-time.ts';

export interface CriticalPath {
  /** From the first event to the last one. */
  total_ms: number;
  /** Where the chain's time went; adds up to the total. Kinds that took none are left out. */
  by_kind: Partial<Record<TimeKind, number>>;
  /** What stood longest on the chain, step by step. */
  steps: { step: string; ms: number }[];
  /** What would have made it shorter, the most first: by so much at most, each taken alone. */
  faster: Saving[];
}

export interface Saving {
  what: string;
  /** Whether a single step of this run is meant: such things are not added up over runs. */
  step: string | null;
  saved_ms: number;
}

const MAX_STEPS = 5;

export function criticalPath(history: RunHistory): CriticalPath {
  const pieces = piecesOfTime(history);
  const total = Math.max(0, Date.parse(history.lastAt) - Date.parse(history.startedAt));
  const chain = chainOf(pieces);
  const byKind: Partial<Record<TimeKind, number>> = {};
  const bySteps = new Map<string, number>();
  let reached = 0;
  for (const { kind, step, startMs, endMs } of chain) {
    addTo(byKind, 'engine', startMs - reached);
    addTo(byKind, kind, endMs - startMs);
    if (step !== null) bySteps.set(step, (bySteps.get(step) ?? 0) + endMs - startMs);
    reached = endMs;
  }
  addTo(byKind, 'engine', total - reached);
  const steps = [...bySteps]
    .map(([step, ms]) => ({ step, ms }))
    .filter(({ ms }) => ms > 0)
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, MAX_STEPS);
  return { total_ms: total, by_kind: inOrder(byKind), steps, faster: savings(pieces, steps) };
}

function addTo(sums: Partial<Record<TimeKind, number>>, kind: TimeKind, ms: number): void {
  if (ms > 0) sums[kind] = (sums[kind] ?? 0) + ms;
}

function inOrder(sums: CriticalPath['by_kind']): CriticalPath['by_kind'] {
  return Object.fromEntries(
    TIME_KINDS.flatMap((kind) => (sums[kind] === undefined ? [] : [[kind, sums[kind]]])),
  );
}

/** From the first piece to the one that ended last, each behind the latest of those that it waited for. */
function chainOf(pieces: readonly TimePiece[]): TimePiece[] {
  const chain: TimePiece[] = [];
  let last = latest(pieces);
  while (last !== undefined) {
    chain.push(last);
    last = latest(last.after.flatMap((place) => pieces[place] ?? []));
  }
  return chain.reverse();
}

function latest(pieces: readonly TimePiece[]): TimePiece | undefined {
  return pieces.reduce<TimePiece | undefined>(
    (last, piece) => (last === undefined || isLater(piece, last) ? piece : last),
    undefined,
  );
}

function isLater(a: TimePiece, b: TimePiece): boolean {
  return a.endMs === b.endMs ? a.endSeq > b.endSeq : a.endMs > b.endMs;
}

const QUESTIONS: { what: string; spared: (piece: TimePiece) => boolean }[] = [
  { what: 'had people answered at once', spared: ({ kind }) => kind === 'people' },
  { what: 'had no second round been needed', spared: ({ again }) => again },
  {
    what: 'had nothing failed or been cut off',
    spared: ({ kind, failed }) => failed || ['pause', 'lost', 'stopped'].includes(kind),
  },
  { what: 'had checks at the forge been ready at once', spared: ({ kind }) => kind === 'checks' },
];

function savings(pieces: readonly TimePiece[], steps: CriticalPath['steps']): Saving[] {
  const end = playAgain(pieces, () => false);
  const all: Saving[] = [
    ...QUESTIONS.map(({ what, spared }) => ({ what, step: null, saved_ms: end - playAgain(pieces, spared) })),
    ...steps.map(({ step }) => ({
      what: `had ${step} taken no time`,
      step,
      saved_ms: end - playAgain(pieces, (piece) => piece.step === step && piece.kind !== 'people'),
    })),
  ];
  return all.filter(({ saved_ms }) => saved_ms > 0).toSorted((a, b) => b.saved_ms - a.saved_ms);
}

/** When the last piece would have ended, had those that are spared taken no time. */
function playAgain(pieces: readonly TimePiece[], isSpared: (piece: TimePiece) => boolean): number {
  const ends: number[] = [];
  for (const piece of pieces) {
    const ready = maxOf(piece.after, (place) => pieces[place]?.endMs ?? 0);
    const start = maxOf(piece.after, (place) => ends[place] ?? 0) + Math.max(0, piece.startMs - ready);
    ends.push(start + (isSpared(piece) ? 0 : piece.endMs - piece.startMs));
  }
  return maxOf(ends, (end) => end);
}

function maxOf(values: readonly number[], of: (value: number) => number): number {
  return values.reduce((most, value) => Math.max(most, of(value)), 0);
}
