import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Site } from '../parts/part.ts';

export type Trial =
  | { kind: 'running'; base: string; command: string; stop(): Promise<void> }
  | { kind: 'not_started'; problem: string; command: string };

const START_LIMIT_MS = 10_000;

/** Starts the service on a free loopback port with a database of its own, as `npm start` would. */
export async function startTrial(site: Site): Promise<Trial> {
  const { files, startCommand } = site.layout.service;
  const command = `node ${(startCommand ?? []).join(' ')}`;
  if (startCommand === null)
    return { kind: 'not_started', problem: 'package.json has no start script', command };
  const dir = mkdtempSync(join(tmpdir(), 'trial-'));
  const child = spawn(process.execPath, startCommand, {
    cwd: files.root,
    env: { PORT: '0', DATABASE: join(dir, 'trial.db') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    rmSync(dir, { recursive: true, force: true });
  };
  const base = await waitForAddress(child);
  if (base.kind === 'running') return { kind: 'running', base: base.url, command, stop };
  await stop();
  return { kind: 'not_started', problem: base.problem, command };
}

function waitForAddress(
  child: ReturnType<typeof spawn>,
): Promise<{ kind: 'running'; url: string } | { kind: 'failed'; problem: string }> {
  return new Promise((resolve) => {
    let output = '';
    const fail = (problem: string): void => {
      clearTimeout(timer);
      resolve({ kind: 'failed', problem: `${problem} ${output.slice(-500)}`.trim() });
    };
    const timer = setTimeout(() => fail('it did not say where it listens'), START_LIMIT_MS);
    const read = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve({ kind: 'running', url });
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', (error) => fail(error.message));
    child.once('close', (code) => fail(`it ended with exit code ${code ?? 'none'}`));
  });
}
