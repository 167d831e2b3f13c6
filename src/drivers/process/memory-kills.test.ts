import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openWall } from '../../workspace/wall/open-wall.ts';
import { endedForMemory } from './memory-kills.ts';
import { openMemoryGroup } from './testing/memory-group.ts';

const MEBIBYTE = 1024 * 1024;
const ENGINE = join(import.meta.dirname, 'testing', 'engine.ts');
/** Takes all memory that it gets: a file without an end of a line is read until one comes. */
const TAKES_ALL = 'exec tail /dev/zero';

const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
const modes = wall.kind === 'off' ? (['off'] as const) : (['auto', 'off'] as const);
const trial = openMemoryGroup(64 * MEBIBYTE);
await trial?.remove();
const why = trial === null ? ' (skipped: this user may make no group of processes with a memory limit)' : '';

/** An engine that shares 600 MiB with its agent, and holds more of them than the agent can. */
async function runInSmallMemory(mode: 'auto' | 'off', script: string) {
  const group = openMemoryGroup(600 * MEBIBYTE);
  if (group === null) throw new Error('no group with a memory limit');
  const env = { ...process.env, BATON_TEST_BALLAST: String(300 * MEBIBYTE) };
  const held = ['-c', 'read -r _; exec "$@"', 'held', process.execPath, ENGINE, mode, script, randomUUID()];
  const engine = spawn('/bin/sh', held, { stdio: ['pipe', 'pipe', 'inherit'], env });
  const lines: string[] = [];
  createInterface(engine.stdout).on('line', (line) => lines.push(line));
  const ended = once(engine, 'close');
  try {
    group.add(engine.pid ?? 0);
    engine.stdin.end('go\n');
    const [code, signal] = (await ended) as [number | null, string | null];
    return { code, signal, end: JSON.parse(lines.at(-1) ?? 'null') as unknown };
  } finally {
    await group.remove();
  }
}

describe.each(modes)('where memory runs out (sandbox %s)', (mode) => {
  it.skipIf(trial === null)(
    `PROC-6: the kernel ends the agent, Baton lives and says oom_killed${why}`,
    async () => {
      const { code, signal, end } = await runInSmallMemory(mode, TAKES_ALL);
      expect({ code, signal }).toEqual({ code: 0, signal: null });
      expect(end).toEqual({ kind: 'oom_killed' });
    },
  );

  it.skipIf(trial === null)(`PROC-6: a child of the agent that is ended so is told, too${why}`, async () => {
    const { end } = await runInSmallMemory(mode, 'tail /dev/zero; exit $?');
    expect(end).toEqual({ kind: 'oom_killed' });
  });

  it.skipIf(trial === null)(`PROC-6: a crash beside it stays a crash${why}`, async () => {
    const { end } = await runInSmallMemory(mode, 'tail /dev/zero; exit 3');
    expect(end).toEqual({ kind: 'exited', code: 3, signal: null });
  });
});

it('PROC-6: who was killed is out of memory only where the kernel says that it killed for that', () => {
  const killed = { code: null, signal: 'SIGKILL' };
  expect(endedForMemory(killed, { before: 4, after: 5 })).toBe(true);
  expect(endedForMemory(killed, { before: 5, after: 5 })).toBe(false);
  expect(endedForMemory(killed, { before: null, after: null })).toBe(false);
  expect(endedForMemory({ code: 1, signal: null }, { before: 4, after: 5 })).toBe(false);
});
