/**
 * Answers of models on disk: one JSON file per call, found again by what was asked. They hold no key and no token; what
 * differs from run to run is replaced by a name in braces.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BatonError } from '../core/errors.ts';
import { bodyOf, headerOf, type Answer } from './answer.ts';
import { asObject, type Json } from '../core/json.ts';
import { nameInEvents } from './volatile-events.ts';
import { withNames, withValues } from './volatile-values.ts';

export interface RecordingOptions {
  mode: 'record' | 'replay';
  dir: string;
}

const FORMAT = 1;
/** The only headers of an answer that a recording keeps: what a client needs to read it. */
const KEPT_HEADERS = ['content-type', 'retry-after'];
/** What clients put into a call for the provider's books; it says nothing of what is asked. */
const IGNORED_FIELDS = new Set([
  'metadata',
  'client_metadata',
  'user',
  'prompt_cache_key',
  'safety_identifier',
]);
const WEEKDAY = String.raw`(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? )?`;
const MONTH = String.raw`(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?`;
/** What differs from one run to the next, wherever it stands. Days come as agents state today's. */
const PATTERNS: readonly [RegExp, string][] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '{uuid}'],
  [/\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?/g, '{time}'],
  [new RegExp(`\\b${WEEKDAY}${MONTH} \\d{1,2}(?:st|nd|rd|th)?,? \\d{4}\\b`, 'g'), '{time}'],
  [new RegExp(`\\b${WEEKDAY}\\d{1,2}(?:st|nd|rd|th|\\.)? ${MONTH},? \\d{4}\\b`, 'g'), '{time}'],
  [/\b\d{1,2}([./])\d{1,2}\1\d{4}\b/g, '{time}'],
  [/\b\d{1,2}:\d{2}:\d{2}(?:\s?[AP]M)?\b/g, '{clock}'],
  [/(127\.0\.0\.1|localhost):\d+/g, '$1:{port}'],
];

export interface RecordedCall {
  method: string;
  /** With the provider's name, without a query that could hold a token. */
  path: string;
  body: Buffer;
  volatile: Readonly<Record<string, string>>;
}

interface RecordingFile {
  format: number;
  method: string;
  path: string;
  request_hash: string;
  /** From 0: how often the same was asked before. */
  sequence: number;
  request: unknown;
  response: { status: number; headers: Record<string, string>; chunks: string[] };
}

export type Recordings =
  | {
      mode: 'record';
      keep(
        call: RecordedCall,
        answer: { status: number; headers: Answer['headers'] },
        chunks: readonly Uint8Array[],
      ): void;
    }
  | {
      mode: 'replay';
      /** null: nobody recorded it. */
      find(call: RecordedCall): Answer | null;
      /** The names of those that were called. */
      providers: ReadonlySet<string>;
    };

/** Throws E_NOT_FOUND where the folder of a replay is not there. `secrets` never stand in a file. */
export function openRecordings(
  options: RecordingOptions & {
    secrets: () => readonly string[];
  },
): Recordings {
  const { mode, dir, secrets } = options;
  if (mode === 'record') {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    return { mode, keep: (call, answer, chunks) => keep({ dir, secrets: secrets() }, call, answer, chunks) };
  }
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new BatonError({
      code: 'E_NOT_FOUND',
      message: `There is no folder of recordings at ${dir}.`,
      fix: 'Name the folder that an earlier run was given with --record.',
    });
  }
  const asked = new Map<string, number>();
  return {
    mode,
    providers: calledProviders(dir),
    find: (call) => {
      const hash = hashOf(call);
      const sequence = asked.get(hash) ?? 0;
      const recording = read(join(dir, fileName(hash, sequence)));
      if (recording === null) return null;
      asked.set(hash, sequence + 1);
      return toAnswer(recording, call.volatile);
    },
  };
}

function keep(
  place: { dir: string; secrets: readonly string[] },
  call: RecordedCall,
  answer: { status: number; headers: Answer['headers'] },
  chunks: readonly Uint8Array[],
): void {
  const hash = hashOf(call);
  const clean = (text: string): string => withNames(redact(text, place.secrets), call.volatile);
  const decoder = new TextDecoder();
  const texts = [...chunks.map((chunk) => decoder.decode(chunk, { stream: true })), decoder.decode()];
  const whole = texts.join('');
  const isStream = headerOf(answer.headers, 'content-type').includes('text/event-stream');
  const pieces = isStream ? nameInEvents(whole, call.volatile) : [whole];
  const headers = KEPT_HEADERS.flatMap((name) => {
    const value = headerOf(answer.headers, name);
    return value === '' ? [] : [[name, value]];
  });
  for (let sequence = 0; ; sequence += 1) {
    const recording: RecordingFile = {
      format: FORMAT,
      method: call.method,
      path: call.path,
      request_hash: hash,
      sequence,
      request: requestOf(call, clean),
      response: {
        status: answer.status,
        headers: Object.fromEntries(headers) as Record<string, string>, // pairs of texts
        chunks: pieces.filter((text) => text !== '').map(clean),
      },
    };
    const text = `${JSON.stringify(recording, null, 1)}\n`;
    if (writeNew(join(place.dir, fileName(hash, sequence)), text)) return;
  }
}

function calledProviders(dir: string): Set<string> {
  const files = readdirSync(dir).filter((name) => name.endsWith('.json'));
  return new Set(files.flatMap((name) => read(join(dir, name))?.path.split('/')[1] ?? []));
}

/** false: there is one already. */
function writeNew(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function read(path: string): RecordingFile | null {
  try {
    const recording = JSON.parse(readFileSync(path, 'utf8')) as RecordingFile; // checked below, as far as it is used
    return recording.format === FORMAT &&
      Array.isArray(recording.response.chunks) &&
      typeof recording.path === 'string'
      ? recording
      : null;
  } catch {
    // Not there, or not ours: nobody recorded it.
    return null;
  }
}

function toAnswer({ response }: RecordingFile, volatile: RecordedCall['volatile']): Answer {
  const chunks = response.chunks.map((chunk) => Buffer.from(withValues(chunk, volatile)));
  return { status: response.status, headers: response.headers, body: bodyOf(...chunks) };
}

function fileName(hash: string, sequence: number): string {
  return `${hash.slice(0, 24)}-${sequence}.json`;
}

/** The same for the same question, whatever it is asked in. */
export function hashOf(call: RecordedCall): string {
  const text = JSON.stringify([
    call.method,
    call.path,
    requestOf(call, (one) => withNames(one, call.volatile)),
  ]);
  const plain = PATTERNS.reduce((so_far, [pattern, name]) => so_far.replaceAll(pattern, name), text);
  return createHash('sha256').update(plain).digest('hex');
}

function requestOf({ body }: RecordedCall, clean: (text: string) => string): unknown {
  const text = clean(body.toString('utf8'));
  try {
    return sorted(JSON.parse(text), true);
  } catch {
    return text;
  }
}

/** Keys in order, and at the top without what is not part of the question. */
function sorted(value: unknown, top = false): unknown {
  if (Array.isArray(value)) return value.map((one) => sorted(one));
  if (typeof value !== 'object' || value === null) return value;
  const object: Json = asObject(value);
  const names = Object.keys(object).filter((name) => !(top && IGNORED_FIELDS.has(name)));
  return Object.fromEntries(names.sort().map((name) => [name, sorted(object[name])]));
}

function redact(text: string, secrets: readonly string[]): string {
  return secrets.reduce((so_far, secret) => so_far.replaceAll(secret, '[secret]'), text);
}
