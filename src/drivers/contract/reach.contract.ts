/** What an agent reaches: its workspace, what was let through to it, and nothing beside. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { resultOf, type Bench } from '../testing/contract-bench.ts';
import { runOrder } from '../testing/work-order.ts';

export function describeReach({ can, orderFor, subject }: Bench): void {
  can('reader_writes')('PRIV-1: behind a wall, an agent that may only read leaves no trace', async () => {
    using work = orderFor({ access: 'read', role: 'reviewer' });
    const isBound = subject.wall.kind !== 'off' || subject.boundReaders === true;
    const outside = join(work.order.workspace.dir, 'outside.txt');
    const driver = subject.create('reader_writes', outside);
    await driver.run({ ...work.order, prompt: outside }, work.note, new AbortController().signal);
    // Without a wall the engine's comparison of the checkout is what voids the attempt.
    expect(existsSync(join(work.repo, 'written.txt'))).toBe(!isBound);
    expect(existsSync(outside)).toBe(!isBound);
  });

  can('writes_outside')(
    'PRIV-2: behind a wall, a writer reaches its workspace and nothing beside it',
    async () => {
      using work = orderFor();
      using other = orderFor();
      const isWalled = subject.wall.kind !== 'off';
      const outside = join(other.order.workspace.dir, 'outside.txt');
      const driver = subject.create('writes_outside', outside);
      await driver.run({ ...work.order, prompt: outside }, work.note, new AbortController().signal);
      expect(existsSync(join(work.repo, 'written.txt'))).toBe(true);
      expect(existsSync(outside)).toBe(!isWalled);
    },
  );

  can('secrets')(
    'SEC-1: keeps the caller’s environment from the agent, and what was let through from everything that it says',
    async () => {
      using work = orderFor();
      const environment = {
        PATH: process.env['PATH'] ?? '',
        HOME: homedir(),
        LET_THROUGH: 'canary-let-through',
        KEPT_BACK: 'canary-kept-back',
      };
      const driver = subject.create('secrets', '', { env: ['LET_THROUGH'], environment });
      const outcome = await runOrder(driver, work);
      expect(resultOf(outcome)).toEqual({
        status: 'complete',
        summary: 'saw [LET_THROUGH] and absent',
      });
      expect(work.notes.map(({ text }) => text).join('\n')).toContain('saw [LET_THROUGH] and absent');
      const everything = [JSON.stringify([outcome, work.notes]), Buffer.from(outcome.raw).toString()];
      expect(everything.join()).not.toContain('canary');
    },
  );
}
