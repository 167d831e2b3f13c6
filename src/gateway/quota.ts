/** What a provider's refusal says of when to come back. Pure: the time is handed in. */
import { asObject, type Json } from '../core/json.ts';
import { asCount, asText } from './wire.ts';

export type Refusal =
  /** Too busy: it may work in a moment. */
  | { kind: 'overloaded'; retryAt: Date | null }
  /** Too much was asked for, for now; null: it does not say until when. */
  | { kind: 'rate_limited'; retryAt: Date | null; detail: string }
  /** What was paid for is used up: only a person changes that, unless it says when it starts anew. */
  | { kind: 'exhausted'; retryAt: Date | null; detail: string };

export interface RefusedAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Json;
}

const OVERLOADED = [502, 503, 504, 529];
/** Words for "the money or the plan is used up", in the codes and types of several providers. */
const EXHAUSTED =
  /insufficient_quota|credit_balance|billing|spend_limit|usage_limit|usage limit|quota_exceeded|out of credits/i;
const MAX_DETAIL_CHARS = 300;

/** null: a refusal for another reason, which is the caller's affair. */
export function readRefusal(answer: RefusedAnswer, now: Date): Refusal | null {
  const { status, body } = answer;
  if (OVERLOADED.includes(status)) return { kind: 'overloaded', retryAt: retryAtOf(answer, now) };
  const error = asObject(body['error']);
  const words = [error['type'], error['code'], asObject(error['details'])['error_code']]
    .map(String)
    .join(' ');
  if (status !== 429 && status !== 402) return null;
  const detail = (asText(error['message']) ?? `status ${status}`).slice(0, MAX_DETAIL_CHARS);
  const kind = status === 402 || EXHAUSTED.test(words) ? 'exhausted' : 'rate_limited';
  return { kind, retryAt: retryAtOf(answer, now), detail };
}

/** The most binding of what it says: an own word on this refusal before the state of limits that may not be meant. */
function retryAtOf({ headers, body }: RefusedAnswer, now: Date): Date | null {
  const given = readRetryAfter(headers, now) ?? readBody(body, now);
  return given ?? readResets(headers, now);
}

function after(now: Date, seconds: number): Date {
  return new Date(now.getTime() + Math.ceil(seconds * 1_000));
}

function readRetryAfter(headers: RefusedAnswer['headers'], now: Date): Date | null {
  const ms = Number.parseFloat(headers['retry-after-ms'] ?? '');
  if (Number.isFinite(ms)) return after(now, ms / 1_000);
  const said = headers['retry-after'] ?? '';
  if (/^\d+(?:\.\d+)?$/.test(said)) return after(now, Number(said));
  return said === '' ? null : readDate(said);
}

/** `resets_at` in seconds since 1970, `resets_in_seconds`, and Google's `RetryInfo` with `retryDelay: "34s"`. */
function readBody(body: Json, now: Date): Date | null {
  const error = asObject(body['error']);
  const at = asCount(error['resets_at']);
  if (at !== null) return new Date(at * 1_000);
  const seconds = asCount(error['resets_in_seconds']);
  if (seconds !== null) return after(now, seconds);
  const details = Array.isArray(error['details']) ? error['details'] : [];
  const delays = details.map((one) => readDuration(asText(asObject(one)['retryDelay']) ?? ''));
  const delay = delays.find((one) => one !== null);
  return delay == null ? null : after(now, delay);
}

/**
 * The state of all limits: `anthropic-ratelimit-tokens-reset: 2026-01-01T00:00:00Z`, `x-ratelimit-reset-requests: 6m0s`.
 * Where some have nothing left, the last of these to start anew; else the first of all.
 */
function readResets(headers: RefusedAnswer['headers'], now: Date): Date | null {
  const resets = Object.entries(headers).flatMap(([name, value]) => {
    if (!/^(?:anthropic|x)-ratelimit-.*reset/.test(name)) return [];
    const at = readReset(value, now);
    const left = headers[name.replace('reset', 'remaining')];
    return at === null ? [] : [{ at: at.getTime(), empty: left !== undefined && Number(left) === 0 }];
  });
  if (resets.length === 0) return null;
  const empty = resets.filter((reset) => reset.empty).map(({ at }) => at);
  return new Date(empty.length > 0 ? Math.max(...empty) : Math.min(...resets.map(({ at }) => at)));
}

function readReset(value: string, now: Date): Date | null {
  if (/^\d+(?:\.\d+)?$/.test(value)) {
    const number = Number(value);
    // Some count from 1970, in seconds or milliseconds, some from now.
    if (number > 1e12) return new Date(number);
    return number > 1e9 ? new Date(number * 1_000) : after(now, number);
  }
  const seconds = readDuration(value);
  return seconds === null ? readDate(value) : after(now, seconds);
}

const UNIT_SECONDS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3_600, d: 86_400 };

/** `34s`, `6m0s`, `1h2m3.5s`, `120ms` in seconds. */
function readDuration(text: string): number | null {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/.test(text)) return null;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNIT_SECONDS[unit ?? ''] ?? 0), 0);
}

function readDate(text: string): Date | null {
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : new Date(at);
}
