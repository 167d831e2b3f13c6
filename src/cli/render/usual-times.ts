/** How long agents usually take: the median of their finished invocations in this store's latest runs. */
import type { Journal } from '../../journal/journal.ts';
import { median } from './duration.ts';
import { runnerKey } from './frame.ts';

/** How many runs back; a look at more would delay nothing but tell little. */
const RUNS = 20;

/** Milliseconds by `agent [label]`. A run that cannot be read tells nothing and stops nobody. */
export async function readUsualTimes(journal: Journal, exceptRunId: string): Promise<Map<string, number>> {
  const rows = await journal.listRuns({ limit: RUNS, prefix: '' });
  const times = new Map<string, number[]>();
  for (const row of rows) {
    if (row.runId === exceptRunId) continue;
    try {
      addTimes(times, await journal.read(row.runId, 1));
    } catch {
      // A damaged run is told of where somebody asks for it.
    }
  }
  return new Map(
    [...times].flatMap(([name, list]) => {
      const usual = median(list);
      return usual === null ? [] : [[name, usual] as const];
    }),
  );
}

function addTimes(times: Map<string, number[]>, events: Awaited<ReturnType<Journal['read']>>): void {
  const runners = new Map<string, string>();
  for (const { event } of events) {
    if (event.type === 'invocation_started' || event.type === 'review_started') {
      runners.set(event.key, runnerKey(event.identity));
    }
    if (event.type !== 'invocation_ended' && event.type !== 'review_ended') continue;
    const runner = runners.get(event.key);
    if (runner === undefined || event.outcome.kind === 'failed') continue;
    times.set(runner, [...(times.get(runner) ?? []), event.duration_ms]);
  }
}
