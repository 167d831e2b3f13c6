import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EFFORTS, REQUEST_PATTERNS, TOPICS } from '../core/words.ts';
import { SPECIALISTS, WORKFLOW_NAMES, type Detection } from './detection.ts';
import { detectRequest } from './detect-request.ts';
import { LAYERS, WORK_KINDS } from './reach.ts';
import { MAX_CHARS } from './read-text.ts';

const text = readFileSync(new URL('../../docs/intake.md', import.meta.url), 'utf8');

describe('docs/intake.md', () => {
  it('names every word that a detection may hold', () => {
    const keys = Object.keys(detectRequest('') satisfies Detection);
    for (const word of [
      ...keys,
      ...REQUEST_PATTERNS,
      ...TOPICS,
      ...EFFORTS,
      ...SPECIALISTS,
      ...WORKFLOW_NAMES,
    ])
      expect(text).toContain(`\`${word}\``);
  });

  it('names the kinds of work, the layers and the limit', () => {
    expect(text).toContain(`(${WORK_KINDS.join(', ')})`);
    expect(text).toContain(`(${LAYERS.join(', ')})`);
    expect(text).toContain(`${MAX_CHARS.toLocaleString('en-GB')} characters`);
  });
});
