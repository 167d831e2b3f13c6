/** How the relay gets behind the wall: what is mounted for it, and the words that start it in front of the program. */
import { fileURLToPath } from 'node:url';
import type { WalledPort } from '../wall.ts';

const FOLDER = '/run/baton';
const SOURCES = import.meta.url.endsWith('.ts');
const RELAY = fileURLToPath(new URL(SOURCES ? './relay.ts' : './relay.js', import.meta.url));
/** Its name says that it is a module: no package lies around it there. */
const RELAY_INSIDE = `${FOLDER}/relay.${SOURCES ? 'mts' : 'mjs'}`;

/** Bubblewrap arguments; nothing where no port is asked for. */
export function relayMounts(ports: readonly WalledPort[]): string[] {
  if (ports.length === 0) return [];
  const sockets = ports.flatMap(({ port, socket }) => ['--ro-bind', socket, socketInside(port)]);
  return ['--ro-bind', RELAY, RELAY_INSIDE, ...sockets];
}

/** What stands in front of the program's own words. */
export function relayWords(ports: readonly WalledPort[]): string[] {
  if (ports.length === 0) return [];
  const forwards = ports.map(({ port }) => `${port}=${socketInside(port)}`);
  return [process.execPath, '--disable-sigusr1', '--no-warnings', RELAY_INSIDE, ...forwards, '--'];
}

function socketInside(port: number): string {
  return `${FOLDER}/ports/${port}`;
}
