import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkVerdictChain } from '../../cli/audit/verdict-chain.ts';
import { buildGraph, check, deploy, submit, writer } from '../../testing/build-graph.ts';
import { checkChains } from '../../testing/chain-checker.ts';
import { asJournal } from '../../testing/events.ts';
import { createRandom } from '../../testing/random.ts';
import { createRandomWorld, type People } from '../../testing/random-world.ts';
import { commitOf } from '../../testing/random-work.ts';
import { createScriptedWorld } from '../../testing/scripted-world.ts';
import { simulate, startOf, type Simulation } from '../../testing/simulator.ts';
import { revisionOf } from '../../testing/start-events.ts';
import { CALM } from '../../testing/temper.ts';
import type { EventOf, RunEvent } from '../events.ts';
import { applyEvent, createState, fold } from '../fold.ts';
import type { Submodule } from '../records.ts';
import type { RunState } from '../state.ts';
import {
  madeOf,
  MAX_POINTER_STEPS,
  pointersToMove,
  pointerSteps,
  withoutOpenSubmodules,
} from './pointers.ts';

const GRAPH = buildGraph({ one: [writer('a'), writer('b'), check('whole'), submit(), deploy('staging')] });
const REPOS = ['api', 'lib'];
const LIB: Submodule = { repo: 'api', path: 'deps/lib', of: 'lib', behind: 0 };

function play(seed: number, over: Partial<typeof CALM> = {}, who: People = 'first'): Simulation {
  return simulate({
    history: startOf(GRAPH, { repos: REPOS, submodules: [LIB] }),
    world: createRandomWorld(seed, { ...CALM, ...over }, who),
    random: createRandom(seed),
    killRate: 0.2,
    maxEvents: 30_000,
  });
}

function confirmedPush(event: RunEvent): event is EventOf<'effect_ended'> {
  return (
    event.type === 'effect_ended' && event.effect === 'push_branch' && event.outcome.kind === 'confirmed'
  );
}

/** Whenever `api` is pushed: what it points at, what `lib` should be, and what `lib`'s branch holds. */
function seenAtPushes(
  events: readonly RunEvent[],
): { at: string | null; is: string; pushed: string | null }[] {
  const [first, ...rest] = events;
  if (first?.type !== 'run_started') throw new Error('no start');
  const state = createState(first);
  const seen: ReturnType<typeof seenAtPushes> = [];
  for (const event of rest) {
    if (confirmedPush(event) && event.repo === 'api') {
      const head = state.effects.get(event.key)?.head ?? '';
      const changed = state.revisions.get(head)?.repos.find(({ name }) => name === 'lib')?.tree;
      const base = state.base.repos.find(({ name }) => name === 'lib')?.tree;
      if (changed !== base)
        seen.push({
          at: state.pointed.get('api/deps/lib') ?? null,
          is: commitOf(state, 'lib', head),
          pushed: state.pushed.get('lib')?.commit ?? null,
        });
    }
    applyEvent(state, event);
  }
  return seen;
}

