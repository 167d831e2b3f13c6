import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { temporaryDirectory } from '../../workspace/temporary-repository.ts';
import { withForgeLock } from './lock.ts';

const HOLD = `
  const { withForgeLock } = await import(process.argv[2]);
  await withForgeLock(process.argv[1], () => {
    process.stdout.write('in');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;

it('KILL-2: keeps a second process out, and lets it in the moment the first is killed', async () => {
  const dir = temporaryDirectory();
  const file = new URL('lock.ts', import.meta.url).href;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', HOLD, dir, file]);
  try {
    await once(holder.stdout, 'data');
    const entered: string[] = [];
    const second = withForgeLock(dir, () => entered.push('second'), 30);
    await expect(second).rejects.toMatchObject({ code: 'E_HELD', retryable: true });
    expect(entered).toEqual([]);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(await withForgeLock(dir, () => 'in', 0)).toBe('in');
  } finally {
    holder.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  }
});

it('is free again after work that threw', async () => {
  const dir = temporaryDirectory();
  const failing = withForgeLock(dir, () => {
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await withForgeLock(dir, () => 'in', 0)).toBe('in');
  rmSync(dir, { recursive: true, force: true });
});
