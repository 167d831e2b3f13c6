/** What every store has to do: run by each implementation of the journal port. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BatonError, FencedError, HeldError } from '../core/errors.ts';
import type { ErrorCode } from '../core/errors.ts';
import { genesisLink } from './chain.ts';
import type { InboxMessage, Journal } from './journal.ts';
import {
  SAMPLE_SUMMARY,
  sampleAppend,
  sampleArtifact,
  sampleEvent,
  sampleEvents,
} from './testing/sample-events.ts';

/** The store of the test that runs now. */
export interface StoreSubject {
  /** Opens one more connection. */
  open(): Promise<Journal>;
  /** Takes from the holder of a run what keeps others out, unseen by it: what a file system without working locks does. */
  loseLock(runId: string): void;
}

const RUN = 'run-1';
const AT = '2026-01-02T03:04:05.000Z';

const answer = (questionId: string, option: string, name: string): InboxMessage => ({
  kind: 'answer',
  questionId,
  option,
  text: '',
  name,
  via: 'cli',
});

/** Runs the contract; `prepare` gives each test an empty store. */
export function describeJournal(name: string, prepare: () => Promise<StoreSubject>): void {
  describe(`the journal contract, ${name}`, () => {
    let store: StoreSubject;
    let journal: Journal;
    let opened: Journal[];

    const another = async (): Promise<Journal> => {
      const more = await store.open();
      opened.push(more);
      return more;
    };

    beforeEach(async () => {
      store = await prepare();
      opened = [];
      journal = await another();
      await journal.createRun({ runId: RUN, workflow: 'small', request: 'Add a health route', at: AT });
    });

    afterEach(async () => {
      for (const one of opened) await one[Symbol.asyncDispose]();
    });

    it('shows a new run with no events and the genesis hash as its head', async () => {
      expect(await journal.getRun(RUN)).toMatchObject({
        runId: RUN,
        workflow: 'small',
        request: 'Add a health route',
        createdAt: AT,
        seq: 0,
        epoch: 0,
        head: genesisLink(RUN).hash,
      });
      expect(await journal.read(RUN, 1)).toEqual([]);
      expect(await journal.verify(RUN)).toMatchObject({
        ok: true,
        events: 0,
        problem: null,
        anchored: false,
      });
      expect(await journal.getRun('run-2')).toBeNull();
    });

    it('refuses a second run with the same id, and ids that lead elsewhere', async () => {
      const run = { runId: RUN, workflow: 'w', request: 'r', at: AT };
      await expectCode(journal.createRun(run), 'E_STORE');
      for (const runId of ['', '../up', 'a/b', '.hidden', 'a\0b', 'x'.repeat(101)]) {
        await expectCode(journal.createRun({ ...run, runId }), 'E_USAGE');
      }
    });

    it('says that a run is not there instead of making one', async () => {
      await expectCode(journal.hold('nobody', { takeOver: false }), 'E_NOT_FOUND');
      await expectCode(journal.read('nobody', 1), 'E_NOT_FOUND');
      await expectCode(journal.holder('nobody'), 'E_NOT_FOUND');
      await expectCode(journal.post('nobody', answer('q', 'yes', 'Ada')), 'E_NOT_FOUND');
      expect(await journal.listRuns({ limit: 10, prefix: '' })).toHaveLength(1);
    });

    it('gives back what was appended, in order, from any sequence on, to every connection', async () => {
      const hold = await journal.hold(RUN, { takeOver: false });
      const first = await journal.append(sampleAppend(hold, 0, { events: sampleEvents(1, 3) }));
      const second = await journal.append(sampleAppend(hold, 3));
      expect(first.map((event) => event.seq)).toEqual([1, 2, 3]);
      const reader = await another();
      expect(await reader.read(RUN, 1)).toEqual([...first, ...second]);
      expect(await reader.read(RUN, 3)).toEqual([first[2], ...second]);
      expect(await reader.read(RUN, 5)).toEqual([]);
      expect(await reader.read(RUN, 99)).toEqual([]);
      expect((await reader.read(RUN, 1)).map((event) => event.event)).toEqual(sampleEvents(1, 4));
    });

    it('shows the summary of the last append in listings, newest run first, by prefix', async () => {
      const hold = await journal.hold(RUN, { takeOver: false });
      const [event] = await journal.append(sampleAppend(hold, 0));
      await journal.createRun({
        runId: 'other',
        workflow: 'w',
        request: 'r',
        at: '2026-02-02T03:04:05.000Z',
      });
      await journal.createRun({
        runId: 'run-2',
        workflow: 'w',
        request: 'r',
        at: '2026-03-02T03:04:05.000Z',
      });
      const ids = async (limit: number, prefix: string) =>
        (await journal.listRuns({ limit, prefix })).map((row) => row.runId);
      expect(await ids(10, '')).toEqual(['run-2', 'other', RUN]);
      expect(await ids(1, '')).toEqual(['run-2']);
      expect(await ids(10, 'run')).toEqual(['run-2', RUN]);
      expect(await ids(10, 'run-1')).toEqual([RUN]);
      expect(await ids(10, '%')).toEqual([]);
      expect(await journal.getRun(RUN)).toMatchObject({
        ...SAMPLE_SUMMARY,
        seq: 1,
        head: event?.hash,
        epoch: 1,
      });
    });

    it('refuses an append behind another sequence than the last, and writes nothing of it', async () => {
      const hold = await journal.hold(RUN, { takeOver: false });
      await journal.append(sampleAppend(hold, 0));
      const before = await journal.getRun(RUN);
      for (const seq of [0, 2]) {
        await expect(
          journal.append(sampleAppend(hold, seq, { artifacts: [sampleArtifact('x', 10)] })),
        ).rejects.toThrow(FencedError);
      }
      expect(await journal.getRun(RUN)).toEqual(before);
      expect(await journal.getArtifact(RUN, sampleArtifact('x', 10).hash)).toBeNull();
      expect(await journal.append(sampleAppend(hold, 1))).toHaveLength(1);
    });

    it('lets one holder in at a time, and says at once who it is', async () => {
      expect(await journal.holder(RUN)).toBeNull();
      const hold = await journal.hold(RUN, { takeOver: false });
      expect(hold).toMatchObject({ runId: RUN, epoch: 1, tookOver: false });
      const other = await another();
      const begin = performance.now();
      const refusal = await other.hold(RUN, { takeOver: false }).catch((error: unknown) => error);
      expect(performance.now() - begin).toBeLessThan(1_000);
      expect(refusal).toBeInstanceOf(HeldError);
      expect((refusal as HeldError).message).toContain(`pid ${process.pid} since 20`);
      await expect(journal.hold(RUN, { takeOver: false })).rejects.toThrow(HeldError);
      expect(await other.holder(RUN)).toMatchObject({ pid: process.pid });
      expect(await journal.append(sampleAppend(hold, 0))).toHaveLength(1);
    });

    it('never kills its own process to take a run over', async () => {
      await journal.hold(RUN, { takeOver: false });
      await expect((await another()).hold(RUN, { takeOver: true })).rejects.toThrow(HeldError);
    });

    it('gives a released run to the next holder under a higher epoch, and nothing to the last one', async () => {
      const first = await journal.hold(RUN, { takeOver: false });
      await first.release();
      await first.release();
      expect(await journal.holder(RUN)).toBeNull();
      await expect(journal.append(sampleAppend(first, 0))).rejects.toThrow(FencedError);
      const second = await (await another()).hold(RUN, { takeOver: false });
      expect(second).toMatchObject({ epoch: 2, tookOver: false });
      await expect(journal.append(sampleAppend(first, 0))).rejects.toThrow(FencedError);
      expect(await journal.getRun(RUN)).toMatchObject({ seq: 0, epoch: 2 });
    });

    it('DUP-3: refuses every append of a holder that lost the run without a release, whatever the sequence', async () => {
      const old = await journal.hold(RUN, { takeOver: false });
      await journal.append(sampleAppend(old, 0));
      store.loseLock(RUN);
      const other = await another();
      const hold = await other.hold(RUN, { takeOver: false });
      expect(hold).toMatchObject({ epoch: 2, tookOver: true });
      const before = await other.getRun(RUN);
      // The sequence is the right one: the epoch alone says that this is nobody's to write.
      await expect(journal.append(sampleAppend(old, 1))).rejects.toThrow(FencedError);
      expect(await other.getRun(RUN)).toEqual(before);
      expect(await other.append(sampleAppend(hold, 1))).toHaveLength(1);
      await expect(journal.append(sampleAppend(old, 2))).rejects.toThrow(FencedError);
      expect(await other.getRun(RUN)).toMatchObject({ seq: 2, epoch: 2 });
    });

    it('gives its runs back when it is closed', async () => {
      const holder = await another();
      await holder.hold(RUN, { takeOver: false });
      await holder[Symbol.asyncDispose]();
      expect(await journal.holder(RUN)).toBeNull();
      expect(await journal.hold(RUN, { takeOver: false })).toMatchObject({ epoch: 2, tookOver: false });
      await holder[Symbol.asyncDispose]();
    });

    it('keeps artifacts of any size by their hash, storing one twice without harm', async () => {
      const hold = await journal.hold(RUN, { takeOver: false });
      const artifacts = [0, 1, 2_048, 65_536, 65_537, 1_000_000].map((bytes) =>
        sampleArtifact(`s${bytes}`, bytes),
      );
      await journal.append(sampleAppend(hold, 0, { artifacts }));
      await journal.append(sampleAppend(hold, 1, { artifacts }));
      const reader = await another();
      for (const artifact of artifacts) {
        const found = await reader.getArtifact(RUN, artifact.hash);
        expect(found).toMatchObject({ hash: artifact.hash, kind: 'report' });
        expect(Buffer.compare(found?.body ?? Buffer.alloc(0), artifact.body)).toBe(0);
      }
      expect(await reader.getArtifact(RUN, sampleArtifact('never', 9).hash)).toBeNull();
    });

    it('refuses an artifact under a hash that is not its own', async () => {
      const hold = await journal.hold(RUN, { takeOver: false });
      const wrong = { ...sampleArtifact('a', 10), hash: sampleArtifact('b', 10).hash };
      await expectCode(journal.append(sampleAppend(hold, 0, { artifacts: [wrong] })), 'E_BUG');
      expect(await journal.getRun(RUN)).toMatchObject({ seq: 0 });
    });

    it('KILL-5: keeps messages until an append consumes them, over connections', async () => {
      const row = await (await another()).post(RUN, answer('q1', 'yes', 'Ada'));
      const cancel = await journal.post(RUN, { kind: 'cancel', reason: 'no need', name: 'Bob', via: 'api' });
      expect(await journal.pending(RUN)).toEqual([row, cancel]);
      const hold = await journal.hold(RUN, { takeOver: false });
      await journal.append(sampleAppend(hold, 0, { consumed: [row.id] }));
      expect(await journal.pending(RUN)).toEqual([cancel]);
      await expectCode(journal.append(sampleAppend(hold, 1, { consumed: [row.id] })), 'E_BUG');
      expect(await journal.getRun(RUN)).toMatchObject({ seq: 1 });
    });

    it('DUP-6: takes the first answer to a question and tells the second who won, also after it was journaled', async () => {
      const row = await journal.post(RUN, answer('q1', 'approve', 'Ada'));
      const late = (await another()).post(RUN, answer('q1', 'reject', 'Bob'));
      const refusal = await expectCode(late, 'E_ANSWERED');
      expect(refusal.message).toMatch(/"approve" by Ada \(cli\)/);
      expect(await journal.pending(RUN)).toEqual([row]);
      const hold = await journal.hold(RUN, { takeOver: false });
      await journal.append(sampleAppend(hold, 0, { consumed: [row.id] }));
      await expectCode(journal.post(RUN, answer('q1', 'reject', 'Bob')), 'E_ANSWERED');
      await journal.post(RUN, answer('q2', 'reject', 'Bob'));
    });

    it('DUP-6: refuses an option that the question does not have, and then takes one that it has', async () => {
      const hold = await journal.hold(RUN, { takeOver: false });
      const options = ['approve', 'reject'].map((id) => ({ id, label: id, impact: '', takes_text: false }));
      const question = {
        id: 'q1',
        kind: 'blocked',
        step: null,
        text: 'Well?',
        options,
        binds: null,
      } as const;
      await journal.append(sampleAppend(hold, 0, { events: [{ type: 'question_asked', question }] }));
      const refusal = await expectCode(
        (await another()).post(RUN, answer('q1', 'maybe', 'Ada')),
        'E_QUESTION',
      );
      expect(refusal.message).toContain('"maybe"');
      expect(refusal.fix).toContain('approve, reject');
      expect(await journal.pending(RUN)).toEqual([]);
      const row = await journal.post(RUN, answer('q1', 'reject', 'Bob'));
      expect(await journal.pending(RUN)).toEqual([row]);
    });

    it('wakes a waiter for an event or a message of another connection', async () => {
      const other = await another();
      const hold = await other.hold(RUN, { takeOver: false });
      const never = new AbortController().signal;
      const since = { seq: 0, inboxId: 0 };
      const waiting = journal.waitForChange(RUN, since, 20_000, never);
      await other.append(sampleAppend(hold, 0));
      await waiting;
      const asked = journal.waitForChange(RUN, { seq: 1, inboxId: 0 }, 20_000, never);
      const row = await other.post(RUN, answer('q', 'yes', 'Ada'));
      await asked;
      const begin = performance.now();
      await journal.waitForChange(RUN, since, 20_000, never);
      expect(performance.now() - begin).toBeLessThan(1_000);
      await journal.waitForChange(RUN, { seq: 1, inboxId: row.id }, 50, never);
    });

    it('stops waiting when it is told to, without spinning before', async () => {
      const stop = new AbortController();
      const waiting = journal.waitForChange(RUN, { seq: 0, inboxId: 0 }, 20_000, stop.signal);
      const begin = process.cpuUsage();
      setTimeout(() => stop.abort(), 300);
      await waiting;
      const used = process.cpuUsage(begin);
      expect((used.user + used.system) / 1_000).toBeLessThan(150);
    });

    it('shows an event even to those who read it as damaged', async () => {
      const hold = await journal.hold(RUN, { takeOver: false });
      await journal.append(sampleAppend(hold, 0));
      const rows = await journal.readDamaged(RUN);
      expect(rows).toHaveLength(1);
      expect(JSON.parse(rows[0]?.body ?? '')).toMatchObject({ event: sampleEvent(1), schema_version: 1 });
    });
  });
}

/** The error, after it was shown to carry `code` and a way to mend it. */
export async function expectCode(action: Promise<unknown>, code: ErrorCode): Promise<BatonError> {
  const error = await action.then(
    () => new Error('it was accepted'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof BatonError)) throw error;
  expect(error.code, error.message).toBe(code);
  expect(error.fix).not.toBe('');
  return error;
}
