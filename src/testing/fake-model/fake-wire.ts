/** What the fake model needs to know of a wire format. */
import { asObject, type Json } from '../../core/json.ts';
import type { WireName } from '../../gateway/wire.ts';
import type { FakeAnswer, FakeCall, FakeUsage } from './fake-model.ts';

export interface RecognisedCall {
  /** `sse`, or the JSON array that Gemini streams without `alt=sse`. */
  framing: 'sse' | 'array';
  /** Where the path says it; else the body does. */
  stream: boolean | null;
  model: string | null;
}

export interface FakeWire {
  name: WireName;
  recognise(url: URL): RecognisedCall | null;
  /** The answer to what is asked besides model calls (counting tokens, listing models); null: it is none of it. */
  aside(method: string, pathname: string, bytes: Buffer): Json | null;
  parse(
    body: unknown,
    recognised: RecognisedCall,
  ): Pick<FakeCall, 'model' | 'stream' | 'system' | 'turns' | 'tools'>;
  answer(call: FakeCall, answer: FakeAnswer): Json;
  /** The parts of a stream, in order. `end` ends it. */
  events(call: FakeCall, answer: FakeAnswer): WireEvent[];
  error(facts: { status: number; type: string | null; message: string }): Json;
}

export interface WireEvent {
  /** The SSE event's name, where the format has one. */
  event?: string;
  /** A string is sent as it is. */
  data: Json | string;
}

/** Four characters are a token: good enough, and the same every time. */
export function countTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

/** What the answer states, and for the rest what follows from the lengths; null: it is not to be said. */
export function usageOf(call: FakeCall, answer: FakeAnswer): FakeUsage | null {
  if (answer.usage === 'none') return null;
  const said = `${answer.text ?? ''}${answer.reasoning ?? ''}${JSON.stringify(answer.toolCalls ?? '')}`;
  return {
    input: countTokens(call.bytes.toString('utf8')),
    cachedInput: 0,
    cacheWrites: 0,
    output: countTokens(said),
    reasoning: countTokens(answer.reasoning ?? ''),
    ...answer.usage,
  };
}

/** A text in pieces of a few characters, so that streams have something to be cut in. */
export function pieces(text: string, size: number = 24): string[] {
  const found: string[] = [];
  for (let at = 0; at < text.length; at += size) found.push(text.slice(at, at + size));
  return found;
}

export function asList(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(asObject) : [];
}

export function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Text, or a list of parts that have a `text`. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return asList(value)
    .map((part) => asText(part['text']))
    .filter((text) => text !== '')
    .join('\n');
}

/** Arguments as they travel in formats that want them as text. */
export function argsText(args: unknown): string {
  return typeof args === 'string' ? args : JSON.stringify(args ?? {});
}

export function parseArgs(text: unknown): unknown {
  try {
    return JSON.parse(asText(text));
  } catch {
    return asText(text);
  }
}
