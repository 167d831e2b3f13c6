/**
 * Records a run of today's version for the corpus that every later version has to read:
 * `node test/journals/record.ts > test/journals/v<SCHEMA_VERSION>.json`, once per raise of SCHEMA_VERSION.
 * A recorded file never changes again.
 */
import { SCHEMA_VERSION } from '../../src/core/events.ts';
import { fold } from '../../src/core/fold.ts';
import { progressOf, statusOf } from '../../src/core/status.ts';
import { chainHash, genesisLink } from '../../src/journal/chain.ts';
import { simulateEvents } from '../../src/testing/events.ts';
import { failing, finding } from '../../src/testing/outcomes.ts';

const runId = `recorded-v${SCHEMA_VERSION}`;
const complaint = finding({ problem: 'The total is not rounded: "1.005 €" becomes 1.' });
let reviews = 0;
let attempts = 0;

const events = simulateEvents({
  runId,
  request: 'Add invoices to the orders service.\nWith totals in € and a "paid" flag.',
  // One of each: a technical failure with its retry, and a rejected review with its rework.
  work: () => ((attempts += 1) === 2 ? { kind: 'failed', reason: 'crashed', detail: 'exit code 1' } : null),
  review: () => ((reviews += 1) === 2 ? failing(complaint) : null),
});

let last = genesisLink(runId);
const rows = events.map((event, index) => {
  const at = new Date(Date.UTC(2026, 0, 5, 9, 0, index)).toISOString();
  const body = JSON.stringify({ at, schema_version: SCHEMA_VERSION, event });
  const row = { seq: index + 1, at, body, prev_hash: last.hash, hash: chainHash(last.hash, index + 1, body) };
  last = { seq: row.seq, hash: row.hash };
  return row;
});

const state = fold(events);
const recorded = {
  run_id: runId,
  schema_version: SCHEMA_VERSION,
  events: rows,
  expected: {
    ...statusOf(state),
    progress: progressOf(state),
    head: last.hash,
    types: events.map((event) => event.type),
    steps: [...state.steps.values()].map((step) => [step.step.id, step.status]),
  },
};
process.stdout.write(`${JSON.stringify(recorded, null, 2)}\n`);
