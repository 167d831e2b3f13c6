/** The runs of a rehearsal: the honest one first, then one for each rogue, all in a store of their own. */
import { rmSync } from 'node:fs';
import { castRogue, grownSteps } from '../../demo/rehearse/casting.ts';
import { createRehearsalDriver, type Cast } from '../../demo/rehearse/rogue-driver.ts';
import { REHEARSED_TOKENS, type Rogue } from '../../demo/rehearse/rogues.ts';
import { hasSeenEnough, notTried, rogueStops, rowOf, stopsIn } from '../../demo/rehearse/rows.ts';
import { runRehearsed, type RehearsedRun } from '../../demo/rehearse/run-rehearsed.ts';
import { whyNoCheat } from '../../demo/rehearse/test-site.ts';
import type { JournalEvent } from '../../core/events.ts';
import type { Question } from '../../core/records.ts';
import type { Rehearsal, RogueRow } from '../../definitions/rehearsal-schema.ts';
import type { Script } from '../../drivers/scripted.ts';
import type { Engine, StartOptions } from '../../engine/engine.ts';
import { findPositive } from '../commands/approve.ts';

export interface RehearsalOptions {
  engine: Engine;
  /** Of every run, but for its driver and its budget. */
  start: Omit<StartOptions, 'driver'>;
  honest: Script;
  /** Criteria that reviewers confirm. */
  confirms: readonly string[];
  rogues: readonly Rogue[];
  /** Workspaces of a run; removed behind it. */
  workspacesOf(runId: string): string;
  /** Told when a run begins and when it has ended. */
  tell: Teller;
  signal: AbortSignal;
}

export interface Teller {
  begins(name: string): void;
  /** Where the run that goes on is. */
  isAt(step: string): void;
  honest(run: Rehearsal['honest']): void;
  row(row: RogueRow): void;
}

export interface Played {
  honest: Rehearsal['honest'];
  rows: RogueRow[];
}

/** Plays them all, one after the other. */
export async function playRehearsal(options: RehearsalOptions): Promise<Played> {
  const { tell } = options;
  tell.begins('honest');
  const run = await play(options, null, { answered: null, honest: null });
  const honest = honestOf(run);
  tell.honest(honest);
  const rows: RogueRow[] = [];
  for (const rogue of options.rogues) {
    tell.begins(rogue.name);
    const row = await rowFor(rogue, options, run);
    tell.row(row);
    rows.push(row);
  }
  return { honest, rows };
}

function honestOf({ events, runId, durationMs }: RehearsedRun): Rehearsal['honest'] {
  const ended = events.at(-1)?.event;
  const done = ended?.type === 'run_ended' ? ended : null;
  const isDone = done?.status === 'done';
  return {
    run_id: runId,
    status: done?.status ?? 'unknown',
    pull_requests: done?.pull_requests.length ?? 0,
    // A question that was answered stopped nobody.
    stopped: stopsIn(events).filter(({ by }) => !isDone || !by.startsWith('question ')),
    duration_ms: Math.round(durationMs),
  };
}

async function rowFor(rogue: Rogue, options: RehearsalOptions, honest: RehearsedRun): Promise<RogueRow> {
  const names = Object.keys(options.start.config.repos);
  const none = rogue.seat === 'tested_author' ? whyNoCheat(rogue.name, options.start.config, names) : null;
  if (none !== null) return notTried(rogue, none);
  const casting = castRogue(rogue, honest.events, grownSteps(honest.events));
  if (casting.kind === 'not_tried') return notTried(rogue, casting.why);
  const usual = stopsIn(honest.events);
  const cast = { rogue, parts: casting.parts };
  const run = await play(options, cast, { answered: questionsOf(honest.events), honest: usual });
  return rowOf(rogue, run, usual);
}

interface Behind {
  /** Questions that the honest run met and had answered; null: this is the honest run. */
  answered: ReadonlySet<string> | null;
  honest: ReturnType<typeof stopsIn> | null;
}

async function play(options: RehearsalOptions, cast: Cast | null, behind: Behind): Promise<RehearsedRun> {
  const { start, engine, signal } = options;
  const run = await runRehearsed({
    engine,
    start: {
      ...start,
      graph: cast?.rogue.name === 'budget-hog' ? withBudget(start.graph) : start.graph,
      // Named apart: what one rogue's agents do is held against nobody else's.
      driver: { name: 'scripted', file: `rehearsal of ${cast?.rogue.name ?? 'the honest run'}` },
    },
    driver: createRehearsalDriver(options.honest, { config: start.config, confirms: options.confirms }, cast),
    answerOf: (question) =>
      behind.answered === null || behind.answered.has(nameOf(question)) ? findPositive(question) : null,
    isEnough: (events) => {
      const last = events.at(-1)?.event;
      if (last !== undefined && 'step' in last) options.tell.isAt(last.step);
      return cast !== null && hasSeenEnough(rogueStops(events, cast.rogue, behind.honest ?? []), cast.rogue);
    },
    signal,
  });
  await engine.workspaces.closeRun(run.runId);
  rmSync(options.workspacesOf(run.runId), { recursive: true, force: true });
  return run;
}

function withBudget(graph: StartOptions['graph']): StartOptions['graph'] {
  return { ...graph, budget: { ...graph.budget, tokens: REHEARSED_TOKENS } };
}

function questionsOf(events: readonly JournalEvent[]): Set<string> {
  return new Set(
    events.flatMap(({ event }) => (event.type === 'question_asked' ? [nameOf(event.question)] : [])),
  );
}

/** The same question of another run: about the same step, and where it is about contents about exactly these. */
function nameOf({ kind, step, binds }: Question): string {
  return `${kind} ${step ?? ''} ${binds ?? ''}`;
}
