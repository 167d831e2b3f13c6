/** Which headers go on. All but those of the connection itself, and those that carry what a caller identifies itself by. */
import type { IncomingHttpHeaders } from 'node:http';

/** They belong to one connection, not to the call. */
const OF_THE_CONNECTION = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
const OF_THE_CALLER = new Set([
  'authorization',
  'cookie',
  'forwarded',
  'proxy-authorization',
  'x-api-key',
  'x-forwarded-for',
  'x-goog-api-key',
]);

type Headers = Record<string, string | string[]>;

/** With the provider's key in place of the token. Answers come uncompressed, so that their usage can be read. */
export function headersForProvider(
  given: IncomingHttpHeaders,
  auth: readonly [name: string, value: string] | null,
): Headers {
  const kept = pick(given, (name) => !OF_THE_CONNECTION.has(name) && !OF_THE_CALLER.has(name));
  return { ...kept, 'accept-encoding': 'identity', ...(auth === null ? {} : { [auth[0]]: auth[1] }) };
}

export function headersForCaller(given: IncomingHttpHeaders): Headers {
  return pick(
    given,
    (name) => name === 'content-length' || (!OF_THE_CONNECTION.has(name) && name !== 'set-cookie'),
  );
}

/** The token, wherever this caller's format puts a key. */
export function readToken(headers: IncomingHttpHeaders, searchParams: URLSearchParams): string | null {
  const bearer = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const given = [headers['x-api-key'], headers['x-goog-api-key'], bearer, searchParams.get('key')];
  return given.flat().find((one) => one != null && one !== '') ?? null;
}

function pick(given: IncomingHttpHeaders, keep: (name: string) => boolean): Headers {
  return Object.fromEntries(
    Object.entries(given).filter(
      (pair): pair is [string, string | string[]] => pair[1] !== undefined && keep(pair[0]),
    ),
  );
}
