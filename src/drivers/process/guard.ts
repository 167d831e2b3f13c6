/**
 * Without a wall nothing in the system ties an agent to the engine, nor ends it first where memory runs out, which is asked
 * of the kernel here. Two things tie it instead: the kernel kills the first process when its parent dies (where setpriv can
 * ask for that), and a watcher that holds the other end of a pipe kills the whole process group as soon as the engine's end
 * closes, for whatever reason.
 */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { memoryWords } from '../../workspace/wall/wall-limits.ts';

const SETPRIV_PATHS = ['/usr/bin/setpriv', '/bin/setpriv', '/usr/local/bin/setpriv'];
const WATCHER_SCRIPT = 'read -r _; kill -s KILL -- "-$1"';

let knownSetpriv: string | null | undefined;
let knownMemoryWords: string[] | undefined;

/** Makes a command die with this process, and before it where memory runs out, as far as the system can do that. */
export function dieWithParent(command: { file: string; args: string[] }): { file: string; args: string[] } {
  if (knownSetpriv === undefined) knownSetpriv = SETPRIV_PATHS.find(canTieToParent) ?? null;
  knownMemoryWords ??= memoryWords();
  const tie = knownSetpriv === null ? [] : [knownSetpriv, '--pdeathsig', 'KILL', '--'];
  const [file = command.file, ...args] = [...knownMemoryWords, ...tie, command.file, ...command.args];
  return { file, args };
}

/** Kills the process group `group` if this process dies first. Ends with the returned function. */
export function watchGroup(group: number): () => void {
  const watcher: ChildProcess = spawn('/bin/sh', ['-c', WATCHER_SCRIPT, 'baton-watcher', String(group)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A session of its own: Ctrl-C and a closed terminal end the engine, not the watcher.
    detached: true,
    cwd: '/',
    env: {},
  });
  // Without a watcher the kernel's tie and the record of the process are left.
  watcher.on('error', () => undefined);
  watcher.stdin?.on('error', () => undefined);
  watcher.unref();
  return () => {
    watcher.kill('SIGKILL');
    watcher.stdin?.destroy();
  };
}

function canTieToParent(setpriv: string): boolean {
  return (
    spawnSync(setpriv, ['--pdeathsig', 'KILL', '--', '/bin/true'], { stdio: 'ignore', env: {} }).status === 0
  );
}
