import { describe, expect, it } from 'vitest';
import { buildGraph, check, parallel, reader, submit, writer } from '../../testing/build-graph.ts';
import { play, type WorldScript } from '../../testing/scripted-world.ts';
import { startOf } from '../../testing/simulator.ts';
import {
  allowanceOf,
  budgetLines,
  BUDGET_RANGES,
  MAX_RAISES,
  spentOf,
  timeLimitOf,
  type Budget,
} from './budget.ts';
import type { EventOf, EventType, RunEvent } from '../events.ts';
import { applyEvent, fold } from '../fold.ts';
import type { Graph } from '../graph.ts';
import type { RunState } from '../state.ts';

function of<T extends EventType>(events: RunEvent[], type: T): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type);
}

const wide = (budget: Budget): Graph => ({
  ...buildGraph({
    one: [parallel('m', [[writer('a')], [writer('b')], [writer('c')]], { gates: 'none' })],
  }),
  budget,
});
const line = (budget: Budget): Graph => ({
  ...buildGraph({ one: [writer('a', { gates: 'quick' }), writer('b', { gates: 'none' })] }),
  budget,
});
const costing = (tokens: number, ms = 0): WorldScript => ({
  cost: () => ({ tokens, usd: tokens / 100, ms }),
});
const nobody: WorldScript = { answer: () => null };
const asked = (events: RunEvent[]) => of(events, 'question_asked').map((e) => e.question);
const lineOf = (state: RunState, name: string) => budgetLines(state).find((each) => each.name === name);

/** The most that was at work at once. */
function width(events: RunEvent[]): number {
  let now = 0;
  let most = 0;
  for (const { type } of events) {
    if (type === 'invocation_started' || type === 'review_started') most = Math.max(most, (now += 1));
    if (type === 'invocation_ended' || type === 'review_ended') now -= 1;
  }
  return most;
}

