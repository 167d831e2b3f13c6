/** Calls of the API as the caller's environment has them go: through its proxies. They end with the caller, and after a while. */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Environment } from './remote.ts';

/** A call that takes longer is given up: what it did is found by the next one. */
const CALL_TIMEOUT_MS = 30_000;
const MAX_REPLY_BYTES = 16 * 1024 * 1024;

/** A reply that is no answer of this API: a proxy's page, or one that breaks off. */
export class UnreadableReply extends Error {}

/** The repository is somewhere else now: a token follows nobody. */
export class MovedRepository extends Error {
  readonly location: string;
  constructor(location: string) {
    super(`moved to ${location}`);
    this.location = location;
  }
}

/** In place of `fetch`: follows no redirect, and reads no endless reply. Node's own asks no proxy unless it was started to. */
export function fetchWithin(
  signal: AbortSignal,
  environment: Environment,
  timeoutMs = CALL_TIMEOUT_MS,
): typeof fetch {
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const ends = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const message = await send(url, init, { ends, environment });
    const status = message.statusCode ?? 502;
    if (status >= 300 && status < 400 && status !== 304) {
      message.destroy();
      throw new MovedRepository(message.headers.location ?? 'an address that it does not say');
    }
    const body = await bodyOf(message);
    return new Response(hasNoBody(status) ? null : body, { status, headers: headersOf(message) });
  };
}

function send(
  url: URL,
  { method = 'GET', headers, body }: RequestInit,
  { ends, environment }: { ends: AbortSignal; environment: Environment },
): Promise<IncomingMessage> {
  const secure = url.protocol === 'https:';
  const agent = new (secure ? HttpsAgent : HttpAgent)({ proxyEnv: environment });
  const text = typeof body === 'string' ? body : '';
  const sent = Object.fromEntries(new Headers(headers));
  if (text !== '') sent['content-length'] = String(Buffer.byteLength(text));
  return new Promise((resolve, reject) => {
    const call = (secure ? httpsRequest : httpRequest)(url, { method, agent, headers: sent, signal: ends });
    call.on('response', resolve).on('error', reject).end(text);
  });
}

async function bodyOf(message: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_REPLY_BYTES) throw new UnreadableReply(`The reply has more than ${MAX_REPLY_BYTES} bytes`);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

const hasNoBody = (status: number): boolean => status === 204 || status === 205 || status === 304;

function headersOf({ headers }: IncomingMessage): Headers {
  const found = new Headers();
  for (const [name, value] of Object.entries(headers))
    for (const each of Array.isArray(value) ? value : [value ?? '']) found.append(name, each);
  return found;
}
