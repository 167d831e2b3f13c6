import { readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { FencedError, HeldError } from '../../core/errors.ts';
import { isAlive, readOwnIdentity } from '../process-identity.ts';
import { openTestStore } from '../testing/open-store.ts';
import { spawnPeer, startPeer } from '../testing/peer.ts';
import type { Peer } from '../testing/peer.ts';
import { sampleAppend, sampleEvents } from '../testing/sample-events.ts';
import { tempStateDir } from '../testing/temp-store.ts';
import { within } from '../../testing/time-bounds.ts';

const RUN = 'run-1';
/** Far beyond what a busy machine needs: it bounds a test that hangs. */
const DEADLINE_MS = 60_000;
const ROUNDS = process.env['BATON_TEST_FULL'] === '1' ? 100 : 15;

/** A store with one run, and a process that holds it and has written one event. */
async function heldByPeer(): Promise<{ dir: string; peer: Peer }> {
  const dir = tempStateDir();
  const peer = await startPeer(dir);
  expect(await peer.ask(`create ${RUN}`)).toMatchObject({ ok: true });
  expect(await peer.ask(`hold ${RUN}`)).toEqual({ ok: true, value: 1 });
  expect(await peer.ask(`append ${RUN}`)).toEqual({ ok: true, value: 1 });
  return { dir, peer };
}

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + DEADLINE_MS;
  while (!condition()) {
    if (performance.now() > end) throw new Error('the condition did not come true in time');
    await pause(5);
  }
}

const stateOf = (pid: number): string =>
  readFileSync(`/proc/${pid}/stat`, 'utf8').split(')').at(-1)?.trim().charAt(0) ?? '';

const refusalOf = (action: Promise<unknown>): Promise<unknown> =>
  action.then(
    () => null,
    (error: unknown) => error,
  );

