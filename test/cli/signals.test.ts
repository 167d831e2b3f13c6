/** Ctrl-C and its like, with agents that do not want to end. */
import { execFileSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openWall } from '../../src/workspace/wall/open-wall.ts';
import { openThinking, type Thinking } from './thinking.ts';

const HAS_WALL =
  (await openWall({ mode: 'auto', hidden: [], path: process.env['PATH'] ?? '' })).wall.kind !== 'off';
const MODES = HAS_WALL ? ['auto', 'off'] : ['off'];
/** Far beyond what a busy machine needs: it bounds a test that hangs. */
const TEST_MS = 900_000;
const DEADLINE_MS = 60_000;
/** A process that gets no processor for the whole grace hears the second signal too late, after five seconds: that is the machine's, and passes. */
const STARVED = { retry: 2 };
/** Signals that come closer together are the same request, sent to the whole group. */
const SAME_REQUEST_MS = 400;

/** Deaf to everything but KILL, with a child that is, too; the tag finds them in the process table. */
const DEAF = `
if (order.role === 'reviewer') pass();
else if (order.attempt > 1 || !order.invocation_id.includes('think/first')) print();
else {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {});
  spawn('sh', ['-c', 'trap "" TERM INT HUP; while :; do sleep 1; done # ' + order.request], { stdio: 'ignore' });
  console.error('at work');
  setInterval(() => {}, 1000);
}`;

function tagged(tag: string): string[] {
  const table = execFileSync('ps', ['-eo', 'pid,stat,args', '-ww'], { encoding: 'utf8' });
  return table.split('\n').filter((line) => line.includes(`# ${tag}`) && !/^\s*\d+ Z/.test(line));
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('it did not come true in time');
    await pause(20);
  }
}

async function startDeaf(thinking: Thinking, tag: string, sandbox: string) {
  const run = thinking.start('run', tag, '--yes', '--sandbox', sandbox, ...thinking.flags);
  await until(() => tagged(tag).length > 0);
  return run;
}

const statusOf = async (thinking: Thinking): Promise<string> =>
  (JSON.parse((await thinking.baton('status', '--json')).out) as { status: string }).status; // the command's own format

describe('a run whose agent does not want to end', { timeout: TEST_MS }, () => {
  it.each(MODES)(
    'PROC-10: Ctrl-C twice ends the process at once with 130, and resume ends the agent (sandbox %s)',
    STARVED,
    async (sandbox) => {
      using thinking = openThinking(DEAF);
      const tag = `deaf-${process.pid}-${sandbox}`;
      const { child, ended } = await startDeaf(thinking, tag, sandbox);
      child.kill('SIGINT');
      await pause(SAME_REQUEST_MS);
      child.kill('SIGINT');
      // Asked until it is heard: a busy process may see two signals at once, and takes them for one.
      const asking = setInterval(() => child.kill('SIGINT'), SAME_REQUEST_MS);
      const killed = await ended;
      clearInterval(asking);
      // Who waits for the agent says at its end how the run stands.
      expect([killed.code, killed.out]).toEqual([130, '']);
      expect(await statusOf(thinking)).toBe('interrupted');
      const { code, err } = await thinking.baton('resume');
      expect(code, err).toBe(0);
      expect(tagged(tag)).toEqual([]);
    },
  );

  it.each(['SIGTERM', 'SIGHUP'] as const)(
    'PROC-10: %s once ends even a deaf agent after its grace, exits 130 and leaves a run that resume finishes',
    async (signal) => {
      using thinking = openThinking(DEAF);
      const tag = `deaf-${process.pid}-${signal}`;
      const { child, ended } = await startDeaf(thinking, tag, 'auto');
      expect(await statusOf(thinking)).toBe('running');
      child.kill(signal);
      const { code, out } = await ended;
      expect([code, out]).toEqual([130, expect.stringContaining('interrupted')]);
      expect(tagged(tag)).toEqual([]);
      expect(await statusOf(thinking)).toBe('interrupted');
      expect((await thinking.baton('resume')).code).toBe(0);
      expect(await statusOf(thinking)).toBe('done');
    },
  );
});
