import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RingBuffer } from './ring-buffer.ts';

describe('ring buffer', () => {
  it('OUT-5: holds exactly the last bytes, however they came', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 5_000 }), { maxLength: 20 });
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 6_000 }), (chunks, capacity) => {
        const ring = new RingBuffer(capacity);
        for (const chunk of chunks) ring.append(chunk);
        expect(ring.toBytes()).toEqual(Buffer.concat(chunks).subarray(-capacity));
      }),
      { numRuns: 300 },
    );
  });
});
