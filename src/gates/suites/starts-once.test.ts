import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startsOnce } from './starts-once.ts';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'baton-scripts-'));
  const scripts = {
    test: 'npm run unit',
    unit: 'NODE_ENV=test vitest run --coverage',
    both: 'node --test a.test.js && node --test b.test.js',
    loop: 'npm run loop',
    odd: 'node scripts/test.js',
  };
  writeFileSync(join(root, 'package.json'), JSON.stringify({ scripts }));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

it.each([
  ['node --test', true],
  ['npx jest --ci', true],
  ['node_modules/.bin/mocha *.test.js', true],
  ['npm test --offline', true],
  ['yarn unit', true],
  ['npm run both', false],
  ['npm run loop', false],
  ['npm run odd', false],
  ['npm run gone', false],
  ['make test', false],
  ['vitest run; vitest run --dir more', false],
])('%s: %s', async (text, expected) => {
  expect(await startsOnce({ command: text.split(' ') }, { root, module: '.' })).toBe(expected);
});
