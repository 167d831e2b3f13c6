/** Starts processes that use a store, and talks to them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { PeerAnswer } from './peer-process.ts';

const SCRIPT = fileURLToPath(new URL('peer-process.ts', import.meta.url));

/** Another process with the same store open. */
export interface Peer {
  pid: number;
  /** Sends a command and waits for its answer. */
  ask(command: string): Promise<PeerAnswer>;
  /** Sends a command without waiting for anything. */
  tell(command: string): void;
  /** The next line that it prints; null: it is gone. */
  next(): Promise<PeerAnswer | null>;
  signal(name: NodeJS.Signals): void;
  /** Resolves with the signal that ended it, once it is gone. */
  gone: Promise<NodeJS.Signals | null>;
}

/** Starts a process on the store in `dir`; it is killed when the test ends. Does not wait for the store to open. */
export function spawnPeer(dir: string): Peer {
  const child = spawn(process.execPath, [SCRIPT, dir], { stdio: ['pipe', 'pipe', 'inherit'] });
  const { pid } = child;
  if (pid === undefined) throw new Error('the peer did not start');
  child.stdin.on('error', () => {}); // written to after its death: `next` says so
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const gone = once(child, 'exit').then((args: unknown[]) => args[1] as NodeJS.Signals | null);
  const next = async (): Promise<PeerAnswer | null> => {
    const line = await lines.next();
    return line.done === true ? null : (JSON.parse(line.value) as PeerAnswer); // printed by peer-process.ts
  };
  const tell = (command: string): void => void child.stdin.write(`${command}\n`);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await gone;
  });
  return {
    pid,
    gone,
    next,
    tell,
    signal: (name) => void child.kill(name),
    ask: async (command) => {
      tell(command);
      return (await next()) ?? { ok: false, code: 'gone', message: 'the process is gone' };
    },
  };
}

/** Starts a peer and waits until its store is open. */
export async function startPeer(dir: string): Promise<Peer> {
  const peer = spawnPeer(dir);
  await peer.next();
  return peer;
}
