/** Providers on this machine where nobody listens: seen in a moment, and no run gets anywhere without them. */
import { connect } from 'node:net';
import type { Provider } from './provider.ts';

/** A server on this machine that is up answers at once; one that is silent may be loading its model. */
const DEADLINE_MS = 2_000;
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** Whether its address is one of this machine. */
export function isOnThisMachine({ baseUrl }: Pick<Provider, 'baseUrl'>): boolean {
  return LOOPBACK.test(baseUrl.hostname);
}

/** Their names, and the addresses that refuse a connection. Others than those on this machine are not asked. */
export async function findSilentProviders(providers: readonly Provider[]): Promise<Map<string, string>> {
  const found = await Promise.all(
    providers
      .filter(isOnThisMachine)
      .map(async (each): Promise<[string, string][]> =>
        (await isRefused(each.baseUrl)) ? [[each.name, each.baseUrl.host]] : [],
      ),
  );
  return new Map(found.flat());
}

function isRefused({ hostname, port, protocol }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || (protocol === 'https:' ? 443 : 80)),
    });
    const end = (refused: boolean): void => {
      socket.destroy();
      resolve(refused);
    };
    socket.setTimeout(DEADLINE_MS, () => end(false));
    socket.once('connect', () => end(false));
    socket.once('error', () => end(true));
  });
}
