import { describe, expect, it } from 'vitest';
import { createRedactor } from './redact.ts';
import { cpuMs, within } from '../testing/time-bounds.ts';

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
    ['in hexadecimal', Buffer.from(SECRET).toString('hex')],
    ['over two lines', `${SECRET.slice(0, 9)}\n  ${SECRET.slice(9)}`],
    ['over two lines of JSON', JSON.stringify(`${SECRET.slice(0, 9)}\n${SECRET.slice(9)}`).slice(1, -1)],
    ['put together from pieces', `${SECRET.slice(0, 9)}" +\n    "${SECRET.slice(9)}`],
    [
      'in wrapped base64',
      Buffer.from(SECRET)
        .toString('base64url')
        .replace(/.{8}(?=.)/g, '$&\n'),
    ],
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

  it.each([0, 1, 2, 3])('SEC-1: are found inside of a longer text in base64, %i bytes in', (count) => {
    const whole = Buffer.from(`${'x'.repeat(count)}${SECRET}, and more`).toString('base64');
    const shown = text(whole);
    expect(shown).toMatch(/^.{0,5}\[KEY\].{12,20}$/);
    const kept = Buffer.from(shown.replace(/\[KEY\].*/, ''), 'base64').toString();
    expect(kept.length).toBeLessThanOrEqual(count + 1);
  });

  it('SEC-1: are found line by line where they have several', () => {
    const pem = ['-----BEGIN PRIVATE KEY-----', 'MIIEvQIBADANBgkqhkiG9w0B', 'AQEFAASCBKcwggSjAgEAAoIB'].join(
      '\n',
    );
    const redactor = createRedactor(new Map([['PEM', pem]]));
    expect(redactor.text(`a MIIEvQIBADANBgkqhkiG9w0B b`)).toBe('a [PEM] b');
    expect(redactor.text(pem)).toBe('[PEM]');
  });

  it('SEC-1: are found in bytes that are no text, also where they are more than ASCII', () => {
    const redactor = createRedactor(new Map([['KEY', SECRET]]));
    const around = [Buffer.from([255, 0]), Buffer.from(SECRET), Buffer.from([254])];
    expect(Buffer.from(redactor.bytes(Buffer.concat(around))).includes('0123456789')).toBe(false);
  });

  it('DOS-4: are looked for in 20 MB of hostile text in linear time', async () => {
    const hostile = `${SECRET.slice(0, -1)}${' '.repeat(50)}`.repeat(300_000);
    await within(5_000, () => text(hostile.slice(0, 20_000_000)), { clock: cpuMs });
  });

  it('are taken out of texts and keys of a value that is nested as deep as anybody likes', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(50_000)}"0123456789 CI"${']'.repeat(50_000)}`);
    let inside = value(deep);
    while (Array.isArray(inside)) inside = inside[0];
    expect(inside).toBe('[PART] CI');
    const odd: unknown = JSON.parse('{"__proto__":{"0123456789":[1,null,"x"]},"b":[],"a":{}}');
    expect(JSON.stringify(value(odd))).toBe('{"__proto__":{"[PART]":[1,null,"x"]},"b":[],"a":{}}');
  });

  it('are found one inside of another, and never where they are too short to be told from text', () => {
    expect(text('0123456789 CI')).toBe('[PART] CI');
  });
});
