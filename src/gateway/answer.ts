/** What goes out to a provider and what comes back, as bytes. */

export interface Outgoing {
  method: string;
  url: URL;
  headers: Record<string, string | string[]>;
  body: Buffer;
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[]>;
  /** Throws where the connection breaks. */
  body: AsyncIterable<Uint8Array>;
}

/** Everything of a body, up to a limit; what is beyond it is left unread. */
export async function readAll(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= maxBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, maxBytes);
}

/** A body that is there already. */
export async function* bodyOf(...chunks: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

export function headerOf(headers: Answer['headers'], name: string): string {
  return [headers[name] ?? ''].flat().join(', ');
}
