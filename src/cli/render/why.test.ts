import { expect, it } from 'vitest';
import { buildGraph, writer } from '../../testing/build-graph.ts';
import { asJournal } from '../../testing/events.ts';
import { play, type WorldScript } from '../../testing/scripted-world.ts';
import { readHistory } from './history.ts';
import { findStep } from './why.ts';

const graph = buildGraph({
  quick: [writer('a', { when: { kind: 'effort', tiers: ['large'] } })],
  build: [writer('a'), writer('b')],
  late: [writer('c', { when: { kind: 'effort', tiers: ['large'] } })],
});
const meant = (name: string, script: WorldScript = {}): string | string[] => {
  const found = findStep(readHistory(asJournal(play(graph, script).events)), name);
  return Array.isArray(found) ? found : found.step.id;
};

it('of several steps with this name the one that ran is meant, and a skipped one where none ran', () => {
  expect(meant('a')).toBe('build/a');
  expect(meant('quick/a')).toBe('quick/a');
  expect(meant('c')).toBe('late/c');
});

it('a question names its step, as on the command line that answers it', () => {
  const asks: WorldScript = {
    result: ({ step }) =>
      step === 'build/b' ? { status: 'needs_clarification', open_questions: ['how?'] } : null,
    answer: () => null,
  };
  expect(meant('build', asks)).toBe('build/b');
  expect(meant('nothing', asks)).toEqual([]);
});
