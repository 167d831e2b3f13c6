/**
 * What holds for every graph, every world and every schedule. The worlds answer by what is asked, not by when:
 * two schedules of one run, or a run that was killed and one that was not, meet the same answers.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildGraph,
  check,
  parallel,
  planned,
  reader,
  submit,
  writer,
  type Item,
} from '../testing/build-graph.ts';
import { checkChains } from '../testing/chain-checker.ts';
import { createRandom } from '../testing/random.ts';
import { createRandomWorld, type People } from '../testing/random-world.ts';
import { CALM, MOST, type Temper } from '../testing/temper.ts';
import { simulate, startOf, type Simulation, type SimulationOptions } from '../testing/simulator.ts';
import { MAX_RAISES, type Budget } from './budget/budget.ts';
import type { EventOf, RunEvent } from './events.ts';
import type { CommandKey } from './records.ts';
import { selectStep } from './conditions/conditions.ts';
import { decide } from './decide.ts';
import { fold } from './fold.ts';
import type { Condition, Graph } from './graph.ts';
import { EFFORTS } from './words.ts';

const RUNS = process.env['BATON_TEST_FULL'] === undefined ? 200 : 5_000;

// Graphs

type Spec =
  | { is: 'agent'; writes: boolean; gates: boolean; reviewers: string[]; when: Condition | null }
  | {
      is: 'check';
      whole: boolean;
      debugs: boolean;
      gates: boolean;
      reviewers: string[];
      when: Condition | null;
    }
  | { is: 'planned'; reviewers: string[] }
  | { is: 'parallel'; gates: boolean; reviewers: string[]; branches: Spec[][] };

const someReviewers = fc.constantFrom('one', 'two', 'one two').map((names) => names.split(' '));
const condition: fc.Arbitrary<Condition | null> = fc.oneof(
  { weight: 5, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constant<Condition>({ kind: 'planned' }) },
  { weight: 1, arbitrary: fc.constant<Condition>({ kind: 'changed', paths: ['api/src/*w1*'] }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Condition>(
      { kind: 'effort', tiers: ['trivial'] },
      { kind: 'effort', tiers: ['medium', 'large'] },
      { kind: 'effort', tiers: ['large'] },
      { kind: 'concerns', names: ['authentication', 'cache'] },
      { kind: 'not', of: { kind: 'concerns', names: ['secrets'] } },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Condition>({ kind: 'not', of: { kind: 'changed', paths: ['*.ts'] } }),
  },
);
const agent: fc.Arbitrary<Spec> = fc.record({
  is: fc.constant('agent' as const),
  writes: fc.boolean(),
  gates: fc.boolean(),
  reviewers: someReviewers,
  when: condition,
});
const checkpoint = fc.record({
  is: fc.constant('check' as const),
  whole: fc.boolean(),
  debugs: fc.constant(false),
  gates: fc.boolean(),
  reviewers: fc.oneof(someReviewers, fc.constant<string[]>([])),
  when: condition,
});
const group = (inner: fc.Arbitrary<Spec>): fc.Arbitrary<Spec> =>
  fc.record({
    is: fc.constant('parallel' as const),
    gates: fc.boolean(),
    reviewers: fc.oneof(someReviewers, fc.constant<string[]>([])),
    branches: fc.array(fc.array(inner, { minLength: 1, maxLength: 2 }), { minLength: 2, maxLength: 3 }),
  });
const nested = fc.oneof({ weight: 4, arbitrary: agent }, { weight: 1, arbitrary: group(agent) });
const line = fc.oneof({ weight: 3, arbitrary: agent }, { weight: 1, arbitrary: checkpoint });
const planning: fc.Arbitrary<Spec> = fc.record({
  is: fc.constant('planned' as const),
  reviewers: someReviewers,
});
const debugging = checkpoint.map((spec): Spec => ({ ...spec, debugs: true }));
const any = fc.oneof(
  { weight: 3, arbitrary: line },
  { weight: 1, arbitrary: debugging },
  { weight: 2, arbitrary: group(nested) },
  { weight: 1, arbitrary: planning },
);

const budget = fc.constantFrom<Budget>(
  {},
  {},
  { tokens: 400 },
  { tokens: 1_000, reserve_tokens: 120, cost_usd: 3 },
  { cost_usd: 1.5, reserve_cost_usd: 0.6 },
  { time_ms: 60 },
);
const settings = fc.record({
  budget,
  submits: fc.boolean(),
  /** Whether blocked agents lead to the first one. */
  routes: fc.boolean(),
  /** Whether checks without gates measure a standard. */
  measures: fc.boolean(),
  start: fc.constantFrom('confirm' as const, 'launch' as const),
  pause: fc.constantFrom('never' as const, 'each_phase' as const),
  limits: fc.record({
    max_parallel: fc.constantFrom(1, 2, 8),
    max_rework: fc.constantFrom(0, 1, 3),
    max_retries: fc.constantFrom(0, 2),
    max_same_finding: fc.constantFrom(1, 3),
    max_continues: fc.constantFrom(0, 2),
    retry_backoff_ms: fc.constantFrom(0, 10),
    max_invocations: fc.constantFrom(100_000, 100_000, 12),
  }),
});
type Settings = typeof settings extends fc.Arbitrary<infer T> ? T : never;

