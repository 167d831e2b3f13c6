/** All that is measured of one run, from its journal alone. */
import type { RunHistory, StepHistory } from '../history.ts';
import { spanMs } from '../duration.ts';
import { firstPasses } from '../numbers.ts';
import { metricFigures, type MetricFigures } from '../parts/metric-figures.ts';
import { costFigures, createCost, type Cost, type CostFigures } from './cost.ts';
import { criticalPath, type CriticalPath } from './critical-path.ts';
import { firstJudgements, type FirstJudgement } from './first-judgements.ts';
import { reworkFigures, type ReworkFigures } from './rework.ts';

export interface RunFigures {
  run_id: string;
  workflow: string;
  repos: string[];
  started_at: string;
  /** Rates of phases and final quality are of runs that ended; the rest may still change them. */
  ended: boolean;
  figures: MetricFigures;
  rework: ReworkFigures;
  cost: CostFigures;
  path: CriticalPath;
  agents: AgentFigures[];
}

export interface AgentFigures {
  agent: string;
  /** Of work and of reviews, ended or not. */
  invocations: number;
  /** How long the ended ones lasted, one after the other. */
  worked_ms: number;
  /** Of steps of its own that were accepted. */
  first_judgement: { first: number; steps: number };
  /** Rounds in which it had to do something again. */
  rework_rounds: number;
  /** Findings in its accepted work that came later. */
  escapes: number;
  /** Those of others that its verdicts had let pass. */
  missed: number;
  verdicts: { passed: number; failed: number };
  cost: Cost;
}

export function runFigures(history: RunHistory): RunFigures {
  const rework = reworkFigures(history);
  const cost = costFigures(history);
  const judged = firstJudgements(history);
  return {
    run_id: history.started.run_id,
    workflow: history.started.graph.workflow,
    repos: history.started.repos.map(({ name }) => name),
    started_at: history.startedAt,
    ended: history.ended !== null,
    figures: metricFigures(history),
    rework,
    cost,
    path: criticalPath(history),
    agents: Object.keys(cost.by_agent).map((agent) =>
      agentFigures(agent, [...history.steps.values()], { rework, cost, judged }),
    ),
  };
}

function agentFigures(
  agent: string,
  steps: readonly StepHistory[],
  { rework, cost, judged }: { rework: ReworkFigures; cost: CostFigures; judged: readonly FirstJudgement[] },
): AgentFigures {
  const pieces = steps
    .flatMap((step) => [...step.invocations, ...step.reviews])
    .filter(({ start }) => start.event.identity.agent === agent);
  const verdicts = steps
    .flatMap(({ reviews }) => reviews)
    .flatMap(({ end }) =>
      end?.event.reviewer === agent && end.event.outcome.kind === 'verdict'
        ? [end.event.outcome.review.verdict]
        : [],
    );
  const failed = verdicts.filter((verdict) => verdict === 'fail').length;
  return {
    agent,
    invocations: cost.by_agent[agent]?.invocations ?? 0,
    worked_ms: pieces.reduce((sum, { start, end }) => sum + (end === null ? 0 : spanMs(start.at, end.at)), 0),
    first_judgement: firstPasses(judged.filter((each) => each.agent === agent)),
    rework_rounds: rework.rounds.filter(({ agents }) => agents.includes(agent)).length,
    escapes: rework.escapes.filter((escape) => escape.agent === agent).length,
    missed: rework.escapes.filter(({ passed_by }) => passed_by.includes(agent)).length,
    verdicts: { passed: verdicts.length - failed, failed },
    cost: cost.by_agent[agent] ?? createCost(),
  };
}