describe('several processes and one run', () => {
  it('DUP-1: tells a second process in under a second who holds the run since when, and has no effect', async () => {
    const { dir, peer } = await heldByPeer();
    await using journal = await openTestStore(dir);
    const before = await journal.getRun(RUN);
    const error = await within(1_000, () => refusalOf(journal.hold(RUN, { takeOver: false })));
    expect(error).toBeInstanceOf(HeldError);
    expect(String(error)).toContain(`held by pid ${peer.pid} since ${new Date().getUTCFullYear()}`);
    expect(await journal.getRun(RUN)).toEqual(before);
    expect(await journal.holder(RUN)).toMatchObject({ pid: peer.pid, host: hostname() });
    expect(await peer.ask(`append ${RUN}`)).toEqual({ ok: true, value: 2 });
  });

  it('PROC-8: is free at once when its holder is killed with -9, and says that it was taken over', async () => {
    const { dir, peer } = await heldByPeer();
    await using journal = await openTestStore(dir);
    peer.signal('SIGKILL');
    await peer.gone;
    expect(await journal.holder(RUN)).toBeNull();
    const hold = await within(200, () => journal.hold(RUN, { takeOver: false }), { tries: 1 });
    expect(hold).toMatchObject({ epoch: 2, tookOver: true });
    expect(await journal.append(sampleAppend(hold, 1))).toHaveLength(1);
  });

  it('DUP-3: kills a stopped holder when told to take over, and only then', async () => {
    const { dir, peer } = await heldByPeer();
    await using journal = await openTestStore(dir);
    peer.signal('SIGSTOP');
    await until(() => stateOf(peer.pid) === 'T');
    expect(await refusalOf(journal.hold(RUN, { takeOver: false }))).toBeInstanceOf(HeldError);
    const hold = await journal.hold(RUN, { takeOver: true });
    expect(hold).toMatchObject({ epoch: 2, tookOver: true });
    expect(await peer.gone).toBe('SIGKILL');
    expect(await journal.append(sampleAppend(hold, 1))).toHaveLength(1);
  });

  it('DUP-3: refuses every append of a holder that was stopped, lost the run meanwhile and woke up', async () => {
    const { dir, peer } = await heldByPeer();
    await using journal = await openTestStore(dir);
    peer.signal('SIGSTOP');
    await until(() => stateOf(peer.pid) === 'T');
    // What a file system without working locks amounts to: the holder's lock is on a file that is gone.
    rmSync(join(dir, 'locks', `${RUN}.lock`));
    await using hold = await journal.hold(RUN, { takeOver: false });
    expect(hold).toMatchObject({ epoch: 2, tookOver: true });
    peer.tell(`append ${RUN}`);
    peer.signal('SIGCONT');
    expect(await peer.next()).toMatchObject({ ok: false, code: 'E_FENCED' });
    await journal.append(sampleAppend(hold, 1));
    expect(await peer.ask(`append ${RUN}`)).toMatchObject({ ok: false, code: 'E_FENCED' });
    // Its release, late as it is, takes nothing from the new holder.
    expect(await peer.ask(`release ${RUN}`)).toMatchObject({ ok: true });
    expect(await journal.holder(RUN)).toMatchObject({ pid: process.pid });
    expect((await journal.read(RUN, 1)).map((event) => event.event)).toEqual(sampleEvents(1, 2));
    expect(await journal.verify(RUN)).toMatchObject({ ok: true, events: 2 });
  });

  it('PROC-8: kills nobody whose start time, namespace, boot or host is not the recorded one', async () => {
    const { dir, peer } = await heldByPeer();
    const self = readOwnIdentity(hostname());
    for (const change of [{ bootId: 'another' }, { pidNamespace: 'pid:[1]' }, { host: 'elsewhere' }]) {
      await using journal = await openTestStore(dir, { host: { ...self, ...change } });
      expect(await refusalOf(journal.hold(RUN, { takeOver: true }))).toBeInstanceOf(HeldError);
    }
    await using journal = await openTestStore(dir);
    const recorded = await journal.holder(RUN);
    expect(recorded === null ? null : isAlive(recorded)).toBe(true);
    expect(isAlive({ ...self, pid: peer.pid, startTime: '1' })).toBe(false);
    expect(await peer.ask(`append ${RUN}`)).toEqual({ ok: true, value: 2 });
  });

  it(`DUP-4: lets exactly one of 20 processes in, in each of ${ROUNDS} rounds`, async () => {
    const dir = tempStateDir();
    // They all open the store at once, which does not exist before.
    const peers = Array.from({ length: 20 }, () => spawnPeer(dir));
    for (const peer of peers) expect(await peer.next()).toMatchObject({ ok: true });
    const created = await Promise.all(peers.map((peer) => peer.ask(`create ${RUN}`)));
    expect(created.filter((answer) => answer.ok)).toHaveLength(1);
    for (let round = 1; round <= ROUNDS; round += 1) {
      const answers = await Promise.all(peers.map((peer) => peer.ask(`hold ${RUN}`)));
      expect(answers.filter((answer) => answer.ok)).toEqual([{ ok: true, value: round }]);
      expect(answers.filter((answer) => !answer.ok && answer.code === 'E_HELD')).toHaveLength(19);
      const winner = peers[answers.findIndex((answer) => answer.ok)];
      expect(await winner?.ask(`append ${RUN}`)).toEqual({ ok: true, value: round });
      await winner?.ask(`release ${RUN}`);
    }
    await using journal = await openTestStore(dir);
    expect(await journal.verify(RUN)).toMatchObject({ ok: true, events: ROUNDS });
  });

  it('DUP-6: takes one of many answers that come at once, and tells all others whose', async () => {
    const dir = tempStateDir();
    const peers = await Promise.all(Array.from({ length: 4 }, () => startPeer(dir)));
    await peers[0]?.ask(`create ${RUN}`);
    await using journal = await openTestStore(dir);
    for (let round = 0; round < 20; round += 1) {
      const answers = await Promise.all(peers.map((peer) => peer.ask(`answer ${RUN} q-${round}`)));
      const winner = peers[answers.findIndex((answer) => answer.ok)];
      expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
      const refused = answers.filter((answer) => !answer.ok);
      const message: unknown = expect.stringContaining(`by peer ${winner?.pid} `);
      expect(refused).toEqual(refused.map(() => ({ ok: false, code: 'E_ANSWERED', message })));
    }
    expect(await journal.pending(RUN)).toHaveLength(20);
  });

  it('KILL-1: keeps every event that was acknowledged when the process is killed anywhere between', async () => {
    const dir = tempStateDir();
    const seed = Date.now() % 1_000_000;
    let acknowledged = 0;
    for (let kill = 0; kill < 6; kill += 1) {
      const peer = await startPeer(dir);
      if (kill === 0) await peer.ask(`create ${RUN}`);
      const held = await peer.ask(`hold ${RUN}`);
      expect(held, `seed ${seed}, kill ${kill}`).toEqual({ ok: true, value: kill + 1 });
      peer.tell(`flood ${RUN}`);
      // After a number of answers that the seed decides, five at least; the process writes on until the signal arrives.
      const enough = 5 + ((seed * (kill + 7)) % 37);
      let answers = 0;
      for (let answer = await peer.next(); answer !== null; answer = await peer.next()) {
        if (answer.ok) acknowledged = answer.value ?? acknowledged;
        answers += 1;
        if (answers === enough) peer.signal('SIGKILL');
      }
      await peer.gone;
      await using journal = await openTestStore(dir);
      const events = await journal.read(RUN, 1);
      expect(events.length, `seed ${seed}, kill ${kill}`).toBeGreaterThanOrEqual(acknowledged);
      expect(events.map((event) => event.event)).toEqual(sampleEvents(1, events.length));
    }
    expect(acknowledged).toBeGreaterThan(20);
  });

  it('refuses a holder of the same process whose run was claimed through another connection', async () => {
    const dir = tempStateDir();
    await using first = await openTestStore(dir);
    await first.createRun({ runId: RUN, workflow: 'w', request: 'r', at: 'now' });
    const hold = await first.hold(RUN, { takeOver: false });
    rmSync(join(dir, 'locks', `${RUN}.lock`));
    await using second = await openTestStore(dir);
    await second.hold(RUN, { takeOver: false });
    await expect(first.append(sampleAppend(hold, 0))).rejects.toThrow(FencedError);
  });
});
