import { describe, expect, it } from 'vitest';
import { filledFiles, findNamedTests, isFileOf, type TestWorth } from './named-tests.ts';

const TESTS = [
  { file: 'a.test.ts', name: 'orders > adds', green: true, line: null, wasGreen: false },
  { file: 'b.test.ts', name: 'carts > adds', green: false, line: null, wasGreen: true },
  { file: 'b.test.ts', name: 'carts > removes', green: true, line: null, wasGreen: false },
];

const shows = (): TestWorth => 'shows';

describe('findNamedTests', () => {
  it('R54: finds a test by its whole name, with its file, or without what stands before it', () => {
    expect(findNamedTests(['orders > adds', 'a.test.ts > orders > adds', 'removes'], TESTS, shows)).toEqual([
      { name: 'orders > adds', green: true },
      { name: 'a.test.ts > orders > adds', green: true },
      { name: 'removes', green: true },
    ]);
  });

  it('R54: calls a name what the best of its tests is worth', () => {
    const both = (one: TestWorth, other: TestWorth) =>
      findNamedTests(['adds'], TESTS, ({ file }) => (file === 'a.test.ts' ? one : other))[0];
    expect(both('shows', 'empty')).toEqual({ name: 'adds', green: false });
    expect(both('empty', 'already_there')).toEqual({ name: 'adds', green: false, already_there: true });
    expect(both('empty', 'empty')).toEqual({ name: 'adds', green: false, empty: true });
  });

  it('R54: knows the file of a test also where the report names its class', () => {
    expect(isFileOf('tests/orders.py', 'tests.orders.TestOrders')).toBe(true);
    expect(isFileOf('tests/order.py', 'tests.orders.TestOrders')).toBe(false);
    expect(isFileOf('a.test.ts', 'a.test.ts')).toBe(true);
    expect(isFileOf('a.ts', 'a.test.ts')).toBe(false);
  });

  it('R54: does not take a file that was moved or cut for one that something was added to', () => {
    const change = {
      repo: 'api',
      path: 'a.test.ts',
      status: 'renamed',
      linesAdded: 0,
      linesRemoved: 3,
    } as const;
    expect(filledFiles([change, { ...change, path: 'b.test.ts', linesAdded: 1 }], 'api')).toEqual([
      'b.test.ts',
    ]);
    expect(filledFiles([{ ...change, linesAdded: 1 }], 'web')).toEqual([]);
  });

  it('R54: a name that means several tests is green only where all of them are', () => {
    expect(findNamedTests(['adds', 'dds', 'is gone'], TESTS, shows)).toEqual([
      { name: 'adds', green: false },
    ]);
  });
});