describe('a repository of a run that is a submodule of another one', () => {
  it('GIT-5: in any world and with any deaths what goes out points at what was pushed before it', () => {
    const people = fc.constantFrom<People>('first', 'last', 'either', 'absent');
    let pushes = 0;
    let steps = 0;
    fc.assert(
      fc.property(people, fc.nat(1_000_000), (who, seed) => {
        const over = { moved: 0.15, lost: 0.2, red: 0.2, fail: 0.2, foreign: 0.2, conflict: 0.3 };
        const { events, state, end } = play(seed, over, who);
        expect(checkChains(events)).toEqual([]);
        expect(checkVerdictChain(asJournal(events))).toBeNull();
        expect(state.ended === null).toBe(end === 'waiting');
        const moves = pointerSteps(state);
        for (const { at, is, pushed } of seenAtPushes(events)) {
          expect(pushed).toBe(is);
          // Where the base goes on too often, the pointer is left behind, and its pull request says so.
          expect(moves < MAX_POINTER_STEPS ? [is] : [is, null]).toContain(at);
          pushes += 1;
        }
        steps += moves;
      }),
      { numRuns: 150, examples: [['first', 852]] },
    );
    expect(pushes).toBeGreaterThan(30);
    expect(steps).toBeGreaterThan(60);
  });

  it('has its pointer moved in a step of its own, which everybody who judged the whole change judges; what is deployed is that', () => {
    const tree = GRAPH.steps.find(({ work }) => work.kind === 'submit')?.tree_from ?? null;
    const steps = GRAPH.steps.map((step) =>
      step.work.kind === 'deploy' ? { ...step, tree_from: tree } : step,
    );
    const { events, state } = simulate({
      history: startOf({ ...GRAPH, steps }, { repos: REPOS, submodules: [LIB] }),
      world: createScriptedWorld({}),
      random: createRandom(1),
    });
    const [extended] = events.filter((event) => event.type === 'graph_extended');
    expect(extended).toMatchObject({
      before: 'one/submit',
      reason: 'deps/lib of api points at what is submitted of lib',
      steps: [{ gates: 'full', reviewers: ['reviewer'] }],
    });
    const head = state.steps.get('one/submit-pointers-1')?.accepted?.revision;
    expect(events.filter((e) => e.type === 'effect_intended').every((e) => e.head === head)).toBe(true);
    expect(events.find((e) => e.type === 'deploy_started')).toMatchObject({ head });
  });

  it('is left as it is after so many moves, and no pointer is believed to be of what nobody started from', () => {
    const { events } = simulate({
      history: startOf(GRAPH, { repos: REPOS, submodules: [LIB] }),
      world: createScriptedWorld({}),
      random: createRandom(1),
    });
    const at = events.findIndex((event) => event.type === 'graph_extended');
    const before = fold(events.slice(0, at));
    const head = before.steps.get('one/submit')?.base ?? '';
    expect(pointersToMove(before, head)).toEqual([LIB]);
    const forged = events.map((event) =>
      event.type === 'merge_ended'
        ? { ...event, pointed: event.pointed?.map((each) => ({ ...each, head: before.base.id })) ?? [] }
        : event,
    ) as RunEvent[];
    expect(fold(forged).pointed.size).toBe(0);
    expect(fold(forged).made.size).toBe(0);
    const step = fold(events).graph.steps.find(({ id }) => id === 'one/submit-pointers-1');
    if (step === undefined) throw new Error('no step');
    const many = Array.from({ length: MAX_POINTER_STEPS }, (_, n) => ({ ...step, id: `p${n}` }));
    before.graph = { ...before.graph, steps: [...before.graph.steps, ...many] };
    expect(pointersToMove(before, head)).toEqual([]);
  });

  it('is made anew where its base is another one, also where its tree stays', () => {
    const { state } = play(1);
    const head = state.steps.get('one/submit')?.base ?? '';
    const made = madeOf(state, 'lib', head);
    expect(made?.commit).toBe(state.pushed.get('lib')?.commit);
    state.base = { ...state.base, repos: state.base.repos.map((repo) => ({ ...repo, commit: 'another' })) };
    expect(madeOf(state, 'lib', head)).toBeNull();
    expect(pointersToMove(state, head)).toEqual([LIB]);
  });

  it('of a chain moves the innermost first, and of a circle none', () => {
    const chain: Submodule[] = [
      { repo: 'app', path: 'api', of: 'api', behind: 0 },
      { repo: 'api', path: 'lib', of: 'lib', behind: 0 },
    ];
    const state = stateWith(chain);
    const all = revisionOf({ api: 'new', app: 'base-of-app', lib: 'new' });
    state.revisions.set(all.id, all);
    expect(pointersToMove(state, all.id)).toEqual([chain[1]]);
    expect(withoutOpenSubmodules(state, ['api', 'app', 'lib'])).toEqual(['lib']);
    expect(withoutOpenSubmodules(state, ['api', 'app'])).toEqual(['api']);
    const circle: Submodule[] = [...chain, { repo: 'lib', path: 'app', of: 'app', behind: 0 }];
    const round = stateWith(circle);
    const whole = revisionOf({ api: 'new', app: 'new', lib: 'new' });
    round.revisions.set(whole.id, whole);
    expect(pointersToMove(round, whole.id)).toEqual([]);
    expect(withoutOpenSubmodules(round, ['api', 'app', 'lib'])).toEqual(['api', 'app', 'lib']);
  });
});

function stateWith(submodules: Submodule[]): RunState {
  return fold(startOf(GRAPH, { repos: ['api', 'app', 'lib'], submodules }));
}
