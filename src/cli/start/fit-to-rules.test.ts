import { expect, it } from 'vitest';
import type { Effort } from '../../core/words.ts';
import { detectRequest } from '../../intake/detect-request.ts';
import type { Detection } from '../../intake/detection.ts';
import { fitToRules } from './fit-to-rules.ts';

const fit = (request: string, effort?: Effort): Detection =>
  fitToRules(request, { detection: detectRequest(request), refined: null }, effort).detection;

it.each([
  'Add routes for suppliers with name',
  'Please build endpoints for suppliers',
  'Implement POST /suppliers',
])(
  'a request for a resource goes where requirements are written, however small it looks: "%s"',
  (request) => {
    expect(detectRequest(request)).toMatchObject({ mode: 'direct', effort: 'small' });
    expect(fit(request)).toMatchObject({ mode: 'orchestrated', effort: 'medium', specialist: null });
    expect(fit(request).reasons.join()).toContain('builds from requirements');
  },
);

it.each([
  'Add a health endpoint',
  'Let users delete orders',
  'Fix the race condition in the invoice handler',
  'Fix a typo in the README',
  'Write unit tests for the pricing module',
  'Make the orders faster',
  'Add x',
])('what no rule does is refused before anything starts, with what can be done: "%s"', (request) => {
  const refused = (): Detection => fit(request);
  expect(refused).toThrow(/^No rule does this work/);
  expect(refused).toThrow(
    expect.objectContaining({
      code: 'E_PREFLIGHT',
      fix: expect.stringMatching(/Implement POST[^]*or choose another driver: --driver acp/),
    }),
  );
});

it('an effort that somebody named and that writes no requirements is refused', () => {
  expect(() => fit('Add routes for suppliers with name', 'small')).toThrow(/at the effort small nobody/);
  expect(() => fit('Add a REST API for suppliers with name', 'bugfix')).toThrow(
    /at the effort bugfix nobody/,
  );
});

it.each(['Add a REST API for suppliers with name', 'Add a REST API for invoices'])(
  'what goes to the workflow is left as it was seen, and asked about there: "%s"',
  (request) => expect(fit(request)).toEqual(detectRequest(request)),
);
