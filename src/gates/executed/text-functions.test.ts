import { describe, expect, it } from 'vitest';
import { changedTextFunctions } from './text-functions.ts';

const PYTHON = `import os


@cached(
    size=3,
)
def add(
    one: int,
    two: int = 2,
) -> int:
    def inner(x):
        return x

    return inner(one) + two


class Book:
    async def open(self): return 1

    def close(self):
        pass


TOTAL = 1
`;
const GO = `package orders

func Add(a, b int) int { return a + b }

func (s *Store) List() []int {
	return nil
}

var x = 1
`;
const at = (path: string, text: string, ...lines: number[]) =>
  changedTextFunctions({ path, text, lines: new Set(lines) }).map(({ name, line, lastLine }) => [
    name,
    line,
    lastLine,
  ]);

describe('the functions that changed lines are in', () => {
  it('are the innermost ones of Python, with heads of several lines', () => {
    expect(at('a.py', PYTHON, 9)).toEqual([['add', 7, 14]]);
    expect(at('a.py', PYTHON, 12)).toEqual([['inner', 11, 12]]);
    expect(at('a.py', PYTHON, 14, 18, 21)).toEqual([
      ['add', 7, 14],
      ['open', 18, 18],
      ['close', 20, 21],
    ]);
    expect(at('a.py', PYTHON, 1, 24)).toEqual([]);
  });

  it('are those of Go, methods and those of one line, too', () => {
    expect(at('a.go', GO, 3, 6, 9)).toEqual([
      ['Add', 3, 3],
      ['List', 5, 7],
    ]);
  });
});
