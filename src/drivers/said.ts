/** What an agent says, as lines for people, and its text as it came, within bounds. */
import { CUT, cutEnd, cutStart } from './cut.ts';
import type { DriverNote } from './driver.ts';
import { createLineNotes } from './line-notes.ts';

const MAX_TEXT_BYTES = 1024 * 1024;
const CUT_BYTES = Buffer.from(CUT);
const MAX_NOTES = 5_000;
const LAST_CHARS = 2_000;
/** Models send a few words at a time: of a longer piece this much is heard. */
const MAX_PIECE_CHARS = 64 * 1024;

export interface Said {
  /** A piece of text: lines are put together again. */
  text(piece: string): void;
  note(note: DriverNote): void;
  /** What is left without a line end. */
  end(): void;
  raw(): Uint8Array;
  /** Of all its text, also of what is not kept. */
  bytes(): number;
  /** The end of what it said, however much that was. */
  lastWords(): string;
}

/** A tool call or a plan ends the line before it: what was said came first. */
export function createSaid(note: (note: DriverNote) => void): Said {
  const pieces: Buffer[] = [];
  let bytes = 0;
  let last = '';
  let count = 0;
  const send = (each: DriverNote): void => {
    count += 1;
    if (count <= MAX_NOTES) note(each);
  };
  let lines = createLineNotes('text', send);
  const endLine = (): void => {
    lines.end();
    lines = createLineNotes('text', send);
  };
  return {
    text: (given) => {
      const piece = cutEnd(given, MAX_PIECE_CHARS);
      const chunk = Buffer.from(piece);
      if (bytes < MAX_TEXT_BYTES) pieces.push(chunk);
      bytes += chunk.length;
      last = cutStart(last + piece, LAST_CHARS);
      lines.add(chunk);
    },
    note: (each) => {
      endLine();
      send(each);
    },
    end: endLine,
    lastWords: () => last,
    bytes: () => bytes,
    raw: () => {
      const all = Buffer.concat(pieces);
      const isWhole = bytes === all.length && bytes <= MAX_TEXT_BYTES;
      return isWhole ? all : Buffer.concat([all.subarray(0, MAX_TEXT_BYTES - CUT_BYTES.length), CUT_BYTES]);
    },
  };
}
