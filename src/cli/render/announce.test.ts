import { expect, it } from 'vitest';
import { PERFORMANCE_CONCERNS, type Concern } from '../../core/words.ts';
import { buildGraph, check, writer } from '../../testing/build-graph.ts';
import { play } from '../../testing/scripted-world.ts';
import { planLines } from './announce.ts';
import { PLAIN_STYLE } from './style.ts';

const when = (names: readonly Concern[]) => ({ kind: 'concerns' as const, names: [...names] });

it('says before the start of which reviewers it is not certain that they look, and what calls them', () => {
  const graph = buildGraph({
    build: [writer('a', { reviewers: ['reader'] })],
    quality: [
      check('speed', { reviewers: ['fast'], when: when(PERFORMANCE_CONCERNS) }),
      check('money', { reviewers: ['careful'], when: when(['payments', 'user_data']) }),
      check('all', { reviewers: ['reader'] }),
    ],
  });
  const started = play(graph).events[0];
  if (started?.type !== 'run_started') throw new Error('it did not start');
  const lines = planLines(started, PLAIN_STYLE, 200).map((line) => line.trim());
  expect(lines).toContain('a, reviewed by reader');
  expect(lines).toContain(
    'reviewed by reader, fast (as needed: where the change touches performance), careful (as needed: where the change touches payments, user data)',
  );
});
