/** Figures of journals, each beside what adding it up by hand gives. `src/testing/synthetic-journals.ts` says how long everything takes. */
import { describe, expect, it } from 'vitest';
import { buildGraph, check, reader, submit, writer } from '../../../testing/build-graph.ts';
import { asJournal, simulateEvents } from '../../../testing/events.ts';
import { failing, finding, gateResult } from '../../../testing/outcomes.ts';
import { journalFrom, journalOf, JOURNAL_NAMES } from '../../../testing/synthetic-journals.ts';
import { readHistory } from '../history.ts';
import { workOverRuns } from './over-runs.ts';
import { runFigures, type RunFigures } from './run-figures.ts';

interface ByHand {
  /** Seconds to the pull request, or to the deployment; null: neither. */
  lead: [seconds: number, to: 'pull_request' | 'deployment'] | null;
  phases: [complete: number, all: number];
  /** Questions, answers, seconds waited. */
  people: [questions: number, answers: number, seconds: number];
  /** Steps of agents accepted at first judgement, and all. */
  first: [first: number, steps: number];
  /** Named tests that are green on the last tree; null: nothing proves any. */
  tests: number | null;
  /** Changed lines that tests ran, and all that were measured. */
  lines: [covered: number, all: number] | null;
  /** `who did it again: cause`. */
  rework: string[];
  /** `whose: found by, let pass by`. */
  escapes: string[];
  deployments: string[] | null;
  /** Seconds of the longest chain, by kind, from first event to last. */
  path: Record<string, number>;
  /** Seconds that it would have been shorter by; those of single steps only where the point is one. */
  faster: Record<string, number>;
}

const QUIET: Pick<ByHand, 'people' | 'tests' | 'lines' | 'rework' | 'escapes' | 'deployments'> = {
  people: [0, 0, 0],
  tests: 57,
  lines: null,
  rework: [],
  escapes: [],
  deployments: null,
};
/** 60 + 30 for the plan, 60 + 20 + 30 for the code, 20 + 30 for the whole, 4 effects of 5. */
const LINE = { work: 120, review: 90, gates: 40, submission: 20 };
const FIRST_OF_TWO: Pick<ByHand, 'first' | 'phases'> = { first: [2, 2], phases: [3, 3] };

