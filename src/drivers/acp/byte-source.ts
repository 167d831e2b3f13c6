/**
 * Chunks that come in by calls, as a stream of whole lines that the protocol's package reads at its own pace. Long lines
 * never reach it: reading one takes many times its length.
 */
export interface ByteSource {
  stream: ReadableStream<Uint8Array>;
  /** Settles when there is room for more: whoever waits for it makes the writer wait. What comes after the reader has gone is dropped. */
  add(chunk: Uint8Array): Promise<void>;
  /** May be called twice. */
  end(): void;
}

export interface LongLines {
  maxBytes: number;
  /** It only told something: it is left out, however long it is. */
  onLeftOut: () => void;
  /** It asked or answered something: from here on nothing is heard. */
  onTooLong: () => void;
}

/** What lies here unread, beyond the chunk that came last. */
const WAITING_BYTES = 256 * 1024;
const LINE_END = 10;
/** The word for news stands before what is told. */
const NEWS = /^\s*\{[^{}]{0,200}"method"\s*:\s*"session\/update"/;
const HEAD_BYTES = 512;

export function createByteSource(long: LongLines): ByteSource {
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let isLeftOut = false;
  let room = Promise.withResolvers<void>();
  const leave = (): void => {
    controller = null;
    held = [];
    room.resolve();
  };
  const end = (): void => {
    for (const piece of held) controller?.enqueue(piece);
    controller?.close();
    leave();
  };
  const stream = new ReadableStream<Uint8Array>(
    {
      start: (given) => {
        controller = given;
      },
      pull: () => room.resolve(),
      cancel: leave,
    },
    new ByteLengthQueuingStrategy({ highWaterMark: WAITING_BYTES }),
  );
  /** A part of a line that begins, or goes on. */
  const hold = (piece: Uint8Array): void => {
    if (isLeftOut || piece.length === 0) return;
    held.push(piece);
    heldBytes += piece.length;
    if (heldBytes <= long.maxBytes) return;
    const head = Buffer.concat(held, HEAD_BYTES).toString('latin1');
    held = [];
    isLeftOut = true;
    if (NEWS.test(head)) return long.onLeftOut();
    end();
    long.onTooLong();
  };
  const endLine = (piece: Uint8Array): void => {
    hold(piece);
    for (const one of held) controller?.enqueue(one);
    held = [];
    heldBytes = 0;
    isLeftOut = false;
  };
  return {
    stream,
    add: async (chunk) => {
      if (controller === null) return;
      const first = chunk.indexOf(LINE_END) + 1;
      const last = chunk.lastIndexOf(LINE_END) + 1;
      if (first > 0) endLine(chunk.subarray(0, first));
      // Lines between are shorter than a chunk.
      if (last > first) controller?.enqueue(chunk.subarray(first, last));
      hold(chunk.subarray(last));
      if ((controller?.desiredSize ?? 1) > 0) return;
      room = Promise.withResolvers();
      await room.promise;
    },
    end,
  };
}
