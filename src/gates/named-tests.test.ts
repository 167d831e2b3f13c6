import { describe, expect, it } from 'vitest';
import { findNamedTests } from './named-tests.ts';

const TESTS = [
  { file: 'a.test.ts', name: 'orders > adds', green: true },
  { file: 'b.test.ts', name: 'carts > adds', green: false },
  { file: 'b.test.ts', name: 'carts > removes', green: true },
];

describe('findNamedTests', () => {
  it('R54: finds a test by its whole name, with its file, or without what stands before it', () => {
    expect(findNamedTests(['orders > adds', 'a.test.ts > orders > adds', 'removes'], TESTS)).toEqual([
      { name: 'orders > adds', green: true },
      { name: 'a.test.ts > orders > adds', green: true },
      { name: 'removes', green: true },
    ]);
  });

  it('R54: a name that means several tests is green only where all of them are', () => {
    expect(findNamedTests(['adds', 'dds', 'is gone'], TESTS)).toEqual([{ name: 'adds', green: false }]);
  });
});
