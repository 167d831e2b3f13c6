/**
 * One output stream of a process: the end of it in memory, all of it up to a limit in a file, the rest
 * counted. Short outputs never touch the disk.
 */
import { mkdtemp, open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RingBuffer } from './ring-buffer.ts';

/** How much stays in memory; an output up to this size needs no file. */
export const TAIL_BYTES = 1024 * 1024;

export class OutputCapture implements AsyncDisposable {
  readonly maxBytes: number;
  readonly #tail: RingBuffer;
  #total = 0;
  #kept = 0;
  #spool: { folder: string; file: FileHandle } | null = null;
  /** A disk that refuses costs the middle of the output, never the run. */
  #diskFailed = false;

  constructor(maxBytes: number, tailBytes: number = TAIL_BYTES) {
    this.maxBytes = maxBytes;
    this.#tail = new RingBuffer(tailBytes);
  }

  /** Bytes that the process wrote. */
  get totalBytes(): number {
    return this.#total;
  }

  /** Bytes that can no longer be read. */
  get droppedBytes(): number {
    return Math.max(0, this.#total - this.#kept - this.#tail.length);
  }

  get overLimit(): boolean {
    return this.#total > this.maxBytes;
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#spool === null && !this.#diskFailed && this.#tail.length + chunk.length > this.#tail.capacity) {
      await this.#startSpool();
    }
    const room = Math.max(0, this.maxBytes - this.#total);
    if (this.#spool !== null) await this.#keep(chunk.subarray(0, room));
    this.#tail.append(chunk);
    this.#total += chunk.length;
  }

  /** The last bytes, at most a megabyte. */
  tail(): Uint8Array {
    return this.#tail.toBytes();
  }

  /** Everything if it fits into `maxBytes`; else the start, a line that says how much is missing, and the end. */
  async read(maxBytes: number): Promise<Uint8Array> {
    const end = this.#tail.toBytes();
    const isInMemory = this.#total <= end.length;
    if (isInMemory && this.#total <= maxBytes) return end;
    if (this.#kept === this.#total && this.#total <= maxBytes) return this.#readSpool(this.#total);
    const last = end.subarray(Math.max(0, end.length - Math.floor(maxBytes / 2)));
    const before = Math.min(maxBytes, this.#total) - last.length;
    const first = isInMemory ? end.subarray(0, before) : await this.#readSpool(Math.min(this.#kept, before));
    const missing = this.#total - first.length - last.length;
    const marker = missing === 0 ? '' : `\n[… ${missing} bytes left out …]\n`;
    return Buffer.concat([first, Buffer.from(marker), last]);
  }

  /** The last bytes of it, as many as can still be read: all that were asked for where nothing was dropped. */
  async readEnd(maxBytes: number): Promise<Uint8Array> {
    const end = this.#tail.toBytes();
    if (end.length >= maxBytes || this.#kept !== this.#total) return end.subarray(-maxBytes);
    const length = Math.min(maxBytes, this.#total);
    return this.#readSpool(length, this.#total - length);
  }

  /** Removes the file. May be called twice. */
  async [Symbol.asyncDispose](): Promise<void> {
    const spool = this.#spool;
    this.#spool = null;
    this.#kept = 0;
    if (spool === null) return;
    await spool.file.close();
    await rm(spool.folder, { recursive: true, force: true });
  }

  async #startSpool(): Promise<void> {
    try {
      const folder = await mkdtemp(join(tmpdir(), 'baton-output-'));
      this.#spool = { folder, file: await open(join(folder, 'output'), 'w+', 0o600) };
      await this.#keep(this.#tail.toBytes().subarray(0, this.maxBytes));
    } catch {
      this.#diskFailed = true;
    }
  }

  async #keep(bytes: Uint8Array): Promise<void> {
    if (this.#diskFailed || bytes.length === 0) return;
    try {
      await this.#spool?.file.appendFile(bytes);
      this.#kept += bytes.length;
    } catch {
      this.#diskFailed = true; // what was kept so far can still be read
    }
  }

  async #readSpool(length: number, from = 0): Promise<Uint8Array> {
    const bytes = Buffer.alloc(length);
    const read = await this.#spool?.file.read(bytes, 0, length, from);
    return bytes.subarray(0, read?.bytesRead ?? 0);
  }
}
