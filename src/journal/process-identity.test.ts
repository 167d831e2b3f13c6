import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../drivers/testing/process-search.ts';
import { isAlive, isReachable, killProcess, readOwnIdentity } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

const self = readOwnIdentity(hostname());

/** The identity of a running child. */
function identityOf(pid: number): ProcessIdentity {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ');
  return { ...self, pid, startTime: fields?.[19] ?? null };
}

function start(command: string, ...args: string[]) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { pid: child.pid ?? 0, child };
}

describe.skipIf(process.platform !== 'linux')('the identity of a process (needs /proc)', () => {
  it('is this process, alive and reachable from here', () => {
    expect(self).toMatchObject({ pid: process.pid, host: hostname() });
    expect(self.startTime).toMatch(/^\d+$/);
    expect(self.pidNamespace).toMatch(/^pid:\[\d+\]$/);
    expect(isAlive(self)).toBe(true);
    expect(isReachable(self, self)).toBe(true);
  });

  it('PROC-8: is another one when the pid is used again: nothing is killed', async () => {
    const { pid, child } = start('sleep', '60');
    const earlier = { ...identityOf(pid), startTime: '1' };
    expect(isAlive(earlier)).toBe(false);
    expect(await killProcess(earlier, 1_000)).toBe(true);
    expect(isAlive(identityOf(pid))).toBe(true);
    expect(child.exitCode).toBeNull();
  });

  it('kills a process that is stopped, and waits until it is gone', async () => {
    const { pid, child } = start('sleep', '60');
    const identity = identityOf(pid);
    process.kill(pid, 'SIGSTOP');
    const exit = once(child, 'exit');
    expect(await killProcess(identity, 5_000)).toBe(true);
    expect(isAlive(identity)).toBe(false);
    expect((await exit)[1]).toBe('SIGKILL');
  });

  it('counts a zombie as dead', async () => {
    // The shell starts a child, prints its pid and becomes a program that never collects it.
    const { pid, child } = start('sh', '-c', 'sleep 60 & echo $!; exec sleep 60');
    const [line] = await once(child.stdout, 'data');
    // Until then the shell would still collect it.
    await until(
      () => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'sleep',
      'the shell became the other program',
    );
    const zombie = identityOf(Number(String(line).trim()));
    expect(isAlive(zombie)).toBe(true);
    expect(await killProcess(zombie, 5_000)).toBe(true);
    expect(readFileSync(`/proc/${zombie.pid}/stat`, 'utf8')).toContain(') Z ');
    expect(isAlive(zombie)).toBe(false);
  });

  it('cannot be reached where anything about the machine is unknown or different', () => {
    for (const change of [
      { startTime: null },
      { pidNamespace: null },
      { bootId: null },
      { bootId: 'another boot' },
      { pidNamespace: 'pid:[1]' },
      { host: 'elsewhere' },
    ]) {
      expect(isReachable({ ...self, ...change }, self)).toBe(false);
    }
  });
});
