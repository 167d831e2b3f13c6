import { expect, it } from 'vitest';
import { questionLines } from './question.ts';
import { createStyle } from './style.ts';

it('shows of a path of thousands of folders its beginning and its end', () => {
  const path = `src/${'deep/'.repeat(6_000)}leaf.js`;
  const question = {
    id: 'build/one/r1/blocked/0',
    kind: 'blocked' as const,
    step: 'build/one',
    text: `E_PATH_OUTSIDE api/${path}: is a symlink, beside ${'a'.repeat(320)}`,
    options: [],
    binds: null,
  };
  const told = questionLines(
    { runId: 'r1', known: [question.id] },
    question,
    createStyle({ colour: false, unicode: true }),
    100,
  ).join('\n');
  expect(told.length).toBeLessThan(1_000);
  expect(told.replaceAll(/\s+/g, '')).toMatch(/api\/src\/deep\/.*….*deep\/leaf\.js:isa/);
  expect(told).toContain('a'.repeat(320));
});
