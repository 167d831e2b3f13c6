/** The process around the command line: its context, its signals, its exit code. The one place that exits. */
import { hostname, homedir, userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { CliContext } from './context.ts';
import { findOwnCommand, sayCommandsAs } from './command-here.ts';
import { watchLauncher } from './launcher.ts';
import { listenForStop } from './stop-signals.ts';
import { keepHeapSmall } from '../engine/heap.ts';

/** Runs the command line and ends the process with its exit code. */
export async function main(argv: string[]): Promise<void> {
  keepHeapSmall();
  hushSqliteWarning();
  // A signal to itself: it stops like after any other, or ends where there is nothing to stop.
  watchLauncher(process, () => process.kill(process.pid, 'SIGTERM'));
  // A reader that went away (`baton log | head`, a closed terminal) must not stop a run.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const { runCli } = await import('./run-cli.ts');
  const code = await runCli(argv, createContext());
  await Promise.all([flush(process.stdout), flush(process.stderr)]);
  process.exit(code);
}

function createContext(): CliContext {
  const command = findOwnCommand({
    script: process.argv[1] ?? '',
    environment: process.env,
    checkout: import.meta.url.endsWith('.ts')
      ? fileURLToPath(new URL('../../bin/baton.js', import.meta.url))
      : null,
  });
  return {
    cwd: process.cwd(),
    environment: process.env,
    command,
    stdout: sayCommandsAs(process.stdout, command.here),
    stderr: sayCommandsAs(process.stderr, command.here),
    stdin: process.stdin,
    userName: nameOfUser(),
    homeDir: homedir(),
    hostName: hostname(),
    now: () => new Date(),
    monotonicMs: () => performance.now(),
    listenForStop: () => listenForStop(process, (code) => process.exit(code)),
  };
}

function nameOfUser(): string {
  try {
    return userInfo().username;
  } catch {
    // No entry for this uid, as in some containers.
    return process.env['USER'] ?? `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}

/** Node 22 calls node:sqlite experimental on stderr; that is no news for people. */
function hushSqliteWarning(): void {
  const emit = process.emitWarning.bind(process) as (...args: unknown[]) => void;
  process.emitWarning = (...args: unknown[]): void => {
    if (!String(args[0]).includes('SQLite is an experimental feature')) emit(...args);
  };
}