const TABLE: Record<string, ByHand> = {
  // 90 + 110 + 50 + 20
  clean: { ...QUIET, ...FIRST_OF_TWO, lead: [270, 'pull_request'], path: LINE, faster: {} },
  // Three rounds of 110 instead of one: red gates, then a finding of the reviewer.
  reworked: {
    ...QUIET,
    lead: [490, 'pull_request'],
    phases: [3, 3],
    first: [1, 2],
    rework: ['coder: gate tests', 'coder: review reviewer'],
    path: { work: 60 + 3 * 60, review: 30 + 3 * 30 + 30, gates: 3 * 20 + 20, submission: 20 },
    faster: { 'had no second round been needed': 2 * 110 },
  },
  // 300 until somebody confirms, then as the clean one.
  waited: {
    ...QUIET,
    ...FIRST_OF_TWO,
    lead: [570, 'pull_request'],
    people: [1, 1, 300],
    path: { ...LINE, people: 300 },
    faster: { 'had people answered at once': 300 },
  },
  // Cancelled behind the plan.
  aborted: {
    ...QUIET,
    lead: null,
    phases: [1, 3],
    first: [1, 1],
    tests: null,
    path: { work: 60, review: 30 },
    faster: {},
  },
  // The code was accepted; the review of the whole sends it back: 60 + 20 + 30 once more.
  escaped: {
    ...QUIET,
    ...FIRST_OF_TWO,
    lead: [380, 'pull_request'],
    rework: ['coder: review reviewer'],
    escapes: ['coder: review reviewer, reviewer'],
    path: { work: 180, review: 120, gates: 60, submission: 20 },
    faster: { 'had no second round been needed': 110 },
  },
  // Both work from 0; left ends at 60, right at 120. Gates: left 140, right 160. Reviews: left 190, right 220. Merge 230, its
  // gates 250 and review 280; 20 of effects. Without right, left's 190 would hold the merge.
  parallel: {
    ...QUIET,
    lead: [300, 'pull_request'],
    phases: [2, 2],
    first: [2, 2],
    path: { work: 120, gates: 40 + 20, review: 60 + 30, merge: 10, submission: 20 },
    faster: { 'had build/right taken no time': 30 },
  },
  priced: {
    ...QUIET,
    ...FIRST_OF_TWO,
    lead: [270, 'pull_request'],
    path: LINE,
    faster: {},
  },
  // Behind the clean 270: a look of 5, a wait of 15, a look of 5 that is red; 110 to answer it, four effects, a look that is green.
  followed: {
    ...QUIET,
    ...FIRST_OF_TWO,
    lead: [270 + 25 + 110 + 20 + 5, 'pull_request'],
    rework: ['coder: checks and reviews at the forge'],
    escapes: ['coder: checks and reviews at the forge, reviewer'],
    path: { work: 180, review: 120, gates: 60, submission: 40, checks: 30 },
    faster: { 'had no second round been needed': 110, 'had checks at the forge been ready at once': 30 },
  },
  // 110 + 50 + 20, then 300 + 40 that end well, then 300 + 40 that fail, and 300 until somebody leaves it.
  deployed: {
    ...QUIET,
    lead: [520, 'deployment'],
    phases: [2, 2],
    people: [3, 3, 900],
    first: [1, 1],
    deployments: ['staging: deployed', 'production: failed'],
    path: { work: 60, review: 60, gates: 40, submission: 20, deployment: 80, people: 900 },
    faster: { 'had people answered at once': 900, 'had nothing failed or been cut off': 40 },
  },
  // 100 until somebody resumes; the gates start again.
  crashed: {
    ...QUIET,
    ...FIRST_OF_TWO,
    lead: [370, 'pull_request'],
    path: { ...LINE, stopped: 100 },
    faster: { 'had nothing failed or been cut off': 100 },
  },
  // 60 + 300 for the planner's question, and for the coder's; then as the clean one, with 110 of the coder twice: it was sent back
  // in its second round and accepted in its third. The planner was accepted when it was judged first, in its second.
  asked: {
    ...QUIET,
    lead: [2 * 360 + 90 + 2 * 110 + 50 + 20, 'pull_request'],
    phases: [3, 3],
    people: [2, 2, 600],
    first: [1, 2],
    rework: ['coder: review reviewer'],
    path: {
      work: 2 * 60 + 60 + 2 * 60,
      review: 30 + 2 * 30 + 30,
      gates: 3 * 20,
      submission: 20,
      people: 600,
    },
    faster: { 'had people answered at once': 600, 'had no second round been needed': 110 },
  },
  // As the clean one. Of the whole: 57 and 12 tests of two modules, 45 of 50 and 10 of 30 lines; what was measured before is older.
  measured: {
    ...QUIET,
    ...FIRST_OF_TWO,
    lead: [270, 'pull_request'],
    tests: 57 + 12,
    lines: [45 + 10, 50 + 30],
    path: LINE,
    faster: {},
  },
  // 110 + 50 + 20, then twice: 300 until somebody approves, a holder that dies with the command, 100, and 300 for an answer.
  doubted: {
    ...QUIET,
    lead: [180 + 2 * 700, 'pull_request'],
    phases: [2, 2],
    people: [4, 4, 1_200],
    first: [1, 1],
    deployments: ['staging: confirmed_by_person', 'production: unknown'],
    path: { work: 60, review: 60, gates: 40, submission: 20, people: 1_200, stopped: 200 },
    faster: { 'had people answered at once': 1_200, 'had nothing failed or been cut off': 200 },
  },
};

function figuresOf(name: string): RunFigures {
  return runFigures(readHistory(journalOf(name)));
}

