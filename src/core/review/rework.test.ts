import { describe, expect, it } from 'vitest';
import { buildGraph, check, parallel, reader, writer } from '../../testing/build-graph.ts';
import { digest } from '../../testing/random.ts';
import { findingOf, play, type WorldScript } from '../../testing/scripted-world.ts';
import type { EventOf, EventType, RunEvent } from '../events.ts';
import type { Question } from '../records.ts';

function of<T extends EventType>(events: RunEvent[], type: T): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type);
}

const one = buildGraph({ one: [writer('a')] });
const nobody = { answer: () => null };
const questionsOf = (events: RunEvent[]): Question[] => of(events, 'question_asked').map((e) => e.question);

/** A reviewer that finds one thing less in every round, each time something new. */
const neverSatisfied: WorldScript = {
  review: ({ round }) => ({
    verdict: 'fail',
    findings: Array.from({ length: Math.max(1, 30 - round) }, (_, i) =>
      findingOf('reviewer', `${round}.${i}`),
    ),
  }),
};

describe('the end of a rework loop', () => {
  it('DOS-1: stops at the round limit under a reviewer that is never satisfied, and waits for a person', () => {
    const { events, end } = play(one, { ...neverSatisfied, ...nobody });
    expect(end).toBe('waiting');
    expect(of(events, 'invocation_started')).toHaveLength(4);
    expect(questionsOf(events)).toMatchObject([{ kind: 'rework_exhausted' }]);
    expect(questionsOf(events)[0]?.options.map((o) => o.id)).toEqual([
      'continue',
      'revise',
      'accept',
      'abort',
    ]);
    expect(of(events, 'effect_intended')).toEqual([]);
  });

  it('DOS-1: stops at once when the tree of an earlier round comes back', () => {
    const { events } = play(one, {
      ...neverSatisfied,
      ...nobody,
      tree: ({ round }) => (round % 2 === 1 ? 'this' : 'that'),
    });
    expect(of(events, 'invocation_started')).toHaveLength(3);
    expect(questionsOf(events)[0]?.text).toContain('the content of an earlier, refused round came back');
  });

  describe('a round that leaves the tree as it was, with the same gates red', () => {
    const stuck: WorldScript = {
      tree: () => 'this',
      gate: () => ({ findings: [findingOf('tests', 'adds up')], red: true }),
      result: ({ round }) =>
        round === 1 ? {} : { disputes: [{ finding: 'tests/adds up', reason: 'It is not mine.' }] },
    };

    it('stops at once and says why, also where the author disputes what the gates measured', () => {
      const { events } = play(one, { ...stuck, ...nobody });
      expect(of(events, 'invocation_started')).toHaveLength(2);
      expect(questionsOf(events)[0]?.text).toContain(
        'round 2 changed nothing that an earlier one had not tried, and the same is red: tests.',
      );
      expect(questionsOf(events)[0]?.options.map(({ id }) => id)).toEqual([
        'revise',
        'continue',
        'accept',
        'abort',
      ]);
    });

    it('asks again right after the round that a person gave it', () => {
      const { events } = play(one, {
        ...stuck,
        answer: ({ id }) => (id.endsWith('/0') ? 'continue' : null),
      });
      expect(of(events, 'invocation_started')).toHaveLength(3);
      expect(questionsOf(events)).toHaveLength(2);
    });

    it('goes on where somebody else is asked next', () => {
      const graph = buildGraph({ build: [writer('code')], test: [writer('tests')] });
      const { events } = play(graph, {
        ...stuck,
        ...nobody,
        gate: ({ step, round }) =>
          step === 'test/tests' && round < 3
            ? { findings: [findingOf('tests', 'adds up')], red: true }
            : null,
        review: ({ step, round }) =>
          step === 'test/tests' && round === 2
            ? {
                verdict: 'fail',
                findings: [findingOf('reviewer', 'the sum is wrong', { owner: 'build/code' })],
              }
            : null,
      });
      expect(of(events, 'rework_requested')).toMatchObject([
        { authors: ['test/tests'] },
        { authors: ['build/code'] },
      ]);
    });
  });

  it('compares artifacts where a step writes no tree', () => {
    const { events } = play(buildGraph({ one: [reader('a')] }), { ...neverSatisfied, ...nobody });
    expect(questionsOf(events)[0]?.text).toContain('rework rounds are used');
  });

  it('R82: counts a finding by its fingerprint, whatever it is called, and stops at the third time', () => {
    const { events } = play(one, {
      ...nobody,
      review: ({ round }) => ({
        verdict: 'fail',
        findings: [
          findingOf('reviewer', 'same', { id: `r${round}/same` }),
          ...Array.from({ length: 5 - round }, (_, i) => findingOf('reviewer', `${round}.${i}`)),
        ],
      }),
    });
    expect(of(events, 'invocation_started')).toHaveLength(3);
    expect(questionsOf(events)[0]?.text).toContain(': found 3 times: same');
  });

  it('R82: counts the same over any number of dead holders', () => {
    const killed = play(one, { ...neverSatisfied, ...nobody }, { killRate: 0.5, maxKills: 40 });
    expect(killed.kills).toBeGreaterThan(5);
    expect(killed.state.steps.get('one/a')?.budget.reworks).toBe(3);
    expect(questionsOf(killed.events)).toHaveLength(1);
  });

  it('stops when the number of blocking findings does not fall over two rounds', () => {
    const { events } = play(one, {
      ...nobody,
      review: ({ round }) => ({ verdict: 'fail', findings: [findingOf('reviewer', `new in ${round}`)] }),
    });
    expect(of(events, 'invocation_started')).toHaveLength(3);
    expect(questionsOf(events)[0]?.text).toContain('blocking findings did not fall');
  });

  it('R83: gives a bounded number of rounds for each "continue", and a bounded number of those', () => {
    const { events, state } = play(one, {
      ...neverSatisfied,
      answer: ({ options }) => options[0]?.id ?? null,
    });
    const offered = questionsOf(events).map((q) => q.options[0]?.id);
    expect(offered).toEqual(['continue', 'continue', 'continue', 'accept']);
    expect(of(events, 'invocation_started')).toHaveLength(1 + 3 + 3 * 2);
    expect(state.ended?.status).toBe('done');
  });

  it('looks for signs of a standstill again behind a "continue": a tree that comes back stops the loop again', () => {
    const { events } = play(one, {
      ...neverSatisfied,
      tree: ({ round }) => (round % 2 === 1 ? 'this' : 'that'),
      answer: ({ id }) => (id.endsWith('/0') ? 'continue' : null),
    });
    // Three rounds up to the first question; then "that", "this" again: the second one is known by now.
    expect(of(events, 'invocation_started')).toHaveLength(5);
    expect(questionsOf(events)[1]?.text).toContain('the content of an earlier, refused round came back');
  });
});

