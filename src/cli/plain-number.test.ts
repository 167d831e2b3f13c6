import { expect, it } from 'vitest';
import { plainNumber, plainWholeNumber } from './plain-number.ts';
import { openCli } from './testing/captured-context.ts';

it('reads digits, and one point where a part of one counts', () => {
  expect(['0', '16', '007', '2.50'].map(plainNumber)).toEqual([0, 16, 7, 2.5]);
  expect(['0', '16', '9007199254740991'].map(plainWholeNumber)).toEqual([0, 16, 2 ** 53 - 1]);
  expect(['1.5', '9007199254740993'].map(plainWholeNumber)).toEqual([Number.NaN, Number.NaN]);
});

it.each([
  ['runs', '--limit'],
  ['demo', '--seed'],
  ['demo', '--pace'],
])('CFG-11: %s %s takes plain decimal numbers only', async (command, flag) => {
  using cli = openCli();
  for (const text of ['0x10', '1e3', '1e1', ' 5', '+5', '-1', '1.5', '']) {
    const { code, err } = await cli.run(command, `${flag}=${text}`);
    expect([code, err], text).toEqual([2, expect.stringContaining(`E_USAGE ${flag} is `)]);
  }
});
