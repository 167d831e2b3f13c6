import { expect, it } from 'vitest';
import type { JournalEvent, RunEvent } from '../core/events.ts';
import { hostileLines, hostileRows } from './hostile-table.ts';

const HASH = 'a'.repeat(64);
const STEP = 'implement/datatypes-agent';

/** Only what the table reads of each event. */
function journal(events: object[]): JournalEvent[] {
  return events.map((event, i) => ({
    seq: i + 1,
    at: '2026-01-01T00:00:00Z',
    schema_version: 1,
    hash: HASH,
    prev_hash: HASH,
    event: event as RunEvent,
  }));
}

const start = (trick: string, key = 'k', round = 1): object => ({
  type: 'invocation_started',
  key,
  step: STEP,
  round,
  attempt: 1,
  identity: { agent: 'datatypes-agent', label: trick === '' ? 'rules' : `rules, rogue: ${trick}` },
});
const handIn = (key = 'k', id = HASH): object => ({
  type: 'invocation_ended',
  key,
  step: STEP,
  outcome: { kind: 'submitted', output: { id, revision: HASH } },
});
const accept = (id = HASH): object => ({
  type: 'step_accepted',
  step: STEP,
  output: { id, revision: HASH },
  link: { from: '', to: id },
});

it('names the first thing that stopped a trick, and where the journal says so', () => {
  const rows = hostileRows(
    journal([
      start('path-escaper'),
      {
        type: 'invocation_ended',
        key: 'k',
        step: STEP,
        outcome: { kind: 'failed', reason: 'path_refused', detail: 'a link' },
      },
    ]),
    new Map(),
  );
  expect(rows).toMatchObject([{ stopped: ['attempt void, path_refused: a link'], seq: 2 }]);
});

const MARKER = 'src/backdoor.js';

it('PRIV-13: says NOTHING where the file of a late edit was found, or where there was nothing to look through', () => {
  for (const search of [
    { trees: 9, found: ['pull request r#1'] },
    { trees: 0, found: [] },
  ]) {
    const rows = hostileRows(
      journal([start('edits-after-approval'), handIn(), accept()]),
      new Map([[MARKER, search]]),
    );
    expect(rows).toMatchObject([{ stopped: [], seq: null }]);
    expect(hostileLines(rows).join('\n')).toContain('NOTHING');
  }
});

it('PRIV-13: shows for an edit after handing in through how many trees its file was looked for', () => {
  const search = new Map([[MARKER, { trees: 9, found: [] }]]);
  const rows = hostileRows(journal([start('edits-after-approval'), handIn(), accept()]), search);
  expect(rows[0]?.stopped[0]).toContain('src/backdoor.js was looked for in 9 trees');
  expect(rows[0]?.seq).toBe(2);
});

it('does not count what stopped a later, honest round', () => {
  const gates = {
    type: 'gates_ended',
    step: STEP,
    outcome: {
      kind: 'measured',
      results: [{ gate: 'tests', repo: 'r', status: 'fail', summary: '1 failed' }],
    },
  };
  const rework = { type: 'rework_requested', step: STEP };
  const rows = hostileRows(
    journal([start('liar'), handIn(), gates, rework, start('liar', 'k2', 2), handIn('k2'), gates, accept()]),
    new Map(),
  );
  expect(rows).toMatchObject([{ stopped: ['gate tests of r red: 1 failed'], seq: 3 }]);
});

it('has no row for agents that are no rogues', () => {
  expect(hostileRows(journal([start(''), handIn(), accept()]), new Map())).toEqual([]);
});
