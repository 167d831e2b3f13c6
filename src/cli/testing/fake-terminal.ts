/** A small terminal: keeps the screen that a stream of text and control sequences leaves. */
import type { TerminalStream } from '../render/terminal.ts';

export class FakeTerminal implements TerminalStream {
  columns: number;
  rows: number;
  /** Everything that was ever written. */
  written = '';
  cursorHidden = false;
  /** Every screen at the end of a write. */
  readonly screens: string[] = [];
  #lines: string[] = [''];
  #row = 0;
  #column = 0;

  constructor(columns = 80, rows = 24) {
    this.columns = columns;
    this.rows = rows;
  }

  /** All lines, scrolled-off ones included, without colours. */
  get text(): string {
    return this.#lines.map((line) => line.trimEnd()).join('\n');
  }

  write(text: string): void {
    this.written += text;
    // oxlint-disable-next-line no-control-regex -- a terminal is made of these
    for (const [part] of text.matchAll(/\u001b\[[?0-9;]*[A-Za-z]|[\r\n]|[^\u001b\r\n]+/gu)) this.#take(part);
    this.screens.push(this.text);
  }

  #take(part: string): void {
    if (part === '\r') this.#column = 0;
    else if (part === '\n') this.#down();
    else if (part.startsWith('\u001b[')) this.#control(part.slice(2));
    else for (const character of part) this.#put(character);
  }

  #control(code: string): void {
    const count = Number(/^\d+/.exec(code)?.[0] ?? '1');
    if (code.endsWith('A')) this.#row = Math.max(0, this.#row - count);
    else if (code.endsWith('K'))
      this.#lines[this.#row] = (this.#lines[this.#row] ?? '').slice(0, this.#column);
    else if (code.endsWith('J')) {
      this.#lines[this.#row] = (this.#lines[this.#row] ?? '').slice(0, this.#column);
      this.#lines.length = this.#row + 1;
    } else if (code === '?25l') this.cursorHidden = true;
    else if (code === '?25h') this.cursorHidden = false;
    else if (!/^(\?2026[hl]|[0-9;]*m)$/.test(code)) throw new Error(`the terminal does not know ${code}`);
  }

  #put(character: string): void {
    if (this.#column >= this.columns) {
      this.#down();
      this.#column = 0;
    }
    const line = (this.#lines[this.#row] ?? '').padEnd(this.#column);
    this.#lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1);
    this.#column += 1;
  }

  #down(): void {
    this.#row += 1;
    while (this.#lines.length <= this.#row) this.#lines.push('');
  }
}
