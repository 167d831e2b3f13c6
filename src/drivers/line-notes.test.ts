import { expect, it } from 'vitest';
import { createLineNotes } from './line-notes.ts';

function notesOf(pieces: Iterable<Uint8Array>): string[] {
  const texts: string[] = [];
  const notes = createLineNotes('text', ({ text }) => texts.push(text));
  for (const piece of pieces) notes.add(piece);
  notes.end();
  return texts;
}

it('OUT-6: signs of several bytes stay whole, wherever the output is cut into pieces', () => {
  const lines = ['naïve 👩‍🚀', '€ שלום', 'ende ä'];
  const bytes = Buffer.from(lines.join('\n'));
  for (let size = 1; size < 9; size += 1) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
      bytes.subarray(at * size, (at + 1) * size),
    );
    expect(notesOf(pieces), `pieces of ${size}`).toEqual(lines);
  }
});

it('OUT-6: bytes that are no text become signs that say so, and a long line is not cut through a sign', () => {
  expect(notesOf([Buffer.from([0x61, 0xff, 0xc3, 0x0a, 0xe2, 0x82])])).toEqual(['a\ufffd\ufffd', '\ufffd']);
  const [cut = ''] = notesOf([Buffer.from(`${'x'.repeat(1_999)}😀 more`)]);
  expect(cut.isWellFormed()).toBe(true);
  expect(cut.startsWith('x'.repeat(1_999))).toBe(true);
});
