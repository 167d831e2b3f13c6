/** Where a run turns to somebody: the routes of blocked agents, and recommendations that contradict each other. */
import { describe, expect, it } from 'vitest';
import { buildGraph, parallel, reader, writer, type GraphOptions } from '../../testing/build-graph.ts';
import { findingOf, play, type WorldScript } from '../../testing/scripted-world.ts';
import { withWaitingCounted } from './blocker-words.ts';
import type { EventOf, EventType, RunEvent } from '../events.ts';
import type { Question } from '../records.ts';
import { fold } from '../fold.ts';
import { BLOCKED_REASONS, type BlockedReason } from '../words.ts';

const of = <T extends EventType>(events: RunEvent[], type: T): EventOf<T>[] =>
  events.flatMap((event) => (event.type === type ? [event as EventOf<T>] : [])); // the type says which
const questions = (events: RunEvent[]): Question[] => of(events, 'question_asked').map((e) => e.question);
const worked = (events: RunEvent[]): string[] => of(events, 'invocation_started').map((e) => e.step);

const lineOf = (over: GraphOptions = {}) =>
  buildGraph({ one: [reader('requirements'), reader('plan'), writer('a'), writer('b')] }, over);
/** The first `times` invocations of `one/a` are blocked for this reason. */
const blocks = (reason: BlockedReason, times = 1): WorldScript => ({
  result: ({ step }, state) =>
    step === 'one/a' && (state.steps.get(step)?.round ?? 1) <= times
      ? {
          status: 'blocked',
          blocked: { reason, detail: 'which currency is meant?', attempted: ['read the request'] },
        }
      : null,
});

