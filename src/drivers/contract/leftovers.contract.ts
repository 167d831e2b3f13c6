/** What is left of an agent that has ended: nothing that runs, however it broke away. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { DONE, reasonOf, resultOf, type Bench } from '../testing/contract-bench.ts';
import { WRITER_MS, writerScript } from '../testing/contract-subject.ts';
import { findProcesses, uniqueNap, until } from '../testing/process-search.ts';

const TREE_SIZE = 8;
/** Until the agent's processes are there, for one that takes as long as a script to begin. */
const START_MS = 10_000;

export function describeLeftovers({ can, orderFor, pace, run, subject }: Bench): void {
  can('children')(
    'PROC-4: leaves no child behind of an agent that ended, however it broke away',
    async () => {
      const nap = uniqueNap();
      const { outcome } = await run('children', {}, nap);
      expect(resultOf(outcome)).toEqual(DONE);
      expect(findProcesses(nap)).toEqual([]);
    },
  );

  can('children_hang')('PROC-4: leaves no child behind of an agent that was ended', async () => {
    const nap = uniqueNap();
    const { outcome } = await run('children_hang', { idleTimeoutMs: 1_000 * pace }, nap);
    expect(reasonOf(outcome)).toBe('idle_timeout');
    expect(findProcesses(nap)).toEqual([]);
  });

  can('tree')('PROC-4: ends a tree of eight that broke away, while all of it lives', async () => {
    const nap = uniqueNap();
    using work = orderFor();
    const controller = new AbortController();
    const running = subject.create('tree', nap).run(work.order, work.note, controller.signal);
    const isWhole = () => findProcesses(nap, 'sleep').length === TREE_SIZE;
    await until(isWhole, `${TREE_SIZE} processes`, START_MS * pace).finally(() => controller.abort());
    expect(reasonOf(await running)).toBe('cancelled');
    expect(findProcesses(nap)).toEqual([]);
  });

  can('writer')(
    'PROC-4, PRIV-13: nothing of a cancelled one writes any more: no double fork, no session of its own, no deaf one',
    async () => {
      using work = orderFor();
      const controller = new AbortController();
      const late = join(work.repo, 'late.txt');
      const running = subject.create('writer', late).run(work.order, work.note, controller.signal);
      await until(() => existsSync(late), 'the first line', START_MS * pace).finally(() =>
        controller.abort(),
      );
      expect(reasonOf(await running)).toBe('cancelled');
      const written = readFileSync(late, 'utf8');
      // Many times as long as the writer pauses.
      await sleep(WRITER_MS * 20);
      expect(readFileSync(late, 'utf8')).toBe(written);
      expect(findProcesses(writerScript(late), 'sh')).toEqual([]);
    },
  );
}
