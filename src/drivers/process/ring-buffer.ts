/** The last `capacity` bytes of a stream, in one block of memory however small the pieces were. */
export class RingBuffer {
  readonly capacity: number;
  #block = Buffer.alloc(0);
  #end = 0;
  #length = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get length(): number {
    return this.#length;
  }

  append(chunk: Uint8Array): void {
    const piece = chunk.subarray(Math.max(0, chunk.length - this.capacity));
    this.#grow(Math.min(this.capacity, this.#length + piece.length));
    const first = Math.min(piece.length, this.#block.length - this.#end);
    this.#block.set(piece.subarray(0, first), this.#end);
    this.#block.set(piece.subarray(first), 0);
    this.#end = (this.#end + piece.length) % Math.max(1, this.#block.length);
    this.#length = Math.min(this.capacity, this.#length + piece.length);
  }

  /** A copy, oldest byte first. */
  toBytes(): Buffer {
    const start = this.#end - this.#length;
    if (start >= 0) return Buffer.from(this.#block.subarray(start, this.#end));
    return Buffer.concat([
      this.#block.subarray(this.#block.length + start),
      this.#block.subarray(0, this.#end),
    ]);
  }

  /** Doubles up to the capacity. Before that is reached nothing has wrapped, so the bytes keep their places. */
  #grow(needed: number): void {
    if (needed <= this.#block.length) return;
    const bytes = this.toBytes();
    const size = Math.min(this.capacity, Math.max(needed, this.#block.length * 2, 1_024));
    this.#block = Buffer.alloc(size);
    this.#block.set(bytes);
    this.#end = bytes.length % size;
  }
}
