/** A disk that fills up while a run is driven: nothing acknowledged is lost, and the run goes on afterwards. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BatonError } from '../../src/core/errors.ts';
import type { JournalEvent } from '../../src/core/events.ts';
import { drive } from '../../src/engine/drive.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { driveRig, openRig, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import { createPlayDriver, eventsOf, openPlay, playWell } from './plays.ts';

const CAN_MOUNT = canMount();
const FULL = process.env['BATON_TEST_FULL'] !== undefined;
/** The folder that fills up, after which append, and how much is left: the store, git and the forge meet it in turn. */
const MOMENTS: [string, number, number][] = FULL
  ? ['.baton', 'work'].flatMap((folder) =>
      Array.from({ length: folder === 'work' ? 6 : 9 }, (_, n): [string, number, number] => [
        folder,
        n + 1,
        0,
      ]),
    )
  : [
      ['.baton', 2, 0],
      ['.baton', 5, 40_000],
      ['.baton', 8, 0],
      ['work', 2, 8_192],
    ];

const GRAPH = () =>
  sequenceGraph([{ id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' }], {
    submit: true,
  });

/** The journal, but its n-th append finds no room. */
function fillingUp(journal: Journal, n: number): Journal {
  let appends = 0;
  return new Proxy(journal, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      if (property !== 'append') return value.bind(target) as unknown;
      return async (request: Parameters<Journal['append']>[0]) => {
        appends += 1;
        if (appends !== n) return target.append(request);
        throw new BatonError({ code: 'E_DISK_FULL', message: 'The disk is full.', fix: 'Free some space.' });
      };
    },
  });
}

/** Which pieces of work have an outcome, and what it was. */
function outcomes(events: JournalEvent[]): string[] {
  const keys = events.flatMap(({ event }) =>
    event.type === 'step_accepted'
      ? [`accepted ${event.step}`]
      : event.type === 'run_ended'
        ? [`ended ${event.status}`]
        : [],
  );
  const effects = eventsOf(events, 'effect_ended').map(({ key, outcome }) => `${key} ${outcome.kind}`);
  return [...keys, ...effects].toSorted();
}

describe('a full disk', () => {
  it('DISK-1: at the n-th append, for every n, the run pauses, keeps all that was recorded, and goes on to the same end', async () => {
    await using rig = await openPlay(playWell);
    const { graph, agents } = GRAPH();
    const start = (): Promise<string> => startRigRun(rig.engine, { graph, agents, repos: [rig.api] });
    const whole = await driveRig(rig.engine, await start());
    const expected = outcomes(whole.events).map((line) => line.replaceAll(whole.state.runId, ''));
    const appends = new Set(whole.events.map(({ at }) => at)).size - 1;
    expect(appends).toBeGreaterThan(8);
    const step = process.env['BATON_TEST_FULL'] === undefined ? 3 : 1;
    for (let n = 1; n <= appends; n += step) {
      const runId = await start();
      const full: Engine = { ...rig.engine, journal: fillingUp(rig.engine.journal, n) };
      const paused = await driveRig(full, runId);
      expect([paused.status, paused.reason], `append ${n}`).toEqual(['paused', 'disk_full']);
      await expectPaused(rig.engine, runId, 'disk_full');
      const resumed = await driveRig(rig.engine, runId);
      expect(resumed.status, `append ${n}`).toBe('done');
      expect(resumed.events.slice(0, paused.events.length)).toEqual(paused.events);
      expect(eventsOf(resumed.events, 'run_resumed')).toHaveLength(1);
      expect(outcomes(resumed.events)).toEqual(expected);
    }
  });

  it.runIf(CAN_MOUNT).each(MOMENTS)(
    'DISK-1, DISK-2: the disk of %s really full after append %d but for %d bytes: paused, whole, and done once there is room',
    async (folder, moment, leave) => {
      using disk = mountSmallDisk(folder);
      await using rig = await openRig(createPlayDriver(playWell), disk.dir);
      const api = rig.repository('api', { 'README.md': '# api\n' });
      const { graph, agents } = GRAPH();
      const engine: Engine = { ...rig.engine, floors: { startBytes: 0, stepBytes: 0 } };
      const runId = await startRigRun(engine, { graph, agents, repos: [api] });
      let appends = 0;
      const { signal } = new AbortController();
      const events = (): void => void (++appends === moment && disk.fill(leave));
      const paused = await drive(engine, runId, {
        takeOver: false,
        signal,
        listener: { events, note: () => {} },
      });
      expect([paused.status, paused.reason]).toEqual(['paused', 'disk_full']);
      await expectPaused(engine, runId, 'disk_full');
      const before = await rig.engine.journal.read(runId, 1);
      expect((await rig.engine.journal.verify(runId)).ok).toBe(true);
      disk.clear();
      const resumed = await driveRig(engine, runId);
      expect(resumed.status).toBe('done');
      expect(resumed.events.slice(0, before.length)).toEqual(before);
      expect(readdirSync(join(disk.dir, '.baton', 'forge', 'api')).length).toBeGreaterThan(0);
    },
  );
});

