/** The installed command as people run it: real processes, real signals, a real store. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const BIN = join(import.meta.dirname, '../../bin/baton.js');
const AGENT = join(import.meta.dirname, 'testing/hanging-agent.mjs');
/** Far beyond what a busy machine needs: it bounds a test that hangs, and nothing is measured by it. */
const TEST_MS = 900_000;
const DEADLINE_MS = 60_000;
/** A process that gets no processor for the whole grace hears the second signal too late, after five seconds: that is the machine's, and passes. */
const STARVED = { retry: 2 };
/** Signals closer together than this are one request. */
const SAME_REQUEST_MS = 500;

const WORKFLOW = `
name: thinking
version: 1
review: { by: [judge] }
phases:
  - id: think
    title: Think
    deliverable: Two thoughts
    steps:
      - { id: first, agent: thinker, output: thought }
      - { id: second, agent: thinker, output: thought }
`;
const AGENTS = { thinker: 'planner', judge: 'reviewer' };

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

describe('the command as a process', { timeout: TEST_MS }, () => {
  let dir: string;
  let children: ChildProcess[];

  beforeEach(() => {
    children = [];
    dir = realpathSync(mkdtempSync(join(tmpdir(), 'baton-process-')));
    mkdirSync(join(dir, 'repo/agents'), { recursive: true });
    writeFileSync(join(dir, 'repo/thinking.yaml'), WORKFLOW);
    for (const [name, role] of Object.entries(AGENTS)) {
      const text = `---\nname: ${name}\ndescription: Thinks.\nrole: ${role}\n---\nThink.\n`;
      writeFileSync(join(dir, `repo/agents/${name}.md`), text);
    }
    writeFileSync(join(dir, 'hang'), '');
    const git = (...args: string[]): unknown => execFileSync('git', ['-C', join(dir, 'repo'), ...args]);
    git('init', '-q', '-b', 'main');
    git('add', '.');
    git('-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '-q', '-m', 'first');
  });

  afterEach(() => {
    for (const child of children)
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    // What a process left behind that was ended at once.
    for (const { pid } of calls()) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  });

  function start(...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
    const child = spawn(process.execPath, [BIN, ...args], {
      cwd: join(dir, 'repo'),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], HOME: dir, BATON_WORK: join(dir, 'work'), LANG: 'C.UTF-8' },
    });
    children.push(child);
    let [out, err] = ['', ''];
    child.stdout?.on('data', (part: Buffer) => (out += part.toString()));
    child.stderr?.on('data', (part: Buffer) => (err += part.toString()));
    const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, out, err })));
    return { child, ended };
  }

  const baton = (...args: string[]): Promise<Ended> => start(...args).ended;
  // The agent notes its calls in the test's folder, which it could not reach behind a wall.
  const RUN = ['run', 'Think twice', '--workflow', 'thinking.yaml', '--sandbox', 'off'];
  const startRun = (...more: string[]) => start(...RUN, '--agent-command', `node ${AGENT} ${dir}`, ...more);

  function calls(): { id: string; pid: number; instructions: string }[] {
    const file = join(dir, 'calls.log');
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    return lines.map((line) => {
      const [id = '', pid = '', instructions = ''] = line.split(' ');
      return { id, pid: Number(pid), instructions };
    });
  }

  async function until(condition: () => boolean): Promise<void> {
    const deadline = Date.now() + DEADLINE_MS;
    while (!condition()) {
      if (Date.now() > deadline) throw new Error('the condition did not come true in time');
      await pause(20);
    }
  }

  function everySoOften(act: () => void): Disposable {
    act();
    const timer = setInterval(act, SAME_REQUEST_MS);
    return { [Symbol.dispose]: () => clearInterval(timer) };
  }

  function isAlive(pid: number): boolean {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false; // no such process
    }
  }

  it('R1, R2: without a terminal it shows the phases, stores its question, starts no agent and exits 4 with the command that answers', async () => {
    rmSync(join(dir, 'hang'));
    const { code, out, err } = await startRun().ended;
    expect(code, err).toBe(4);
    expect(err).toContain('1. Think');
    expect(calls()).toEqual([]);
    const answer = /bin\/baton.js (answer \S+ confirm_start confirm)/.exec(out)?.[1] ?? '';
    const answered = await baton(...answer.split(' '), '--json');
    expect(answered.code, answered.err).toBe(0);
    const last = JSON.parse(answered.out.trimEnd().split('\n').at(-1) ?? '');
    expect(last).toMatchObject({ type: 'result', status: 'done', pull_requests: [] });
    expect(calls()).toHaveLength(4);
  });

  it('PROC-10, R65: Ctrl-C stops the agents, exits 130 and leaves a run that resume finishes without repeating a step', async () => {
    const { child, ended } = startRun('--yes');
    await until(() => calls().length === 1);
    const [agent] = calls();
    child.kill('SIGINT');
    const { code, out } = await ended;
    expect(code).toBe(130);
    expect(out).toContain('interrupted');
    expect(isAlive(agent?.pid ?? 0)).toBe(false);
    expect(JSON.parse((await baton('status', '--json')).out).status).toBe('interrupted');
    rmSync(join(dir, 'hang'));
    const resumed = await baton('resume');
    expect(resumed.code, resumed.err).toBe(0);
    expect(resumed.err.split('\n')[0]).toMatch(
      /^resumed in \d+\.\d\d s, 1 interrupted attempt started again, 0 finished steps repeated, 0 effects doubled$/,
    );
    expect(resumed.err.trimEnd().split('\n').at(-1)).toBe(
      'the whole run so far: 0 finished steps repeated, 0 effects doubled',
    );
    expect(calls()[1]?.id).toMatch(/think\/first\/r1\/work\.think\.first\/a2$/);
  });

  it.each(['SIGTERM', 'SIGHUP'] as const)('PROC-10: %s is the same as Ctrl-C', async (signal) => {
    const { child, ended } = startRun('--yes');
    await until(() => calls().length === 1);
    child.kill(signal);
    expect((await ended).code).toBe(130);
    expect(isAlive(calls()[0]?.pid ?? 0)).toBe(false);
  });

  it('PROC-10: a second Ctrl-C does not wait for an agent that will not end', STARVED, async () => {
    writeFileSync(join(dir, 'stubborn'), '');
    const { child, ended } = startRun('--yes');
    await until(() => calls().length === 1);
    child.kill('SIGINT');
    await pause(SAME_REQUEST_MS);
    expect(child.exitCode).toBeNull();
    // Asked until it is heard: a busy process may see two signals at once, and takes them for one.
    using _asking = everySoOften(() => child.kill('SIGINT'));
    const { code, out } = await ended;
    expect(code).toBe(130);
    // Who waits for the agent ends it, and says at its end how the run stands.
    expect([out, isAlive(calls()[0]?.pid ?? 0)]).toEqual(['', true]);
  });

  it('DUP-1: a second holder is refused with exit 6 and the first one goes on', async () => {
    const { child, ended } = startRun('--yes');
    await until(() => calls().length === 1);
    const second = await baton('resume');
    expect(second.code).toBe(6);
    expect(second.err).toContain(`is held by pid ${child.pid}`);
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
  });

  it('ends a run by cancel from another process, exit 3 for the one that held it', async () => {
    const { ended } = startRun('--yes');
    await until(() => calls().length === 1);
    const cancelled = await baton('cancel', '--reason', 'not needed');
    expect(cancelled.code).toBe(0);
    const { code, out } = await ended;
    expect(code).toBe(3);
    expect(out).toContain('cancelled: not needed');
  });

  it('UI-4: with --json every line of stdout is a JSON event with a type, the result last', async () => {
    rmSync(join(dir, 'hang'));
    const { code, out, err } = await startRun('--yes', '--json').ended;
    expect(code, err).toBe(0);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ type: 'run_started', seq: 1 });
    expect(lines.every((line) => typeof line.type === 'string')).toBe(true);
    expect(lines.at(-1)).toMatchObject({ type: 'result', status: 'done', journal_head: lines.at(-2).hash });
    const verified = await baton('verify');
    expect(verified.code, verified.out).toBe(0);
  });

  it('CFG-13: keeps its snapshot when a definition is edited, and status says so', async () => {
    const first = await startRun().ended;
    expect(first.code, first.err).toBe(4);
    expect(JSON.parse((await baton('status', '--json')).out).changed_since_start).toEqual([]);
    const file = join(dir, 'repo/agents/thinker.md');
    writeFileSync(file, `${readFileSync(file, 'utf8')}Think less.\n`);
    expect(JSON.parse((await baton('status', '--json')).out).changed_since_start).toEqual([file]);
    expect((await baton('status')).out).toContain('config changed since start');
    rmSync(join(dir, 'hang'));
    expect((await baton('approve')).code).toBe(0);
    expect(calls().map((call) => call.instructions)).toEqual(Array(4).fill('as_started'));
  });

  it('does not stop a run when the reader of its output goes away', async () => {
    rmSync(join(dir, 'hang'));
    const { child, ended } = startRun('--yes', '--json');
    child.stdout?.destroy();
    child.stderr?.destroy();
    expect((await ended).code).toBe(0);
    expect(JSON.parse((await baton('status', '--json')).out).status).toBe('done');
  });
});
