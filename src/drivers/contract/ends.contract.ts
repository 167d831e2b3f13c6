/** How an invocation ends that does not end by itself. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { reasonOf, resultOf, type Bench } from '../testing/contract-bench.ts';

export function describeEnds({ can, orderFor, pace, run, subject }: Bench): void {
  can('crash')('reports a crash with what was said, even when a result was printed', async () => {
    const { outcome } = await run('crash');
    expect(reasonOf(outcome)).toBe('crashed');
    expect(resultOf(outcome)).toContain(subject.crashWords ?? 'something broke');
  });

  can('hang')('PROC-1: ends an agent that says nothing, after the idle time', async () => {
    const start = performance.now();
    const { outcome } = await run('hang', { idleTimeoutMs: 700 * pace });
    expect(reasonOf(outcome)).toBe('idle_timeout');
    expect(performance.now() - start).toBeGreaterThan(690);
  });

  can('dots')('PROC-2: an agent that keeps printing is ended by the total time', async () => {
    const { outcome } = await run('dots', { idleTimeoutMs: 1_500 * pace, totalTimeoutMs: 2_200 * pace });
    expect(reasonOf(outcome)).toBe('total_timeout');
    expect(Buffer.from(outcome.raw).toString()).toContain('.\n.\n');
  });

  can('stubborn')('PROC-3: kills an agent that ignores TERM, after it was asked', async () => {
    const { outcome, notes } = await run('stubborn', { idleTimeoutMs: 1_000 * pace });
    expect(reasonOf(outcome)).toBe('idle_timeout');
    expect(notes.map((note) => note.text)).toEqual(['ready', 'no']);
  });

  can('stopped')('PROC-3: ends an agent that was stopped', async () => {
    expect(reasonOf((await run('stopped', { idleTimeoutMs: 700 * pace })).outcome)).toBe('idle_timeout');
  });

  can('hang')('ends when the signal aborts, also before it starts', async () => {
    using work = orderFor();
    const controller = new AbortController();
    const running = subject.create('hang', '').run(
      work.order,
      // The first that it says: it is at work.
      () => controller.abort(),
      controller.signal,
    );
    expect(reasonOf(await running)).toBe('cancelled');
    const driver = subject.create('edit', '');
    expect(reasonOf(await driver.run(work.order, work.note, controller.signal))).toBe('cancelled');
    expect(existsSync(join(work.repo, 'made.txt'))).toBe(false);
  });

  can('huge')('OUT-5: ends an agent that writes too much, and keeps the start and the end', async () => {
    const { outcome } = await run('huge', { maxOutputBytes: 8 * 1024 * 1024 });
    expect(reasonOf(outcome)).toBe('output_limit');
    expect(outcome.raw.length).toBeLessThan(5 * 1024 * 1024);
    expect(Buffer.from(outcome.raw).toString()).toMatch(/x\n\[… \d+ bytes left out …\]\nx/);
  });
}