describe('who answers a finding', () => {
  const line = buildGraph({ one: [writer('a'), writer('b'), check('all', { from: 'base' })] });
  const blaming = (owner: string | null): WorldScript => ({
    review: ({ step, round }) =>
      step === 'one/all' && round === 1
        ? { verdict: 'fail', findings: [findingOf('reviewer', 'p', { owner })] }
        : null,
  });

  it('R23: the owner, on the tree that was judged', () => {
    const { events, state } = play(line, blaming('one/a'));
    const before = of(events, 'step_accepted')[1]?.revision;
    expect(of(events, 'rework_requested')).toMatchObject([{ step: 'one/all', authors: ['one/a'] }]);
    expect(of(events, 'invocation_started').at(-1)).toMatchObject({ author: 'one/a', base: before });
    expect(state.ended?.status).toBe('done');
  });

  it('the last one that wrote, where a finding names nobody', () => {
    expect(of(play(line, blaming(null)).events, 'rework_requested')[0]?.authors).toEqual(['one/b']);
  });

  it('owners work one after the other, upstream first, each on the result of the one before', () => {
    const { events } = play(line, {
      review: ({ step, round }) =>
        step === 'one/all' && round === 1
          ? {
              verdict: 'fail',
              findings: ['one/b', 'one/a'].map((owner) => findingOf('reviewer', `p of ${owner}`, { owner })),
            }
          : null,
    });
    const [first, second] = of(events, 'invocation_started').filter((e) => e.step === 'one/all');
    const made = of(events, 'invocation_ended').find((e) => e.key === first?.key)?.revision?.id;
    expect([first?.author, second?.author]).toEqual(['one/a', 'one/b']);
    expect(second?.base).toBe(made);
  });

  it('R11: never a step that comes later or did not work on this, whomever a reviewer names', () => {
    const graph = buildGraph({
      one: [parallel('m', [[writer('a')], [writer('b')]]), reader('later')],
    });
    for (const owner of ['one/later', 'one/b', 'one/m', 'nobody']) {
      const { events, state } = play(graph, {
        review: ({ step, round }) =>
          step === 'one/a' && round === 1
            ? { verdict: 'fail', findings: [findingOf('reviewer', 'p', { owner })] }
            : null,
      });
      expect(of(events, 'rework_requested')).toMatchObject([{ step: 'one/a', authors: ['one/a'] }]);
      expect(of(events, 'step_reopened')).toEqual([]);
      expect(state.ended?.status).toBe('done');
    }
  });

  it('has the owner upstream do its own step again, where this one makes an artifact that would be lost', () => {
    const graph = buildGraph({ one: [writer('a'), reader('docs')] });
    const { events, state } = play(graph, {
      review: ({ step, round }) =>
        step === 'one/docs' && round === 1
          ? { verdict: 'fail', findings: [findingOf('reviewer', 'code is wrong', { owner: 'one/a' })] }
          : null,
    });
    expect(of(events, 'step_reopened')).toMatchObject([{ step: 'one/a', stale: ['one/docs'] }]);
    expect(state.steps.get('one/docs')?.accepted?.output?.kind).toBe('plan');
    expect(state.steps.get('one/a')?.budget.reworks).toBe(1);
  });

  it('R88: "continue" also helps where the owner upstream ran out of rounds', () => {
    const graph = buildGraph({ one: [reader('plan'), writer('a')] }, { limits: { max_same_finding: 10 } });
    const { events, state } = play(graph, {
      review: ({ step, round }) =>
        step === 'one/a' && round < 6
          ? {
              verdict: 'fail',
              findings: Array.from({ length: 9 - round }, (_, i) =>
                findingOf('reviewer', `${round}.${i}`, { owner: 'one/plan' }),
              ),
            }
          : null,
    });
    expect(questionsOf(events).map((q) => q.options[0]?.id)).toEqual(['continue']);
    expect(state.steps.get('one/plan')?.budget.reworks).toBe(5);
    expect(state.ended?.status).toBe('done');
  });
});

