import { describe, expect, it } from 'vitest';
import type { ChangedBlob } from '../../workspace/workspaces.ts';
import { cpuMs, within } from '../../testing/time-bounds.ts';
import { broughtTestCode, loads } from './brought-test-code.ts';

/** A blob is named by its text; null in `was`: the base has no such file. */
const changeOf = (path: string, blob: string | null, was: string | null = null): ChangedBlob => ({
  repo: 'service',
  path,
  bytes: path,
  mode: '100644',
  blob,
  oldBlob: was,
});

const broughtIn = async (changes: ChangedBlob[], inBase: readonly string[] = []): Promise<string[]> => {
  const found = await broughtTestCode({
    changes,
    modules: ['.', 'billing'],
    read: (blob) => Promise.resolve(blob),
    isInBase: (path) => Promise.resolve(inBase.includes(path)),
  });
  return found.map(({ path }) => path);
};

describe('the code that a change brings beside its product', () => {
  it('PRIV-6: is what is new: tests, their helpers, and mocks that nobody asks for', async () => {
    const paths = ['rates_test.go', 'tests/__init__.py', 'test/helper.js', '__mocks__/pg.js', 'a.test.ts'];
    expect(await broughtIn(paths.map((path) => changeOf(path, '')))).toEqual(paths);
  });

  it('is neither product, nor data, nor what was there, nor what a person has to approve, nor tests of Rust', async () => {
    const changes = ['src/rates.go', 'tests/data.json', 'tests/conftest.py', 'src/orders/tests/basic.rs'];
    const edited = changeOf('tests/test_known.py', 'b', 'a');
    expect(await broughtIn([...changes.map((path) => changeOf(path, '')), edited])).toEqual([]);
  });

  it('PRIV-6: is not what the product loads, itself or by what it loads, unless it is named as a test', async () => {
    const changes = [
      changeOf('src/app.js', `require('./spec/routes.js'); require('./x.test.js');`, 'old'),
      changeOf('src/spec/routes.js', `import './paths.js';`),
      changeOf('src/spec/paths.js', ''),
      changeOf('src/x.test.js', ''),
    ];
    expect(await broughtIn(changes)).toEqual(['src/x.test.js']);
  });

  it('is a module where Python looks first, in the place of one of its library or of pytest', async () => {
    const there = ['iniconfig.py', 'src/json.py', 'billing/_pytest/runner.py', 'queue/__init__.py'];
    const elsewhere = ['app/json.py', 'orders.py', 'json.txt'];
    expect(await broughtIn([...there, ...elsewhere].map((path) => changeOf(path, '')))).toEqual(there);
    expect(await broughtIn([changeOf('platform/new.py', '')], ['platform'])).toEqual([]);
  });
});

describe('whether a source loads a file', () => {
  it.each([
    ['app/main.py', 'from tests.support import rates', 'tests/support/rates.py'],
    ['app/main.py', 'import os, tests.support.rates as rates', 'tests/support/rates.py'],
    ['app/main.py', 'import tests.support.rates', 'tests/__init__.py'],
    ['app/main.py', 'from .tests import rates', 'app/tests/rates.py'],
    ['app/api/main.py', 'from ..tests.rates import of', 'app/tests/rates.py'],
    ['main.go', 'import "example.com/service/test/rates"', 'test/rates/rates.go'],
    ['src/main.ts', `import { rates } from './spec/rates.ts'`, 'src/spec/rates.ts'],
    ['src/main.ts', `import { rates } from '@/spec/rates'`, 'src/spec/rates.ts'],
    ['src/main/java/x/Main.java', 'import x.test.Rates;', 'src/main/java/x/test/Rates.java'],
  ])('%s with `%s` loads %s', (from, text, path) => {
    expect(loads(from, text, path, ['.'])).toBe(true);
  });

  it.each([
    ['app/main.py', 'from app import price', 'tests/app/price.py'],
    ['app/main.py', 'import app.price', 'tests/app/__init__.py'],
    ['main.go', 'import "example.com/service/rates"', 'test/rates/rates.go'],
    ['src/main.ts', `import { rates } from './rates.ts'`, 'src/spec/rates.ts'],
    ['Main.java', 'class Main {}', 'src/test/java/Rates.java'],
  ])('%s with `%s` does not load %s', (from, text, path) => {
    expect(loads(from, text, path, ['.'])).toBe(false);
  });

  it.each([
    ['dots', `from ${'.'.repeat(200_000)}`],
    ['blanks', `from ${' '.repeat(200_000)}`],
    ['a name without an end', `from ${'a.'.repeat(100_000)}`],
    ['parts of a package that lies too high', `from ${'.'.repeat(100_000)} import ${'a, '.repeat(33_000)}b`],
  ])('is said of %s as fast as of other texts', async (_, text) => {
    const look = () => loads('app/main.py', text, 'tests/rates.py', ['.']);
    expect(await within(1_000, look, { clock: cpuMs })).toBe(false);
  });
});
