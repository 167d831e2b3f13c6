/** Reads the usage out of an answer while it passes by, without changing a byte of it. */
import { createParser } from 'eventsource-parser';
import { asObject } from '../core/json.ts';
import type { TokenCounts, UsageReport, Wire } from './wire.ts';

/** Of an answer that is not a stream of events, at most this much is kept to be read at its end. */
const MAX_WHOLE_BYTES = 32 * 1024 * 1024;

/** Of one event of a stream: it is read when it is whole. */
const MAX_EVENT_BYTES = 16 * 1024 * 1024;

export interface UsageReader {
  /** Throws where an event of a stream does not end. */
  push(chunk: Uint8Array): void;
  /** What was seen, once all has passed by. */
  end(): { counts: TokenCounts | null; final: boolean };
}

export function createUsageReader(wire: Wire, contentType: string): UsageReader {
  const seen: { counts: TokenCounts | null; final: boolean } = { counts: null, final: false };
  const take = (report: UsageReport | null): void => {
    if (report === null) return;
    seen.counts = { ...(seen.counts ?? NOTHING), ...report.counts };
    seen.final ||= report.final;
  };
  return contentType.includes('text/event-stream')
    ? readEvents(wire, take, seen)
    : readWhole(wire, take, seen);
}

const NOTHING: TokenCounts = {
  input: 0,
  cachedInput: 0,
  cacheWrites: 0,
  hourlyCacheWrites: 0,
  output: 0,
  reasoning: 0,
};

type Take = (report: UsageReport | null) => void;

function readEvents(wire: Wire, take: Take, seen: ReturnType<UsageReader['end']>): UsageReader {
  const decoder = new TextDecoder();
  let unread = 0;
  const parser = createParser({
    onComment: () => {
      unread = 0;
    },
    onEvent: ({ data }) => {
      unread = 0;
      if (data.startsWith('{')) take(wire.readUsage(asObject(parseJson(data))));
    },
  });
  return {
    push: (chunk) => {
      unread += chunk.length;
      if (unread > MAX_EVENT_BYTES) throw new Error('an event of the stream is too long');
      parser.feed(decoder.decode(chunk, { stream: true }));
    },
    end: () => {
      parser.feed(`${decoder.decode()}\n\n`);
      return seen;
    },
  };
}

/** One JSON value; an array is what Gemini streams without events. */
function readWhole(wire: Wire, take: Take, seen: ReturnType<UsageReader['end']>): UsageReader {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  return {
    push: (chunk) => {
      bytes += chunk.length;
      if (bytes <= MAX_WHOLE_BYTES) chunks.push(chunk);
    },
    end: () => {
      const said = bytes > MAX_WHOLE_BYTES ? null : parseJson(Buffer.concat(chunks).toString('utf8'));
      for (const one of Array.isArray(said) ? said : [said]) take(wire.readUsage(asObject(one)));
      return seen;
    },
  };
}

/** null for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
