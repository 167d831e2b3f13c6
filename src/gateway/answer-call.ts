/** One call of one caller: let in, sent on (or found in a recording), handed back as it came, and measured on the way. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OpenAccess } from './access.ts';
import { bodyOf, headerOf, readAll, type Answer } from './answer.ts';
import { exchange, MAX_REFUSAL_BYTES, sayWait, type Patience } from './exchange.ts';
import type { AccessStop } from './gateway.ts';
import { headersForProvider } from './headers.ts';
import type { Estimate } from './ledger.ts';
import type { PriceCall } from './prices.ts';
import { isUsable, upstreamUrl, type Provider } from './provider.ts';
import type { RecordedCall, Recordings } from './recordings.ts';
import { sendError, sendWireError } from './send-error.ts';
import type { Upstream } from './upstream.ts';
import { createUsageReader, parseJson, type UsageReader } from './usage-reader.ts';
import { asObject } from '../core/json.ts';
import type { TokenCounts, Wire } from './wire.ts';

/** What all calls of a gateway share. */
export interface Switchboard {
  upstream: Upstream;
  patience: Patience;
  prices: PriceCall;
  recordings: Recordings | null;
  /** By name: a provider that refuses everybody until then. */
  pausedUntil: Map<string, Date>;
}

export interface IncomingCall {
  request: IncomingMessage;
  response: ServerResponse;
  access: OpenAccess;
  provider: Provider;
  wire: Wire;
  kind: 'model' | 'aside';
  /** Without the provider's name. */
  url: URL;
  body: Buffer;
}

/** Of an answer's length in bytes, where nobody says its tokens: they are rarely shorter than this. */
const BYTES_PER_TOKEN = 3;

/** Never throws for anything that caller or provider do. */
export async function answerCall(board: Switchboard, call: IncomingCall): Promise<void> {
  const gone = new AbortController();
  call.response.once('close', () => gone.abort());
  const signal = AbortSignal.any([gone.signal, call.access.closed]);
  try {
    if (call.kind === 'aside') return await answerAside(board, call, signal);
    await answerModelCall(board, call, signal);
  } catch {
    // The caller went away, the invocation is over, or the connection to the provider broke in the middle.
    call.response.destroy();
  }
}

async function answerAside(board: Switchboard, call: IncomingCall, signal: AbortSignal): Promise<void> {
  const answer = await findAnswer(board, call, signal);
  if (answer !== null) await relay(board, call, answer, { push: () => {} });
}

async function answerModelCall(board: Switchboard, call: IncomingCall, signal: AbortSignal): Promise<void> {
  const { access, provider, wire } = call;
  const stop = access.stopped() ?? (await waitForProvider(board, call, signal));
  if (stop !== null) return refuse(call, stop);
  const asked = wire.askedFor(asObject(parseJson(call.body.toString('utf8'))), call.url.pathname);
  const price = (counts: TokenCounts): number | null => board.prices(provider, asked.model, counts);
  const admission = await access.ledger.admit(estimate(call.body, asked.maxOutputTokens, price), signal);
  if (admission.kind === 'gone') return;
  if (admission.kind === 'refused') return refuse(call, admission.stop);
  let reader: UsageReader | null = null;
  try {
    const answer = await findAnswer(board, call, signal);
    // What was refused costs nothing.
    if (answer === null || answer.status >= 400) {
      admission.settle(NOTHING_SPENT);
      if (answer !== null) await relay(board, call, answer, { push: () => {} });
      return;
    }
    reader = createUsageReader(wire, headerOf(answer.headers, 'content-type'));
    await relay(board, call, answer, reader, settle);
  } finally {
    settle();
  }

  function settle(): void {
    if (admission.kind !== 'admitted') return;
    const { counts, final } = reader?.end() ?? { counts: null, final: false };
    admission.settle({ counts, complete: final, costUsd: counts === null ? null : price(counts) });
  }
}

const NONE: TokenCounts = {
  input: 0,
  cachedInput: 0,
  cacheWrites: 0,
  hourlyCacheWrites: 0,
  output: 0,
  reasoning: 0,
};
const NOTHING_SPENT = { counts: NONE, complete: true, costUsd: 0 };

function estimate(
  body: Buffer,
  maxOutputTokens: number | null,
  price: (counts: TokenCounts) => number | null,
): Estimate {
  const input = Math.ceil(body.length / BYTES_PER_TOKEN);
  const output = maxOutputTokens ?? 0;
  return { tokens: input + output, costUsd: price({ ...NONE, input, output }) };
}

/** Waits where it is not long, since the agent's work so far would be lost; else says until when. */
async function waitForProvider(
  { pausedUntil, patience }: Switchboard,
  { provider, access }: IncomingCall,
  signal: AbortSignal,
): Promise<AccessStop | null> {
  const until = pausedUntil.get(provider.name);
  if (until === undefined) return null;
  const waitMs = until.getTime() - patience.now().getTime();
  if (waitMs > patience.maxWaitMs)
    return { kind: 'quota', detail: `${provider.name} takes no calls yet.`, until };
  pausedUntil.delete(provider.name);
  if (waitMs <= 0) return null;
  access.grant.tell?.(`${provider.name} takes no calls for now: next try in ${sayWait(waitMs)}`);
  await patience.sleep(waitMs, signal);
  return null;
}

