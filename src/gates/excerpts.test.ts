import { describe, expect, it } from 'vitest';
import { excerptErrors } from './excerpts.ts';

const noise = (word: string, count: number): string =>
  Array.from({ length: count }, (_, at) => `${word} ${at} is well and took ${at} ms`).join('\n');
const BUILD = `${noise('module', 200)}
src/orders.ts: in add
TypeError: order.lines is undefined
    at add (src/orders.ts:12:9)
${noise('chunk', 200)}
0 errors in styles
done`;

describe('the excerpt of an output', () => {
  it('is all of a short one, without paths of the checkout', () => {
    expect(excerptErrors('/repo/src/a.ts broke\n', '/repo')).toBe('src/a.ts broke');
  });

  it('has the first lines that name an error and what stands around them, however much comes before and after', () => {
    const found = excerptErrors(BUILD, '');
    expect(found).toContain(
      'src/orders.ts: in add\nTypeError: order.lines is undefined\n    at add (src/orders.ts:12:9)',
    );
    expect(found).not.toContain('0 errors');
    expect(found).not.toContain('module 100');
    expect(found.startsWith('…\n')).toBe(true);
    expect(found.endsWith('…')).toBe(true);
    expect(found.length).toBeLessThan(600);
  });

  it.each([
    ['Python', 'Traceback (most recent call last):\n  File "a.py", line 3\nKeyError: "sku"'],
    ['Rust', "thread 'main' panicked at 'no row', src/main.rs:4:5"],
    ['Go', './orders.go:7:2: undefined: Total\nFAIL\texample.com/orders [build failed]'],
    ['a linker', "orders.o: undefined reference to `total'"],
    ['npm', 'npm error code ELIFECYCLE'],
    ['a runner', 'not ok 3 - adds'],
  ])('finds what %s says', (_who, words) => {
    expect(excerptErrors(`${noise('step', 100)}\n${words}\n${noise('step', 100)}`, '')).toContain(words);
  });

  it('names several, with the gap between them, as far as they fit', () => {
    const found = excerptErrors(`error: one\n${noise('step', 60)}\nerror: two\n${noise('step', 900)}`, '');
    expect(found).toMatch(/^error: one\n(?:step .*\n){6}…\nstep 59 .*\nerror: two\n/);
    const many = excerptErrors(Array.from({ length: 500 }, (_, at) => `error ${at}`).join('\n'), '');
    expect(many.length).toBeLessThanOrEqual(1_210);
    expect(many).toMatch(/^…?\n?error 0\nerror 1\n/);
  });

  it('is the end where no line names one, and the beginning of a line that is too long', () => {
    expect(excerptErrors(noise('step', 500), '').endsWith('step 499 is well and took 499 ms')).toBe(true);
    const long = excerptErrors(`error: ${'x'.repeat(5_000)}\nlast`, '');
    expect(long).toMatch(/^error: x{1000,1200}…$/);
  });
});
