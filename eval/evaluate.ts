/** The whole comparison: faults until there are as many harmful ones as asked for, cheats, clean changes. */
import { join } from 'node:path';
import type { Wall } from '../src/workspace/wall.ts';
import { cleanChanges, measureClean, type CleanMeasured } from './clean.ts';
import { isMuted, muted } from './faults/cheats.ts';
import { drawCheats, drawFaults, inTurn } from './faults/draw.ts';
import type { Fault } from './faults/fault.ts';
import { openGateBench } from './gate-bench.ts';
import { createRandom, shuffle } from '../src/testing/random.ts';
import { isHarmful, measure, type Benches, type Measured } from './measure.ts';
import { measureOverhead, type Overhead } from './overhead.ts';
import type { EvalTask } from './tasks.ts';
import { openVerdictCheckout } from './verdict.ts';
import { BEHAVIOURS, pickFaults, runWhole, type RunMeasured } from './whole-runs.ts';

export interface Evaluation {
  faults: Measured[];
  cheats: Measured[];
  clean: CleanMeasured[];
  runs: RunMeasured[];
  /** One per project. */
  overhead: Overhead[];
  /** Drawn, and thrown away because the hidden tests stay green with them. */
  harmless: { faults: number; cheats: number; clean: number };
}

export interface EvaluateOptions {
  seed: number;
  sample: number;
  /** Whole runs per behaviour of the agents. */
  runs: number;
  only: string | null;
  jobs: number;
  /** Of `performance.now()`: nothing new is begun after it. */
  endsAt: number;
  dir: string;
  wall: Wall;
  /** How far it is, in one line. */
  say: (line: string) => void;
}

export async function evaluate(given: readonly EvalTask[], options: EvaluateOptions): Promise<Evaluation> {
  const { seed, sample, only, dir, wall } = options;
  const benches = new Map<EvalTask, Benches>();
  /** Tasks whose muted features are seen by tests of the base. */
  const loud = new Set<EvalTask>();
  for (const each of given) {
    if (performance.now() >= options.endsAt) break;
    const verdict = await openVerdictCheckout(each, join(dir, 'verdicts', each.id));
    const bare = await verdict.bare({});
    const task = { ...each, baseIsRed: bare.testsAreRed };
    // What is red for another reason says nothing of a cheat.
    if ((await verdict.bare(muted(task))).passed < bare.passed) loud.add(task);
    benches.set(task, { verdict, gates: await openGateBench(task, join(dir, 'gates', task.id), wall) });
    options.say(`prepared ${benches.size} of ${given.length}`);
  }
  const tasks = [...benches.keys()];
  const of = (task: EvalTask): Benches => {
    const found = benches.get(task);
    if (found === undefined) throw new Error(`No bench was opened for ${task.id}.`);
    return found;
  };
  const isWanted = ({ kind }: { kind: string }): boolean => only === null || only.split(',').includes(kind);
  const startsAt = performance.now();
  // Where the time is bounded, each part has its share, so that none of them goes without.
  const until = (part: number): EvaluateOptions => ({
    ...options,
    endsAt: startsAt + (options.endsAt - startsAt) * part,
  });
  const harmless = { faults: 0, cheats: 0, clean: 0 };
  const look = async (fault: Fault, family: 'faults' | 'cheats'): Promise<Measured | null> => {
    const bench = of(fault.task);
    if (await isHarmful(fault, bench)) return measure(fault, bench, seed);
    harmless[family] += 1;
    return null;
  };
  const overhead: Overhead[] = [];
  for (const [task, bench] of only === null ? benches : []) {
    if (performance.now() >= options.endsAt) break;
    if (overhead.some((each) => each.task.startsWith(`${task.project}/`))) continue;
    overhead.push(await measureOverhead(task, bench));
  }
  const changes = inTurn(tasks.flatMap(cleanChanges).filter(isWanted));
  const clean = await inParallel(changes, until(0.25), 'clean changes', {
    wanted: Number.POSITIVE_INFINITY,
    work: async (change) => {
      const measured = await measureClean(change, of(change.task));
      if (measured === null) harmless.clean += 1;
      return measured;
    },
  });
  const quiet = drawCheats(tasks, seed).filter((cheat) => !isMuted(cheat) || !loud.has(cheat.task));
  if (loud.size > 0)
    options.say(
      `Tests of the base see the muted feature, so it is given no such cheats: ${[...loud].map(({ id }) => id).join(', ')}`,
    );
  const cheats = await inParallel(quiet.filter(isWanted), until(0.5), 'cheats', {
    wanted: Math.ceil(sample / 2),
    work: (fault) => look(fault, 'cheats'),
  });
  const plays = BEHAVIOURS.flatMap((behaviour, row) => {
    const order = shuffle(tasks, createRandom(seed + row));
    return Array.from({ length: options.runs }, (_, at) => ({
      behaviour,
      task: order[at % order.length],
      at,
    }));
  });
  const runs = await inParallel(
    plays.filter(({ behaviour: kind }) => isWanted({ kind })),
    until(0.6),
    'whole runs',
    {
      wanted: Number.POSITIVE_INFINITY,
      work: async ({ behaviour, task, at }) => {
        if (task === undefined) return null;
        const bench = of(task);
        const faults = await pickFaults(task, bench, seed + at);
        return runWhole(task, behaviour, faults, {
          dir: join(dir, 'runs', `${behaviour}-${at}`),
          benches: bench,
        });
      },
    },
  );
  const faults = await inParallel(drawFaults(tasks, seed).filter(isWanted), until(1), 'faults', {
    wanted: sample,
    work: (fault) => look(fault, 'faults'),
  });
  return { faults, cheats, clean, runs, overhead, harmless };
}

const SAY_EVERY = 10;

/** In the order given, some at a time, until as many as wanted gave something. */
async function inParallel<T, R>(
  items: readonly T[],
  { jobs, endsAt, say }: Pick<EvaluateOptions, 'jobs' | 'endsAt' | 'say'>,
  what: string,
  { wanted, work }: { wanted: number; work: (item: T) => Promise<R | null> },
): Promise<R[]> {
  const results = new Map<number, R>();
  const due = Math.min(wanted, items.length);
  const startedAt = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length && results.size + running < wanted && performance.now() < endsAt) {
      const at = next;
      next += 1;
      running += 1;
      const result = await work(items[at] as T).finally(() => (running -= 1)); // it is inside
      if (result !== null) results.set(at, result);
      if (result !== null && results.size % SAY_EVERY === 0) {
        const seconds = (performance.now() - startedAt) / 1_000;
        const left = (seconds / results.size) * Math.max(0, due - results.size);
        say(`${what}: ${results.size} of ${due}, about ${Math.ceil(left / 60)} min left`);
      }
    }
  };
  let running = 0;
  await Promise.all(Array.from({ length: jobs }, worker));
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
}