describe('a budget of the whole run', () => {
  it('DOS-2, R90: starts nothing that does not fit, waits for what is under way, and asks then', () => {
    const graph = wide({ tokens: 250, reserve_tokens: 100 });
    const { events, end } = play(graph, { ...costing(100), ...nobody });
    expect(of(events, 'invocation_started')).toHaveLength(2);
    expect(of(events, 'invocation_ended')).toHaveLength(2);
    expect(end).toBe('waiting');
    expect(events.at(-1)?.type).toBe('question_asked');
    expect(asked(events)).toMatchObject([{ id: 'budget/tokens/1', kind: 'budget', step: null }]);
    expect(asked(events)[0]?.text).toContain('200 tokens spent');
  });

  it('DOS-2: learns what one invocation takes: the first runs alone, then as many as fit', () => {
    const { events, state } = play(wide({ tokens: 10_000 }), costing(100));
    expect(
      width(
        events.slice(
          0,
          events.findIndex((e) => e.type === 'invocation_ended'),
        ),
      ),
    ).toBe(1);
    expect(width(events)).toBeGreaterThan(1);
    expect(state.ended?.status).toBe('done');
  });

  it.each([
    ['tokens', { tokens: 100, reserve_tokens: 60 }],
    ['cost_usd', { cost_usd: 1, reserve_cost_usd: 0.6 }],
    ['time_ms', { time_ms: 100 }],
  ] as const)('R90: %s run out by themselves', (name, budget) => {
    const { events } = play(line(budget), { ...costing(60, 60), ...nobody });
    expect(asked(events).map((q) => q.id)).toEqual([`budget/${name}/1`]);
    expect(of(events, 'invocation_started')).toHaveLength(1);
  });

  it('counts the time of gates as well', () => {
    const script = {
      cost: ({ kind }: { kind: string }) => ({ tokens: null, ms: kind === 'gates' ? 500 : 1 }),
    };
    const { events, state } = play(line({ time_ms: 400 }), { ...script, ...nobody });
    expect(of(events, 'gates_ended')).toHaveLength(1);
    expect(of(events, 'review_started')).toHaveLength(0);
    expect(lineOf(state, 'time_ms')).toMatchObject({ limit: 400, used: 501, left: 0 });
  });

  it('lets through what costs nothing: gates and merges go on when tokens are used up', () => {
    const { events } = play(line({ tokens: 100, reserve_tokens: 100 }), { ...costing(100), ...nobody });
    expect(of(events, 'gates_ended')).toHaveLength(1);
    const graph = { ...buildGraph({ one: [writer('a'), check('all', { reviewers: [] }), submit()] }) };
    const all = play({ ...graph, budget: { tokens: 10_000 } }, costing(1));
    expect(all.state.ended?.status).toBe('done');
  });

  it('R90: a person raises it by half, a few times, and then only the ends are left', () => {
    const ways: string[][] = [];
    const { events, state } = play(
      { ...line({ tokens: 100, reserve_tokens: 100 }), limits: { ...line({}).limits, max_retries: 0 } },
      {
        cost: () => ({ tokens: 1_000 }),
        answer: ({ kind, options }) => {
          if (kind === 'budget') ways.push(options.map((o) => o.id));
          return options[0]?.id ?? null;
        },
      },
    );
    expect(ways.map((way) => way.includes('raise'))).toEqual([...Array(MAX_RAISES).fill(true), false]);
    expect(state.spending.limits.tokens).toBe(338);
    expect(asked(events).map((q) => q.id)).toEqual([1, 2, 3, 4].map((n) => `budget/tokens/${n}`));
    expect(state.ended?.status).toBe('cancelled');
  });

  it('R90: goes on where it stood when the budget was raised', () => {
    const { events, state } = play(line({ tokens: 250, reserve_tokens: 100 }), costing(100));
    expect(asked(events).map((q) => q.id)).toEqual(['budget/tokens/1', 'budget/tokens/2']);
    expect(state.ended?.status).toBe('done');
    expect(of(events, 'invocation_started')).toHaveLength(2);
    expect(of(events, 'review_started')).toHaveLength(2);
  });

  it('DOS-2: leaves an invocation what is neither spent nor taken by others, whether reserved or already used', () => {
    const budget = { tokens: 1_000, reserve_tokens: 300 };
    const { events } = play(wide(budget), { ...costing(100), ...nobody });
    const ended = events.findIndex((event) => event.type === 'invocation_ended');
    const state = fold(events.slice(0, ended + 1));
    const [key = '', other = ''] = state.spending.reserved.keys();
    const taken = spentOf(state.spending, 'tokens');
    expect([state.spending.reserved.size, taken]).toEqual([2, 100]);
    const left = (used: number) =>
      allowanceOf(state, key, 'tokens', (each) => (each === other ? used : 9_999));
    expect(left(0)).toBe(600);
    expect(left(450)).toBe(450);
    expect(left(5_000)).toBe(0);
    expect(allowanceOf(state, key, 'cost_usd', () => 9)).toBeNull();
  });

  it('has a ceiling in code, for files as for answers', () => {
    const high = fold(startOf(line({ tokens: 1e15, cost_usd: 1e9, time_ms: 1e15 })));
    expect(high.spending.limits).toEqual({
      tokens: BUDGET_RANGES.tokens[1],
      cost_usd: BUDGET_RANGES.cost_usd[1],
      time_ms: BUDGET_RANGES.time_ms[1],
    });
    const graph = { ...line({ tokens: 1e15, reserve_tokens: 1e15 }) };
    const { events } = play(graph, { cost: () => ({ tokens: 1e15 }), ...nobody });
    expect(asked(events)[0]?.options.map((o) => o.id)).not.toContain('raise');
  });

  it('DOS-2: a crash resets nothing: what was in flight counts with what is usual', () => {
    const budget = { tokens: 300, reserve_tokens: 100 };
    const started = play(line(budget), { ...costing(100), ...nobody }).events;
    const at = started.findIndex((e) => e.type === 'invocation_ended');
    const state = fold(started.slice(0, at));
    const key = of(started, 'invocation_started')[0]?.key ?? '';
    expect(lineOf(state, 'tokens')).toMatchObject({ used: 0, reserved: 100, left: 200 });
    applyEvent(state, { type: 'interrupted', keys: [key] });
    expect(lineOf(state, 'tokens')).toMatchObject({ used: 100, assumed: 100, reserved: 0, left: 200 });
    // The late twin's outcome is nobody's any more.
    const [late] = of(started, 'invocation_ended');
    if (late !== undefined) applyEvent(state, late);
    expect(lineOf(state, 'tokens')).toMatchObject({ used: 100, left: 200 });
  });

  it('counts what a driver could not say as it was reserved', () => {
    const { state } = play(line({ tokens: 1_000, reserve_tokens: 100 }), { cost: () => ({ tokens: null }) });
    expect(state.ended?.status).toBe('done');
    expect(lineOf(state, 'tokens')).toMatchObject({ used: 400, assumed: 400, left: 600 });
  });

  it('believes no negative and no endless cost', () => {
    const costs = [-5, Number.NaN, Number.POSITIVE_INFINITY, -1];
    const { state } = play(line({ tokens: 1_000, reserve_tokens: 100 }), {
      cost: ({ kind }) => (kind === 'gates' ? null : { tokens: costs.pop() ?? 0 }),
    });
    expect(lineOf(state, 'tokens')).toMatchObject({ used: 400 });
  });

  it('shows cost as unknown where nobody meters it, never as zero', () => {
    const { state } = play(line({}), {});
    expect(lineOf(state, 'tokens')?.used).toBeGreaterThan(0);
    const silent = play(line({}), { cost: () => ({ tokens: null }) });
    expect(lineOf(silent.state, 'tokens')).toMatchObject({ limit: null, used: null, left: null });
    expect(lineOf(fold(startOf(line({}))), 'cost_usd')).toMatchObject({ used: null });
  });

  it("cuts an invocation's own time limit to what is left of the run's", () => {
    const started = play(line({ time_ms: 1_000 }), { ...costing(1, 400), ...nobody }).events;
    const at = started.findIndex((e) => e.type === 'review_started');
    const state = fold(started.slice(0, at + 1));
    const key = of(started, 'review_started')[0]?.key ?? '';
    expect(timeLimitOf(state, key, 60_000)).toBe(200);
    expect(timeLimitOf(state, key, 50)).toBe(50);
    expect(timeLimitOf(fold(startOf(line({}))), 'x', 60_000)).toBe(60_000);
  });

  it('R61: a blocked branch is asked about at once, and independent work goes on to its end', () => {
    const graph = buildGraph({
      one: [parallel('m', [[writer('a')], [writer('b'), reader('c')]])],
      two: [writer('d')],
    });
    const { events, state, end } = play(graph, {
      result: ({ step }) =>
        step === 'one/a'
          ? { status: 'blocked', blocked: { reason: 'security_concern', detail: 'a key', attempted: [] } }
          : null,
      answer: () => null,
    });
    expect(end).toBe('waiting');
    const blocked = events.findIndex((e) => e.type === 'invocation_ended' && e.step === 'one/a');
    const question = events.findIndex((e) => e.type === 'question_asked');
    expect(asked(events)).toMatchObject([{ kind: 'blocked', step: 'one/a' }]);
    expect(asked(events)[0]?.text).toContain('a key');
    expect(asked(events)[0]?.text).toContain(
      'Before it goes on: a person says how the concern is dealt with, or stops the run. Until then these wait: one/m, two/d; this goes on: one/b, one/c.',
    );
    // In the same turn: what came in with it is taken up, and nothing new was started before.
    expect(events.slice(blocked, question).filter((e) => e.type.endsWith('_started'))).toEqual([]);
    expect(events.slice(question).filter((e) => e.type.endsWith('_started')).length).toBeGreaterThan(3);
    const status = (id: string) => state.steps.get(id)?.status;
    expect([status('one/b'), status('one/c')]).toEqual(['accepted', 'accepted']);
    expect([status('one/m'), status('two/d')]).toEqual(['pending', 'pending']);
  });
});

