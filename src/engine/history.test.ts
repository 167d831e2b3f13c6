import { expect, it } from 'vitest';
import type { JournalEvent } from '../core/events.ts';
import { readOwnIdentity } from '../journal/process-identity.ts';
import type { Hold, Journal } from '../journal/journal.ts';
import { openSqliteJournal } from '../journal/sqlite/open.ts';
import { sampleAppend } from '../journal/testing/sample-events.ts';
import { tempStateDir } from '../journal/testing/temp-store.ts';
import { openHistory } from './history.ts';

const RUN = 'run-1';

/** A store whose reads are listened to. */
async function openStore() {
  const journal = await openSqliteJournal({
    dir: tempStateDir(),
    clock: () => new Date(0),
    host: readOwnIdentity('here'),
  });
  await journal.createRun({ runId: RUN, workflow: 'w', request: 'r', at: '2026-01-02T03:04:05.000Z' });
  const hold: Hold = await journal.hold(RUN, { takeOver: false });
  const asked: number[] = [];
  const read: Journal['read'] = (runId, from) => {
    asked.push(from);
    return journal.read(runId, from);
  };
  return {
    asked,
    read,
    write: (behind: number): Promise<JournalEvent[]> => journal.append(sampleAppend(hold, behind)),
    [Symbol.asyncDispose]: () => journal[Symbol.asyncDispose](),
  };
}

it('has all events each time, and reads those that it does not know', async () => {
  await using store = await openStore();
  const history = openHistory(store, RUN);
  expect(await history()).toEqual([]);
  const first = await store.write(0);
  expect(await history()).toEqual(first);
  const second = await store.write(1);
  expect(await history()).toEqual([...first, ...second]);
  expect(await history()).toEqual([...first, ...second]);
  expect(store.asked).toEqual([1, 1, 2, 3]);
});

it('has no event twice where several ask at once', async () => {
  await using store = await openStore();
  const history = openHistory(store, RUN);
  const events = await store.write(0);
  expect(await Promise.all([history(), history()])).toEqual([events, events]);
  expect(await history()).toEqual(events);
});

it('refuses events that do not follow those that it knows', async () => {
  await using store = await openStore();
  const [first] = await store.write(0);
  await store.write(1);
  const forged = { ...first, hash: 'f'.repeat(64) } as JournalEvent;
  let isFirst = true;
  const history = openHistory(
    {
      read: async (runId, from) => {
        if (!isFirst) return store.read(runId, from);
        isFirst = false;
        return [forged];
      },
    },
    RUN,
  );
  await history();
  await expect(history()).rejects.toMatchObject({ code: 'E_INTEGRITY' });
});
