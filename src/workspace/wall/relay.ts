/**
 * Runs behind the wall, in front of the program that it starts: listens on the chosen loopback ports of a network namespace
 * that has nothing else, and passes every connection on through a socket that lies in the file system. Ends with the
 * program and as it ended. It imports nothing but Node's own, since little else can be seen behind a wall.
 *
 * Arguments: `PORT=SOCKET … -- PROGRAM ARGUMENT …`
 */
import { spawn } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { constants } from 'node:os';
import { pipeline } from 'node:stream';

const NOT_STARTED = 127;

const split = process.argv.indexOf('--');
const forwards = process.argv.slice(2, split);
const [file = '', ...args] = process.argv.slice(split + 1);

/** Resolves once programs can connect. */
function forward(port: number, socket: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const server = createServer({ allowHalfOpen: true }, (inner) => {
    const outer = connect({ path: socket, allowHalfOpen: true });
    // A broken connection is the affair of its two ends: both hear of it.
    pipeline(inner, outer, () => undefined);
    pipeline(outer, inner, () => undefined);
  });
  server.once('error', reject);
  server.listen(port, '127.0.0.1', resolve);
  return promise;
}

function giveUp(problem: unknown): never {
  const text = problem instanceof Error ? problem.message : String(problem);
  process.stderr.write(`baton-relay: ${text}\n`);
  process.exit(NOT_STARTED);
}

// Whoever ends the invocation asks each process by itself: the program may take its grace.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
try {
  await Promise.all(
    forwards.map((word) => {
      const at = word.indexOf('=');
      return forward(Number(word.slice(0, at)), word.slice(at + 1));
    }),
  );
} catch (error) {
  giveUp(error);
}
const child = spawn(file, args, { stdio: 'inherit' });
child.once('error', giveUp);
child.once('exit', (code, signal) => {
  process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
});
