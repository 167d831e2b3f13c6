import { describe, expect, it } from 'vitest';
import { buildGraph, check, parallel, writer } from '../../testing/build-graph.ts';
import { createRandom } from '../../testing/random.ts';
import { createScriptedWorld, findingOf, play } from '../../testing/scripted-world.ts';
import { simulate, startOf } from '../../testing/simulator.ts';
import { decide } from '../decide.ts';
import type { EventOf, EventType, RunEvent } from '../events.ts';
import { applyEvent, fold } from '../fold.ts';
import type { Graph } from '../graph.ts';
import type { Link, ReviewResult } from '../results.ts';

type Verdict = { link: Link; review: ReviewResult };

function of<T extends EventType>(events: RunEvent[], type: T): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type);
}

const one = buildGraph({ one: [writer('a'), writer('b')] });

/** The graph in which this reviewer has the definition of this agent. */
function sameDefinition(graph: Graph, reviewer: string, agent: string): Graph {
  const definition_hash = graph.agents[agent]?.definition_hash ?? '';
  const judge = graph.agents[reviewer];
  return judge === undefined
    ? graph
    : { ...graph, agents: { ...graph.agents, [reviewer]: { ...judge, definition_hash } } };
}

/** The history up to the acceptance of this step, without that event. */
function before(events: RunEvent[], step: string): RunEvent[] {
  return events.slice(
    0,
    events.findIndex((e) => e.type === 'step_accepted' && e.step === step),
  );
}

describe('a verdict', () => {
  it('OUT-4, R81, R84: for other content from the same base is no verdict: it is asked for again, and then a person', () => {
    const { events } = play(one, {
      answer: () => null,
      link: ({ link }) => ({ from: link.from, to: 'something else' }),
    });
    expect(of(events, 'review_started').map((e) => e.attempt)).toEqual([1, 2, 3]);
    expect(of(events, 'step_accepted')).toEqual([]);
    expect(of(events, 'question_asked')[0]?.question.text).toContain(
      'E_STALE_REVIEW the verdict is for something else',
    );
  });

  it('R84: that never comes is no pass', () => {
    const { events } = play(one, {
      answer: () => null,
      fails: ({ kind }) => (kind === 'review' ? 'invalid_output' : null),
    });
    expect(of(events, 'step_accepted')).toEqual([]);
    expect(of(events, 'question_asked')[0]?.question.kind).toBe('retry_exhausted');
    expect(of(events, 'question_asked')[0]?.question.text).toMatch(
      /[.] What it has to hand in is `result_schema`/,
    );
  });

  it('R81: holds for one content: changed by a rework, it is asked for again from every reviewer', () => {
    const graph = buildGraph({ one: [writer('a', { reviewers: ['x', 'y'] })] });
    const { events } = play(graph, {
      review: ({ reviewer, round }) =>
        reviewer === 'y' && round === 1 ? { verdict: 'fail', findings: [findingOf('y', 'p')] } : null,
    });
    const [first, second] = of(events, 'review_started').filter((e) => e.reviewer === 'x');
    expect(second?.link.from).toBe(first?.link.from);
    expect(second?.link.to).not.toBe(first?.link.to);
  });

  it('R85: is credited to its own step, where several are judged at once', () => {
    const graph = buildGraph({ one: [parallel('m', [[writer('a')], [writer('b')]])] });
    const { events, state } = play(graph, {
      answer: () => null,
      review: ({ step, round }) =>
        step === 'one/b' ? { verdict: 'fail', findings: [findingOf('reviewer', `${round}`)] } : null,
    });
    expect(of(events, 'step_accepted').map((e) => e.step)).toEqual(['one/a']);
    expect(state.steps.get('one/b')?.stage).toBe('asking');
  });

  it('R26: of somebody with the definition of the author never counts', () => {
    const { events } = play(sameDefinition(one, 'reviewer', 'a'), { answer: () => null });
    expect(of(events, 'step_accepted')).toEqual([]);
    expect(of(events, 'question_asked')[0]?.question.text).toContain(
      'reviewer took part in making what it judged',
    );
  });

  it('R26: nor does one of somebody who wrote in an earlier round of the same step', () => {
    const graph = buildGraph({
      one: [writer('a', { reviewers: ['other'] }), writer('b', { reviewers: ['reviewer'] })],
    });
    const { events } = play(sameDefinition(graph, 'reviewer', 'a'), {
      answer: () => null,
      review: ({ step, round }) =>
        step === 'one/b' && round === 1
          ? { verdict: 'fail', findings: [findingOf('reviewer', 'p', { owner: 'one/a' })] }
          : null,
    });
    expect(of(events, 'step_accepted').map((e) => e.step)).toEqual(['one/a']);
  });

  it('is needed for a merge and for a rework within a check, also where the graph names no reviewers there', () => {
    const graph = buildGraph({
      one: [
        parallel('m', [[writer('a', { reviewers: ['x'] })], [writer('b', { reviewers: ['y'] })]], {
          reviewers: [],
        }),
        check('gates', { from: 'tree_from', reviewers: [] }),
      ],
    });
    const { events, state } = play(graph, {
      gate: ({ step, round }) =>
        step === 'one/gates' && round === 1 ? { findings: [findingOf('tests', 'red')], red: true } : null,
    });
    const reviews = of(events, 'review_started').map((e) => `${e.step} ${e.reviewer}`);
    expect(reviews).toContain('one/m x');
    expect(reviews).toContain('one/m y');
    expect(reviews.at(-1)).toBe('one/gates y');
    expect(state.ended?.status).toBe('done');
  });
});