/** Ends the invocation's calls, and says so in the caller's own format. */
function refuse({ response, wire, access }: IncomingCall, stop: AccessStop): void {
  access.stop(stop);
  const message = `Baton lets no further call through: ${stop.detail}`;
  if (stop.kind === 'not_recorded')
    return sendWireError(response, wire, { status: 404, kind: 'not_found', message: stop.detail });
  // A client that reads it does not try again by itself.
  response.setHeader('x-should-retry', 'false');
  sendWireError(response, wire, { status: 429, kind: 'rate_limited', message });
}

/** null: it was answered already, with an error. */
async function findAnswer(
  board: Switchboard,
  call: IncomingCall,
  signal: AbortSignal,
): Promise<Answer | null> {
  const { recordings } = board;
  if (recordings?.mode === 'replay') {
    const found = recordings.find(recordedCall(call));
    if (found === null) refuseUnrecorded(call);
    return found;
  }
  const { provider, wire, response } = call;
  if (!isUsable(provider)) {
    const message = `The provider ${provider.name} has no key: set ${provider.keyEnv ?? 'one'} where Baton runs.`;
    sendWireError(response, wire, { status: 401, kind: 'unauthorized', message });
    return null;
  }
  const { request, url, body } = call;
  const search = new URLSearchParams(url.searchParams);
  search.delete('key');
  const got = await exchange(
    board.upstream,
    {
      method: request.method ?? 'POST',
      url: upstreamUrl(provider, url.pathname, search.toString()),
      headers: headersForProvider(
        request.headers,
        provider.key === null ? null : wire.authHeader(provider.key),
      ),
      body,
    },
    board.patience,
    signal,
    (text) => call.access.grant.tell?.(`${provider.name} ${text}`),
  );
  if (got.kind === 'unreachable') {
    const message = `${provider.name} cannot be reached (${got.detail}).`;
    sendWireError(response, wire, { status: 502, kind: 'unavailable', message });
    return null;
  }
  const { refusal } = got;
  const answer = await withoutKey(got.answer, provider.key);
  if (refusal !== null && refusal.kind !== 'overloaded' && call.kind === 'model') {
    const { retryAt, detail } = refusal;
    if (retryAt !== null) board.pausedUntil.set(provider.name, retryAt);
    call.access.stop({ kind: 'quota', detail: `${provider.name}: ${detail}`, until: retryAt });
  }
  return answer;
}

/** A server that repeats in its refusal what it was sent must not hand out the key. Refusals are short: they are here already. */
async function withoutKey(answer: Answer, key: string | null): Promise<Answer> {
  if (answer.status < 400 || key === null) return answer;
  const bytes = await readAll(answer.body, MAX_REFUSAL_BYTES);
  if (!bytes.includes(key)) return { ...answer, body: bodyOf(bytes) };
  const { 'content-length': _, ...headers } = answer.headers;
  return { ...answer, headers, body: bodyOf(Buffer.from(bytes.toString('utf8').replaceAll(key, '[key]'))) };
}

function recordedCall({ request, url, provider, body, access }: IncomingCall): RecordedCall {
  const path = `/${provider.name}${url.pathname}`;
  return { method: request.method ?? 'POST', path, body, volatile: access.volatile() };
}

function refuseUnrecorded(call: IncomingCall): void {
  const { request, response, provider, url, access, kind } = call;
  const what = `${request.method} /${provider.name}${url.pathname}`;
  const detail = `E_NOT_RECORDED Nobody recorded this call (${what}, invocation ${access.grant.invocationId}): the request differs from all that were recorded, or was asked more often. Record anew with --record.`;
  if (kind === 'aside') return sendError(response, 404, detail);
  refuse(call, { kind: 'not_recorded', detail });
}

/** Passes the answer on as it comes. `done` is called before the caller can know that it has all of it. */
async function relay(
  { recordings }: Switchboard,
  call: IncomingCall,
  answer: Answer,
  reader: Pick<UsageReader, 'push'>,
  done: () => void = () => {},
): Promise<void> {
  const { response } = call;
  const kept: Uint8Array[] | null = recordings?.mode === 'record' ? [] : null;
  response.writeHead(answer.status, answer.headers);
  response.flushHeaders();
  for await (const chunk of answer.body) {
    reader.push(chunk);
    kept?.push(chunk);
    if (!response.write(chunk)) await drained(response);
  }
  if (recordings?.mode === 'record' && kept !== null && isWorthKeeping(answer.status))
    recordings.keep(recordedCall(call), answer, kept);
  done();
  response.end();
}

/** A refusal for now says nothing of what the model answers. */
function isWorthKeeping(status: number): boolean {
  return status < 500 && status !== 429 && status !== 401;
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      response.off('drain', settle);
      response.off('close', settle);
      if (response.destroyed) reject(new Error('the caller went away'));
      else resolve();
    };
    response.once('drain', settle);
    response.once('close', settle);
  });
}
