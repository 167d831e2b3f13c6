import { describe, expect, it } from 'vitest';
import { filledFiles, findNamedTests } from './named-tests.ts';

const TESTS = [
  { file: 'a.test.ts', name: 'orders > adds', green: true, wasGreen: false },
  { file: 'b.test.ts', name: 'carts > adds', green: false, wasGreen: true },
  { file: 'b.test.ts', name: 'carts > removes', green: true, wasGreen: false },
];

describe('findNamedTests', () => {
  it('R54: finds a test by its whole name, with its file, or without what stands before it', () => {
    expect(findNamedTests(['orders > adds', 'a.test.ts > orders > adds', 'removes'], TESTS, [])).toEqual([
      { name: 'orders > adds', green: true },
      { name: 'a.test.ts > orders > adds', green: true },
      { name: 'removes', green: true },
    ]);
  });

  it('R54: tells a test that was green at the base, in a file to which nothing was added', () => {
    const old = { file: 'a.test.ts', name: 'orders > adds', green: true, wasGreen: true };
    const found = (test: typeof old, ...changed: string[]) => findNamedTests(['adds'], [test], changed);
    expect(found(old)).toEqual([{ name: 'adds', green: true, already_there: true }]);
    expect(found(old, 'a.test.ts')).toEqual([{ name: 'adds', green: true }]);
    expect(found({ ...old, wasGreen: false })).toEqual([{ name: 'adds', green: true }]);
    const ofClass = { ...old, file: 'tests.orders.TestOrders', name: 'adds' };
    expect(found(ofClass, 'tests/orders.py')).toEqual([{ name: 'adds', green: true }]);
    expect(found(ofClass, 'tests/order.py')).toEqual([{ name: 'adds', green: true, already_there: true }]);
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
    expect(findNamedTests(['adds', 'dds', 'is gone'], TESTS, [])).toEqual([{ name: 'adds', green: false }]);
  });
});
