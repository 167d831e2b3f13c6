import { expect, it } from 'vitest';
import type { EndpointMethod } from '../../../core/words.ts';
import { buildGraph, check, reader } from '../../../testing/build-graph.ts';
import { play } from '../../../testing/scripted-world.ts';
import { skippedReviews, type SkippedReview } from './skipped-reviews.ts';

const graph = buildGraph({
  ask: [reader('a')],
  quality: [
    check('security', { when: { kind: 'concerns', names: ['payments'] } }),
    check('large', { when: { kind: 'effort', tiers: ['large'] } }),
  ],
});

function skipped(method: EndpointMethod, touched: boolean): SkippedReview[] {
  const { state } = play(graph, {
    result: () => ({ concerns: touched ? ['payments'] : [] }),
  });
  const artifact = state.steps.get('ask/a')?.accepted?.output?.artifact ?? '';
  const endpoint = { method, path: '/invoices', requirement: 'F1', success: 200, fields: [] };
  return skippedReviews(state, new Map([[artifact, { endpoints: [endpoint] }]]));
}

it('names a review that nothing called for, where an endpoint writes', () => {
  expect(skipped('POST', false)).toEqual([
    {
      step: 'quality/security',
      reviewers: ['reviewer'],
      reason: expect.stringContaining('payments'),
      endpoints: ['POST /invoices'],
    },
  ]);
});

it('names none where the endpoint only reads, or where the review was there', () => {
  expect(skipped('GET', false)).toEqual([]);
  expect(skipped('POST', true)).toEqual([]);
});
