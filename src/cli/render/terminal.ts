/** Draws a block of lines in place on a terminal: no flicker, nothing left behind, resizing included. */
import { widthOf } from './width.ts';

/** The part of a terminal's stream that is needed; a test gives its own. */
export interface TerminalStream {
  write(text: string): unknown;
  columns?: number;
  rows?: number;
}

const CSI = '\u001b[';
// A terminal that knows synchronised updates shows the whole frame at once; others ignore the two codes.
const BEGIN = `${CSI}?2026h`;
const END = `${CSI}?2026l`;
const HIDE_CURSOR = `${CSI}?25l`;
const SHOW_CURSOR = `${CSI}?25h`;

export class TerminalBlock {
  readonly #stream: TerminalStream;
  #drawn: string[] = [];
  #hidden = false;

  constructor(stream: TerminalStream) {
    this.#stream = stream;
  }

  /** A terminal that does not know its size says 0. */
  get size(): { columns: number; rows: number } {
    return { columns: this.#stream.columns || 80, rows: this.#stream.rows || 24 };
  }

  /** Replaces the block by these lines; does nothing when they are the same. */
  draw(lines: string[]): void {
    if (lines.length === this.#drawn.length && lines.every((line, i) => line === this.#drawn[i])) return;
    const hide = this.#hidden ? '' : HIDE_CURSOR;
    // The cursor rests below the block: what the terminal echoes there (`^C`) breaks no line of it.
    const body = lines.map((line) => `${line}${CSI}K\r\n`).join('');
    this.#stream.write(`${BEGIN}${hide}${this.#toTop()}${body}${CSI}J${END}`);
    this.#hidden = true;
    this.#drawn = lines;
  }

  /** Takes the block away, and the cursor stands where it began. */
  clear(): void {
    if (this.#drawn.length === 0) return this.#showCursor();
    this.#stream.write(`${BEGIN}${this.#toTop()}${CSI}J${END}`);
    this.#drawn = [];
    this.#showCursor();
  }

  /** Leaves the block on the screen. */
  keep(): void {
    this.#drawn = [];
    this.#showCursor();
  }

  #showCursor(): void {
    if (this.#hidden) this.#stream.write(SHOW_CURSOR);
    this.#hidden = false;
  }

  /** Up to the first row of what was drawn; a terminal made narrower since has wrapped its lines. */
  #toTop(): string {
    const { columns } = this.size;
    const rows = this.#drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
    return rows > 0 ? `\r${CSI}${rows}A` : '\r';
  }
}
