/** Rework, escapes, cost and critical paths over runs: figures of single runs added up, each with the number of runs that it comes from. */
import { addCost, createCost, type Cost, type CostFigures } from './cost.ts';
import { TIME_KINDS, type TimeKind } from './pieces-of-time.ts';
import type { AgentFigures, RunFigures } from './run-figures.ts';

/** `runs`: of how many it comes. */
export interface Counted {
  name: string;
  count: number;
  runs: number;
}

export type CostOf = { name: string; runs: number } & Cost;

export interface WorkOverRuns {
  rework: {
    runs: number;
    runs_sent_back: number;
    rounds: number;
    /** A round with two causes, or by two agents, counts for both. */
    by_cause: Counted[];
    by_agent: Counted[];
  };
  escapes: {
    runs: number;
    found: number;
    /** Steps of agents that were accepted. */
    accepted_steps: number;
    by_agent: Counted[];
    found_by: Counted[];
    /** Whose verdicts had let them pass. */
    passed_by: Counted[];
  };
  cost: { runs: number; all: Cost; by_phase: CostOf[]; by_agent: CostOf[]; by_model: CostOf[] };
  critical_path: {
    runs: number;
    total_ms: number;
    by_kind: { kind: TimeKind; ms: number; runs: number }[];
    /** What would have made runs faster, whatever their steps; at most by so much, each alone. */
    faster: { what: string; saved_ms: number; runs: number }[];
  };
}

export function workOverRuns(runs: readonly RunFigures[]): WorkOverRuns {
  const { rounds, escapes } = {
    rounds: runs.map(({ rework }) => rework.rounds),
    escapes: runs.map(({ rework }) => rework.escapes),
  };
  return {
    rework: {
      runs: runs.length,
      runs_sent_back: rounds.filter((of) => of.length > 0).length,
      rounds: rounds.flat().length,
      by_cause: counts(rounds, ({ causes }) => causes),
      by_agent: counts(rounds, ({ agents }) => agents),
    },
    escapes: {
      runs: runs.length,
      found: escapes.flat().length,
      accepted_steps: runs.reduce((sum, { rework }) => sum + rework.accepted_steps, 0),
      by_agent: counts(escapes, ({ agent }) => [agent]),
      found_by: counts(escapes, ({ found_by }) => [found_by]),
      passed_by: counts(escapes, ({ passed_by }) => passed_by),
    },
    cost: {
      runs: runs.filter(({ cost }) => cost.all.invocations > 0).length,
      all: sumOfCosts(runs.map(({ cost }) => cost.all)),
      by_phase: costsBy(runs, ({ by_phase }) => by_phase),
      by_agent: costsBy(runs, ({ by_agent }) => by_agent),
      by_model: costsBy(runs, ({ by_model }) => by_model),
    },
    critical_path: pathsOver(runs),
  };
}

export type AgentOverRuns = AgentFigures & { runs: number };

/** Who cost the most time first. */
export function agentsOverRuns(runs: readonly RunFigures[]): AgentOverRuns[] {
  const all = new Map<string, AgentFigures[]>();
  for (const each of runs.flatMap(({ agents }) => agents))
    all.set(each.agent, [...(all.get(each.agent) ?? []), each]);
  return [...all]
    .map(([agent, parts]): AgentOverRuns => {
      const sum = (of: (part: AgentFigures) => number): number =>
        parts.reduce((total, part) => total + of(part), 0);
      return {
        agent,
        runs: parts.length,
        invocations: sum((part) => part.invocations),
        worked_ms: sum((part) => part.worked_ms),
        first_judgement: {
          first: sum((part) => part.first_judgement.first),
          steps: sum((part) => part.first_judgement.steps),
        },
        rework_rounds: sum((part) => part.rework_rounds),
        escapes: sum((part) => part.escapes),
        missed: sum((part) => part.missed),
        verdicts: {
          passed: sum((part) => part.verdicts.passed),
          failed: sum((part) => part.verdicts.failed),
        },
        cost: sumOfCosts(parts.map(({ cost }) => cost)),
      };
    })
    .toSorted((a, b) => b.worked_ms - a.worked_ms || (a.agent < b.agent ? -1 : 1));
}

/** The most frequent first. */
function counts<T>(runs: readonly (readonly T[])[], namesOf: (each: T) => readonly string[]): Counted[] {
  const found = new Map<string, Counted>();
  for (const run of runs) {
    const names = run.flatMap((each) => namesOf(each));
    for (const name of new Set(names)) {
      const known = found.get(name) ?? { name, count: 0, runs: 0 };
      const count = names.filter((each) => each === name).length;
      found.set(name, { name, count: known.count + count, runs: known.runs + 1 });
    }
  }
  return [...found.values()].toSorted((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
}

function sumOfCosts(costs: readonly Cost[]): Cost {
  const sum = createCost();
  for (const cost of costs) addCost(sum, cost);
  return sum;
}

/** The dearest first, then what used most tokens. */
function costsBy(
  runs: readonly RunFigures[],
  of: (cost: CostFigures) => Readonly<Record<string, Cost>>,
): CostOf[] {
  const found = new Map<string, Cost[]>();
  for (const { cost } of runs)
    for (const [name, one] of Object.entries(of(cost))) found.set(name, [...(found.get(name) ?? []), one]);
  return [...found]
    .map(([name, costs]) => ({ name, runs: costs.length, ...sumOfCosts(costs) }))
    .toSorted((a, b) => b.usd - a.usd || b.tokens - a.tokens || b.invocations - a.invocations);
}

function pathsOver(runs: readonly RunFigures[]): WorkOverRuns['critical_path'] {
  const paths = runs.map(({ path }) => path);
  const byKind = TIME_KINDS.flatMap((kind) => {
    const spans = paths.flatMap(({ by_kind }) => by_kind[kind] ?? []);
    return spans.length === 0 ? [] : [{ kind, ms: sumOf(spans), runs: spans.length }];
  });
  const faster = new Map<string, number[]>();
  for (const { what, step, saved_ms } of paths.flatMap((path) => path.faster))
    if (step === null) faster.set(what, [...(faster.get(what) ?? []), saved_ms]);
  return {
    runs: runs.length,
    total_ms: sumOf(paths.map(({ total_ms }) => total_ms)),
    by_kind: byKind.toSorted((a, b) => b.ms - a.ms),
    faster: [...faster]
      .map(([what, saved]) => ({ what, saved_ms: sumOf(saved), runs: saved.length }))
      .toSorted((a, b) => b.saved_ms - a.saved_ms),
  };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
