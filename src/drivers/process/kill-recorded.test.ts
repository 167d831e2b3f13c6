import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openWall } from '../../workspace/wall/open-wall.ts';
import { findProcesses, uniqueNap, until } from '../testing/process-search.ts';
import { identifyProcess, killMarked, killRecorded } from './kill-recorded.ts';
import type { ProcessIdentity } from './kill-recorded.ts';

const ENGINE = join(import.meta.dirname, 'testing', 'engine.ts');
const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
const why = wall.kind === 'off' ? ' (skipped: bubblewrap does not work here)' : '';

/** An engine in a process of its own, with one command at work. */
async function startEngine(mode: 'auto' | 'off', script: string, invocation: string) {
  const engine = spawn(process.execPath, [ENGINE, mode, script, invocation], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(engine.stdout), 'line')) as [string];
  return { engine, identity: JSON.parse(line) as ProcessIdentity };
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

describe('when the engine is killed', () => {
  it.skipIf(wall.kind === 'off')(`PROC-8: everything behind the wall dies with it${why}`, async () => {
    const nap = uniqueNap();
    const script = `setsid sleep ${nap} & env -i setsid sleep ${nap} & trap '' TERM HUP; sleep ${nap}`;
    const { engine } = await startEngine('auto', script, randomUUID());
    await until(() => findProcesses(nap).length === 3, 'the agent works');
    await kill(engine);
    await until(() => findProcesses(nap).length === 0, 'nothing is left');
  });

  it('PROC-8: without a wall the whole process group dies with it', async () => {
    const nap = uniqueNap();
    const { engine } = await startEngine(
      'off',
      `trap '' TERM HUP; sleep ${nap} & sleep ${nap}`,
      randomUUID(),
    );
    await until(() => findProcesses(nap).length === 2, 'the agent works');
    await kill(engine);
    await until(() => findProcesses(nap).length === 0, 'nothing is left');
  });

  it('PROC-8: what left the group is killed by its mark at the next start, and nothing else is', async () => {
    const [nap, other] = [uniqueNap(), uniqueNap()];
    const invocation = randomUUID();
    const stranger = spawn('sleep', [other], { env: { ...process.env, BATON_INVOCATION: `${invocation}1` } });
    const { engine } = await startEngine('off', `setsid sleep ${nap} & sleep 1000`, invocation);
    await until(() => findProcesses(nap).length === 1, 'the agent works');
    await kill(engine);
    expect(findProcesses(nap)).toHaveLength(1);
    expect(await killMarked(invocation)).toEqual([]);
    expect(findProcesses(nap)).toEqual([]);
    expect(findProcesses(other)).toEqual([stranger.pid]);
    await kill(stranger);
  });
});

describe('killing what was recorded', () => {
  it('PROC-8: ends the recorded process with its children', async () => {
    const nap = uniqueNap();
    const child = spawn('sh', ['-c', `trap '' TERM; sleep ${nap} & setsid sleep ${nap} & wait`], {
      detached: true,
    });
    const identity = identify(child);
    await until(() => findProcesses(nap).length === 2, 'children are there');
    expect(await killRecorded(identity)).toBe('killed');
    expect(findProcesses(nap)).toEqual([]);
    expect(await killRecorded(identity)).toBe('gone');
  });

  it('PROC-8: leaves a process alone that has the pid of the recorded one, or comes from another start of the machine', async () => {
    const child = spawn('sleep', [uniqueNap()]);
    const identity = identify(child);
    expect(await killRecorded({ ...identity, startTime: '1' })).toBe('gone');
    expect(await killRecorded({ ...identity, bootId: 'another' })).toBe('gone');
    expect(child.exitCode).toBeNull();
    expect(identifyProcess(identity.pid)).toEqual(identity);
    expect(await killRecorded(identity)).toBe('killed');
  });
});

function identify(child: ChildProcess): ProcessIdentity {
  const identity = identifyProcess(child.pid ?? -1);
  if (identity === null) throw new Error('the process did not start');
  return identity;
}
