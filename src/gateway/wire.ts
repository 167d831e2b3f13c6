/** The formats in which models are called. Each has one file in `wires/`; everything else here knows none of them. */
import type { Json } from '../core/json.ts';

export const WIRES = ['anthropic_messages', 'openai_chat', 'openai_responses', 'gemini'] as const;
export type WireName = (typeof WIRES)[number];

/** Counted as most providers bill: `input` holds what caches had to do with, `output` holds reasoning. */
export interface TokenCounts {
  input: number;
  cachedInput: number;
  cacheWrites: number;
  /** The part of `cacheWrites` that is kept for an hour, which costs more. */
  hourlyCacheWrites: number;
  output: number;
  reasoning: number;
}

/** What a model call asks for, as far as it can be seen. */
export interface AskedFor {
  model: string | null;
  /** What the answer may be long at most, in tokens; null: it does not say. */
  maxOutputTokens: number | null;
}

/** What an answer, or one event of a streamed one, says of its usage. */
export interface UsageReport {
  /** What it states; what it leaves out is as it was before. */
  counts: Partial<TokenCounts>;
  /** After this nothing is added to the bill. */
  final: boolean;
}

export interface WireError {
  status: number;
  /** What kind of refusal it is; each wire has its own words for them. */
  kind: 'unauthorized' | 'invalid' | 'not_found' | 'too_large' | 'rate_limited' | 'unavailable';
  message: string;
}

/** One format. Everything in it is pure. */
export interface Wire {
  readonly name: WireName;
  /**
   * What a path (without the provider's name) asks for: a model, or something beside it that costs nothing, like
   * counting tokens. null: neither, and then it is not let through.
   */
  classify(method: string, pathname: string): 'model' | 'aside' | null;
  askedFor(body: Json, pathname: string): AskedFor;
  /** Name and value of the header that carries the provider's key. */
  authHeader(key: string): [name: string, value: string];
  /** Of a whole answer, or of one event of a streamed one; null: it says nothing. */
  readUsage(said: Json): UsageReport | null;
  /** A refusal in the words that clients of this format understand. */
  errorBody(error: WireError): Json;
}

export function asText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A count as it came, if it is one. */
export function asCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}

/** Only the counts that are there. */
export function stated(counts: { [Name in keyof TokenCounts]?: number | null }): Partial<TokenCounts> {
  return Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== null));
}

/** `GET …/models` and `GET …/models/NAME`. */
export function listsModels(method: string, pathname: string): boolean {
  return method === 'GET' && /\/models(?:\/[^/]+)?$/.test(pathname);
}