const phasesOf = (item: fc.Arbitrary<Spec>): fc.Arbitrary<Spec[][]> =>
  fc.array(fc.array(item, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 });
const anyGraph = fc.tuple(phasesOf(any), settings).map(([phases, given]) => graphOf(phases, given));
const lineGraph = fc.tuple(phasesOf(line), settings).map(([phases, given]) => graphOf(phases, given));

function graphOf(phases: Spec[][], { submits, routes, measures, limits, ...rest }: Settings): Graph {
  let count = 0;
  const name = (letter: string): string => `${letter}${(count += 1)}`;
  const itemsOf = (spec: Spec): Item[] => {
    if (spec.is !== 'planned') return [itemOf(spec)];
    return [reader(name('r')), planned(name('t'), ['w-task1', 'w-task2', 'r-task'], spec.reviewers)];
  };
  const itemOf = (spec: Exclude<Spec, { is: 'planned' }>): Item => {
    const { reviewers } = spec;
    switch (spec.is) {
      case 'agent': {
        const over = { reviewers, when: spec.when, gates: spec.gates ? 'quick' : 'none' } as const;
        return spec.writes ? writer(name('w'), over) : reader(name('r'), over);
      }
      case 'check':
        return check(name('c'), {
          reviewers,
          when: spec.when,
          ...(spec.debugs ? { debug: { agent: 'debugger', from: 2 } } : {}),
          from: spec.whole ? 'base' : 'tree_from',
          gates: spec.gates ? 'full' : 'none',
        });
      case 'parallel': {
        const branches = spec.branches.map((branch) => branch.flatMap(itemsOf));
        return parallel(name('m'), branches, { reviewers, gates: spec.gates ? 'quick' : 'none' });
      }
    }
  };
  const items = phases.map((phase, i) => [`p${i + 1}`, phase.flatMap(itemsOf)] as const);
  const last: [string, Item[]][] = submits ? [['end', [check('whole'), reader('texts'), submit()]]] : [];
  const graph = buildGraph(Object.fromEntries([...items, ...last]), { ...rest, limits });
  const standard = [{ id: 's', title: 'S', measure: { kind: 'docs_changed' as const } }];
  for (const step of graph.steps)
    if (measures && step.work.kind === 'check' && step.gates === 'none') step.standard = standard;
  const first = graph.steps.find((step) => step.work.kind === 'agent')?.id;
  if (!routes || first === undefined) return graph;
  return { ...graph, blocked: { missing_requirements: first, unknown: first, out_of_scope: first } };
}

// Worlds

const likely = fc.constantFrom(0, 0, 0.1, 0.3, 1);
const temper = fc.record<Temper>(
  Object.fromEntries(Object.keys(CALM).map((key) => [key, likely])) as Record<
    keyof Temper,
    fc.Arbitrary<number>
  >,
);
/** Things go wrong, and mostly come to an end that is no abort. */
const mildTemper = temper.map((given) => ({
  ...given,
  crash: given.crash * 0.2,
  blocked: given.blocked * 0.2,
  red: given.red * 0.3,
  fail: given.fail * 0.3,
  contradict: given.contradict * 0.2,
  misdirect: given.misdirect * 0.2,
  conflict: given.conflict * 0.5,
  lost: given.lost * 0.3,
  refused: given.refused * 0.2,
}));
const present = fc.constantFrom<People>('first', 'last', 'either');
const people = fc.oneof(
  { weight: 4, arbitrary: present },
  { weight: 1, arbitrary: fc.constant('absent' as const) },
);
const seed = fc.nat(1_000_000);

