import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { hasMark, isRunning, listProcesses, parsePs, parseStat, readProcess } from './process-table.ts';

describe('process table', () => {
  it('reads rows of commands whose names hold brackets and spaces', () => {
    const fields = ['S', '1', '42', '43', ...Array.from({ length: 15 }, () => '0'), '987', '0'];
    expect(parseStat(7, `7 (a) S 1 (b c)) ${fields.join(' ')}`)).toEqual({
      pid: 7,
      parent: 1,
      group: 42,
      session: 43,
      state: 'S',
      startTime: '987',
    });
    expect(parseStat(7, '')).toBeNull();
  });

  it('reads the columns of ps where there is no /proc', () => {
    const output =
      '  501     1   501 0 Ss   Mon Nov 16 10:00:00 2026\n  502   501   501 1a Z    Mon Nov 16 10:00:01 2026\n\n';
    expect(parsePs(output)).toMatchObject([
      { pid: 501, parent: 1, group: 501, session: 0, state: 'Ss', startTime: 'Mon Nov 16 10:00:00 2026' },
      { pid: 502, session: 26, state: 'Z' },
    ]);
  });

  it('knows a running process, its mark, and that it has ended', async () => {
    const child = spawn('sleep', ['60'], { env: { BATON_INVOCATION: 'a/b', PATH: '/usr/bin:/bin' } });
    const pid = child.pid ?? -1;
    const row = readProcess(pid);
    expect(row).toMatchObject({ pid, parent: process.pid });
    expect(listProcesses()).toContainEqual(expect.objectContaining({ pid, startTime: row?.startTime }));
    expect([hasMark(pid, 'a/b'), hasMark(pid, 'a/'), hasMark(pid, 'b')]).toEqual([true, false, false]);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    expect(isRunning({ pid, startTime: row?.startTime ?? '' })).toBe(false);
  });
});
