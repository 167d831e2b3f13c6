import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLastLine } from './last-line.ts';

const read = (text: string) => readLastLine(Buffer.from(text));

describe('last line', () => {
  it('is the last one that holds anything', () => {
    expect(read('{"a":1}\n{"b":2}\n\r\n \t\n')).toEqual({ kind: 'result', value: { b: 2 } });
    expect(read('{"b":2}')).toEqual({ kind: 'result', value: { b: 2 } });
  });

  it('is missing where nothing but blanks was printed', () => {
    expect(read('')).toEqual({ kind: 'no_result' });
    expect(read(' \n\r\n\t ')).toEqual({ kind: 'no_result' });
  });

  it('OUT-1: is never searched for in prose, fences or cut JSON', () => {
    for (const text of [
      'ok',
      'null',
      '[{}]',
      '"x"',
      '{"a":1',
      '{"a":1,}',
      '{"a":1}{"a":1}',
      '{"a":1}\n```',
    ]) {
      expect(read(text), text).toMatchObject({ kind: 'invalid_output' });
    }
  });

  it('OUT-6: whatever the bytes, what comes back can be stored and read again as it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'binary' }), (bytes, text) => {
        const line = `{"text":${JSON.stringify(text)},"half":"\\ud83d"}`;
        const found = readLastLine(Buffer.concat([bytes, Buffer.from(`\n${line}\n`)]));
        const value = { text: text.toWellFormed(), half: '\ufffd' };
        if (!isDeepStrictEqual(found, { kind: 'result', value })) throw new Error(line);
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void readLastLine(bytes)));
  });
});
