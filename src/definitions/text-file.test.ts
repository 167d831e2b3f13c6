import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeText, MAX_FILE_BYTES, readBytes } from './text-file.ts';

describe('decodeText', () => {
  const bytes = (...parts: (string | number[])[]): Uint8Array =>
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));

  it('CFG-8: accepts a byte order mark, CRLF and a replacement character that was really written', () => {
    expect(decodeText(bytes([0xef, 0xbb, 0xbf], 'a: 1\r\nb: \uFFFD é\r\n'), 'f')).toEqual({
      ok: true,
      text: 'a: 1\r\nb: \uFFFD é\r\n',
    });
  });

  it.each([
    ['UTF-16 little endian', Buffer.from('\uFEFFa: 1', 'utf16le'), 0, 1, 1],
    ['UTF-16 big endian', Buffer.from('\uFEFFa: 1', 'utf16le').swap16(), 0, 1, 1],
    ['UTF-16 without a mark', Buffer.from('a: 1', 'utf16le'), 1, 1, 2],
    ['a lone carriage return', bytes('a: 1\r\nb: 2\rc: 3'), 10, 2, 5],
    ['a carriage return at the end', bytes('a: 1\r'), 4, 1, 5],
    ['invalid UTF-8', bytes('a: é\uFFFD\nb: ', [0xff], 'x'), 12, 2, 4],
    ['a cut sequence at the end', bytes('a: ', [0xe2, 0x82]), 3, 1, 4],
    ['an encoded surrogate', bytes('a: ', [0xed, 0xa0, 0x80]), 3, 1, 4],
    ['NUL', bytes('a: 1\nb: \0'), 8, 2, 4],
  ])('CFG-8: refuses %s with its byte offset', (_name, input, offset, line, col) => {
    const read = decodeText(input, 'f.yaml');
    expect(read.ok).toBe(false);
    if (read.ok) return;
    expect(read.diagnostic.code).toBe('E_ENCODING');
    expect(read.diagnostic.message).toMatch(new RegExp(`^Byte ${offset}: `));
    expect(read.diagnostic.place).toEqual({ file: 'f.yaml', line, col });
  });
});

describe('readBytes', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'baton-text-'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('CFG-7: refuses a 50 MB file without reading it', () => {
    const file = join(dir, 'huge.yaml');
    writeFileSync(file, 'a: 1');
    truncateSync(file, 50 * 1024 * 1024);
    const before = process.memoryUsage().rss;
    const read = readBytes(file);
    expect(read).toMatchObject({ ok: false, diagnostic: { code: 'E_CONFIG_LIMIT' } });
    expect(process.memoryUsage().rss - before).toBeLessThan(20 * 1024 * 1024);
  });

  it('reads a file of the largest size whole, and refuses one byte more', () => {
    const file = join(dir, 'full.yaml');
    writeFileSync(file, 'x'.repeat(MAX_FILE_BYTES));
    const read = readBytes(file);
    expect(read.ok && read.bytes.length).toBe(MAX_FILE_BYTES);
    writeFileSync(file, 'x'.repeat(MAX_FILE_BYTES + 1));
    expect(readBytes(file).ok).toBe(false);
    expect(decodeText(Buffer.alloc(MAX_FILE_BYTES + 1, 'x'), file)).toMatchObject({
      diagnostic: { code: 'E_CONFIG_LIMIT' },
    });
  });

  it('says what cannot be read', () => {
    const absent = join(dir, 'absent');
    expect(readBytes(absent)).toMatchObject({
      diagnostic: {
        code: 'E_NOT_FOUND',
        place: null,
        message: `${absent} cannot be read: there is no such file.`,
      },
    });
    expect(readBytes(dir)).toMatchObject({ diagnostic: { code: 'E_NOT_FOUND' } });
  });
});
