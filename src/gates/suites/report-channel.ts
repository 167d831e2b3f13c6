/**
 * Where a runner's reporter hands in: a socket of the engine's. What came through it is here; nobody beside the tests can
 * write over it, as they could over a file, and whoever hands in a second report is counted.
 */
import { setImmediate, setTimeout } from 'node:timers/promises';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAX_BYTES = 64 * 1024 * 1024;
const LAST_WAIT_MS = 2_000;

export interface ReportChannel extends AsyncDisposable {
  /** What a reporter connects to. Short: systems bear about a hundred characters. */
  path: string;
  /** The folder that a gate has to see for it. */
  folder: string;
  /** What each program that connected handed in, in the order of their arrival; nothing where none did. Only once no program is left. */
  close(): Promise<string[]>;
}

export async function openReportChannel(): Promise<ReportChannel> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'baton-report-')));
  const path = join(folder, 'in');
  const received: { socket: Socket; chunks: Buffer[]; ended: Promise<void> }[] = [];
  let bytes = 0;
  const server = createServer((socket: Socket) => {
    const chunks: Buffer[] = [];
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    received.push({ socket, chunks, ended });
    socket.on('data', (chunk) => {
      bytes += chunk.length;
      if (bytes > MAX_BYTES) socket.destroy();
      else chunks.push(chunk);
    });
    socket.once('end', () => socket.end());
    socket.once('error', () => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  const stop = async (): Promise<void> => {
    for (const { socket } of received) socket.destroy();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  return {
    path,
    folder,
    close: async () => {
      // Who connected and died at once still stands before the door.
      await setImmediate();
      await setImmediate();
      const all = Promise.all(received.map(({ ended }) => ended));
      // Where nothing walls a gate in, something of it may have got away and hold its end open.
      await Promise.race([all, setTimeout(LAST_WAIT_MS, null, { ref: false })]);
      await stop();
      const texts = received.map(({ chunks }) => Buffer.concat(chunks).toString('utf8'));
      // Who said nothing beside one that did was ended before it could.
      return texts.some((text) => text !== '') ? texts : [];
    },
    [Symbol.asyncDispose]: async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