function toldLikeByHand({ figures, rework, path }: RunFigures, { faster }: ByHand): ByHand {
  const { time, phases, interventions, quality, deployments } = figures;
  const inSeconds = (ms: number | undefined): number => (ms ?? 0) / 1_000;
  return {
    lead: time === null ? null : [inSeconds(time.ms), time.to],
    phases: [phases.complete, phases.all],
    people: [interventions.questions, interventions.answers, inSeconds(interventions.waited_ms)],
    first: [quality.first_judgement?.first ?? 0, quality.first_judgement?.steps ?? 0],
    tests: quality.tests_green === true ? quality.tests_passed : null,
    lines: quality.line_coverage && [quality.line_coverage.covered, quality.line_coverage.lines],
    rework: rework.rounds.map(({ agents, causes }) => `${agents.join()}: ${causes.join()}`),
    escapes: rework.escapes.map((each) => `${each.agent}: ${each.found_by}, ${each.passed_by.join()}`),
    deployments: deployments?.map(({ environment, end }) => `${environment}: ${end}`) ?? null,
    path: Object.fromEntries(Object.entries(path.by_kind).map(([kind, ms]) => [kind, inSeconds(ms)])),
    faster: Object.fromEntries(
      path.faster
        .filter(({ step, what }) => step === null || what in faster)
        .map(({ what, saved_ms }) => [what, inSeconds(saved_ms)]),
    ),
  };
}

