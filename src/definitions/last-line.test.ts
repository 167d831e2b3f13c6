import { describe, expect, it } from 'vitest';
import { extractResult } from './last-line.ts';

describe('extractResult', () => {
  it.each(['{"a":1}', 'working…\n{"a":1}\n', '{"old":1}\r\n{"a":1}\r\n\n  \n', 'log\n  {"a":1}  '])(
    'takes the last line of %j',
    (stdout) => {
      expect(extractResult(stdout)).toEqual({ ok: true, value: { a: 1 } });
    },
  );

  it('OUT-1: takes a key that stands once in each of several objects', () => {
    const line = '{"a":{"id":"a\\"id\\":"},"b":[{"id":1},{"id":2}],"id":"id","c":"id"}';
    expect(extractResult(line)).toEqual({ ok: true, value: JSON.parse(line) });
  });

  it('takes as many levels as a result may have', () => {
    const line = `{"a":${'['.repeat(99)}${']'.repeat(99)}}`;
    expect(extractResult(line)).toEqual({ ok: true, value: JSON.parse(line) });
  });

  it.each([
    ['nothing', ''],
    ['only space', ' \n\t\n'],
    ['prose', 'All done!'],
    ['JSON that is cut', '{"a":1'],
    ['JSON over several lines', '{\n"a": 1\n}'],
    ['two results on one line', '{"a":1}{"a":2}'],
    ['JSON inside prose', 'The result is {"a":1}.'],
    ['a fence', '```json\n{"a":1}\n```'],
    ['a trailing comma', '{"a":1,}'],
    ['a comment', '{"a":1} // done'],
    ['single quotes', "{'a':1}"],
    ['NaN', '{"a":NaN}'],
    ['a list', '[{"a":1}]'],
    ['a string', '"done"'],
    ['null', 'null'],
    ['a key that stands twice', '{"verdict":"fail","verdict":"pass"}'],
    ['a nested key that stands twice', '{"a":[{"b":{"c":1,"d":"}","c":2}}]}'],
    ['a key that stands twice in another spelling', '{"a":1,"\\u0061":2}'],
    ['more levels than a result has', `{"a":${'['.repeat(100)}${']'.repeat(100)}}`],
    ['a hundred thousand levels', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['prose after the result', '{"a":1}\nBye.'],
  ])('OUT-1: takes no result from %s', (_name, stdout) => {
    expect(extractResult(stdout).ok).toBe(false);
  });
});
