import { describe, expect, it } from 'vitest';
import { titleOf } from './submission.ts';

describe('the title of a pull request that nobody wrote', () => {
  it.each([
    ['Add a health endpoint', 'Add a health endpoint'],
    ['\n Add it \n\nwith care', 'Add it'],
    [`Add ${'x'.repeat(68)}`, `Add ${'x'.repeat(68)}`],
    [
      'Add discount codes to orders in the service and show them in the client with tests',
      'Add discount codes to orders in the service and show them in the client…',
    ],
    [`Add ${'discounted '.repeat(8)}`, `Add ${'discounted '.repeat(6).trim()}…`],
    ['x'.repeat(80), `${'x'.repeat(71)}…`],
    [`${'x'.repeat(70)}👩‍🚀👩‍🚀`, `${'x'.repeat(70)}…`],
    ['', 'Change'],
  ])('ends at a word where the request is longer: %s', (request, title) => {
    expect(titleOf(request)).toBe(title);
    expect(title.length).toBeLessThanOrEqual(72);
  });
});