describe('a change of very many files', () => {
  const graph = buildGraph({ one: [writer('a', { gates: 'quick' })] }, { limits: { max_changed_files: 3 } });
  const many: WorldScript = {
    paths: ({ round }) => (round === 1 ? { named: ['api/a.ts'], all: 4 } : null),
  };

  it('OUT-9: is shown to a person before gates and reviewers look at it', () => {
    const { events } = play(graph, { ...many, answer: () => null });
    expect(asked(events)).toMatchObject([{ kind: 'large_change', step: 'one/a' }]);
    expect(asked(events)[0]?.text).toContain('changed 4 files');
    expect([...of(events, 'gates_started'), ...of(events, 'review_started')]).toEqual([]);
  });

  it('OUT-9: goes on as it is, and is judged, when the person lets it', () => {
    const { events, state } = play(graph, { ...many, answer: () => 'allow' });
    expect(of(events, 'invocation_started')).toHaveLength(1);
    expect(of(events, 'review_ended')).toHaveLength(1);
    expect(state.ended?.status).toBe('done');
  });

  it('OUT-9: goes back with the words of the person', () => {
    const { events, state } = play(graph, { ...many, answer: () => 'revise' });
    expect(of(events, 'rework_requested')).toHaveLength(1);
    expect(state.steps.get('one/a')?.guidance).toHaveLength(1);
    expect(state.ended?.status).toBe('done');
  });
});
