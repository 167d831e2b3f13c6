/** Chunks that come in by calls, as a stream that the protocol's package reads. */
export interface ByteSource {
  stream: ReadableStream<Uint8Array>;
  /** What comes after the reader has gone is dropped. */
  add(chunk: Uint8Array): void;
  /** May be called twice. */
  end(): void;
}

export function createByteSource(): ByteSource {
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  const stream = new ReadableStream<Uint8Array>({
    start: (given) => {
      controller = given;
    },
    cancel: () => {
      controller = null;
    },
  });
  return {
    stream,
    add: (chunk) => controller?.enqueue(new Uint8Array(chunk)),
    end: () => {
      controller?.close();
      controller = null;
    },
  };
}
