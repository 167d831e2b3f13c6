import { getEventListeners } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openWall, NO_WALL } from '../../workspace/wall/open-wall.ts';
import { findProcesses, uniqueNap, until } from '../testing/process-search.ts';
import type { MonotonicClock } from './clock.ts';
import { runProcess } from './run-process.ts';
import type { ProcessOrder } from './run-process.ts';
import { makeProcessOrder } from './testing/process-order.ts';

const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
const walls = wall.kind === 'off' ? [NO_WALL] : [wall, NO_WALL];
/** A thousand in all, over the walls that there are. */
const AT_ONCE = 8;
const ROUNDS = Math.ceil(1_000 / AT_ONCE / walls.length);
const THOUSAND = { timeout: 900_000 };
const folder = mkdtempSync(join(tmpdir(), 'baton-process-test-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function run(script: string, changes: Partial<ProcessOrder> = {}) {
  await using result = await runProcess(makeProcessOrder(script, changes));
  const stdout = Buffer.from(await result.stdout.read(1_000_000)).toString();
  const stderr = Buffer.from(result.stderr.tail()).toString();
  return { end: result.end, stdout, stderr, leftovers: result.leftovers, total: result.stdout.totalBytes };
}

describe.each(walls.map((used) => [used.kind, used] as const))('run process (wall %s)', (_kind, used) => {
  it('resolves with exit code, output and nothing left', async () => {
    const ended = await run('cat; echo problem >&2; exit 7', { wall: used, stdin: 'hello' });
    expect(ended).toMatchObject({
      end: { kind: 'exited', code: 7 },
      stdout: 'hello',
      stderr: 'problem\n',
      leftovers: [],
    });
  });

  it('gives a command that heeds TERM the time to end by itself', async () => {
    const script = 'trap "echo bye; exit 0" TERM; echo up; while :; do sleep 0.05; done';
    const ended = await run(script, { wall: used, idleTimeoutMs: 2_000, graceMs: 20_000 });
    expect(ended).toMatchObject({ end: { kind: 'idle_timeout' }, stdout: 'up\nbye\n' });
  });

  it('does not fail when the command never reads its stdin', async () => {
    const ended = await run('exec 0<&-; echo done', { wall: used, stdin: 'x'.repeat(3_000_000) });
    expect(ended).toMatchObject({ end: { kind: 'exited', code: 0 }, stdout: 'done\n' });
  });

  it('PROC-3: ends a command that stops itself and all its children', async () => {
    const nap = uniqueNap();
    const script = `trap '' TERM; sleep ${nap} & kill -STOP $! $$`;
    expect((await run(script, { wall: used, idleTimeoutMs: 400 })).end.kind).toBe('idle_timeout');
    expect(findProcesses(nap)).toEqual([]);
  });

  it('PROC-3: continues a stopped command, so that it can heed TERM', async () => {
    const script = `trap 'echo bye; exit 0' TERM; echo up; kill -STOP $$; while :; do sleep 0.05; done`;
    const ended = await run(script, { wall: used, idleTimeoutMs: 2_000, graceMs: 20_000 });
    expect(ended).toMatchObject({ end: { kind: 'idle_timeout' }, stdout: 'up\nbye\n' });
  });

  it('PROC-12: programs that are missing, not executable or of no known format are not_started, with the reason', async () => {
    const plain = join(folder, `plain-${used.kind}`);
    writeFileSync(plain, 'hello');
    const words = async (changes: Partial<ProcessOrder>) => {
      const { end } = await run('', { wall: used, readable: [folder], ...changes });
      return end.kind === 'not_started' ? end.detail : end.kind;
    };
    expect(await words({ file: 'no-such-program' })).toContain(
      'no program no-such-program in any folder of PATH',
    );
    expect(await words({ file: plain })).toContain('is not executable');
    chmodSync(plain, 0o755);
    expect(await words({ file: plain })).toContain('neither a program nor a script');
    writeFileSync(plain, '#!/no/such/interpreter\n');
    expect(await words({ file: plain })).toContain('interpreter /no/such/interpreter, which is not there');
    writeFileSync(plain, Buffer.from('7f454c4600000000', 'hex'));
    expect(await words({ file: plain })).toContain('damaged');
    expect(await words({ args: ['x'.repeat(3_000_000)] })).toContain('too long');
    expect(await words({ args: ['a\0b'] })).toContain('NUL');
    expect(await words({ cwd: join(folder, 'absent') })).toContain('does not exist');
  });

  it(
    'PROC-11: of a thousand commands none leaves a descriptor, listener, child or file behind',
    THOUSAND,
    async () => {
      const warnings: Error[] = [];
      process.on('warning', (warning) => warnings.push(warning));
      const { signal } = new AbortController();
      await run('true', { wall: used, signal });
      const before = countResources();
      for (let round = 0; round < ROUNDS; round += 1) {
        await Promise.all([
          ...Array.from({ length: AT_ONCE }, () =>
            run('echo x; echo y >&2', { wall: used, signal, stdin: 'in' }),
          ),
          run('', { wall: used, signal, file: 'no-such-program' }),
        ]);
      }
      // Node closes its ends a moment later.
      const grew = () =>
        Object.entries(countResources()).filter(([name, count]) => count > (before[name] ?? 0));
      await until(() => grew().length === 0, 'nothing is left').catch(() => undefined);
      expect(grew()).toEqual([]);
      expect(getEventListeners(signal, 'abort')).toEqual([]);
      expect(warnings).toEqual([]);
    },
  );
});

describe('run process', () => {
  it('PROC-4: a child that has no environment, group or parent of ours is known by having been seen', async () => {
    const nap = uniqueNap();
    const started = `env -i setsid sleep ${nap} & sleep 1.6; kill -9 $$`;
    // Where control groups can be made they know it, too.
    await using result = await runProcess(makeProcessOrder(started, { places: [] }));
    expect(result.end).toEqual({ kind: 'exited', code: null, signal: 'SIGKILL' });
    expect(findProcesses(nap)).toEqual([]);
  });

  it('OUT-5: 300 MB of output cost less than 64 MB of memory, and none of it is lost', async () => {
    const script = 'head -c 300000000 /dev/zero';
    await run('head -c 5000000 /dev/zero');
    const before = process.memoryUsage().rss;
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 5);
    await using result = await runProcess(makeProcessOrder(script, { maxOutputBytes: 400_000_000 }));
    clearInterval(watch);
    expect(result.end).toMatchObject({ kind: 'exited', code: 0 });
    expect(result.stdout.totalBytes).toBe(300_000_000);
    expect(result.stdout.droppedBytes).toBe(0);
    expect((most - before) / 1024 / 1024).toBeLessThan(64);
  });

  it('OUT-5: one line without end is stopped at the limit', async () => {
    await using result = await runProcess(
      makeProcessOrder('tr "\\0" x </dev/zero', { maxOutputBytes: 3_000_000 }),
    );
    expect(result.end.kind).toBe('output_limit');
    expect(result.stdout.tail().length).toBe(1024 * 1024);
    const kept = Buffer.from(await result.stdout.read(2_000_000)).toString();
    expect(kept).toMatch(/^x+\n\[… \d+ bytes left out …\]\nx+$/);
  });

  it('removes the file of a long output when its result is disposed', async () => {
    const files = () => readdirSync(tmpdir()).filter((name) => name.startsWith('baton-output-'));
    const before = files();
    const result = await runProcess(
      makeProcessOrder('head -c 2000000 /dev/zero', { maxOutputBytes: 5_000_000 }),
    );
    expect(files()).toHaveLength(before.length + 1);
    await result[Symbol.asyncDispose]();
    await result[Symbol.asyncDispose]();
    expect(files()).toEqual(before);
  });

  it('CLK-1: the time of day may jump by years without ending or prolonging anything', async () => {
    const realNow = Date.now;
    try {
      const onSpawn = () => {
        Date.now = () => realNow() + 10 * 365 * 86_400_000;
      };
      const started = performance.now();
      expect((await run('sleep 0.3; echo x', { idleTimeoutMs: 30_000, onSpawn })).end.kind).toBe('exited');
      Date.now = () => realNow() - 3_600_000;
      expect((await run('sleep 240', { idleTimeoutMs: 300 })).end.kind).toBe('idle_timeout');
      expect(performance.now() - started).toBeLessThan(60_000);
    } finally {
      Date.now = realNow;
    }
  });

  it('CLK-3: after a sleep of three hours the command gets a fresh window, and then its limit counts again', async () => {
    const clock = createManualClock();
    const running = run('echo up; sleep 30', {
      clock,
      idleTimeoutMs: 10_000,
      totalTimeoutMs: 60_000,
      onStdout: () => {
        clock.move(3 * 3_600_000, 1);
        clock.move(9_500, 20);
        clock.seen = 'alive after the window';
        clock.move(1_000, 2);
      },
    });
    expect((await running).end.kind).toBe('idle_timeout');
    expect(clock.seen).toBe('alive after the window');
    expect(clock.now()).toBe(3 * 3_600_000 + 10_500);
  });
});

/** A clock that a test moves; every move ticks. */
function createManualClock(): MonotonicClock & { move(ms: number, ticks: number): void; seen: string } {
  let now = 0;
  const ticks = new Set<() => void>();
  return {
    seen: '',
    now: () => now,
    every: (_ms, tick) => {
      ticks.add(tick);
      return () => {
        ticks.delete(tick);
      };
    },
    move: (ms, count) => {
      for (let n = 0; n < count; n += 1) {
        now += ms / count;
        ticks.forEach((tick) => {
          tick();
        });
      }
    },
  };
}

function countResources(): Record<string, number> {
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
    children: readdirSync('/proc')
      .filter((pid) => /^\d+$/.test(pid))
      .filter(isOwnChild).length,
    files: readdirSync(tmpdir()).filter((name) => name.startsWith('baton-output-')).length,
    handles: process.getActiveResourcesInfo().filter((name) => /Process|Pipe/.test(name)).length,
  };
}

function isOwnChild(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(process.pid);
  } catch {
    return false; // it ended while we looked
  }
}