describe('a blocked agent', () => {
  it('leads to the step that its workflow names, with its words as a finding, and what was derived is done again', () => {
    const graph = lineOf({ blocked: { missing_requirements: 'one/requirements' } });
    const { events, state } = play(graph, blocks('missing_requirements'));
    expect(of(events, 'step_reopened')).toEqual([
      {
        type: 'step_reopened',
        step: 'one/requirements',
        reason: 'one/a is blocked (missing_requirements): which currency is meant?',
        findings: [
          expect.objectContaining({
            id: 'one/a/r1/blocked/1',
            problem:
              'one/a cannot go on (missing_requirements): "which currency is meant?" It tried: read the request.',
            blocking: true,
          }),
        ],
        stale: ['one/plan', 'one/a'],
        blocked: { by: 'one/a', reason: 'missing_requirements' },
      },
    ]);
    expect(worked(events)).toEqual([
      'one/requirements',
      'one/plan',
      'one/a',
      'one/requirements',
      'one/plan',
      'one/a',
      'one/b',
    ]);
    expect(questions(events)).toEqual([]);
    expect(state.ended).toMatchObject({ status: 'done' });
  });

  it('leads where the workflow of its phase says, unless the one around it says otherwise', () => {
    const inner = { missing_requirements: 'one/plan' };
    const reopened = (over: GraphOptions): string[] => {
      const graph = lineOf(over);
      graph.phases = graph.phases.map((phase) => ({ ...phase, blocked: inner }));
      const { events } = play(graph, blocks('missing_requirements'));
      return of(events, 'step_reopened').map((event) => event.step);
    };
    expect(reopened({})).toEqual(['one/plan']);
    expect(reopened({ blocked: { missing_requirements: 'one/requirements' } })).toEqual(['one/requirements']);
  });

  it('R62: is a person’s when it is blocked again for the same reason', () => {
    const graph = lineOf({ blocked: { missing_requirements: 'one/requirements' } });
    const { events } = play(graph, blocks('missing_requirements', 2), {});
    expect(of(events, 'step_reopened')).toHaveLength(1);
    expect(questions(events).map((question) => [question.kind, question.step])).toEqual([
      ['blocked', 'one/a'],
    ]);
  });

  it.each(['missing_requirements', 'architecture_decision', 'test_failures', 'unknown'] as const)(
    'R62: is a person’s at once where no table names its reason: %s',
    (reason) => {
      const { events } = play(lineOf(), { ...blocks(reason), answer: () => null });
      expect(of(events, 'step_reopened')).toEqual([]);
      expect(questions(events)).toMatchObject([{ kind: 'blocked', step: 'one/a' }]);
      expect(questions(events)[0]?.text).toContain(`blocked (${reason})`);
    },
  );

  it.each(['security_concern', 'out_of_scope'] as const)(
    'R62, R89: is always a person’s for %s, whatever a table says',
    (reason) => {
      const graph = lineOf({ blocked: { [reason]: 'one/requirements' } });
      const { events } = play(graph, { ...blocks(reason), answer: () => null });
      expect(of(events, 'step_reopened')).toEqual([]);
      expect(questions(events)).toMatchObject([{ kind: 'blocked', step: 'one/a' }]);
    },
  );

  it('is a person’s where the table names nothing that it builds on, or a step without a round left', () => {
    const later = lineOf({ blocked: { unknown: 'one/b' } });
    expect(questions(play(later, { ...blocks('unknown'), answer: () => null }).events)).toHaveLength(1);
    const spent = lineOf({ blocked: { unknown: 'one/plan' }, limits: { max_rework: 0 } });
    expect(questions(play(spent, { ...blocks('unknown'), answer: () => null }).events)).toHaveLength(1);
  });

  it.each(BLOCKED_REASONS)('R61: the question says what has to happen before it goes on: %s', (reason) => {
    const { events } = play(lineOf(), { ...blocks(reason), answer: () => null });
    const [question] = questions(events);
    expect(question?.text).toMatch(
      /It tried: read the request\. Before it goes on: a person \w.+\. Until then/,
    );
    expect(question?.text).toContain('Until then these wait: one/b; there is nothing else to go on with.');
  });

  it.each([
    [
      'Until then these wait: a/b; there is nothing else to go on with.',
      'Until then 1 step waits; there is nothing else to go on with.',
    ],
    [
      'How? Until then these wait: a/b, a/c and 12 more; this goes on: b/d.',
      'How? Until then 14 steps wait; 1 step goes on.',
    ],
    [
      'Until then these wait: a/b, a/c; this goes on: b/d, b/e and 3 more.',
      'Until then 2 steps wait; 5 steps go on.',
    ],
    ['Nothing waits for it; this goes on: b/d.', 'Nothing waits for it; this goes on: b/d.'],
  ])('a person who is asked first reads how many wait: "%s"', (text, counted) => {
    expect(withWaitingCounted(text)).toBe(counted);
  });

  it('what is counted is what the question says', () => {
    const { events } = play(lineOf(), { ...blocks('unknown'), answer: () => null });
    expect(withWaitingCounted(questions(events)[0]?.text ?? '')).toMatch(/Until then 1 step waits; there is/);
  });

  it('R61: ends no sentence of an agent twice, also where it ends within brackets', () => {
    const { events } = play(lineOf(), {
      result: ({ step }) =>
        step === 'one/a'
          ? { status: 'needs_clarification', open_questions: ['In which currency? ("yes" takes EUR.)'] }
          : null,
      answer: () => null,
    });
    expect(questions(events)[0]?.text).toContain('("yes" takes EUR.) Before it goes on:');
  });

  it('R61: who is held by another question is not among what goes on', () => {
    const graph = buildGraph({
      one: [parallel('m', [[writer('a')], [writer('b'), reader('c')], [writer('d')]])],
    });
    const { events } = play(graph, {
      result: ({ step }) =>
        step === 'one/a' || step === 'one/b'
          ? { status: 'needs_clarification', open_questions: ['in which currency?'] }
          : null,
      answer: () => null,
    });
    const texts = questions(events).map(({ text }) => text);
    expect(texts).toHaveLength(2);
    expect(texts[0]).toContain('asks: in which currency? Before it goes on: a person answers what it asks.');
    expect(texts[0]).toContain('Until then these wait: one/m; this goes on: one/b, one/c, one/d.');
    expect(texts[1]).toContain('Until then these wait: one/c, one/m; this goes on: one/d.');
  });

  it('R61: nobody is told to do anything where a step that holds nobody back is given up', () => {
    const graph = lineOf();
    for (const step of graph.steps) if (step.id === 'one/a') step.blocking = false;
    const { events } = play(graph, blocks('unknown'));
    expect(of(events, 'step_given_up')).toMatchObject([
      { reason: 'the agent is blocked (unknown): which currency is meant? It tried: read the request.' },
    ]);
  });
});