interface Scene {
  graph: Graph;
  temper: Temper;
  people: People;
  world: number;
}
const sceneOf = (graph: fc.Arbitrary<Graph>, mood: fc.Arbitrary<Temper>): fc.Arbitrary<Scene> =>
  fc.record({ graph, temper: mood, people, world: seed });
const anyScene = fc.oneof(sceneOf(anyGraph, temper), sceneOf(anyGraph, mildTemper));

/**
 * Scenes whose outcome cannot depend on the order of things: no shared limit that whoever is first uses up, and
 * nothing is sent or opened again over a parallel group, where the others' round numbers would tell how far they had got.
 */
const steadyScene = fc
  .oneof(
    sceneOf(lineGraph, mildTemper),
    sceneOf(
      anyGraph.map((graph) => ({ ...graph, blocked: {} })),
      mildTemper.map((given) => ({ ...given, foreign: 0, bigger: 0 })),
    ),
  )
  .map((scene) => ({
    ...scene,
    graph: { ...withLimits(scene.graph, { max_invocations: 100_000 }), budget: {} },
  }));

function withLimits(graph: Graph, limits: Partial<Graph['limits']>): Graph {
  return { ...graph, limits: { ...graph.limits, ...limits } };
}

function run(scene: Scene, schedule: number, over: Partial<SimulationOptions> = {}): Simulation {
  return simulate({
    history: startOf(scene.graph, { repos: ['api', 'web'] }),
    world: createRandomWorld(scene.world, scene.temper, scene.people),
    random: createRandom(schedule),
    maxEvents: 50_000,
    ...over,
  });
}

/** What a run came to, without attempts, times and order. */
function outcomeOf({ end, state }: Simulation) {
  const steps = [...state.steps.values()].map(({ step, status, accepted, skipReason }) => ({
    id: step.id,
    status,
    output: accepted?.output?.id,
    revision: accepted?.revision,
    override: accepted?.override,
    // What is given up says why in words that a schedule may change.
    skipReason: skipReason?.startsWith('given up') === true ? 'given up' : skipReason,
  }));
  const status = state.ended?.status ?? end;
  // A run that is given up leaves its parallel branches wherever they were.
  return { status, steps: status === 'cancelled' ? [] : steps };
}

/** What was spent of each step's budgets. */
function budgetsOf({ state }: Simulation) {
  if (state.ended?.status === 'cancelled') return [];
  return [...state.steps.values()].map(({ step, round, budget, failures }) => ({
    id: step.id,
    round,
    reworks: budget.reworks,
    continues: budget.continues,
    failures: [...failures],
  }));
}

type Start = EventOf<
  'invocation_started' | 'review_started' | 'gates_started' | 'merge_started' | 'effect_intended'
>;
const startsWork = (event: RunEvent): event is Start =>
  ['invocation_started', 'review_started', 'gates_started', 'merge_started', 'effect_intended'].includes(
    event.type,
  );