describe('disputes', () => {
  const disputed: WorldScript = {
    result: (_, { steps }) => ({
      disputes: (steps.get('one/a')?.findings ?? []).map((f) => ({ finding: f.id, reason: 'no' })),
    }),
    // A new id in every round, as reviewers do: only the fingerprint tells that it is the same.
    review: ({ round }) => ({
      verdict: 'fail',
      findings: [findingOf('reviewer', 'taste', { id: `r${round}/taste` })],
    }),
  };

  it('go to a person when the reviewer upheld a finding twice', () => {
    const graph = buildGraph({ one: [writer('a')] }, { limits: { max_same_finding: 10 } });
    const { events } = play(graph, { ...disputed, ...nobody });
    expect(of(events, 'invocation_started')).toHaveLength(3);
    expect(questionsOf(events)).toMatchObject([{ kind: 'dispute' }]);
    expect(questionsOf(events)[0]?.options.map((o) => o.id)).toEqual(['uphold', 'withdraw', 'abort']);
  });

  it('end with "withdraw": the objection is put aside and the content accepted as that person decided', () => {
    const graph = buildGraph({ one: [writer('a')] }, { limits: { max_same_finding: 10 } });
    const { events, state } = play(graph, { ...disputed, answer: () => 'withdraw' });
    const [asked] = questionsOf(events);
    expect(of(events, 'step_accepted')).toMatchObject([{ override: asked?.id }]);
    expect(state.steps.get('one/a')?.waived).toEqual(new Map([[digest('reviewer', 'taste'), asked?.id]]));
  });

  it('of several authors of one round all count', () => {
    const graph = buildGraph({ one: [writer('a'), writer('b'), check('all')] });
    const { state } = play(graph, {
      ...nobody,
      result: ({ author, step }) =>
        step === 'one/all' && author === 'one/a'
          ? { disputes: [{ finding: 'reviewer/x', reason: 'no' }] }
          : { disputes: [] },
      review: ({ step }) =>
        step === 'one/all'
          ? {
              verdict: 'fail',
              findings: [
                findingOf('reviewer', 'x', { owner: 'one/a' }),
                findingOf('reviewer', 'y', { owner: 'one/b' }),
              ],
            }
          : null,
    });
    expect(state.steps.get('one/all')?.budget.upheld).toEqual(new Map([[digest('reviewer', 'x'), 2]]));
  });

  it('"withdraw" covers no other objection, also one that names nothing', () => {
    const graph = buildGraph(
      { one: [writer('a', { reviewers: ['reviewer', 'other'] })] },
      { limits: { max_same_finding: 10 } },
    );
    const { events } = play(graph, {
      ...disputed,
      review: (command, state) =>
        command.reviewer === 'other' ? { verdict: 'fail' } : (disputed.review?.(command, state) ?? null),
      answer: ({ kind }) => (kind === 'dispute' ? 'withdraw' : null),
    });
    expect(questionsOf(events)[0]?.kind).toBe('dispute');
    expect(of(events, 'step_accepted')).toEqual([]);
  });
});

describe('a correct test that shows the fault of somebody else', () => {
  const graph = buildGraph({ build: [writer('code')], test: [writer('tests')] });
  const red = (owner: string | null): WorldScript => ({
    gate: ({ step, round }) =>
      step === 'test/tests' && round === 1 ? { findings: [findingOf('tests', 'adds up')], red: true } : null,
    review: ({ step, round }) =>
      step === 'test/tests' && round === 1
        ? { verdict: 'fail', findings: [findingOf('reviewer', 'the sum is wrong', { owner })] }
        : null,
  });

  it('R23: goes to the implementer alone, across phases, where the reviewer says so', () => {
    const { events, state } = play(graph, red('build/code'));
    expect(of(events, 'rework_requested')).toMatchObject([{ step: 'test/tests', authors: ['build/code'] }]);
    expect(state.ended?.status).toBe('done');
  });

  it('R23: stays with the tester where the reviewer does not', () => {
    const { events } = play(graph, red(null));
    expect(of(events, 'rework_requested')).toMatchObject([{ authors: ['test/tests'] }]);
  });
});
