/** One call of a provider, tried again where that may help in a moment. */
import { bodyOf, headerOf, readAll, type Answer, type Outgoing } from './answer.ts';
import { readRefusal, type Refusal } from './quota.ts';
import type { Upstream } from './upstream.ts';
import { parseJson } from './usage-reader.ts';
import { asObject } from '../core/json.ts';

/** Of a refusal's body; what is beyond it is not passed on. */
export const MAX_REFUSAL_BYTES = 1024 * 1024;

export interface Patience {
  now: () => Date;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Before each further try where the provider names no time. Their number bounds the tries. */
  retryDelaysMs: readonly number[];
  /** Longer than this nobody waits inside of a call: the invocation ends, and the engine waits. */
  maxWaitMs: number;
}

export type Exchanged =
  | { kind: 'answered'; answer: Answer; refusal: Refusal | null }
  /** No answer came, although it was tried more than once. */
  | { kind: 'unreachable'; detail: string };

/** Throws where `signal` aborts. `tell` hears, before each wait, what the tries so far came to: "is too busy: try 1 of 5, next in 1 s". */
export async function exchange(
  upstream: Upstream,
  outgoing: Outgoing,
  patience: Patience,
  signal: AbortSignal,
  tell: (text: string) => void = () => {},
): Promise<Exchanged> {
  for (let tries = 0; ; tries += 1) {
    const got = await tryOnce(upstream, outgoing, patience.now, signal);
    const waitMs = waitBefore(got, tries, patience);
    if (waitMs === null) return got;
    const of = patience.retryDelaysMs.length + 1;
    tell(`${sayWhy(got)}: try ${tries + 1} of ${of}, next in ${sayWait(waitMs)}`);
    await patience.sleep(waitMs, signal);
    signal.throwIfAborted();
  }
}

async function tryOnce(
  upstream: Upstream,
  outgoing: Outgoing,
  now: Patience['now'],
  signal: AbortSignal,
): Promise<Exchanged> {
  try {
    const answer = await upstream.send(outgoing, signal);
    if (answer.status < 400) return { kind: 'answered', answer, refusal: null };
    const bytes = await readAll(answer.body, MAX_REFUSAL_BYTES);
    const headers = Object.fromEntries(
      Object.keys(answer.headers).map((name) => [name, headerOf(answer.headers, name)]),
    );
    const body = asObject(unwrap(parseJson(bytes.toString('utf8'))));
    const refusal = readRefusal({ status: answer.status, headers, body }, now());
    return { kind: 'answered', answer: { ...answer, body: bodyOf(bytes) }, refusal };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'unreachable', detail: describe(error) };
  }
}

/** Gemini streams a list of one. */
function unwrap(said: unknown): unknown {
  return Array.isArray(said) ? said[0] : said;
}

/** Codes of the network say enough; addresses and stacks are nobody's business. */
function describe(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : 'the connection failed';
}

function sayWhy(got: Exchanged): string {
  if (got.kind === 'unreachable') return `cannot be reached (${got.detail})`;
  return got.refusal?.kind === 'overloaded' ? 'is too busy' : 'takes no calls for now';
}

/** Rounded up: nobody waits for 0 seconds. */
export const sayWait = (ms: number): string => `${Math.ceil(ms / 1_000)} s`;

/** null: it stands as it is. */
function waitBefore(got: Exchanged, tries: number, patience: Patience): number | null {
  const delayMs = patience.retryDelaysMs[tries];
  if (delayMs === undefined) return null;
  if (got.kind === 'unreachable') return delayMs;
  if (got.refusal === null || got.refusal.kind === 'exhausted') return null;
  const { retryAt } = got.refusal;
  if (retryAt === null) return delayMs;
  const waitMs = retryAt.getTime() - patience.now().getTime();
  return waitMs > patience.maxWaitMs ? null : Math.max(waitMs, 0);
}