describe('the fold believes no acceptance that its own verdicts do not carry', () => {
  const { events } = play(one);
  const accepted = of(events, 'step_accepted')[0];
  const cut = before(events, 'one/a');
  const withoutVerdict = cut.filter((e) => e.type !== 'review_ended');

  it('R24: an acceptance without a verdict changes nothing', () => {
    const state = fold(withoutVerdict);
    if (accepted !== undefined) applyEvent(state, accepted);
    expect(state.steps.get('one/a')?.status).toBe('open');
    expect(state.reviewed.has(accepted?.revision ?? '')).toBe(false);
  });

  it('R81: nor does one of content that was edited after its verdict, though it began at the same base', () => {
    const state = fold(cut);
    const st = state.steps.get('one/a');
    if (st?.output != null) st.output = { ...st.output, id: 'edited', revision: 'edited' };
    if (accepted !== undefined) applyEvent(state, accepted);
    expect(st?.status).toBe('open');
    expect(state.reviewed.has('edited')).toBe(false);
  });

  it('R89: nor does one that names an override that nobody gave', () => {
    const state = fold(withoutVerdict);
    if (accepted !== undefined) applyEvent(state, { ...accepted, override: 'one/a/r1/rework_exhausted/0' });
    expect(state.steps.get('one/a')?.status).toBe('open');
  });

  it('R81: nor does an override that was given for other content, or for another step', () => {
    const { events: asked } = play(one, {
      answer: () => null,
      review: () => ({ verdict: 'fail', findings: [findingOf('reviewer', 'p')] }),
    });
    const actor = { kind: 'human', name: 'ada', via: 'cli' } as const;
    const acceptedWith = (change: { binds?: string; step?: string }): boolean => {
      const changed = asked.map((e) =>
        e.type === 'question_asked' ? { ...e, question: { ...e.question, ...change } } : e,
      );
      const state = fold(changed);
      const id = [...state.openQuestions][0] ?? '';
      applyEvent(state, { type: 'question_answered', question_id: id, option: 'accept', text: '', actor });
      const st = state.steps.get('one/a');
      if (st === undefined) return false;
      const { output, base } = st;
      const link = { from: base, to: output?.id ?? '' };
      const revision = output?.revision ?? '';
      applyEvent(state, { type: 'step_accepted', step: 'one/a', output, revision, link, override: id });
      return st.status === 'accepted';
    };
    expect(acceptedWith({})).toBe(true);
    expect(acceptedWith({ binds: 'other content' })).toBe(false);
    expect(acceptedWith({ step: 'one/b' })).toBe(false);
  });

  it('nor does one without any output, nor a second one', () => {
    const state = fold(before(events, 'one/a').slice(0, 3));
    const empty = { type: 'step_accepted', step: 'one/a', output: null, link: null, override: null } as const;
    applyEvent(state, { ...empty, revision: state.base.id });
    expect(state.steps.get('one/a')?.status).toBe('open');
    const whole = fold(cut);
    if (accepted !== undefined) for (let i = 0; i < 2; i += 1) applyEvent(whole, accepted);
    expect(whole.unsettled).toBe(1);
  });

  it('takes the output that was judged, whatever the event names', () => {
    const state = fold(cut);
    if (accepted !== undefined) applyEvent(state, { ...accepted, output: null, revision: 'forged' });
    expect(state.steps.get('one/a')?.accepted).toMatchObject({ revision: accepted?.revision });
    expect(state.reviewed.has('forged')).toBe(false);
  });

  it('OUT-3, OUT-4: a stored pass accepts nothing when it carries a blocking finding or was given for another link', () => {
    const accepted = of(events, 'step_accepted')[0];
    const spoil = [
      (v: Verdict): Verdict => ({
        ...v,
        review: { ...v.review, findings: [findingOf('reviewer', 'wrong')] },
      }),
      (v: Verdict): Verdict => ({ ...v, link: { ...v.link, to: 'another' } }),
      (v: Verdict): Verdict => ({ ...v, link: { ...v.link, from: 'another' } }),
    ];
    for (const change of spoil) {
      const state = fold(before(events, 'one/a'));
      const step = state.steps.get('one/a');
      if (step !== undefined)
        step.verdicts = new Map([...step.verdicts].map(([name, verdict]) => [name, change(verdict)]));
      if (accepted !== undefined) applyEvent(state, accepted);
      expect(state.steps.get('one/a')?.status).toBe('open');
      expect(state.reviewed.has(accepted?.revision ?? '')).toBe(false);
    }
  });

  it('a merge refuses a side that no chain of verdicts reaches', () => {
    const graph = buildGraph({ one: [parallel('m', [[writer('a')], [writer('b')]])] });
    const history = play(graph, {}).events;
    const state = fold(
      history.slice(
        0,
        history.findIndex((e) => e.type === 'merge_started'),
      ),
    );
    state.reviewed.delete(state.steps.get('one/b')?.accepted?.revision ?? '');
    expect(decide(state)).toMatchObject([{ event: { type: 'run_ended', status: 'failed' } }]);
  });

  it('nothing starts from a revision that no chain reaches: the run fails instead', () => {
    const state = fold(startOf(one));
    const record = decide(state)[0];
    if (record?.kind === 'record') applyEvent(state, record.event);
    state.reviewed.clear();
    expect(decide(state)).toMatchObject([{ event: { type: 'run_ended', status: 'failed' } }]);
  });

  it('the outcome of a late twin changes nothing', () => {
    const history = events.slice(
      0,
      events.findIndex((e) => e.type === 'invocation_ended'),
    );
    const started = of(events, 'invocation_started')[0];
    const state = fold([...history, { type: 'interrupted', keys: [started?.key ?? ''] }]);
    const late = of(events, 'invocation_ended')[0];
    const commands = decide(state);
    if (late !== undefined) applyEvent(state, late);
    expect(decide(state)).toEqual(commands);
    expect(state.steps.get('one/a')?.output).toBeNull();
    const world = createScriptedWorld({});
    const resumed = simulate({ history, world, random: createRandom(2) });
    expect(resumed.state.ended?.status).toBe('done');
  });
});
