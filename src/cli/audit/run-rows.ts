/** What listings say of a run, against its events: the row is a copy for speed, and no truth of its own. */
import type { JournalEvent } from '../../core/events.ts';
import { fold } from '../../core/fold.ts';
import { statusOf } from '../../core/status.ts';
import { FINAL_STATUSES } from '../../core/words.ts';
import type { RunRow } from '../../journal/journal.ts';
import type { ChainProblem } from './verdict-chain.ts';

/** The first thing that the row says otherwise; null: it says the same, or the run has not begun. */
export function checkRow(row: RunRow, events: JournalEvent[]): ChainProblem | null {
  const [first] = events;
  if (first?.event.type !== 'run_started') return null;
  const state = fold(events.map(({ event }) => event));
  const said = [
    ['workflow', row.workflow, state.graph.workflow],
    ['request', row.request, state.request],
    // How a run that goes on is called may differ between versions; that it ended may not.
    [
      'status',
      ...[row.status, statusOf(state).status].map((word) =>
        FINAL_STATUSES.includes(word) ? word : 'not ended',
      ),
    ],
  ];
  const other = said.find(([, inRow, inEvents]) => inRow !== inEvents);
  if (other === undefined) return null;
  const [what] = other;
  const [inRow, inEvents] = other.slice(1).map((text) => JSON.stringify(text.slice(0, 80)));
  const seq = events.length;
  return {
    seq,
    detail: `the row of the run was changed: its ${what} is ${inRow}, its events say ${inEvents}`,
  };
}

/** What a listing says of events whose run has no row. */
export function orphanWarning(runId: string): string {
  return `E_INTEGRITY events of run ${runId} are there, and its row is gone: the store was changed`;
}
