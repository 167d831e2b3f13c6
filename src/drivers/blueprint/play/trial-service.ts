import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Site } from '../parts/part.ts';

export type Trial =
  | { kind: 'running'; base: string; command: string; stop(): Promise<void> }
  | { kind: 'not_started'; problem: string; command: string };

const START_LIMIT_MS = 10_000;
const RETRY_MS = 50;

/** Starts the service as `npm start` would, on the free port of loopback that PORT names, with a database of its own. */
export async function startTrial(site: Site): Promise<Trial> {
  const { files, startCommand } = site.layout.service;
  const command = `node ${(startCommand ?? []).join(' ')}`;
  if (startCommand === null)
    return { kind: 'not_started', problem: 'package.json has no start script', command };
  const dir = mkdtempSync(join(tmpdir(), 'trial-'));
  const port = await freePort();
  const child = spawn(process.execPath, startCommand, {
    cwd: files.root,
    env: { PORT: String(port), DATABASE: join(dir, 'trial.db') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    rmSync(dir, { recursive: true, force: true });
  };
  const base = await waitForAddress(child, port);
  if (base.kind === 'running') return { kind: 'running', base: base.url, command, stop };
  await stop();
  return { kind: 'not_started', problem: base.problem, command };
}

function waitForAddress(
  child: ReturnType<typeof spawn>,
  port: number,
): Promise<{ kind: 'running'; url: string } | { kind: 'failed'; problem: string }> {
  const ended = new AbortController();
  const limit = AbortSignal.timeout(START_LIMIT_MS);
  const over = AbortSignal.any([ended.signal, limit]);
  return new Promise((resolve) => {
    let output = '';
    const settle = (result: { kind: 'running'; url: string } | { kind: 'failed'; problem: string }): void => {
      ended.abort();
      resolve(result);
    };
    const fail = (problem: string): void =>
      settle({ kind: 'failed', problem: `${problem} ${output.slice(-500)}`.trim() });
    const read = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
      if (url !== undefined) settle({ kind: 'running', url });
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', (error) => fail(error.message));
    child.once('close', (code) => fail(`it ended with exit code ${code ?? 'none'}`));
    limit.addEventListener('abort', () =>
      fail(`nothing answers on the port that PORT names (${port}), and it said no other address`),
    );
    void answersAt(port, over).then((answers) => {
      if (answers) settle({ kind: 'running', url: `http://127.0.0.1:${port}` });
    });
  });
}

/** Whether the port takes connections before the time is over. */
async function answersAt(port: number, over: AbortSignal): Promise<boolean> {
  while (!over.aborted) {
    if (await connects(port)) return true;
    await sleep(RETRY_MS, undefined, { signal: over }).catch(() => undefined); // over: the loop sees it
  }
  return false;
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** A port of loopback that nobody has now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port
  server.close();
  await once(server, 'close');
  return port;
}
