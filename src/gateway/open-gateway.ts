/** Opens the gateway: listens on loopback, finds out who calls whom, and lets nothing else through. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAccesses, type Accesses } from './access.ts';
import { answerCall, type Switchboard } from './answer-call.ts';
import type { Gateway, ProviderFacts } from './gateway.ts';
import { readToken } from './headers.ts';
import { loadPrices } from './prices.ts';
import { factsOf, wiresOf, type Provider } from './provider.ts';
import { openRecordings, type RecordingOptions } from './recordings.ts';
import { sendError, sendWireError } from './send-error.ts';
import { findSilentProviders } from './silent-providers.ts';
import { openUpstream } from './upstream.ts';
import { parseJson } from './usage-reader.ts';
import type { Wire } from './wire.ts';
import { findWire } from './wires/find-wire.ts';

export interface GatewayOptions {
  providers: readonly Provider[];
  /** Answers are written to a folder, or come from it and from nowhere else. */
  recordings: RecordingOptions | null;
  /** Proxies are read from it; keys are not. */
  environment: Readonly<Record<string, string | undefined>>;
  now: () => Date;
  /** Before each further try at a provider that is too busy. */
  retryDelaysMs?: readonly number[];
  /** The longest wait inside of one call; clients and idle limits have to bear it. */
  maxWaitMs?: number;
}

const RETRY_DELAYS_MS = [1_000, 2_000, 4_000, 8_000];
const MAX_WAIT_MS = 90_000;
const KEEP_ALIVE_MS = 120_000;
/** Providers take less. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** Throws E_NOT_FOUND where a replay has no folder. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { providers, environment, now, recordings } = options;
  const accesses = createAccesses();
  const keys = providers.flatMap(({ key }) => (key === null ? [] : [key]));
  const board: Switchboard = {
    upstream: openUpstream(environment),
    patience: {
      now,
      sleep: (ms, signal) => sleep(ms, undefined, { signal }),
      retryDelaysMs: options.retryDelaysMs ?? RETRY_DELAYS_MS,
      maxWaitMs: options.maxWaitMs ?? MAX_WAIT_MS,
    },
    prices: await loadPrices(now),
    recordings:
      recordings === null
        ? null
        : openRecordings({ ...recordings, secrets: () => [...keys, ...accesses.tokens()] }),
    pausedUntil: new Map(),
  };
  const server = createServer((request, response) => {
    serve({ board, accesses, providers }, request, response).catch(() => response.destroy());
  });
  // Longer than clients keep an idle connection, so that none of them calls into one that is being closed.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const url = await listen(server);
  const recorded = board.recordings?.mode === 'replay' ? board.recordings.providers : null;
  const facts: ProviderFacts[] = providers.map((provider) => {
    const known = factsOf(provider);
    return { ...known, usable: recorded !== null || known.usable };
  });
  // Whoever takes the first one that fits takes the one that was called when others had no key.
  if (recorded !== null) facts.sort((a, b) => Number(recorded.has(b.name)) - Number(recorded.has(a.name)));
  return {
    providers: facts,
    lookAround: async () => {
      if (recorded !== null) return facts;
      const silent = await findSilentProviders(providers);
      return facts.map((each) => {
        const refusedAt = silent.get(each.name);
        return refusedAt === undefined ? each : { ...each, refusedAt };
      });
    },
    issue: (grant) => accesses.issue(grant, { url, providers: facts }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      board.upstream[Symbol.dispose]();
    },
  };
}

interface Serving {
  board: Switchboard;
  accesses: Accesses;
  providers: readonly Provider[];
}

async function serve(
  { board, accesses, providers }: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // A name that only resolves to this machine is a page in a browser trying its luck.
  if (!/^(?:127\.0\.0\.1|localhost):\d+$/.test(request.headers.host ?? ''))
    return sendError(response, 421, 'The gateway answers to its own address only.');
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [, name = '', ...rest] = url.pathname.split('/');
  const provider = providers.find((one) => one.name === name);
  if (provider === undefined)
    return sendError(response, 404, `There is no provider "${name}" here; a path begins with one.`);
  url.pathname = `/${rest.join('/')}`;
  const found = classify(provider, request.method ?? 'GET', url.pathname);
  if (found === null)
    return sendError(
      response,
      404,
      `${request.method} ${url.pathname} calls no model, so it is not let through.`,
    );
  const { wire, kind } = found;
  const token = readToken(request.headers, url.searchParams);
  const access = token === null ? null : accesses.find(token);
  if (access === null) {
    const message = 'This token belongs to no invocation that is under way.';
    return sendWireError(response, wire, { status: 401, kind: 'unauthorized', message });
  }
  const body = await readBody(request);
  if (body === null) {
    const message = `The body has more than ${MAX_BODY_BYTES} bytes.`;
    return sendWireError(response, wire, { status: 413, kind: 'too_large', message });
  }
  if (kind === 'model' && parseJson(body.toString('utf8')) === null)
    return sendWireError(response, wire, { status: 400, kind: 'invalid', message: 'The body is no JSON.' });
  const call = answerCall(board, { request, response, access, provider, wire, kind, url, body });
  access.track(call);
  return call;
}

function classify(
  provider: Provider,
  method: string,
  pathname: string,
): { wire: Wire; kind: 'model' | 'aside' } | null {
  for (const name of wiresOf(provider.kind)) {
    const wire = findWire(name);
    const kind = wire.classify(method, pathname);
    if (kind !== null) return { wire, kind };
  }
  return null;
}

/** null: it is too long. */
async function readBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // listening on TCP
}
