import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readProcesses } from './read-processes.ts';

const ROOT = '/checkout';
const report = (count: number): string =>
  JSON.stringify({
    result: [
      {
        url: `file://${ROOT}/add.js`,
        functions: [{ ranges: [{ startOffset: 0, endOffset: 9, count }] }],
      },
    ],
  });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'baton-watched-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const leave = (name: string, text: string): void => writeFileSync(join(folder, name), text);
/** It takes no room on the disk. */
const leaveSparse = (name: string, bytes: number): void => {
  leave(name, '');
  truncateSync(join(folder, name), bytes);
};

it('tells what processes ran, and how many left no report', async () => {
  leave('started-7', '');
  leave('started-8', '');
  leave('coverage-7-1-0.json', report(1));
  leave('compiled-7-0-1.json', JSON.stringify({ file: `${ROOT}/add.js`, text: 'made' }));
  expect(await readProcesses(folder, ROOT)).toEqual({
    processes: [new Map([['add.js', [{ start: 0, end: 9, count: 1 }]]])],
    silent: 1,
    compiled: new Map([['add.js', ['made']]]),
  });
});

it('reads of one run no more than fits in memory, and takes the rest for processes that left no trace', async () => {
  // Four of them are all that is read; what comes behind them by name is not.
  for (const pid of [1, 2, 3, 4, 5]) leaveSparse(`coverage-${pid}-1-0.json`, 63 * 1024 * 1024);
  leave('coverage-6-1-0.json', report(1));
  leave('started-6', '');
  leaveSparse('coverage-7-1-0.json', 5 * 1024 * 1024);
  const { processes, silent } = await readProcesses(folder, ROOT);
  expect(processes).toHaveLength(1);
  expect(silent).toBe(2);
});

it('takes nothing that a process ran for told where one of its texts is too large', async () => {
  leaveSparse('compiled-7-0-1.json', 65 * 1024 * 1024);
  leave('started-7', '');
  leave('coverage-7-1-0.json', report(1));
  expect(await readProcesses(folder, ROOT)).toEqual({ processes: [], silent: 1, compiled: new Map() });
});

it('holds no more than two of the texts that ran in place of one file', async () => {
  for (const [at, text] of ['a', 'a', 'b', 'c'].entries())
    leave(`compiled-7-0-${at}.json`, JSON.stringify({ file: `${ROOT}/add.js`, text }));
  expect((await readProcesses(folder, ROOT)).compiled).toEqual(new Map([['add.js', ['a', 'b']]]));
});
