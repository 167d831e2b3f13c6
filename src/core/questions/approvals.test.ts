import { describe, expect, it } from 'vitest';
import { buildGraph, check, parallel, submit, writer, type GraphOptions } from '../../testing/build-graph.ts';
import { createRandom } from '../../testing/random.ts';
import { createRandomWorld } from '../../testing/random-world.ts';
import { CALM } from '../../testing/temper.ts';
import { simulate, startOf, type World } from '../../testing/simulator.ts';
import type { RunEvent } from '../events.ts';
import type { Question } from '../records.ts';
import type { ApprovalPart } from '../results.ts';

const HASHES = { a: 'a'.repeat(64), b: 'b'.repeat(64) };

function part(hash: string, over: Partial<ApprovalPart> = {}): ApprovalPart {
  return {
    rule: 'infra',
    title: 'Infrastructure',
    hash,
    paths: ['api/infra/main.tf'],
    refused: false,
    ...over,
  };
}

interface Scene {
  /** What each invocation's tree holds that needs an approval, by step, round after round; the last one stays. */
  parts: Record<string, ApprovalPart[][]>;
  /** `open`: every open question. */
  answer?: (question: Question, open: string[]) => string | null;
  limits?: GraphOptions['limits'];
  steps?: Parameters<typeof buildGraph>[0];
}

function play(scene: Scene) {
  const calm = createRandomWorld(1, CALM, 'first');
  const counts = new Map<string, number>();
  const merges = scene.parts['merge'];
  const world: World = {
    outcomeOf(command, state) {
      const events = calm.outcomeOf(command, state);
      return events.map((event): RunEvent => {
        if (event.type === 'merge_ended') return { ...event, parts: merges?.[0] ?? [] };
        if (event.type !== 'invocation_ended') return event;
        const at = counts.get(event.step) ?? 0;
        counts.set(event.step, at + 1);
        const list = scene.parts[event.step] ?? [];
        return { ...event, parts: list[at] ?? list.at(-1) ?? [] };
      });
    },
    answer(question, state) {
      const option = (scene.answer ?? (() => 'approve'))(question, [...state.openQuestions]);
      return option === null ? null : { option, text: option === 'reject' ? 'leave the network alone' : '' };
    },
  };
  const steps = scene.steps ?? { build: [writer('one'), writer('two'), check('whole')], end: [submit()] };
  const graph = buildGraph(steps, { limits: scene.limits ?? {} });
  const run = simulate({ history: startOf(graph), world, random: createRandom(1), maxEvents: 2_000 });
  const asked = run.events.flatMap((e) => (e.type === 'question_asked' ? [e.question] : []));
  return { ...run, asked };
}

describe('approvals', () => {
  it('R64: no step is accepted before a person approved exactly the part that its tree holds', () => {
    const waiting = play({ parts: { 'build/one': [[part(HASHES.a)]] }, answer: () => null });
    expect(waiting.end).toBe('waiting');
    expect(waiting.events.some((e) => e.type === 'step_accepted')).toBe(false);
    expect(waiting.asked).toMatchObject([{ kind: 'approval', binds: HASHES.a, step: 'build/one' }]);
    expect(waiting.asked[0]?.id.startsWith('aaaaaaaaaaaa/')).toBe(true);
    expect(waiting.asked[0]?.text).toContain('api/infra/main.tf');
    expect(waiting.asked[0]?.text).toContain(`baton diff r-simulated ${waiting.asked[0]?.id}`);
  });

  it('asks behind gates and reviews, and not about what they send back', () => {
    const { events } = play({ parts: { 'build/one': [[part(HASHES.a)]] } });
    const types = events.map((e) => e.type);
    expect(types.indexOf('question_asked')).toBeGreaterThan(types.indexOf('review_ended'));
    expect(types.indexOf('question_asked')).toBeGreaterThan(types.indexOf('gates_ended'));
  });

  it('R81: an approved part stays approved in later steps while it is unchanged, and any change asks anew', () => {
    const same = { 'build/one': [[part(HASHES.a)]], 'build/two': [[part(HASHES.a)]] };
    const kept = play({ parts: same });
    expect(kept.state.ended?.status).toBe('done');
    expect(kept.asked).toHaveLength(1);
    const changed = play({ parts: { ...same, 'build/two': [[part(HASHES.b)]] } });
    expect(changed.asked.map((q) => [q.step, q.binds])).toEqual([
      ['build/one', HASHES.a],
      ['build/two', HASHES.b],
    ]);
  });

  it('asks for each rule, one after the other', () => {
    const both = [part(HASHES.a), part(HASHES.b, { rule: 'protected' })];
    const { asked, state } = play({ parts: { 'build/one': [both], 'build/two': [both] } });
    expect(asked.map((q) => q.binds)).toEqual([HASHES.a, HASHES.b]);
    expect(state.ended?.status).toBe('done');
  });

  it('sends the work back with the words of the person, and asks about what comes then', () => {
    const parts = { 'build/one': [[part(HASHES.a)], []], 'build/two': [[]] };
    const { events, state, asked } = play({ parts, answer: () => 'reject' });
    expect(events.filter((e) => e.type === 'rework_requested')).toMatchObject([
      { step: 'build/one', round: 2, authors: ['build/one'] },
    ]);
    expect(state.steps.get('build/one')?.guidance).toEqual(['leave the network alone']);
    expect(asked).toHaveLength(1);
    expect(state.ended?.status).toBe('done');
  });

  it('R88: sends back as often as a step can be continued; then approving and stopping are left', () => {
    const { asked } = play({
      parts: { 'build/one': [[part(HASHES.a)]] },
      answer: (q) => (q.options.some((o) => o.id === 'reject') ? 'reject' : null),
      limits: { max_continues: 2 },
    });
    expect(asked).toHaveLength(3);
    expect(asked.at(-1)?.options.map((o) => o.id)).toEqual(['approve', 'abort']);
    expect(new Set(asked.map((q) => q.id)).size).toBe(3);
  });

  it('asks about what a merge brings together', () => {
    const { asked, state } = play({
      parts: { merge: [[part(HASHES.b)]] },
      steps: {
        build: [parallel('both', [[writer('one')], [writer('two')]]), check('whole')],
        end: [submit()],
      },
    });
    expect(asked.map((q) => [q.step, q.binds])).toEqual([['build/both', HASHES.b]]);
    expect(state.ended?.status).toBe('done');
  });

  it('takes the answer for one part for every step that waits for the same one', () => {
    const parts = { 'build/one': [[part(HASHES.a)]], 'build/two': [[part(HASHES.a)]] };
    const { asked, state } = play({
      parts,
      steps: { build: [parallel('both', [[writer('one')], [writer('two')]]), check('whole')] },
      answer: (q, open) => (open.length === 2 && open[0] === q.id ? 'approve' : null),
    });
    expect(asked).toHaveLength(2);
    expect(state.ended?.status).toBe('done');
  });

  it('offers no approval of what its rule refuses', () => {
    const refused = part(HASHES.a, { refused: true });
    const { asked, end } = play({
      parts: { 'build/one': [[refused]] },
      answer: (q) => (q.options.some((o) => o.id === 'reject') ? 'reject' : null),
    });
    expect(asked.flatMap((q) => q.options.map((o) => o.id))).not.toContain('approve');
    expect(end).toBe('waiting');
  });
});
