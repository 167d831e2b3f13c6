import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { openWall } from './open-wall.ts';
import { findLimits } from './wall-limits.ts';

const opened = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
const isWalled = opened.wall.kind !== 'off';
const why = isWalled ? '' : ' (skipped: bubblewrap does not work here)';
const isRoot = process.getuid?.() === 0;
/** As root the kernel limits no number of processes: then the test takes another user's rights. */
const AS_NOBODY = isRoot ? ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', '--'] : [];

async function runBehind(script: string): Promise<string> {
  const order = { cwd: '/', readable: [], writable: [], network: false };
  const { file, args } = opened.wall.wrap({ ...order, file: '/bin/sh', args: ['-c', script] });
  const [first = '', ...rest] = [...AS_NOBODY, file, ...args];
  const { stdout } = await promisify(execFile)(first, rest, { env: { PATH: '/usr/bin:/bin' }, cwd: '/' });
  return stdout;
}

const limitOf = (limits: string, name: string): number =>
  Number(
    limits
      .split('\n')
      .find((line) => line.startsWith(name))
      ?.slice(name.length)
      .trim()
      .split(/\s+/)[1],
  );

describe('what an invocation may take of the machine', () => {
  it.skipIf(!isWalled)(`PROC-7: processes, open files and file sizes are limited${why}`, async () => {
    const limits = await runBehind('cat /proc/self/limits');
    expect(limitOf(limits, 'Max processes')).toBeLessThanOrEqual(4_096);
    expect(limitOf(limits, 'Max open files')).toBeLessThanOrEqual(65_536);
    expect(limitOf(limits, 'Max file size')).toBeLessThanOrEqual(16 * 1024 ** 3);
    expect(limitOf(limits, 'Max core file size')).toBe(0);
  });

  it.skipIf(!isWalled)(`PROC-7: no process behind the wall can raise them again${why}`, async () => {
    const script =
      'prlimit --pid $$ --nproc=100000:100000 && echo raised; (ulimit -Hn 1000000 && echo raised); true';
    expect(await runBehind(`exec 2>/tmp/said; ${script}`)).toBe('');
  });

  it.skipIf(!isWalled)(`PROC-7: a fork bomb stops at its limit, which is its own wall's${why}`, async () => {
    // A lower limit than usual, set in the same way, spares the machine.
    const bomb = 'for i in $(seq 200); do sleep 20 & echo $i; done';
    const started = (await runBehind(`prlimit --nproc=40:40 -- sh -c '${bomb}' 2>&1; true`))
      .trim()
      .split('\n');
    expect(started.at(-1)).toContain('Cannot fork');
    expect(started.length).toBeGreaterThan(10);
    expect(started.length).toBeLessThan(41);
  });

  it.skipIf(!isWalled)(`PROC-7: files that lie in memory cannot fill it up${why}`, async () => {
    const sizes = await runBehind('df -B1 --output=size /tmp /dev/shm | tail -n +2');
    const max = findLimits().memoryFileBytes * 1.01;
    expect(sizes.trim().split('\n')).toHaveLength(2);
    for (const size of sizes.trim().split('\n')) expect(Number(size)).toBeLessThanOrEqual(max);
    const elsewhere = await runBehind(
      'exec 2>/tmp/said; for d in / /dev /run /proc; do touch $d/x && echo $d; done; true',
    );
    expect(elsewhere).toBe('');
  });

  it.skipIf(!isRoot)(
    `PROC-6: says what is not limited where no control group can be made${isRoot ? '' : ' (skipped: not root)'}`,
    async () => {
      const module = join(import.meta.dirname, 'wall-limits.ts');
      const script = `console.log(JSON.stringify((await import('${module}')).findLimits().missing))`;
      const [first, ...rest] = [...AS_NOBODY, process.execPath, '--input-type=module', '-e', script];
      const { stdout } = await promisify(execFile)(first, rest, { env: { PATH: '/usr/bin:/bin' }, cwd: '/' });
      expect(JSON.parse(stdout)).toEqual([
        expect.stringMatching(
          /^The memory of an invocation is not limited: .+ (?:Start Baton|Limit the container)/u,
        ),
      ]);
    },
  );

  it.skipIf(!isWalled)(
    `PROC-6: where memory runs out, the kernel ends the agent before Baton${why}`,
    async () => {
      const own = Number(readFileSync('/proc/self/oom_score_adj', 'utf8'));
      expect(Number(await runBehind('cat /proc/self/oom_score_adj'))).toBeGreaterThan(own);
    },
  );
});
