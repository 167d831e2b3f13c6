import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildGraph, check, deploy, submit, writer } from '../../testing/build-graph.ts';
import { checkChains } from '../../testing/chain-checker.ts';
import { createRandom } from '../../testing/random.ts';
import { createRandomWorld, type People } from '../../testing/random-world.ts';
import { CALM } from '../../testing/temper.ts';
import { simulate, startOf, type SimulationOptions } from '../../testing/simulator.ts';
import type { RunEvent } from '../events.ts';
import type { Question } from '../records.ts';

const GRAPH = buildGraph({
  build: [writer('one'), check('whole')],
  end: [submit(), deploy('staging'), deploy('production')],
});

function play(
  answer: (question: Question) => string | null,
  over: Partial<SimulationOptions> & { lost?: number; history?: RunEvent[] } = {},
) {
  const calm = createRandomWorld(1, { ...CALM, lost: 0 }, 'first');
  const lossy = createRandomWorld(1, { ...CALM, lost: over.lost ?? 0 }, 'first');
  const run = simulate({
    history: startOf(GRAPH),
    random: createRandom(1),
    maxEvents: 2_000,
    ...over,
    world: {
      outcomeOf: (command, state) => (command.kind === 'deploy' ? lossy : calm).outcomeOf(command, state),
      answer(question) {
        const option = answer(question);
        return option === null ? null : { option, text: '' };
      },
    },
  });
  const results = [...run.state.steps.values()].flatMap(({ step, deploy: { result } }) =>
    step.work.kind === 'deploy' ? [[step.work.environment, result?.status ?? null]] : [],
  );
  const starts = run.events.filter((e) => e.type === 'deploy_started');
  const asked = run.events.flatMap((e) => (e.type === 'question_asked' ? [e.question] : []));
  return { ...run, results, starts, asked };
}

describe('a deployment', () => {
  it('R91: waits for an approval of exactly the head, for each environment by itself', () => {
    const { end, asked, starts, state } = play(() => null);
    expect(end).toBe('waiting');
    expect(starts).toEqual([]);
    const head = state.steps.get('build/whole')?.accepted?.revision;
    expect(asked).toMatchObject([{ kind: 'approval', step: 'end/deploy-staging', binds: head }]);
    expect(asked[0]?.id.startsWith(head?.slice(0, 12) ?? 'none')).toBe(true);
    const both = play(() => 'approve');
    expect(both.asked.map((q) => q.step)).toEqual(['end/deploy-staging', 'end/deploy-production']);
    expect(both.starts).toHaveLength(2);
    expect(both.results).toEqual([
      ['staging', 'deployed'],
      ['production', 'deployed'],
    ]);
    expect(both.state.ended?.status).toBe('done');
  });

  it('R91: is settled as not deployed where no command is configured, and nobody is asked', () => {
    const [started] = startOf(GRAPH);
    if (started?.type !== 'run_started') throw new Error('no start');
    const { results, asked, events } = play(() => null, { history: [{ ...started, deployable: [] }] });
    expect(asked).toEqual([]);
    expect(results.map(([, status]) => status)).toEqual(['not_deployed', 'not_deployed']);
    expect(events.filter((e) => e.type === 'deploy_skipped')).toMatchObject([
      { environment: 'staging', reason: 'no deploy command is configured for staging' },
      { environment: 'production' },
    ]);
  });

  it('is not started where a person goes on without, and the run goes on', () => {
    const { results, starts, state } = play(() => 'skip');
    expect(starts).toEqual([]);
    expect(results.map(([, status]) => status)).toEqual(['not_deployed', 'not_deployed']);
    expect(state.ended?.status).toBe('done');
  });

  it('asks when it failed, tries again as often as a step can be continued, and then offers no more', () => {
    const { asked, starts, results } = play(
      (q) => ['approve', 'retry', 'skip'].find((id) => q.options.some((o) => o.id === id)) ?? null,
      { lost: 1 },
    );
    const staging = starts.filter((e) => e.step === 'end/deploy-staging');
    expect(staging).toHaveLength(1 + GRAPH.limits.max_continues);
    expect(new Set(staging.map((e) => e.key)).size).toBe(staging.length);
    expect(
      asked
        .filter((q) => q.kind === 'deploy')
        .at(-1)
        ?.options.map((o) => o.id),
    ).toEqual(['skip', 'abort']);
    expect(results.map(([, status]) => status)).toEqual(['not_deployed', 'not_deployed']);
  });

  it('KILL-2: is never repeated by itself where the holder died with it: a person is asked', () => {
    const started = play(() => 'approve').events;
    const at = started.findIndex((e) => e.type === 'deploy_started');
    const history = started.slice(0, at + 1);
    const silent = play(() => null, { history });
    expect(silent.end).toBe('waiting');
    expect(silent.starts).toHaveLength(1);
    expect(silent.asked.at(-1)).toMatchObject({
      kind: 'deploy',
      options: [{ id: 'retry' }, { id: 'deployed' }, { id: 'skip' }, { id: 'abort' }],
    });
    const told = play((q) => (q.kind === 'deploy' ? 'deployed' : 'approve'), { history });
    expect(told.results[0]).toEqual(['staging', 'confirmed_by_person']);
    expect(told.starts.filter((e) => e.step === 'end/deploy-staging')).toHaveLength(1);
  });

  it('in any world and with any deaths: every start follows an answer of a person, to a reviewed head', () => {
    const people = fc.constantFrom<People>('first', 'last', 'either', 'absent');
    fc.assert(
      fc.property(people, fc.nat(1_000_000), fc.constantFrom(0, 0.3, 1), (who, seed, lost) => {
        const { events, state, end } = simulate({
          history: startOf(GRAPH),
          world: createRandomWorld(seed, { ...CALM, lost, red: 0.2, guarded: 0.3 }, who),
          random: createRandom(seed),
          killRate: 0.2,
          maxEvents: 20_000,
        });
        expect(checkChains(events)).toEqual([]);
        let answers = 0;
        for (const event of events) {
          if (event.type === 'question_answered') answers += 1;
          if (event.type !== 'deploy_started') continue;
          expect(answers).toBeGreaterThan(0);
          answers = 0;
        }
        expect(state.ended === null).toBe(end === 'waiting');
      }),
      { numRuns: 200 },
    );
  });
});
