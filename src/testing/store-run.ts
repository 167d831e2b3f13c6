/** Puts a simulated history into a real store, as a holder would have written it. */
import type { JournalEvent, RunEvent } from '../core/events.ts';
import { applyEvent, createState } from '../core/fold.ts';
import { progressOf, statusOf } from '../core/status.ts';
import type { Artifact, Journal } from '../journal/journal.ts';

/** Stores the events as one run and releases it, each with a time of its own if `apart`. Returns what the journal made of them. */
export async function storeRun(
  journal: Journal,
  events: RunEvent[],
  artifacts: Artifact[] = [],
  { createdAt = '2026-01-05T09:00:00.000Z', apart = false } = {},
): Promise<JournalEvent[]> {
  const [started, ...rest] = events;
  if (started?.type !== 'run_started') throw new Error('a run starts with run_started');
  await journal.createRun({
    runId: started.run_id,
    workflow: started.graph.workflow,
    request: started.request,
    at: createdAt,
  });
  const state = createState(started);
  for (const event of rest) applyEvent(state, event);
  await using hold = await journal.hold(started.run_id, { takeOver: false });
  const summary = { ...statusOf(state), phase: state.currentPhase, progress: progressOf(state) };
  const stored: JournalEvent[] = [];
  for (const part of apart ? events.map((event) => [event]) : [events]) {
    const expectedSeq = stored.length;
    stored.push(
      ...(await journal.append({ hold, expectedSeq, events: part, artifacts, consumed: [], summary })),
    );
  }
  return stored;
}