describe('the journals', () => {
  it.each(JOURNAL_NAMES)('R79: %s has the figures that adding it up by hand gives', (name) => {
    const figures = figuresOf(name);
    const byHand = TABLE[name];
    if (byHand === undefined) throw new Error(`${name} was not added up`);
    expect(toldLikeByHand(figures, byHand)).toEqual(byHand);
    const onPath = Object.values(figures.path.by_kind).reduce((sum, ms) => sum + ms, 0);
    expect(onPath).toBe(figures.path.total_ms);
  });

  it('R79: what is known of costs is added up by phase, agent and model, and the rest is counted as unknown', () => {
    const { cost } = figuresOf('priced');
    const told = (of: typeof cost.by_phase) =>
      Object.fromEntries(
        Object.entries(of).map(([name, each]) => [
          name,
          [each.invocations, each.usd, each.usd_unknown, each.tokens],
        ]),
      );
    expect(told({ all: cost.all })).toEqual({ all: [5, 1.75, 3, 5_500] });
    expect(told(cost.by_phase)).toEqual({ plan: [2, 0.25, 1, 2_200], build: [3, 1.5, 2, 3_300] });
    expect(told(cost.by_agent)).toEqual({
      planner: [1, 0.25, 0, 1_100],
      coder: [1, 1.5, 0, 1_100],
      reviewer: [3, 0, 3, 3_300],
    });
    expect(Object.keys(cost.by_model)).toEqual(['small-1', 'own-3', 'large-2']);
    const { cost: none } = figuresOf('clean');
    expect(none.all).toEqual({ invocations: 5, usd: 0, usd_unknown: 5, tokens: 0, tokens_unknown: 5 });
  });

  it('R79: over all of them every figure is the sum of what stands above', () => {
    const { rework, escapes, cost, critical_path: path } = workOverRuns(JOURNAL_NAMES.map(figuresOf));
    expect([rework.rounds, rework.runs_sent_back]).toEqual([5, 4]);
    expect(rework.by_cause).toEqual([
      { name: 'review reviewer', count: 3, runs: 3 },
      { name: 'checks and reviews at the forge', count: 1, runs: 1 },
      { name: 'gate tests', count: 1, runs: 1 },
    ]);
    expect(rework.by_agent).toEqual([{ name: 'coder', count: 5, runs: 4 }]);
    // Two steps of agents in nine runs, one in the deployed, the doubted and the aborted one, two in the parallel one.
    expect([escapes.found, escapes.accepted_steps]).toEqual([2, 9 * 2 + 1 + 1 + 1 + 2]);
    expect(escapes.passed_by).toEqual([{ name: 'reviewer', count: 2, runs: 2 }]);
    // In their order: 5 + 9 + 5 + 2 + 7 + 5 + 5 + 7 + 3 + 5 + 9 + 5 + 3; two have a price.
    expect([cost.all.usd, cost.all.usd_unknown, cost.all.invocations]).toEqual([1.75, 70 - 2, 70]);
    expect(path.by_kind.slice(0, 2)).toEqual([
      { kind: 'people', ms: (300 + 900 + 600 + 1_200) * 1_000, runs: 4 },
      {
        kind: 'work',
        ms: (120 + 240 + 120 + 60 + 180 + 120 + 120 + 180 + 60 + 120 + 300 + 120 + 60) * 1_000,
        runs: 13,
      },
    ]);
    expect(path.faster.map(({ what, saved_ms }) => [what, saved_ms / 1_000])).toEqual([
      ['had people answered at once', 3_000],
      ['had no second round been needed', 220 + 110 + 110 + 110],
      ['had nothing failed or been cut off', 340],
      ['had checks at the forge been ready at once', 30],
    ]);
  });

  it('R79: an agent has the rounds that it had to do again, and a reviewer what it let pass', () => {
    const agent = (run: string, name: string) => figuresOf(run).agents.find((each) => each.agent === name);
    expect(agent('reworked', 'coder')).toMatchObject({
      invocations: 3,
      worked_ms: 180_000,
      first_judgement: { first: 0, steps: 1 },
      rework_rounds: 2,
      escapes: 0,
    });
    expect(agent('asked', 'planner')).toMatchObject({
      invocations: 2,
      first_judgement: { first: 1, steps: 1 },
    });
    expect(agent('asked', 'coder')).toMatchObject({
      invocations: 3,
      first_judgement: { first: 0, steps: 1 },
    });
    expect(agent('escaped', 'coder')).toMatchObject({ rework_rounds: 1, escapes: 1, missed: 0 });
    expect(agent('escaped', 'reviewer')).toMatchObject({ missed: 1, verdicts: { passed: 3, failed: 1 } });
  });

  it('R79: what is found while a step is done again escaped nobody', () => {
    const inPlan = finding({ source: 'reviewer', problem: 'nobody pays', owner: 'plan/planner' });
    const still = finding({ source: 'reviewer', problem: 'nobody pays yet' });
    const events = simulateEvents({
      graph: buildGraph({ plan: [reader('planner')], build: [writer('coder')], end: [submit()] }),
      review: ({ step, round }) =>
        step === 'build/coder' && round === 1
          ? failing(inPlan)
          : step === 'plan/planner' && round === 2
            ? failing(still)
            : null,
    });
    const { rework } = runFigures(readHistory(asJournal(events)));
    expect(rework.rounds).toHaveLength(2);
    expect(rework.escapes.map(({ problem }) => problem)).toEqual(['nobody pays']);
  });

  it('R79: a search for several faults is time that no second round would have taken', () => {
    const faults = ['a.ts', 'b.ts', 'c.ts'].map((file) =>
      finding({ source: 'tests', file, problem: `${file} is wrong` }),
    );
    const events = simulateEvents({
      graph: buildGraph({
        build: [writer('coder'), check('whole', { debug: { agent: 'debugger', from: 3 } })],
        end: [submit()],
      }),
      gates: ({ step, round }) =>
        step === 'build/whole' && round === 1 ? [gateResult({ status: 'fail', findings: faults })] : null,
    });
    const { path } = runFigures(readHistory(journalFrom(events)));
    // 160 until the three searches start, and 20 of submission at the end stay. Each kind of piece ends one after the other, so the
    // first search waits 120 for its gates and 40 for its review while others are at it; those pauses stay, too. The rest goes:
    // of 330 for searches 170, 10 for their merge, 50 for its gates and review, 50 for the whole once more.
    const saved = path.faster.find(({ what }) => what === 'had no second round been needed')?.saved_ms;
    expect([path.total_ms, saved]).toEqual([620_000, (170 + 10 + 50 + 50) * 1_000]);
  });
});
