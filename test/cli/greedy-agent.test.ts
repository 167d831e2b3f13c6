/** An agent that takes what it can get of the machine, and hangs: Baton still answers. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { openWall } from '../../src/workspace/wall/open-wall.ts';
import { openThinking } from './thinking.ts';
import { boundMs } from '../../src/testing/time-bounds.ts';

const { wall } = await openWall({ mode: 'auto', hidden: [], path: process.env['PATH'] ?? '' });
const isWalled = wall.kind !== 'off';
const why = isWalled ? '' : ' (skipped: bubblewrap does not work here)';
/** As many as spare the machine: the limit is higher, and root has none. */
const PROCESSES = 1_000;
const BUSY = 20;
const TEST_MS = 900_000;
const WAIT = { timeout: 90_000, interval: 100 };
/** What people wait for a state. */
const ANSWER_MS = 1_000;

/** Sleeping and busy children, open files until no more are given, a full folder for temporary files; then silence. */
const greedy = (tag: string): string => `
if (order.role === 'reviewer') pass();
else {
  const { closeSync, openSync, writeSync } = await import('node:fs');
  const most = (what) => { let count = 0; try { for (;;) { what(); count += 1; } } catch (error) { return { count, code: error.code }; } };
  const block = Buffer.alloc(64 * 1024 * 1024);
  const full = openSync('/tmp/full', 'w');
  const disk = most(() => { if (writeSync(full, block) < block.length) throw Object.assign(new Error(), { code: 'ENOSPC' }); });
  spawn('sh', ['-c', 'for i in $(seq ${PROCESSES}); do sleep 4711 & done; for i in $(seq ${BUSY}); do sh -c "while :; do :; done # ${tag}" & done; wait'], { stdio: 'ignore' });
  // A few are left for what the runtime itself needs.
  const held = [];
  const files = most(() => held.push(openSync('/dev/null', 'r')));
  for (const file of held.slice(0, 8)) closeSync(file);
  console.error('has ' + disk.code + ', ' + files.code);
  setInterval(() => {}, 1000);
}`;

function notesIn(state = ''): string {
  const folder = join(state, 'notes');
  const files = existsSync(folder) ? readdirSync(folder) : [];
  return files.map((file) => readFileSync(join(folder, file), 'utf8')).join('');
}

const busyNow = (tag: string): number =>
  readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && argumentsOf(pid).includes(`# ${tag}`)).length;

function argumentsOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // it ended while we looked
  }
}

describe('while an agent takes all that it can get', { timeout: TEST_MS }, () => {
  it.skipIf(!isWalled)(
    `PROC-7: status answers within a second about a run that is held and at work${why}`,
    async () => {
      const tag = `greedy-${process.pid}`;
      // The neighbours count, not the agent: it is looked at them before it begins and after it ended.
      const beforeMs = boundMs(ANSWER_MS);
      using thinking = openThinking(greedy(tag));
      const { child, ended } = thinking.start('run', 'Think', '--yes', ...thinking.flags);
      await vi.waitFor(
        () => expect(notesIn(thinking.env['BATON_HOME'])).toContain('has ENOSPC, EMFILE'),
        WAIT,
      );
      // Its shell starts them after the others, beside what the agent does itself.
      await vi.waitFor(() => expect(busyNow(tag)).toBeGreaterThanOrEqual(BUSY), WAIT);
      const took: number[] = [];
      for (let round = 0; round < 3; round += 1) {
        const since = performance.now();
        const { code, out } = await thinking.baton('status', '--json');
        took.push(performance.now() - since);
        expect(code).toBe(0);
        expect(JSON.parse(out)).toMatchObject({ status: 'running' });
      }
      child.kill('SIGINT');
      expect((await ended).code).toBe(130);
      expect(busyNow(tag)).toBe(0);
      expect(Math.min(...took)).toBeLessThan(Math.max(beforeMs, boundMs(ANSWER_MS)));
    },
  );
});
