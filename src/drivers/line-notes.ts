/** Turns a stream of bytes into notes of one line each, within bounds. */
import { cutEnd } from './cut.ts';
import type { DriverNote } from './driver.ts';

const MAX_LINE_CHARS = 2_000;
const MAX_LINES = 2_000;

export interface LineNotes {
  add(chunk: Uint8Array): void;
  /** What is left without a line end. */
  end(): void;
}

/** Each non-empty line becomes a note, cut where it is long; after two thousand one says that there were more. */
export function createLineNotes(kind: DriverNote['kind'], note: (note: DriverNote) => void): LineNotes {
  const decoder = new TextDecoder();
  let rest = '';
  let lines = 0;
  const send = (line: string) => {
    const text = cutEnd(line, MAX_LINE_CHARS).trimEnd().toWellFormed();
    if (text === '' || lines > MAX_LINES) return;
    lines += 1;
    note({ kind, text: lines > MAX_LINES ? 'Further lines are left out.' : text });
  };
  const take = (text: string) => {
    const parts = (rest + text).split('\n');
    // A line that never ends is cut as it grows, or memory would grow with it.
    rest = (parts.pop() ?? '').slice(0, MAX_LINE_CHARS + 1);
    parts.forEach(send);
  };
  return {
    add: (chunk) => {
      take(decoder.decode(chunk, { stream: true }));
    },
    end: () => {
      take(`${decoder.decode()}\n`);
    },
  };
}
