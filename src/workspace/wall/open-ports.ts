/** The engine's half of a port that reaches behind the wall: a socket in a private folder that leads to one port of loopback. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import type { WalledPort } from '../wall.ts';

/** The kernel takes no longer path for a socket. */
const MAX_SOCKET_PATH = 100;
/** Of one port: what is over it waits in the program, and the engine's descriptors last. */
const MAX_CONNECTIONS = 128;

export interface OpenPorts {
  readonly ports: WalledPort[];
  /** Ends connections under way too; may be called twice. */
  close(): void;
}

/** Passes connections on until it is closed. Rejects where no socket can be made. */
export async function openPorts(ports: readonly number[]): Promise<OpenPorts> {
  const folder = makeFolder();
  const servers: PortServer[] = [];
  const close = (): void => {
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const opened: WalledPort[] = [];
    for (const port of new Set(ports)) {
      const socket = join(folder, String(port));
      const server = createPortServer(port);
      servers.push(server);
      await listen(server.server, socket);
      opened.push({ port, socket });
    }
    return { ports: opened, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Readable by nobody else, at a path that is short enough. */
function makeFolder(): string {
  const name = 'baton-ports-';
  const isShort = join(tmpdir(), `${name}XXXXXX`, '65535').length <= MAX_SOCKET_PATH;
  return mkdtempSync(join(isShort ? tmpdir() : '/tmp', name));
}

interface PortServer {
  server: Server;
  close(): void;
}

function createPortServer(port: number): PortServer {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (inner) => {
    const outer = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    for (const socket of [inner, outer]) {
      open.add(socket);
      socket.once('close', () => open.delete(socket));
    }
    // A broken connection is the affair of its two ends: both hear of it.
    pipeline(inner, outer, () => undefined);
    pipeline(outer, inner, () => undefined);
  });
  server.maxConnections = MAX_CONNECTIONS;
  return {
    server,
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

function listen(server: Server, socket: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(socket, resolve);
  return promise;
}
