/** The demo as people run it: a real process, real gates, the wall of this machine. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { queuedMs } from '../../testing/queued-time.ts';
import { git } from '../../testing/rig.ts';
import { boundMs } from '../../testing/time-bounds.ts';

const BATON = fileURLToPath(new URL('../../../bin/baton.js', import.meta.url));
const LIMIT_MS = 600_000;
/** How often a short wait is measured: the best one counts, without what it waited for a processor: a busy machine does not decide. */
const TRIES = 3;
const FIRST_LINE_MS = 1_000;

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-demo-cli-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));

interface Demo {
  child: ChildProcess;
  stdout: string;
  stderr: string;
  /** From the start of the process to its first line for people, without what it waited for a processor. */
  firstLineMs: number;
  code: Promise<number | null>;
}

function start(...args: string[]): Demo {
  const since = performance.now();
  const child = spawn(process.execPath, [BATON, ...args], {
    cwd: dir,
    env: { PATH: process.env.PATH, HOME: dir, BATON_WORK: join(dir, 'work') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  const demo: Demo = { child, stdout: '', stderr: '', firstLineMs: Number.POSITIVE_INFINITY, code };
  child.stdout.on('data', (chunk: Buffer) => (demo.stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => {
    const tookMs = performance.now() - since - queuedMs(child.pid ?? 0);
    demo.firstLineMs = Math.min(demo.firstLineMs, tookMs);
    demo.stderr += chunk.toString('utf8');
  });
  return demo;
}

interface Line {
  type: string;
  status?: string;
  pull_requests?: { repo: string; number: number; head: string }[];
  tricks?: { agent: string; trick: string; stopped: string[]; seq: number | null }[];
}

const linesOf = (demo: Demo): Line[] =>
  demo.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

/** The bodies of the run's pull requests, by repository. */
function bodies(): string[] {
  const forge = join(dir, '.baton', 'forge');
  return ['orders-client', 'orders-service'].map((repo) =>
    readFileSync(
      join(forge, repo, readdirSync(join(forge, repo)).find((name) => /^\d+\.json$/.test(name)) ?? ''),
      'utf8',
    ),
  );
}

it(
  'R24: seven rogues end in two cross-linked pull requests, and the journal says what stopped each',
  async () => {
    const demo = start('demo', '--hostile', '--json');
    expect(await demo.code, demo.stderr).toBe(0);
    const lines = linesOf(demo);
    expect(lines.at(-1)).toMatchObject({ type: 'result', status: 'done' });
    expect(lines.at(-1)?.pull_requests).toHaveLength(2);
    const tricks = lines.at(-2)?.tricks ?? [];
    expect(tricks.map(({ trick }) => trick).sort()).toEqual([
      'edits-after-approval',
      'liar',
      'path-escaper',
      'self-approver',
      'self-approver',
      'skipper',
      'test-deleter',
    ]);
    for (const { agent, stopped, seq } of tricks) {
      expect(stopped, agent).not.toEqual([]);
      expect(seq, agent).toBeGreaterThan(0);
    }
    const late = tricks.find(({ trick }) => trick === 'edits-after-approval');
    expect(late?.stopped[0]).toMatch(/looked for in [1-9]\d* trees/);
    const [client = '', service = ''] = bodies();
    expect(client).toContain('- orders-service: ');
    expect(service).toContain('- orders-client: ');
  },
  LIMIT_MS,
);

/** Starts a command until its first line is there, then kills it; returns how long that took and the line. */
async function firstLine(...args: string[]): Promise<{ ms: number; line: string }> {
  const started = start(...args);
  await expect.poll(() => started.stderr, { timeout: 20_000 }).toContain('\n');
  started.child.kill('SIGKILL');
  await started.code;
  return { ms: started.firstLineMs, line: started.stderr.split('\n')[0] ?? '' };
}

it(
  'says in less than a second what will happen, and refuses numbers that are none',
  async () => {
    const refused = start('demo', '--seed', 'many');
    expect(await refused.code).toBe(2);
    expect(refused.stderr).toContain('--seed is "many"');
    const demo = start('demo');
    await expect.poll(() => demo.stderr, { timeout: 20_000 }).toMatch(/Run \S+/);
    demo.child.kill('SIGTERM');
    await demo.code;
    expect(demo.stderr).toMatch(/^Baton demo: /);
    expect(demo.stderr).toContain(`kill -9 ${demo.child.pid ?? ''}`);
    expect(demo.stderr).toContain('is careless: it leaves out two parts');
    const times = [demo.firstLineMs];
    while (times.length < TRIES) times.push((await firstLine('demo')).ms);
    expect(Math.min(...times), `the best of ${times.map(Math.round).join(', ')} ms`).toBeLessThan(
      boundMs(FIRST_LINE_MS),
    );
  },
  LIMIT_MS,
);

it(
  'KILL-3: goes on in less than a second after kill -9, and a second demo in the same folder works',
  async () => {
    const demo = start('demo');
    await expect.poll(() => demo.stderr, { timeout: 60_000 }).toContain('plan/backend-planner');
    demo.child.kill('SIGKILL');
    await demo.code;
    const times: number[] = [];
    while (times.length < TRIES - 1) {
      const { ms, line } = await firstLine('resume');
      expect(line).toMatch(/^resumed in .* 0 finished steps repeated, 0 effects doubled$/);
      times.push(ms);
    }
    const resumed = start('resume');
    expect(await resumed.code, resumed.stderr).toBe(0);
    times.push(resumed.firstLineMs);
    expect(Math.min(...times), `the best of ${times.map(Math.round).join(', ')} ms`).toBeLessThan(
      boundMs(FIRST_LINE_MS),
    );
    expect(resumed.stderr).toMatch(/resumed in .* 0 finished steps repeated, 0 effects doubled/);
    expect(resumed.stdout).toContain('done: submitted');
    const second = start('demo', '--forge', 'github-like');
    expect(await second.code, second.stderr).toBe(0);
    expect(second.stderr).not.toContain('kill -9');
    for (const repo of ['orders-service', 'orders-client']) {
      const pull = new RegExp(
        `http://127\\.0\\.0\\.1:\\d+/demo/${repo}/pull/1 \\(ready\\): git fetch (\\S+) (\\S+)`,
      );
      const [, kept = '', branch = ''] = pull.exec(second.stdout) ?? [];
      expect(git(kept, 'log', '-1', '--format=%B', branch)).toContain('Baton-Run: ');
    }
    expect(second.stderr).toContain('sent back to implement/feature-implementation-agent');
    expect(second.stdout).toContain('Now try:');
  },
  2 * LIMIT_MS,
);

it(
  'a demo at a forge of its own that was killed cannot go on, and resume says why and what to do',
  async () => {
    const demo = start('demo', '--forge', 'github-like');
    await expect.poll(() => demo.stderr, { timeout: 60_000 }).toContain('plan/backend-planner');
    demo.child.kill('SIGKILL');
    await demo.code;
    const resumed = start('resume');
    expect(await resumed.code).toBe(2);
    expect(resumed.stderr).toContain('E_FORGE');
    expect(resumed.stderr).toContain('lived as long as that process');
    expect(resumed.stderr).toMatch(/baton[^`]* cancel /);
  },
  LIMIT_MS,
);

const isFull = process.env.BATON_TEST_FULL !== undefined;
describe.skipIf(!isFull)('the whole way (only with BATON_TEST_FULL=1: it takes minutes)', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'ends well with seed %i',
    async (seed) => {
      const demo = start('demo', '--json', '--seed', String(seed));
      expect(await demo.code, demo.stderr).toBe(0);
      const types = linesOf(demo).map(({ type }) => type);
      expect(types).toContain('rework_requested');
    },
    LIMIT_MS,
  );
});