describe('recommendations that contradict each other', () => {
  const graph = buildGraph({
    one: [parallel('m', [[reader('left')], [reader('right')], [reader('third')]]), writer('a'), writer('b')],
  });
  const says = (choices: Record<string, string>): WorldScript => ({
    result: ({ step }) => {
      const choice = choices[step];
      return choice === undefined
        ? null
        : { recommendations: [{ topic: 'Storage engine', choice, reason: `${step} measured it` }] };
    },
  });
  const apart = says({ 'one/left': 'Postgres', 'one/right': 'a file', 'one/third': 'postgres' });

  it('R38, R62: stop the run for a person before the step that they lead to, with both reasons', () => {
    const { events, end } = play(graph, { ...apart, answer: () => null });
    expect(end).toBe('waiting');
    expect(worked(events)).not.toContain('one/a');
    const [question] = questions(events);
    expect(question).toMatchObject({
      id: 'recommendations/storage-engine',
      kind: 'recommendations',
      step: null,
    });
    expect(question?.text).toContain('- one/left: "Postgres" (one/left measured it)');
    expect(question?.text).toContain('- one/right: "a file" (one/right measured it)');
    expect(question?.options.map((option) => option.id)).toEqual(['choice-1', 'choice-2', 'answer', 'abort']);
    expect(question?.options[0]?.impact).toContain('one/left and one/third');
  });

  it('R38: are asked about once; the decision is kept and holds for all that follows', () => {
    const { events, state } = play(graph, { ...apart, answer: () => 'choice-2' });
    expect(questions(events)).toHaveLength(1);
    expect([...state.decided]).toEqual([
      ['storage-engine', '"a file": words on recommendations/storage-engine'],
    ]);
    expect(fold(events).decided).toEqual(state.decided);
    expect(state.remarks).toEqual([]);
    expect(state.ended).toMatchObject({ status: 'done' });
  });

  it('R38: take the person’s own words as well as one of theirs', () => {
    const { state } = play(graph, { ...apart, answer: () => 'answer' });
    expect([...state.decided.values()]).toEqual(['words on recommendations/storage-engine']);
  });

  it('are none where all say the same, where it was mended upstream, or where nothing is built on both', () => {
    const same = says({ 'one/left': 'Postgres', 'one/right': ' postgres.' });
    expect(questions(play(graph, { ...same, answer: () => null }).events)).toEqual([]);
    const alone = buildGraph({
      one: [
        parallel('m', [
          [reader('left'), writer('a')],
          [reader('right'), writer('b')],
        ]),
      ],
    });
    const { events } = play(alone, { ...apart, answer: () => null });
    expect(worked(events)).toEqual(expect.arrayContaining(['one/a', 'one/b']));
    const line = lineOf();
    const mended: WorldScript = {
      result: ({ step, round }) => ({
        recommendations: [
          { topic: 't', choice: step === 'one/plan' && round === 1 ? 'x' : 'y', reason: 'r' },
        ],
      }),
      review: ({ step, round }) =>
        step === 'one/plan' && round === 1
          ? { verdict: 'fail', findings: [findingOf('reviewer', 'p')] }
          : null,
    };
    expect(questions(play(line, mended).events)).toEqual([]);
  });
});