describe('every run', () => {
  it('folds its own events, as stored, to the state that it had, and so do all its beginnings', () => {
    fc.assert(
      fc.property(anyScene, seed, (scene, schedule) => {
        const { events, state } = run(scene, schedule, { killRate: 0.05 });
        expect(fold(JSON.parse(JSON.stringify(events)) as RunEvent[])).toEqual(state);
        for (const part of [0.2, 0.5, 0.9]) fold(events.slice(0, 1 + Math.floor(part * events.length)));
      }),
      { numRuns: RUNS },
    );
  });

  it('is decided by its state alone: asked twice, or after a refold, the commands are the same', () => {
    fc.assert(
      fc.property(anyScene, seed, (scene, schedule) => {
        let turns = 0;
        run(scene, schedule, {
          killRate: 0.05,
          onTurn: (state, events) => {
            turns += 1;
            const commands = decide(state);
            expect(decide(turns % 8 === 0 ? fold(events) : state)).toEqual(commands);
          },
        });
      }),
      { numRuns: RUNS / 2 },
    );
  });

  it('comes to the same outputs and status in whatever order and width its work is done', () => {
    fc.assert(
      fc.property(steadyScene, seed, seed, (scene, one, two) => {
        const narrow = { ...scene, graph: withLimits(scene.graph, { max_parallel: 1 }) };
        const first = outcomeOf(run(scene, one));
        expect(outcomeOf(run(scene, two))).toEqual(first);
        expect(outcomeOf(run(narrow, two))).toEqual(first);
      }),
      { numRuns: RUNS },
    );
  });

  it('R24: uses and submits only what a gapless chain of verdicts, or a person, accepted', () => {
    fc.assert(
      fc.property(anyScene, seed, (scene, schedule) => {
        const { events, state } = run(scene, schedule, { killRate: 0.05, cancelRate: 0.005 });
        expect(checkChains(events)).toEqual([]);
        expect(state.ended?.reason ?? '').not.toContain('no chain of verdicts');
      }),
      { numRuns: 2 * RUNS },
    );
  });

  it('R32: ends, or waits for people who do not answer, within a bound that follows from its limits', () => {
    const hopeless = fc.constantFrom<Partial<Temper>>(
      { fail: 1 },
      { fail: 1, vague: 1 },
      { fail: 1, foreign: 1 },
      { fail: 1, repeat: 1, dispute: 1 },
      { fail: 1, toggle: 1 },
      { fail: 1, idle: 1 },
      { contradict: 1 },
      { misdirect: 1 },
      { red: 1 },
      { red: 1, fail: 1, foreign: 1, dispute: 1 },
      { crash: 1 },
      { blocked: 1 },
      { conflict: 1 },
      { conflict: 1, fail: 0.5, foreign: 0.5 },
      { lost: 1 },
      { refused: 1 },
      { guarded: 1 },
      { guarded: 1, fail: 0.5 },
    );
    fc.assert(
      fc.property(anyGraph, hopeless, people, seed, (graph, bad, who, world) => {
        const scene = { graph, temper: { ...CALM, ...bad }, people: who, world };
        const { events } = run(scene, world, { maxEvents: boundOf(graph) });
        expect(events.length).toBeLessThanOrEqual(boundOf(graph));
      }),
      { numRuns: 2 * RUNS },
    );
  });

  it('never starts a key again that has an outcome, and does no effect twice', () => {
    fc.assert(
      fc.property(anyScene, seed, (scene, schedule) => {
        const { events, state } = run(scene, schedule, { killRate: 0.1 });
        expect(startedAgain(events)).toEqual([]);
        expect([...state.effects.values()].filter((effect) => effect.performed > 1)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it('DOS-2: spends no more of a budget than was reserved, whoever dies, and what is raised is raised by a person', () => {
    const metered = anyScene.map((scene) => ({ ...scene, temper: { ...scene.temper, unmetered: 0 } }));
    fc.assert(
      fc.property(metered, seed, (scene, schedule) => {
        const given: Budget = {
          tokens: 900,
          reserve_tokens: MOST.tokens,
          cost_usd: 5,
          reserve_cost_usd: MOST.cost_usd,
        };
        const graph = { ...scene.graph, budget: given };
        const { events } = run({ ...scene, graph }, schedule, { killRate: 0.05 });
        expect(spentIn(events, 'tokens')).toBeLessThanOrEqual(raisedIn(events, 'tokens', 900));
        expect(spentIn(events, 'cost_usd')).toBeLessThanOrEqual(raisedIn(events, 'cost_usd', 5) + 1e-6);
      }),
      { numRuns: RUNS },
    );
  });

  it('DOS-2: without a configured reservation, spends too much by what was in flight at most', () => {
    const metered = anyScene.map((scene) => ({ ...scene, temper: { ...scene.temper, unmetered: 0 } }));
    fc.assert(
      fc.property(metered, seed, (scene, schedule) => {
        const graph = { ...scene.graph, budget: { tokens: 700, time_ms: 150 } };
        const { events } = run({ ...scene, graph }, schedule, { killRate: 0.05 });
        const width = graph.limits.max_parallel;
        expect(spentIn(events, 'tokens')).toBeLessThan(raisedIn(events, 'tokens', 700) + width * MOST.tokens);
        expect(spentIn(events, 'time_ms')).toBeLessThan(
          raisedIn(events, 'time_ms', 150) + width * MOST.time_ms,
        );
      }),
      { numRuns: RUNS },
    );
  });

  it('R32: no step is sent back more often than its own rounds and those that people added, whoever sends it', () => {
    fc.assert(
      fc.property(anyScene, seed, (scene, schedule) => {
        const { events, state } = run(scene, schedule, { killRate: 0.05 });
        const { max_rework, max_continues, continue_rounds } = scene.graph.limits;
        for (const { step, budget } of state.steps.values()) {
          const sent = events.filter(
            (e) =>
              ((e.type === 'rework_requested' || e.type === 'step_reopened') && e.step === step.id) ||
              (e.type === 'graph_extended' && e.before === step.id && step.work.kind === 'check'),
          ).length;
          expect(sent).toBe(budget.reworks);
          expect(sent).toBeLessThanOrEqual(max_rework + budget.extraRounds);
        }
        const added = [...state.steps.values()].map(({ budget }) => budget.extraRounds);
        const most = 2 * state.graph.steps.length * max_continues * continue_rounds;
        expect(added.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(most);
      }),
      { numRuns: RUNS },
    );
  });

  it('asks no question twice', () => {
    fc.assert(
      fc.property(anyScene, seed, (scene, schedule) => {
        const { events } = run(scene, schedule, { killRate: 0.05 });
        const asked = events.flatMap((e) => (e.type === 'question_asked' ? [e.question.id] : []));
        expect(new Set(asked).size).toBe(asked.length);
      }),
      { numRuns: RUNS },
    );
  });

  it('KILL-3: comes to the same outputs when its holders die, and spends no budget on that', () => {
    fc.assert(
      fc.property(steadyScene, seed, (scene, schedule) => {
        const whole = run(scene, schedule);
        const killed = run(scene, schedule + 1, { killRate: 0.3, maxKills: 30 });
        expect(outcomeOf(killed)).toEqual(outcomeOf(whole));
        expect(budgetsOf(killed)).toEqual(budgetsOf(whole));
      }),
      { numRuns: RUNS },
    );
  });

  it('KILL-1, R66: goes on from any event of its history to the same outputs, and repeats nothing that has an outcome', () => {
    fc.assert(
      fc.property(steadyScene, seed, fc.double({ min: 0, max: 1, noNaN: true }), (scene, schedule, part) => {
        const whole = run(scene, schedule);
        const history = whole.events.slice(0, 1 + Math.floor(part * (whole.events.length - 1)));
        const resumed = run(scene, schedule + 1, { history });
        expect(outcomeOf(resumed)).toEqual(outcomeOf(whole));
        const ended = new Set(
          history.flatMap((e) => (e.type.endsWith('_ended') && 'key' in e ? [e.key] : [])),
        );
        const again = resumed.events.slice(history.length).filter(startsWork);
        const repeated = again.filter((e) => e.type !== 'effect_intended' && ended.has(e.key));
        expect(repeated).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it('R1: starts nothing before the recorded confirmation', () => {
    fc.assert(
      fc.property(anyScene, seed, (scene, schedule) => {
        const asking = { ...scene, graph: { ...scene.graph, start: 'confirm' as const } };
        const { events } = run(asking, schedule, { killRate: 0.05 });
        const confirmed = events.findIndex((e) => e.type === 'question_answered' && e.option === 'confirm');
        const first = events.findIndex((e) => startsWork(e) || e.type === 'phase_started');
        expect(confirmed).toBeGreaterThan(0);
        expect(first).toBeGreaterThan(confirmed);
      }),
      { numRuns: RUNS / 2 },
    );
  });

  it('R11, R22: does nothing of a later step between the end of an agent and its acceptance', () => {
    fc.assert(
      fc.property(sceneOf(lineGraph, temper), seed, (scene, schedule) => {
        const { events } = run(scene, schedule, { killRate: 0.05 });
        expect(outOfTurn(events)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it('only rises in effort, and leaves nothing skipped that its last effort asks for', () => {
    fc.assert(
      fc.property(anyScene, seed, (scene, schedule) => {
        const { events, state } = run(scene, schedule, { killRate: 0.05 });
        const tiers = state.efforts.map(({ tier }) => EFFORTS.indexOf(tier));
        expect(tiers).toEqual([...new Set(tiers)].sort((a, b) => a - b));
        expect(events.filter((e) => e.type === 'effort_raised')).toHaveLength(tiers.length - 1);
        if (state.ended?.status !== 'done') return;
        const skipped = [...state.steps.values()].filter(
          (st) => st.status === 'skipped' && st.skippedBy === 'condition',
        );
        expect(skipped.filter((st) => selectStep(state, st.step).run)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });

  it('starts nothing after a cancellation', () => {
    fc.assert(
      fc.property(anyScene, seed, (scene, schedule) => {
        const { events, state } = run(scene, schedule, { cancelRate: 0.05 });
        const at = events.findIndex((e) => e.type === 'cancel_requested');
        if (at === -1) return;
        expect(events.slice(at).some(startsWork)).toBe(false);
        expect(state.ended).toMatchObject({ status: 'cancelled' });
      }),
      { numRuns: RUNS },
    );
  });
});

/** What the outcomes in a history say that was spent. */
function spentIn(events: RunEvent[], currency: 'tokens' | 'cost_usd' | 'time_ms'): number {
  return events.reduce((sum, event) => {
    if (!('duration_ms' in event) || event.type === 'deploy_ended') return sum;
    if (currency === 'time_ms') return sum + event.duration_ms;
    if (event.type === 'gates_ended') return sum;
    const { input_tokens, output_tokens, cost_usd } = event.usage;
    return sum + (currency === 'tokens' ? (input_tokens ?? 0) + (output_tokens ?? 0) : (cost_usd ?? 0));
  }, 0);
}

/** A budget after the raises that people answered with. */
function raisedIn(events: RunEvent[], currency: string, limit: number): number {
  const raises = events.filter(
    (e) =>
      e.type === 'question_answered' &&
      e.option === 'raise' &&
      e.question_id.startsWith(`budget/${currency}/`),
  );
  expect(raises.length).toBeLessThanOrEqual(MAX_RAISES);
  return raises.reduce((sum) => (currency === 'cost_usd' ? sum * 1.5 : Math.ceil(sum * 1.5)), limit);
}

/** Keys that were started although they have an outcome; a failed effect is probed and done under the same key. */
function startedAgain(events: RunEvent[]): CommandKey[] {
  const over = new Set<CommandKey>();
  const again: CommandKey[] = [];
  for (const event of events) {
    if (event.type === 'effect_ended' && event.outcome.kind !== 'confirmed') continue;
    if (startsWork(event) || event.type === 'wait_started') {
      if (over.has(event.key)) again.push(event.key);
      if (event.type !== 'effect_intended') over.add(event.key);
    } else if (event.type === 'effect_ended') {
      over.add(event.key);
    }
  }
  return again;
}

/** Starts of a step while another one was at work and not accepted yet. */
function outOfTurn(events: RunEvent[]): CommandKey[] {
  let under: string | null = null;
  const wrong: CommandKey[] = [];
  for (const event of events) {
    if (event.type === 'step_accepted' || event.type === 'step_reopened') under = null;
    // A submission that found another base begins anew behind the step that brings it in.
    if (event.type === 'graph_extended' && event.base !== undefined) under = null;
    if (!startsWork(event)) continue;
    if (under !== null && event.step !== under) wrong.push(event.key);
    under = event.step;
  }
  return wrong;
}

/** Derived from the limits, generously; what matters is that there is one. */
function boundOf(graph: Graph): number {
  const { max_rework, max_continues, continue_rounds, max_retries } = graph.limits;
  const count = (kind: string): number => graph.steps.filter(({ work }) => work.kind === kind).length;
  // A plan has up to five tasks and as many merges and one, in each of its revisions; a check's faults have four steps.
  const steps =
    graph.steps.length + (11 * count('planned') + 4 * count('check')) * (1 + max_rework + max_continues);
  const answers = max_continues + 5; // "go on" and clarifications, per step
  const reworks = max_rework + max_continues * continue_rounds * steps;
  const rounds = 1 + steps * (reworks + answers);
  const attempts = (max_retries + 1) * (max_continues + 1);
  const perRound = 4 * attempts * (3 + steps) + 10;
  return 100 + steps * rounds * perRound;
}
