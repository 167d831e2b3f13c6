/** How long agents and gates took in the caller's latest runs. Rehearsals, rules and scripts tell nothing of a model. */
import type { JournalEvent } from '../../core/events.ts';
import type { Journal } from '../../journal/journal.ts';
import type { CliContext } from '../context.ts';
import { findStateDir } from '../places.ts';
import { median } from '../render/duration.ts';
import { openStore } from '../store.ts';

/** How many runs back. */
const RUNS = 20;
const NO_MODEL = /^(?:rehearsal|rules|script)/;

export interface EarlierTimes {
  /** Median milliseconds by the agent's name. */
  agentMs: Map<string, number>;
  /** Of a pass of gates; null: none has ended. */
  gatesMs: number | null;
}

/** Nothing where there is no store. */
export async function readEarlierTimes(context: CliContext): Promise<EarlierTimes> {
  if (findStateDir(context) === null) return { agentMs: new Map(), gatesMs: null };
  await using store = await openStore(context);
  return timesOf(await runsOf(store.journal));
}

async function runsOf(journal: Journal): Promise<JournalEvent[][]> {
  const rows = await journal.listRuns({ limit: RUNS, prefix: '' });
  const runs: JournalEvent[][] = [];
  for (const { runId } of rows) {
    const { events } = await journal.readIntact(runId);
    runs.push(events);
  }
  return runs;
}

/** Medians over these runs. */
export function timesOf(runs: readonly (readonly JournalEvent[])[]): EarlierTimes {
  const agents = new Map<string, number[]>();
  const gates: number[] = [];
  for (const events of runs) {
    const workers = new Map<string, string>();
    for (const { event } of events) {
      const starts = event.type === 'invocation_started' || event.type === 'review_started';
      if (starts && !NO_MODEL.test(event.identity.label)) workers.set(event.key, event.identity.agent);
      const ends = event.type === 'invocation_ended' || event.type === 'review_ended';
      const agent = ends && event.outcome.kind !== 'failed' ? workers.get(event.key) : undefined;
      if (ends && agent !== undefined) agents.set(agent, [...(agents.get(agent) ?? []), event.duration_ms]);
      if (event.type === 'gates_ended' && event.outcome.kind === 'measured') gates.push(event.duration_ms);
    }
  }
  const agentMs = new Map([...agents].map(([agent, times]) => [agent, median(times) ?? 0]));
  return { agentMs, gatesMs: median(gates) };
}
