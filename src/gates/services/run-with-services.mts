/**
 * Starts services, waits until each is ready, and then runs a gate's command as if it had been started itself. It runs
 * behind the wall, in the gate's own network, so that nobody else can reach the services, and it imports only Node.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

interface Service {
  name: string;
  file: string;
  args: string[];
  env: Record<string, string>;
  port: number | null;
  ready: { file: string; args: string[] } | null;
  readyTimeoutMs: number;
}

interface Order {
  services: Service[];
  command: { file: string; args: string[]; env: Record<string, string> };
}

/** What the engine takes for "the services did not come up"; a gate of one's own has no reason to end with it. */
const NOT_READY = 113;
const POLL_MS = 50;
const GREETING_MS = 500;
const KEPT_CHARACTERS = 2_000;

const order = JSON.parse(process.argv[2] ?? '') as Order; // the engine's own words
const started: ChildProcess[] = [];

try {
  for (const service of order.services) started.push(await start(service));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  endServices();
  process.exit(NOT_READY);
}
const { file, args, env } = order.command;
const child = spawn(file, args, { stdio: 'inherit', env });
child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  endServices();
  process.exit(127);
});
child.on('exit', (code, signal) => {
  endServices();
  if (signal === null) process.exit(code ?? 1);
  process.kill(process.pid, signal);
});

async function start(service: Service): Promise<ChildProcess> {
  const { name, port, readyTimeoutMs } = service;
  const running = spawn(service.file, service.args, { stdio: ['ignore', 'pipe', 'pipe'], env: service.env });
  let said = '';
  for (const stream of [running.stdout, running.stderr])
    stream.on('data', (chunk: Buffer) => (said = `${said}${String(chunk)}`.slice(-KEPT_CHARACTERS)));
  let ended: string | null = null;
  running.on('error', (error) => (ended = error.message));
  running.on('exit', (code, signal) => (ended ??= `it ended with ${signal ?? `exit code ${code}`}`));
  const deadline = performance.now() + readyTimeoutMs;
  const fail = (why: string): never => {
    running.kill('SIGKILL');
    throw new Error(`The service ${name} is not ready: ${why}. Its last words:\n${said.trim()}`);
  };
  for (;;) {
    if (ended !== null) return fail(ended);
    if ((port === null || (await listens(port))) && (service.ready === null || (await succeeds(service))))
      return running;
    if (performance.now() > deadline) return fail(`nothing after ${readyTimeoutMs / 1_000} s`);
    await sleep(POLL_MS);
  }
}

/** Whoever greets first may do so: a service that writes to a connection that was cut off may end of it. */
function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.resume();
      setTimeout(() => socket.destroy(), GREETING_MS);
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function succeeds({ ready, env }: Service): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = spawn(ready?.file ?? '', ready?.args ?? [], { stdio: 'ignore', env });
    asked.once('error', () => resolve(false));
    asked.once('exit', (code) => resolve(code === 0));
  });
}

function endServices(): void {
  for (const service of started.toReversed()) service.kill('SIGTERM');
}
