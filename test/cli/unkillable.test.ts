/** A process of an agent that nothing can end: what it may still write to is not used again, and it is said. */
import { existsSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { openFrozenGroup, type FrozenGroup } from '../../src/drivers/process/testing/frozen-group.ts';
import { findProcesses, uniqueNap, until } from '../../src/drivers/testing/process-search.ts';
import { openWall } from '../../src/workspace/wall/open-wall.ts';
import { openThinking, type Thinking } from './thinking.ts';

const HAS_WALL =
  (await openWall({ mode: 'auto', hidden: [], path: process.env['PATH'] ?? '' })).wall.kind !== 'off';
const MODES = HAS_WALL ? ['auto', 'off'] : ['off'];
const trial = openFrozenGroup();
await trial?.thaw();
const why = trial === null ? ' (skipped: no process can be frozen here so that KILL does not end it)' : '';
const TEST_MS = 900_000;
const WAIT = { timeout: 120_000, interval: 200 };

/** Behind a wall nothing ends as long as that is there: then the agent is over its limit. */
const LIMITS = 'max_retries: 1, idle_timeout: 6s';

/** In its first attempt it starts a child, waits until that is frozen, and ends as if all were well; in its second one it waits for a word. */
const body = (nap: string): string => `
const when = (name, then) => {
  const wait = setInterval(() => {
    if (!existsSync(new URL('told/' + name, import.meta.url))) return;
    clearInterval(wait);
    then();
  }, 20);
};
if (order.role === 'reviewer') pass();
else if (!order.invocation_id.includes('think/first')) print();
else if (order.attempt > 1) {
  setInterval(() => console.error('I wait'), 500).unref();
  when('go', () => print({ summary: process.cwd() }));
}
else {
  spawn('sleep', ['${nap}'], { stdio: 'ignore' }).unref();
  when('frozen', () => print());
}`;

const eventsOf = async (thinking: Thinking): Promise<Logged[]> => {
  const { out } = await thinking.baton('log', '--json');
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Logged); // the command's own format
};

interface Logged {
  type: string;
  key?: string;
  unkillable?: number[];
  outcome?: { reason?: string; detail?: string; result?: { summary: string } };
}

/** A run whose agent has a child that was frozen. */
async function startFrozen(thinking: Thinking, group: FrozenGroup, nap: string, sandbox: string) {
  const run = thinking.start('run', 'Think', '--yes', '--sandbox', sandbox, ...thinking.flags);
  await until(() => findProcesses(nap).length === 1, 'the child is there');
  const [pid = 0] = findProcesses(nap);
  group.freeze(pid);
  return { run, pid };
}

describe('an agent with a process that cannot be ended', { timeout: TEST_MS }, () => {
  it.skipIf(trial === null).each(MODES)(
    `PROC-3: its attempt fails as unkillable, its workspace is set aside, and the next one has another (sandbox %s)${why}`,
    async (sandbox) => {
      const nap = uniqueNap();
      using thinking = openThinking(body(nap), { limits: LIMITS });
      const group = openFrozenGroup();
      if (group === null) throw new Error('nothing can be frozen');
      try {
        const { run, pid } = await startFrozen(thinking, group, nap, sandbox);
        thinking.tell('frozen');
        const failure = await vi.waitFor(async () => {
          const events = await eventsOf(thinking);
          expect(events.some(({ type, key }) => type === 'invocation_started' && key?.endsWith('a2'))).toBe(
            true,
          );
          return events.find(({ type }) => type === 'invocation_ended')?.outcome;
        }, WAIT);
        expect(failure?.reason).toBe('leftover_processes');
        expect(failure?.detail).toContain('Unkillable processes are left: ');
        const [, folder = ''] = /Its workspace (\S+) is set aside/.exec(failure?.detail ?? '') ?? [];
        expect(failure?.detail).toContain(`${pid} (in uninterruptible sleep)`);
        expect(existsSync(folder)).toBe(true);
        thinking.tell('go');
        const { code, err } = await run.ended;
        expect(code, err).toBe(0);
        const second = (await eventsOf(thinking)).find(({ key, outcome }) => key?.endsWith('a2') && outcome);
        expect(second?.outcome?.result?.summary).toMatch(/^\//);
        expect(second?.outcome?.result?.summary.startsWith(folder)).toBe(false);
      } finally {
        await group.thaw();
      }
      await until(() => findProcesses(nap).length === 0, 'it is gone once it can be');
    },
  );

  it.skipIf(trial === null)(
    `PROC-3, PROC-8: one that outlived its engine is named at the resume${why}`,
    async () => {
      const nap = uniqueNap();
      using thinking = openThinking(body(nap), { limits: LIMITS });
      const group = openFrozenGroup();
      if (group === null) throw new Error('nothing can be frozen');
      try {
        const { run, pid } = await startFrozen(thinking, group, nap, 'off');
        run.child.kill('SIGKILL');
        await run.ended;
        thinking.tell('go');
        const { code, err } = await thinking.baton('resume');
        expect(code, err).toBe(0);
        const told = (await eventsOf(thinking)).find(({ type }) => type === 'interrupted');
        expect(told?.unkillable).toEqual([pid]);
      } finally {
        await group.thaw();
      }
    },
  );
});
