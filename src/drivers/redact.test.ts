import { describe, expect, it } from 'vitest';
import { createRedactor } from './redact.ts';

const SECRET = 'sk-a/"b"+$&ä-0123456789';
const { text, bytes, value } = createRedactor(
  new Map([
    ['KEY', SECRET],
    ['PART', '0123456789'],
    ['SHORT', 'CI'],
  ]),
);

describe('secrets', () => {
  it.each([
    ['as it is', SECRET],
    ['in JSON', JSON.stringify(SECRET).slice(1, -1)],
    ['in an address', encodeURIComponent(SECRET)],
    ['in base64', Buffer.from(SECRET).toString('base64').replace(/=+$/, '')],
    ['in base64 for addresses', Buffer.from(SECRET).toString('base64url')],
  ])('SEC-1: are found %s', (_, form) => {
    expect(text(`before ${form} after`)).toBe('before [KEY] after');
    expect(value({ [form]: [form, 7, null] })).toEqual({ '[KEY]': ['[KEY]', 7, null] });
  });

  it('SEC-1: are found in bytes that are no text, which stay as they are', () => {
    const noise = Buffer.from([0, 255, 254, 10]);
    const found = bytes(Buffer.concat([noise, Buffer.from(SECRET), noise]));
    expect([...found]).toEqual([...noise, ...Buffer.from('[KEY]'), ...noise]);
    expect(bytes(noise)).toBe(noise);
  });

  it('are found one inside of another, and never where they are too short to be told from text', () => {
    expect(text('0123456789 CI')).toBe('[PART] CI');
  });
});
