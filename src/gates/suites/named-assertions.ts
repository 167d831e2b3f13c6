/** Assertions that a canary asks where the tests around it name them: each as code that has to be noticed. Pure. */
import type { Pair } from './canary-source.ts';

/** Of libraries of assertions: `match('a', /b/)`. */
const FUNCTIONS: readonly (readonly [name: string, values: string])[] = [
  ['match', `'a', /b/`],
  ['doesNotMatch', `'a', /a/`],
  ['partialDeepStrictEqual', '{ value: ONE }, { value: OTHER }'],
  ['notDeepEqual', '{ value: ONE }, { value: ONE }'],
  ['notDeepStrictEqual', '{ value: ONE }, { value: ONE }'],
  ['doesNotThrow', `() => { throw new Error('ONE'); }`],
  ['rejects', '() => Promise.resolve()'],
  ['doesNotReject', `() => Promise.reject(new Error('ONE'))`],
  ['ifError', `new Error('ONE')`],
  ['fail', ''],
  ['lengthOf', '[ONE], 2'],
  ['include', '[ONE], OTHER'],
  ['property', `{}, 'value'`],
];

/** Of `expect(…)`: what is given, and what is wrong of it. */
const MATCHERS: readonly (readonly [name: string, given: string, wrong: string])[] = [
  ['toHaveLength', '[ONE]', '2'],
  ['toMatchObject', '{ value: ONE }', '{ value: OTHER }'],
  ['toMatch', `'a'`, '/b/'],
  ['toContainEqual', '[{ value: ONE }]', '{ value: OTHER }'],
  ['toHaveProperty', '{}', `'value'`],
  ['toBeInstanceOf', '{}', 'Map'],
  ['toBeDefined', 'undefined', ''],
  ['toBeUndefined', 'ONE', ''],
  ['toBeNull', 'ONE', ''],
  ['toBeFalsy', 'true', ''],
  ['toBeNaN', 'ONE', ''],
  ['toBeGreaterThan', 'ONE', 'ONE'],
  ['toBeGreaterThanOrEqual', 'ONE', 'OTHER'],
  ['toBeLessThan', 'ONE', 'ONE'],
  ['toBeLessThanOrEqual', 'OTHER', 'ONE'],
  ['toBeCloseTo', 'ONE', 'OTHER'],
  ['toThrowError', '() => {}', ''],
];

/** `['match', 'a', /b/]`, for each that the text names. The first number is the smaller one. */
export function namedFunctions(text: string, pair: Pair): string[] {
  return FUNCTIONS.filter(([name]) => isNamed(text, name)).map(([name, values]) =>
    withNumbers(values === '' ? `['${name}']` : `['${name}', ${values}]`, pair),
  );
}

/** `() => expectation([3]).toHaveLength(2)`, likewise. */
export function namedMatchers(text: string, pair: Pair): string[] {
  return MATCHERS.filter(([name]) => isNamed(text, name)).map(([name, given, wrong]) =>
    withNumbers(`() => expectation(${given}).${name}(${wrong})`, pair),
  );
}

const isNamed = (text: string, name: string): boolean => new RegExp(`\\b${name}\\s*\\(`, 'u').test(text);

const withNumbers = (code: string, [one, other]: Pair): string =>
  code.replaceAll('OTHER', String(other)).replaceAll('ONE', String(one));
