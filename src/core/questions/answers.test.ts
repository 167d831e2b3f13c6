import { describe, expect, it } from 'vitest';
import { buildGraph, check, reader, submit, writer } from '../../testing/build-graph.ts';
import { checkChains } from '../../testing/chain-checker.ts';
import { findingOf, play, type WorldScript } from '../../testing/scripted-world.ts';
import { decide } from '../decide.ts';
import type { EventOf, EventType, RunEvent } from '../events.ts';
import type { Actor } from '../records.ts';
import { applyEvent, fold } from '../fold.ts';
import type { Graph } from '../graph.ts';
import type { RunState } from '../state.ts';
import { QUESTION_KINDS, type QuestionKind } from '../words.ts';

function of<T extends EventType>(events: RunEvent[], type: T): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type);
}

const one = buildGraph({ one: [writer('a')] });
const human: Actor = { kind: 'human', name: 'ada', via: 'cli' };
const objecting: WorldScript = {
  review: () => ({ verdict: 'fail', findings: [findingOf('reviewer', 'same')] }),
};

/** A run that waits for its first question, and that question's id. */
function waiting(graph: Graph, script: WorldScript): { events: RunEvent[]; state: RunState; id: string } {
  const { events } = play(graph, { ...script, answer: () => null });
  const state = fold(events);
  return { events, state, id: [...state.openQuestions][0] ?? '' };
}

function answer(state: RunState, id: string, option: string, actor = human): void {
  applyEvent(state, { type: 'question_answered', question_id: id, option, text: 'so', actor });
}

describe('an answer', () => {
  it('DUP-6: counts once: the first one wins, and a second one changes nothing', () => {
    const { events, state, id } = waiting(one, objecting);
    answer(state, id, 'accept');
    const commands = decide(state);
    answer(state, id, 'abort');
    expect(state.cancel).toBeNull();
    expect(decide(state)).toEqual(commands);
    expect(state.questions.get(id)?.answer).toMatchObject({ option: 'accept', by: 'ada' });
    expect(checkChains(events)).toEqual([]);
  });

  it('R89, PRIV-12: counts from people only, never from an agent, a gate or the engine', () => {
    const { state, id } = waiting(one, objecting);
    const agent = { kind: 'agent', name: 'a', definition_hash: 'h', invocation: 'k' } as const;
    for (const actor of [agent, { kind: 'gate', name: 'tests' }, { kind: 'engine' }] as const)
      answer(state, id, 'accept', actor);
    expect(state.openQuestions.has(id)).toBe(true);
    expect(decide(state)).toEqual([]);
  });

  it('R89: counts with an option that was offered only', () => {
    const { state, id } = waiting(one, { fails: () => 'crashed' });
    expect(state.questions.get(id)?.question.kind).toBe('retry_exhausted');
    for (const option of ['accept', 'withdraw', 'confirm', 'continue', '']) answer(state, id, option);
    expect(state.openQuestions.has(id)).toBe(true);
    expect(state.steps.get('one/a')?.override).toBeNull();
  });

  it('to a question of a step that went stale meanwhile changes nothing', () => {
    const { state, id } = waiting(buildGraph({ one: [reader('plan'), writer('a')] }), {
      review: ({ step }) =>
        step === 'one/a' ? { verdict: 'fail', findings: [findingOf('reviewer', 'p')] } : null,
    });
    applyEvent(state, {
      type: 'step_reopened',
      step: 'one/plan',
      reason: '',
      findings: [],
      stale: ['one/a'],
    });
    answer(state, id, 'accept');
    answer(state, id, 'abort');
    expect(state.cancel).toBeNull();
    expect(state.steps.get('one/a')).toMatchObject({ status: 'pending', override: null });
  });

  it('carries words to the agent that goes on with them', () => {
    const { state, id } = waiting(one, objecting);
    answer(state, id, 'revise');
    expect(state.steps.get('one/a')?.guidance).toEqual(['so']);
  });
});

// Every kind of question, and a world that leads to it.

const submission = buildGraph({ one: [writer('a'), submit()] });
const disputing: WorldScript = {
  ...objecting,
  result: (_, { steps }) => ({
    disputes: (steps.get('one/a')?.findings ?? []).map((f) => ({ finding: f.id, reason: 'no' })),
  }),
};
const blocked = { reason: 'unknown', detail: 'stuck', attempted: [] } as const;
const ROADS: Record<
  Exclude<QuestionKind, 'approval' | 'deploy' | 'checks_red'>,
  { graph: Graph; script: WorldScript }
