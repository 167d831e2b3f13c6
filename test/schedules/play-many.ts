/** Plays many schedules, several side by side, and sums up what they met. */
import { createKeptWorlds } from './kept-worlds.ts';
import { playSchedule, type Played } from './play.ts';

/** One that did not get to its end says why. */
export type Outcome = { kind: 'played'; played: Played } | { kind: 'broken'; seed: number; why: string };

export interface ManyOptions {
  /** The first one's number; the others follow. */
  seed: number;
  count: number;
  /** So many side by side. */
  jobs: number;
  /** See `buildWorldProgram`. */
  program: string;
  onEnd(outcome: Outcome): void;
}

export async function playMany({ seed, count, jobs, program, onEnd }: ManyOptions): Promise<void> {
  let next = seed;
  const work = async (): Promise<void> => {
    using worlds = createKeptWorlds(program);
    while (next < seed + count) {
      const mine = next;
      next += 1;
      const outcome = await playSchedule(mine, worlds).then(
        (played): Outcome => ({ kind: 'played', played }),
        (error: unknown): Outcome => ({ kind: 'broken', seed: mine, why: String(error) }),
      );
      onEnd(outcome);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
}

/** What is wrong, a line each; empty: nothing. */
export function problemsOf(outcome: Outcome): string[] {
  if (outcome.kind === 'broken') return [`not done: ${outcome.why}`];
  return outcome.played.differences.map(({ kind, text }) => `${kind}: ${text}`);
}

export function seedOf(outcome: Outcome): number {
  return outcome.kind === 'broken' ? outcome.seed : outcome.played.seed;
}

/** The figures over all of them, a line each. */
export function sumUp(outcomes: readonly Outcome[]): string[] {
  const played = outcomes.flatMap((each) => (each.kind === 'played' ? [each.played] : []));
  const deaths = played.flatMap((each) => each.deaths);
  const faults = played.flatMap((each) => each.faults);
  const differences = played.flatMap((each) => each.differences);
  const late = deaths.filter((each) => each.late).length;
  const sum = (of: (each: Played) => number): number => played.reduce((all, each) => all + of(each), 0);
  return [
    `settings: ${counted(played.map(({ schedule }) => schedule.setting))}; from ${counted(played.map(({ schedule }) => `the ${schedule.begins}`))}`,
    `${sum(({ starts }) => starts)} processes, ${deaths.length} killed in a request (${late} of them after it was done), ${sum(({ answers }) => answers)} questions answered`,
    `${faults.length} faults: ${counted(faults.map(({ fault }) => ('status' in fault ? `${fault.kind} ${fault.status}` : fault.kind)))}`,
    `they came over ${counted(faults.map(({ call }) => call))}`,
    `${played.length} of ${outcomes.length} done; duplicates ${differences.filter(({ kind }) => kind === 'duplicate').length}, lost ${differences.filter(({ kind }) => kind === 'lost').length}`,
  ];
}

/** `drop_after 12, html 503 4`, the most frequent first. */
function counted(words: readonly string[]): string {
  const groups = Object.entries(Object.groupBy(words, (word) => word));
  return groups
    .map(([word, all = []]): [string, number] => [word, all.length])
    .toSorted((a, b) => b[1] - a[1])
    .map(([word, times]) => `${word} ${times}`)
    .join(', ');
}
