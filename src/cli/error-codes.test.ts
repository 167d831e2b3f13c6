import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { EXIT, exitOfError } from './exit-codes.ts';
import { BatonError, ERROR_CODES } from '../core/errors.ts';

const rows = [...read('../../docs/errors.md').matchAll(/^\| `(E_\w+)` \|.*\| ([\w, ]+) \| (\d*) ?\|$/gmu)];

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8');
}

it('docs/errors.md names every error code once, with the exit code that it has', () => {
  expect(new Set(rows.map((row) => row[1]))).toEqual(new Set(ERROR_CODES));
  expect(rows).toHaveLength(ERROR_CODES.length);
  for (const [, code, shown, exit] of rows) {
    if (exit === '') continue;
    const error = new BatonError({ code: code as (typeof ERROR_CODES)[number], message: '', fix: '' });
    expect(exitOfError(error), code).toBe(Number(exit));
    expect(shown, code).toMatch(/command|lint/);
  }
  expect(Object.values(EXIT)).toContain(7);
});

it('no error code is a promise: each is carried by something in the sources', () => {
  const root = new URL('..', import.meta.url);
  const files = globSync('**/*.ts', { cwd: root }).filter((file) => !/\.(?:test|contract)\.ts$/.test(file));
  const sources = files
    .filter((file) => file !== 'cli/exit-codes.ts')
    .map((file) => readFileSync(new URL(file, root), 'utf8').replace(/ERROR_CODES = \[[^\]]*\]/, ''));
  for (const code of ERROR_CODES)
    expect(
      sources.some((text) => text.includes(`'${code}'`) || text.includes(`${code} `)),
      code,
    ).toBe(true);
});
