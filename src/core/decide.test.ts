import { describe, expect, it } from 'vitest';
import { buildGraph, check, parallel, reader, submit, writer } from '../testing/build-graph.ts';
import { createRandom } from '../testing/random.ts';
import { createScriptedWorld, play } from '../testing/scripted-world.ts';
import { simulate, startOf } from '../testing/simulator.ts';
import { startEventOf } from '../testing/start-events.ts';
import type { Command } from './commands.ts';
import { decide } from './decide.ts';
import type { EventOf, EventType, RunEvent } from './events.ts';
import { applyEvent, fold } from './fold.ts';
import type { Failure } from './records.ts';

const small = (over: Parameters<typeof buildGraph>[1] = {}) =>
  buildGraph(
    {
      plan: [reader('summary'), reader('plan')],
      build: [parallel('merge', [[writer('a')], [writer('b')]]), check('all', { from: 'tree_from' })],
      hand_over: [check('whole'), reader('texts'), submit()],
    },
    over,
  );

function of<T extends EventType>(events: RunEvent[], type: T): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type);
}

const keysOf = (commands: Command[]): string[] =>
  commands.map((c) => (c.kind === 'record' ? c.event.type : c.key));

describe('decide', () => {
  it('R1: asks for the confirmation first and names nothing else until it is recorded', () => {
    const { events, state, end } = play(small({ start: 'confirm' }), { answer: () => null });
    expect(end).toBe('waiting');
    expect(events.map((e) => e.type)).toEqual(['run_started', 'holder_changed', 'question_asked']);
    expect(decide(state)).toEqual([]);
  });

  it('R1: starts at once where a flag confirmed beforehand, and that is recorded in event 1', () => {
    const graph = small({ start: 'confirm' });
    const history = startOf(graph, { confirmed: true });
    const world = createScriptedWorld({});
    const { events } = simulate({ history, world, random: createRandom(1) });
    expect(of(events, 'question_asked')).toEqual([]);
    expect(of(events, 'run_ended')[0]).toMatchObject({ status: 'done' });
  });

  it('R2: shows all phases in order before the first one starts', () => {
    const { events } = play(small({ start: 'confirm' }));
    const [asked] = of(events, 'question_asked');
    expect(asked?.question.text).toMatch(/1\. plan: .*\n2\. build: .*\n3\. hand_over: /);
    const shown = events.findIndex((e) => e.type === 'question_asked');
    expect(events.findIndex((e) => e.type === 'phase_started')).toBeGreaterThan(shown);
  });

  it('R11: names the first steps only, and a later step when all that it needs is settled', () => {
    const state = fold(startOf(small()));
    applyEvent(state, (decide(state)[0] as Extract<Command, { kind: 'record' }>).event);
    expect(keysOf(decide(state))).toEqual(['plan/summary/r1/work.plan.summary/a1']);
    const { events } = play(small());
    const phases = events.flatMap((e) =>
      e.type === 'phase_started' || e.type === 'phase_completed' ? [`${e.type} ${e.phase}`] : [],
    );
    expect(phases).toEqual(
      ['plan', 'build', 'hand_over'].flatMap((id) => [`phase_started ${id}`, `phase_completed ${id}`]),
    );
  });

  it('R22: reviews an output before anything else happens in a sequence', () => {
    const { events } = play(buildGraph({ one: [reader('a'), reader('b')] }));
    const work = events.flatMap((e) => ('key' in e && e.type.endsWith('_started') ? [e.key] : []));
    expect(work).toEqual([
      'one/a/r1/work.one.a/a1',
      'one/a/r1/review.reviewer/a1',
      'one/b/r1/work.one.b/a1',
      'one/b/r1/review.reviewer/a1',
    ]);
  });

  it('R21: lets no agent end without a verdict on what it made, texts of the submission included', () => {
    const { events } = play(small());
    const judged = new Set(of(events, 'review_ended').map((e) => e.step));
    for (const { step } of of(events, 'invocation_ended')) expect(judged).toContain(step);
    expect(judged).toContain('hand_over/texts');
  });

  it('R11, R33: starts parallel steps together and the merge behind the last of them', () => {
    const { events } = play(small());
    const at = (key: string) => events.findIndex((e) => 'key' in e && e.key === key);
    const isSide = (step: string) => ['build/a', 'build/b'].includes(step);
    const accepted = events.flatMap((e, i) => (e.type === 'step_accepted' && isSide(e.step) ? [i] : []));
    expect(accepted).toHaveLength(2);
    expect(at('build/a/r1/work.build.a/a1')).toBeLessThan(Math.min(...accepted));
    expect(at('build/b/r1/work.build.b/a1')).toBeLessThan(Math.min(...accepted));
    expect(at('build/merge/r1/merge/a1')).toBeGreaterThan(Math.max(...accepted));
  });

  it('R56: sums a phase up, with what was skipped and why, and names the phases that are left', () => {
    const graph = buildGraph({
      one: [reader('a'), writer('b', { when: { kind: 'changed', paths: ['*.sql'] } })],
      two: [reader('c')],
      three: [reader('d')],
    });
    const [first] = of(play(graph).events, 'phase_completed');
    expect(first?.summary).toBe(
      'one/a: output of one/a/r1/work.one.a\none/b: skipped (nothing accepted so far changed *.sql)',
    );
    expect(first?.next).toEqual(['two', 'three']);
  });

  it('R92: waits after each phase but the last where the workflow says so, behind its summary', () => {
    const waiting = play(small({ pause: 'each_phase' }), { answer: () => null });
    expect(waiting.end).toBe('waiting');
    expect(waiting.events.slice(-2).map((e) => e.type)).toEqual(['phase_completed', 'question_asked']);
    const { events } = play(small({ pause: 'each_phase' }));
    expect(of(events, 'question_asked').map((e) => e.question.id)).toEqual(['pause/plan', 'pause/build']);
    expect(of(events, 'run_ended')[0]).toMatchObject({ status: 'done' });
  });

  it('PROC-14: lets parallel siblings finish and be accepted while one of them hangs', () => {
    const state = fold(startOf(small()));
    const world = createScriptedWorld({});
    const hung: string[] = [];
    for (let turn = 0; turn < 200; turn += 1) {
      const [first] = decide(state);
      if (first === undefined) break;
      if (first.kind === 'record') {
        applyEvent(state, first.event);
        continue;
      }
      const outcome = world.outcomeOf(first, state);
      applyEvent(state, startEventOf(first, state));
      if (first.step === 'build/a') hung.push(first.key);
      else for (const event of outcome) applyEvent(state, event);
    }
    expect(hung).toEqual(['build/a/r1/work.build.a/a1']);
    expect(state.steps.get('build/b')?.status).toBe('accepted');
    expect(state.steps.get('build/merge')?.status).toBe('pending');
  });

  it('KILL-3: starts what was interrupted afresh, with a new attempt and no budget spent', () => {
    const state = fold(startOf(buildGraph({ one: [reader('a')] })));
    for (let i = 0; i < 20; i += 1) {
      const [first] = decide(state);
      if (first === undefined || first.kind === 'record') {
        if (first !== undefined) applyEvent(state, first.event);
        continue;
      }
      expect(first.key).toMatch(/^one\/a\/r1\/work\.one\.a\/a\d+$/);
      applyEvent(state, startEventOf(first, state));
      applyEvent(state, { type: 'interrupted', keys: [first.key] });
    }
    const st = state.steps.get('one/a');
    expect(keysOf(decide(state))).toEqual(['one/a/r1/work.one.a/a20']);
    expect(st?.failures.size).toBe(0);
    expect(st?.budget.reworks).toBe(0);
    expect(state.interruptions).toBe(19);
  });

  it('KILL-3: an attempt that ended because somebody stopped it spends no retry either', () => {
    const graph = buildGraph({ one: [reader('a')] }, { limits: { max_retries: 0 } });
    const { events, state } = play(graph, {
      fails: ({ key }) => (/a[12]$/.test(key) ? 'cancelled' : key.endsWith('a3') ? 'interrupted' : null),
    });
    expect(of(events, 'question_asked')).toEqual([]);
    expect(of(events, 'invocation_started')).toHaveLength(4);
    expect(state.ended?.status).toBe('done');
  });

  it('DOS-3: pauses twice as long before each technical retry, and then asks a person', () => {
    const graph = buildGraph({ one: [reader('a')] }, { limits: { max_retries: 3, retry_backoff_ms: 100 } });
    const { events } = play(graph, { fails: () => 'crashed', answer: () => null });
    expect(of(events, 'wait_started').map((e) => e.wait_ms)).toEqual([100, 200, 400]);
    expect(of(events, 'invocation_started')).toHaveLength(4);
    expect(of(events, 'question_asked')[0]?.question).toMatchObject({ kind: 'retry_exhausted' });
  });

  it('asks a person at once where another attempt would end in the same way, and tries again when told to', () => {
    const graph = buildGraph({ one: [reader('a')] }, { limits: { max_retries: 3, retry_backoff_ms: 100 } });
    const hopeless: Failure = { reason: 'not_started', detail: 'usage: agent [--help]', hopeless: true };
    const { events } = play(graph, { fails: () => hopeless, answer: () => null });
    expect(of(events, 'invocation_started')).toHaveLength(1);
    expect(of(events, 'wait_started')).toEqual([]);
    expect(of(events, 'question_asked')[0]?.question).toMatchObject({
      kind: 'retry_exhausted',
      text: expect.stringContaining('cannot be started as it is: not_started: usage: agent'),
    });
    const mended = play(graph, {
      fails: ({ key }) => (/one\/a\/.*work.*a1$/.test(key) ? hopeless : null),
      answer: () => 'retry',
    });
    expect(mended.state.ended?.status).toBe('done');
  });

  it('DOS-8: waits until a quota starts anew, which costs neither a retry nor a round', () => {
    const graph = buildGraph({ one: [reader('a')] }, { limits: { max_retries: 1, retry_backoff_ms: 100 } });
    const until: Failure = { reason: 'quota_exceeded', detail: 'used up', retry_after_ms: 3_600_000 };
    const { events, state } = play(graph, {
      fails: ({ key }) => (/work.*a1$/.test(key) ? 'crashed' : /work.*a[2-6]$/.test(key) ? until : null),
    });
    expect(of(events, 'wait_started').map((e) => e.wait_ms)).toEqual([100, ...Array(5).fill(3_600_000)]);
    expect(of(events, 'wait_started')[1]?.reason).toBe('quota_exceeded: used up');
    expect(of(events, 'question_asked')).toEqual([]);
    expect(state.steps.get('one/a')?.budget.reworks).toBe(0);
    expect(state.ended?.status).toBe('done');
  });

  it('DOS-8: asks a person about a quota that nobody knows the end of, or that never ends', () => {
    const graph = buildGraph({ one: [reader('a')] }, { limits: { max_retries: 1 } });
    const unknown = play(graph, { fails: () => 'quota_exceeded', answer: () => null });
    expect(of(unknown.events, 'invocation_started')).toHaveLength(2);
    expect(of(unknown.events, 'question_asked')[0]?.question).toMatchObject({ kind: 'retry_exhausted' });
    const endless: Failure = { reason: 'quota_exceeded', detail: 'used up', retry_after_ms: 1e15 };
    const { events } = play(graph, { fails: () => endless, answer: () => null });
    expect(of(events, 'question_asked')[0]?.question).toMatchObject({ kind: 'retry_exhausted' });
    expect(Math.max(...of(events, 'wait_started').map((e) => e.wait_ms))).toBe(8 * 24 * 3_600_000);
  });

  it('R90: starts no more invocations than the run may have, and asks when nothing else is under way', () => {
    const graph = buildGraph(
      { one: [parallel('m', [[writer('a')], [writer('b')], [writer('c')]])] },
      { limits: { max_invocations: 2 } },
    );
    const { events, end } = play(graph, { answer: () => null });
    expect(of(events, 'invocation_started')).toHaveLength(2);
    expect(of(events, 'invocation_ended')).toHaveLength(2);
    expect(end).toBe('waiting');
    expect(of(events, 'question_asked').map((e) => e.question.id)).toEqual(['budget/invocations/1']);
    expect(events.at(-1)?.type).toBe('question_asked');
  });

  it('names nothing while the run is paused, and goes on when it is resumed', () => {
    const state = fold(startOf(small()));
    applyEvent(state, { type: 'run_paused', reason: 'disk_full', detail: '' });
    expect(decide(state)).toEqual([]);
    applyEvent(state, { type: 'run_resumed' });
    expect(keysOf(decide(state))).toEqual(['phase_started']);
  });

  it('ends at once when it is cancelled, whatever is in flight', () => {
    const state = fold(startOf(small()));
    const actor = { kind: 'human', name: 'ada', via: 'cli' } as const;
    applyEvent(state, { type: 'cancel_requested', actor, reason: 'enough' });
    expect(decide(state)).toMatchObject([
      { event: { type: 'run_ended', status: 'cancelled', reason: 'enough' } },
    ]);
  });

  it('merges nothing where no branch changed anything', () => {
    const when = { kind: 'changed', paths: ['*.sql'] } as const;
    const skipped = { when: { ...when, paths: ['*.sql'] } };
    const graph = buildGraph({ one: [parallel('m', [[writer('a', skipped)], [writer('b', skipped)]])] });
    const { events, state } = play(graph);
    expect(of(events, 'merge_started')).toEqual([]);
    expect(state.ended?.status).toBe('done');
  });

  it('runs a check without gates as a review alone, and a conditional check like any other', () => {
    const graph = buildGraph({ one: [writer('a'), check('look', { gates: 'none' })] });
    const { events } = play(graph);
    expect(of(events, 'review_started').map((e) => e.step)).toEqual(['one/a', 'one/look']);
    const steps = graph.steps.map((step) =>
      step.id === 'one/look' ? { ...step, when: { kind: 'changed' as const, paths: ['*.ts'] } } : step,
    );
    const conditional = play({ ...graph, steps });
    expect(of(conditional.events, 'review_started').map((e) => e.step)).toEqual(['one/a', 'one/look']);
  });
});
