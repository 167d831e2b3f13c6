import { describe, expect, it } from 'vitest';
import { buildGraph, check, parallel, reader, writer } from '../../testing/build-graph.ts';
import { createRandom } from '../../testing/random.ts';
import { createScriptedWorld, findingOf, play, type WorldScript } from '../../testing/scripted-world.ts';
import { simulate, startOf } from '../../testing/simulator.ts';
import type { RunEvent } from '../events.ts';
import { createState } from '../fold.ts';
import type { Condition } from '../graph.ts';
import { stepOf } from '../state.ts';
import { concernsOf } from './conditions.ts';

/** Whether the conditional step ran, and the stored reason. */
function decisionOn(step: string, events: RunEvent[]): { ran: boolean; reason: string } | null {
  const found = events.findLast(
    (e) => (e.type === 'step_selected' || e.type === 'step_skipped') && e.step === step,
  );
  if (found?.type === 'step_selected') return { ran: true, reason: found.reason };
  return found?.type === 'step_skipped' ? { ran: false, reason: found.reason } : null;
}

function decide(when: Condition, script: WorldScript = {}) {
  const graph = buildGraph({ one: [reader('plan'), writer('a'), writer('b', { when })] });
  return decisionOn('one/b', play(graph, script).events);
}

const changed = (...paths: string[]): Condition => ({ kind: 'changed', paths });
const not = (of: Condition): Condition => ({ kind: 'not', of });
const says = (needed: boolean): WorldScript => ({
  result: ({ step }) =>
    step === 'one/plan' ? { needs: [{ agent: 'b', needed, reason: 'as asked' }] } : null,
});

