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
import { markFor, withNames, withValues } from './volatile-values.ts';

export interface RecordingOptions {
  mode: 'record' | 'replay';
  dir: string;
}

/** In format 1 the names in an answer could not be told from what its model had said. */
const FORMAT = 2;
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
  /** What the names in the answer begin with. */
  mark: string;
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

/** Throws E_NOT_FOUND where the folder of a replay is not there, E_NOT_RECORDED where it is of an older version. `secrets` never stand in a file. */
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
  if (storedFiles(dir).some(({ format }) => format === 1))
    throw new BatonError({
      code: 'E_NOT_RECORDED',
      message: `The recordings in ${dir} are of an older version, whose names cannot be told from what a model said.`,
      fix: 'Record anew with --record, into an empty folder.',
    });
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
  const clean = (text: string, mark = ''): string =>
    withNames(redact(text, place.secrets), call.volatile, mark);
  const decoder = new TextDecoder();
  const texts = [...chunks.map((chunk) => decoder.decode(chunk, { stream: true })), decoder.decode()];
  const whole = texts.join('');
  const mark = markFor(whole);
  const isStream = headerOf(answer.headers, 'content-type').includes('text/event-stream');
  const pieces = isStream ? nameInEvents(whole, call.volatile, mark) : [whole];
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
      mark,
      response: {
        status: answer.status,
        headers: Object.fromEntries(headers) as Record<string, string>, // pairs of texts
        chunks: pieces.filter((text) => text !== '').map((text) => clean(text, mark)),
      },
    };
    const text = `${JSON.stringify(recording, null, 1)}\n`;
    if (writeNew(join(place.dir, fileName(hash, sequence)), text)) return;
  }
}

function calledProviders(dir: string): Set<string> {
  return new Set(
    storedFiles(dir).flatMap((file) => (isCurrent(file) ? (file.path.split('/')[1] ?? []) : [])),
  );
}

function storedFiles(dir: string): Partial<RecordingFile>[] {
  const names = readdirSync(dir).filter((name) => name.endsWith('.json'));
  return names.flatMap((name) => parse(join(dir, name)) ?? []);
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

/** null: not there, or not ours, and so nobody recorded it. */
function read(path: string): RecordingFile | null {
  const file = parse(path);
  return file !== null && isCurrent(file) ? file : null;
}

function parse(path: string): Partial<RecordingFile> | null {
  try {
    return asObject(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

/** As far as it is used. */
function isCurrent(file: Partial<RecordingFile>): file is RecordingFile {
  return (
    file.format === FORMAT &&
    Array.isArray(file.response?.chunks) &&
    typeof file.path === 'string' &&
    typeof file.mark === 'string' &&
    file.mark !== ''
  );
}

function toAnswer({ response, mark }: RecordingFile, volatile: RecordedCall['volatile']): Answer {
  const chunks = response.chunks.map((chunk) => Buffer.from(withValues(chunk, volatile, mark)));
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