> = {
  confirm_start: { graph: { ...one, start: 'confirm' }, script: {} },
  clarification: {
    graph: one,
    script: { result: () => ({ status: 'needs_clarification', open_questions: ['Which currency?'] }) },
  },
  blocked: {
    graph: one,
    script: { result: () => ({ status: 'blocked', blocked: { ...blocked, attempted: [] } }) },
  },
  recommendations: {
    graph: buildGraph({ one: [reader('plan'), reader('second'), writer('a')] }),
    script: {
      result: ({ step }) => ({
        recommendations: [{ topic: 'storage', choice: step, reason: 'as I see it' }],
      }),
    },
  },
  rework_exhausted: { graph: one, script: objecting },
  retry_exhausted: { graph: one, script: { fails: () => 'crashed' } },
  dispute: {
    graph: buildGraph({ one: [writer('a')] }, { limits: { max_same_finding: 10 } }),
    script: disputing,
  },
  large_change: {
    graph: buildGraph({ one: [writer('a')] }, { limits: { max_changed_files: 3 } }),
    script: { paths: () => ({ named: ['api/a.ts'], all: 4 }) },
  },
  budget: { graph: buildGraph({ one: [writer('a')] }, { limits: { max_invocations: 1 } }), script: {} },
  base_moved: {
    graph: submission,
    script: {
      effect: ({ effect, key }, { effects, base }) =>
        effect === 'push_branch' && !effects.has(key)
          ? { kind: 'base_moved', base, repos: [], continues: false }
          : null,
    },
  },
  submission: { graph: submission, script: { effect: () => ({ kind: 'refused', detail: 'not yours' }) } },
  pause: {
    graph: buildGraph({ one: [writer('a')], two: [writer('b')] }, { pause: 'each_phase' }),
    script: {},
  },
};
/** At the end of a budget a person says what becomes of what was made. */
const wayOut = (kind: QuestionKind): string => (kind === 'budget' ? 'keep_everything' : 'abort');
const kinds = QUESTION_KINDS.filter(
  (kind) => kind !== 'approval' && kind !== 'deploy' && kind !== 'checks_red',
);

describe('every question has a way out that works', () => {
  it.each(kinds)('R88: %s: each option leads on, and the run is never stuck behind it', (kind) => {
    const { graph, script } = ROADS[kind];
    const { state: asked, events } = waiting(graph, script);
    const id = [...asked.openQuestions][0] ?? '';
    const question = asked.questions.get(id)?.question;
    expect(question?.kind).toBe(kind);
    expect(question?.options.map((o) => o.id)).toContain(wayOut(kind));
    for (const { id: option } of question?.options ?? []) {
      const state = fold(events);
      answer(state, id, option);
      expect(state.openQuestions.has(id)).toBe(false);
      const next = decide(state);
      expect(next.length, option).toBeGreaterThan(0);
      expect(next, option).not.toMatchObject([{ event: { type: 'question_asked' } }]);
    }
  });

  it.each(kinds)('R88: %s: its way out ends the run as cancelled, and nothing starts any more', (kind) => {
    const { graph, script } = ROADS[kind];
    const { events, state } = play(graph, {
      ...script,
      answer: (q) => (q.kind === kind ? wayOut(kind) : 'confirm'),
    });
    const at = events.findIndex((e) => e.type === 'question_answered' && e.option === wayOut(kind));
    expect(events.slice(at + 1).map((e) => e.type)).toEqual(['run_ended']);
    expect(state.ended?.status).toBe('cancelled');
  });

  it.each(kinds)('R88: %s: asked again and again, its ways on run out and the way out is left', (kind) => {
    const { graph, script } = ROADS[kind];
    const ways: string[][] = [];
    const { state } = play(graph, {
      ...script,
      answer: ({ kind: asked, options }) => {
        if (asked === kind) ways.push(options.map((o) => o.id));
        return options.find((o) => o.id !== 'accept' && o.id !== 'withdraw')?.id ?? wayOut(kind);
      },
    });
    expect(ways.length).toBeLessThanOrEqual(6);
    expect(['cancelled', 'done']).toContain(state.ended?.status);
  });

  it('R88: "accept" works for every content that can be refused, also after a "withdraw" and where gates are red', () => {
    const graph = buildGraph({
      one: [writer('a', { reviewers: ['x', 'y'] }), check('all', { reviewers: ['x'] })],
    });
    const { events, state } = play(graph, {
      gate: () => ({ findings: [findingOf('tests', 'red')], red: true }),
      result: (_, { steps }) => ({
        disputes: (steps.get('one/a')?.findings ?? [])
          .filter((f) => f.source === 'x')
          .map((f) => ({ finding: f.id, reason: 'no' })),
      }),
      review: ({ reviewer }) => ({ verdict: 'fail', findings: [findingOf(reviewer, 'same')] }),
      answer: ({ options }) =>
        options.find((o) => o.id === 'withdraw')?.id ?? options.find((o) => o.id === 'accept')?.id ?? 'abort',
    });
    expect(state.ended?.status).toBe('done');
    expect(of(events, 'question_answered').map((e) => e.option)).toContain('accept');
    expect(checkChains(events)).toEqual([]);
  });
});