describe('a conditional step', () => {
  it('R13: runs or is skipped as the accepted plan says, with its reason stored', () => {
    expect(decide({ kind: 'planned' }, says(true))).toEqual({ ran: true, reason: 'as asked' });
    expect(decide({ kind: 'planned' }, says(false))).toEqual({ ran: false, reason: 'as asked' });
  });

  it('R13: runs where no accepted plan names it, also behind a "not": nothing is skipped in silence', () => {
    const silent: WorldScript = { result: () => ({ needs: [] }) };
    expect(decide({ kind: 'planned' }, silent)).toMatchObject({ ran: true });
    expect(decide(not({ kind: 'planned' }), silent)).toMatchObject({ ran: true });
    expect(decide(not(not({ kind: 'planned' })), silent)).toMatchObject({ ran: true });
    expect(decide({ kind: 'any', of: [{ kind: 'planned' }, changed('*.sql')] }, silent)).toMatchObject({
      ran: true,
    });
    expect(decide({ kind: 'all', of: [{ kind: 'planned' }, changed('*.ts')] }, silent)).toMatchObject({
      ran: true,
    });
  });

  it('listens to readers only: a writer cannot talk a later step away', () => {
    const script: WorldScript = {
      result: ({ step }) => ({
        needs: step === 'one/a' ? [{ agent: 'b', needed: false, reason: 'trust me' }] : [],
      }),
    };
    expect(decide({ kind: 'planned' }, script)).toMatchObject({ ran: true });
  });

  it('R13, R28: runs when what it looks after was changed, naming the path', () => {
    expect(decide(changed('api/src/one-a.*'))).toEqual({ ran: true, reason: 'api/src/one-a.ts was changed' });
    expect(decide(changed('*.sql', '**/auth/**'))).toEqual({
      ran: false,
      reason: 'nothing accepted so far changed *.sql, **/auth/**',
    });
    expect(decide(not(changed('*.ts')))).toMatchObject({ ran: false });
  });

  it('R28: sees what an earlier rework round changed, not only the last one', () => {
    const script: WorldScript = {
      paths: ({ round }) => ({ named: [round === 1 ? 'api/src/auth.ts' : 'api/README.md'], all: 1 }),
      review: ({ step, round }) =>
        step === 'one/a' && round === 1 ? { verdict: 'fail', findings: [findingOf('reviewer', 'p')] } : null,
    };
    expect(decide(changed('**/auth.ts'), script)).toMatchObject({ ran: true });
  });

  it('R28: runs where more was changed than is named, also behind a "not"', () => {
    const script: WorldScript = { paths: () => ({ named: ['api/a.ts'], all: 501 }) };
    expect(decide(changed('*.sql'), script)).toMatchObject({ ran: true });
    expect(decide(not(changed('*.sql')), script)).toMatchObject({ ran: true });
  });

  it.each([
    ['user_data', 'authentication', 'external_api', 'uploads', 'payments'] as const,
    ['large_data', 'hot_endpoint', 'real_time', 'background_job', 'cache'] as const,
  ])('R28, R29: runs where a concern was measured, named by a reader or in the request: %s …', (...names) => {
    for (const name of names) {
      const when: Condition = { kind: 'concerns', names: [name] };
      const measured = decide(when, {
        concerns: ({ step }) => (step === 'one/a' ? [{ name, where: 'api/a.ts:3' }] : []),
      });
      expect(measured).toEqual({ ran: true, reason: `${name}: api/a.ts:3` });
      const named = decide(when, {
        result: ({ step }) => (step === 'one/plan' ? { concerns: [name] } : null),
      });
      expect(named).toEqual({ ran: true, reason: `${name}: one/plan` });
      const graph = buildGraph({ one: [writer('a'), writer('b', { when })] });
      const [started] = startOf(graph);
      if (started?.type !== 'run_started') throw new Error('a run starts with run_started');
      const history = [{ ...started, concerns: [{ name, where: 'the request says so' }] }];
      const world = createScriptedWorld({});
      const asked = simulate({ history, world, random: createRandom(1) });
      expect(decisionOn('one/b', asked.events)).toEqual({
        ran: true,
        reason: `${name}: the request says so`,
      });
      const others = names.filter((other) => other !== name);
      expect(
        decide(
          { kind: 'concerns', names: others },
          {
            concerns: () => [{ name, where: 'api/a.ts:3' }],
          },
        ),
      ).toMatchObject({ ran: false });
    }
  });

  it('R28: tells whoever is called every concern of its condition that was seen, and where', () => {
    const toldTo = (when: Condition | null): string[] => {
      const [started] = startOf(buildGraph({ one: [writer('a'), writer('b', { when })] }));
      if (started?.type !== 'run_started') throw new Error('a run starts with run_started');
      const concerns = [
        { name: 'cache', where: 'api/cache.ts:3' },
        { name: 'secrets', where: 'the request' },
        { name: 'uploads', where: 'api/files.ts:1' },
      ] as const;
      const state = createState({ ...started, concerns: [...concerns] });
      return concernsOf(state, stepOf(state, 'one/b').step);
    };
    const some: Condition = { kind: 'concerns', names: ['payments', 'cache', 'secrets'] };
    const told = ['cache: api/cache.ts:3', 'secrets: the request'];
    expect(toldTo(some)).toEqual(told);
    expect(toldTo({ kind: 'any', of: [changed('*.sql'), some] })).toEqual(told);
    expect(toldTo(null)).toEqual([]);
  });

  it('R28: runs where a diff was too long to be looked through, also behind a "not"', () => {
    const script: WorldScript = { concerns: () => null };
    const when: Condition = { kind: 'concerns', names: ['secrets'] };
    expect(decide(when, script)).toMatchObject({ ran: true });
    expect(decide(not(when), script)).toMatchObject({ ran: true });
  });

  it('R28: adds a check with its reviewer where a round on the way touched the concern, and skips it elsewhere', () => {
    const graph = buildGraph({
      one: [
        writer('a'),
        check('security', {
          when: { kind: 'concerns', names: ['authentication'] },
          reviewers: ['security-reviewer'],
        }),
      ],
    });
    const reviewers = (script: WorldScript): string[] =>
      play(graph, script).events.flatMap((e) => (e.type === 'review_started' ? [e.reviewer] : []));
    const touched: WorldScript = {
      concerns: ({ round }) => (round === 1 ? [{ name: 'authentication', where: 'api/a.ts:1' }] : []),
      review: ({ step, round }) =>
        step === 'one/a' && round === 1 ? { verdict: 'fail', findings: [findingOf('reviewer', 'p')] } : null,
    };
    expect(reviewers(touched)).toContain('security-reviewer');
    expect(reviewers({})).not.toContain('security-reviewer');
  });

  it('combines conditions', () => {
    expect(decide({ kind: 'any', of: [changed('*.sql'), changed('*.ts')] })).toMatchObject({ ran: true });
    expect(decide({ kind: 'all', of: [changed('*.sql'), changed('*.ts')] })).toMatchObject({ ran: false });
    expect(decide({ kind: 'all', of: [changed('*.ts'), { kind: 'planned' }] }, says(false))).toMatchObject({
      ran: false,
    });
  });

  it('looks at what it comes after only, so that no parallel branch changes it by being faster', () => {
    const graph = buildGraph({
      one: [parallel('m', [[writer('fast')], [reader('slow'), writer('b', { when: changed('*fast*') })]])],
    });
    for (let seed = 0; seed < 20; seed += 1) {
      const world = createScriptedWorld({});
      const { events } = simulate({ history: startOf(graph), world, random: createRandom(seed) });
      expect(decisionOn('one/b', events)).toMatchObject({ ran: false });
    }
  });

  it('asks a plan that was done again, not the one that it replaced', () => {
    const { events } = play(
      buildGraph({ one: [reader('plan'), writer('a'), writer('b', { when: { kind: 'planned' } })] }),
      {
        result: ({ step, round }) =>
          step === 'one/plan' && round === 1
            ? { needs: [{ agent: 'b', needed: false, reason: 'not needed' }] }
            : { needs: [] },
        review: ({ step, round }) =>
          step === 'one/a' && round === 1
            ? { verdict: 'fail', findings: [findingOf('reviewer', 'p', { owner: 'one/plan' })] }
            : null,
      },
    );
    expect(decisionOn('one/b', events)).toMatchObject({ ran: true });
  });
});
