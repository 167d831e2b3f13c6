/**
 * What agents say while they work, one JSON object per line in a file beside the store: for people, never for
 * decisions. It is bounded, and losing it costs nothing: no error of it reaches the run.
 */
import { closeSync, fstatSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DriverNote } from '../drivers/driver.ts';

const MAX_BYTES = 8 * 1024 * 1024;
const FLUSH_MS = 250;
const FLUSH_BYTES = 64 * 1024;
const FULL = 'The log is full: what came after this is left out.';

export interface SideLog extends Disposable {
  note(key: string, note: DriverNote): void;
}

/** Where the side log of a run lies. */
export function sideLogFile(stateDir: string, runId: string): string {
  return join(stateDir, 'notes', `${runId}.jsonl`);
}

/** Goes on where an earlier holder stopped. Whoever disposes it has everything on the disk that was noted. */
export function openSideLog(file: string, options: { now: () => Date; maxBytes?: number }): SideLog {
  const maxBytes = options.maxBytes ?? MAX_BYTES;
  /** Opened at the first note: a run whose agents say nothing leaves no file. */
  let descriptor: number | null = null;
  let written: number | null = null;
  let waiting: string[] = [];
  let waitingBytes = 0;
  let timer: NodeJS.Timeout | null = null;

  const flush = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const text = waiting.join('');
    waiting = [];
    waitingBytes = 0;
    if (descriptor === null || text === '') return;
    try {
      writeSync(descriptor, text);
    } catch {
      written = maxBytes; // a disk that refuses costs these lines, never the run
    }
  };
  const add = (key: string, { kind, text }: DriverNote | { kind: 'end'; text: string }): void => {
    const line = `${JSON.stringify({ at: options.now().toISOString(), key, kind, text })}\n`;
    waiting.push(line);
    waitingBytes += Buffer.byteLength(line);
    written = (written ?? 0) + Buffer.byteLength(line);
    if (waitingBytes >= FLUSH_BYTES) return flush();
    timer ??= setTimeout(flush, FLUSH_MS).unref();
  };
  return {
    note: (key, note) => {
      if (written === null) {
        descriptor = openQuietly(file);
        written = descriptor === null ? maxBytes : fstatSync(descriptor).size;
      }
      if (written >= maxBytes) return;
      add(key, note);
      if (written >= maxBytes) add(key, { kind: 'end', text: FULL });
    },
    [Symbol.dispose]: () => {
      flush();
      if (descriptor !== null) closeSync(descriptor);
    },
  };
}

function openQuietly(file: string): number | null {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    return openSync(file, 'a', 0o600);
  } catch {
    return null; // then nothing is kept of what agents say
  }
}
