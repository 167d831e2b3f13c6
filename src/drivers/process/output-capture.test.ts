import { describe, expect, it } from 'vitest';
import { OutputCapture } from './output-capture.ts';

async function capture(options: { maxBytes: number; tail: number; chunks: string[] }) {
  const output = new OutputCapture(options.maxBytes, options.tail);
  for (const chunk of options.chunks) await output.write(Buffer.from(chunk));
  return output;
}

const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe('output capture', () => {
  it('gives everything back in order, from memory or from its file', async () => {
    await using short = await capture({ maxBytes: 100, tail: 10, chunks: ['abc', 'de'] });
    expect(textOf(await short.read(100))).toBe('abcde');
    await using long = await capture({ maxBytes: 100, tail: 10, chunks: ['abcdefgh', 'ijkl', 'mn'] });
    expect(textOf(await long.read(100))).toBe('abcdefghijklmn');
    expect(long.droppedBytes).toBe(0);
  });

  it('gives start and end of what fits into memory and not into what was asked for', async () => {
    await using output = await capture({ maxBytes: 100, tail: 20, chunks: ['abcdefghijkl'] });
    expect(textOf(await output.read(6))).toBe('abc\n[… 6 bytes left out …]\njkl');
  });

  it('OUT-5: says in the text how much is missing between start and end', async () => {
    await using output = await capture({
      maxBytes: 10,
      tail: 4,
      chunks: ['abcdefgh', 'ijklmnop', 'qrstuvwxyz'],
    });
    expect(output.overLimit).toBe(true);
    expect(output.droppedBytes).toBe(26 - 10 - 4);
    expect(textOf(output.tail())).toBe('wxyz');
    expect(textOf(await output.read(8))).toBe('abcd\n[… 18 bytes left out …]\nwxyz');
    expect(textOf(await output.read(100))).toBe('abcdefghij\n[… 12 bytes left out …]\nwxyz');
  });

  it('gives the end back, from memory or from its file, as far as it is still there', async () => {
    await using long = await capture({ maxBytes: 100, tail: 4, chunks: ['abcdefgh', 'ijkl', 'mn'] });
    expect(textOf(await long.readEnd(3))).toBe('lmn');
    expect(textOf(await long.readEnd(9))).toBe('fghijklmn');
    expect(textOf(await long.readEnd(100))).toBe('abcdefghijklmn');
    await using cut = await capture({ maxBytes: 10, tail: 4, chunks: ['abcdefgh', 'ijklmnop'] });
    expect(textOf(await cut.readEnd(9))).toBe('mnop');
  });

  it('does not say that anything is missing where start and end meet', async () => {
    await using output = await capture({ maxBytes: 10, tail: 4, chunks: ['abcdefgh', 'ijkl'] });
    expect(output.overLimit).toBe(true);
    expect(textOf(await output.read(100))).toBe('abcdefghijkl');
  });
});