describe('too little room', () => {
  it('DISK-4: is refused with E_DISK_LOW before a run starts: no run, no branch, no workspace', async () => {
    await using rig = await openPlay(playWell);
    const { graph, agents } = GRAPH();
    const small: Engine = { ...rig.engine, floors: { startBytes: Number.MAX_SAFE_INTEGER, stepBytes: 0 } };
    const refused = startRigRun(small, { graph, agents, repos: [rig.api] });
    await expect(refused).rejects.toMatchObject({ code: 'E_DISK_LOW' });
    expect(await rig.engine.journal.listRuns({ limit: 10, prefix: '' })).toEqual([]);
    expect(existsSync(join(rig.dir, 'work'))).toBe(false);
  });

  it('DISK-4: pauses a run before its next piece of work, and a resume goes on once there is room', async () => {
    await using rig = await openPlay(playWell);
    const { graph, agents } = GRAPH();
    const runId = await startRigRun(rig.engine, { graph, agents, repos: [rig.api] });
    const small: Engine = { ...rig.engine, floors: { startBytes: 0, stepBytes: Number.MAX_SAFE_INTEGER } };
    const paused = await driveRig(small, runId);
    expect([paused.status, paused.reason]).toEqual(['paused', 'disk_low']);
    expect(eventsOf(paused.events, 'invocation_started')).toEqual([]);
    await expectPaused(rig.engine, runId, 'disk_low');
    expect((await driveRig(rig.engine, runId)).status).toBe('done');
  });
});

/** The pause is in the journal, with its reason, and listings show it without folding. */
async function expectPaused(engine: Engine, runId: string, reason: string): Promise<void> {
  const last = (await engine.journal.read(runId, 1)).at(-1)?.event;
  expect(last).toMatchObject({ type: 'run_paused', reason, detail: expect.stringMatching(/disk|space/i) });
  expect(await engine.journal.getRun(runId)).toMatchObject({ status: 'paused', reason });
}

interface SmallDisk extends Disposable {
  dir: string;
  fill(leaveBytes: number): void;
  clear(): void;
}

/** A fresh folder in which this one lies on a disk of three megabytes. */
function mountSmallDisk(folder: string): SmallDisk {
  const dir = mkdtempSync(join(tmpdir(), 'baton-full-'));
  const mounted = join(dir, folder);
  mkdirSync(mounted);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m,mode=700', 'tmpfs', mounted]);
  const filler = join(mounted, 'filler');
  return {
    dir,
    fill(leaveBytes) {
      const { bavail, bsize } = statfsSync(mounted);
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - leaveBytes)));
    },
    clear: () => rmSync(filler),
    [Symbol.dispose]() {
      execFileSync('umount', ['-l', mounted]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function canMount(): boolean {
  const dir = mkdtempSync(join(tmpdir(), 'baton-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir], { stdio: 'ignore' });
    execFileSync('umount', [dir]);
    return true;
  } catch {
    return false; // no root, or a container that may not mount
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
