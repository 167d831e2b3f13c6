/** The five success metrics over runs: figures of single runs brought together. A run without a figure is said, and counts as nothing. */
import { median } from '../duration.ts';
import type { RunFigures } from '../figures/run-figures.ts';
import type { DeploymentEnd, MetricFigures } from './metric-figures.ts';

/** `runs`: how many a figure comes from. null: no run has it. */
export interface MetricsOverRuns {
  runs: number;
  not_ended: number;
  time: {
    deployment: Times | null;
    pull_request: Times | null;
    /** Neither deployed nor submitted. */
    runs_without: number;
  };
  phases: {
    rate: { runs: number; complete: number; skipped: number; all: number } | null;
    runs_without: number;
  };
  interventions: {
    runs: number;
    runs_asked: number;
    questions: number;
    answers: number;
    waited_ms: number;
  };
  quality: {
    tests: { runs: number; green: number; named_tests_passed: number } | null;
    tests_runs_without: number;
    first_judgement: { runs: number; first: number; steps: number } | null;
    first_judgement_runs_without: number;
    /** Steps of agents that were sent back and never accepted, of the runs that ended. */
    steps_never_accepted: number;
    /** `earlier`: of how many runs an earlier tree than the last one was measured. */
    line_coverage: { runs: number; covered: number; lines: number; earlier: number } | null;
    line_coverage_runs_without: number;
  };
  deployments: {
    started: ({ runs: number; all: number } & Record<Exclude<DeploymentEnd, 'not_deployed'>, number>) | null;
    runs_without: number;
  };
}

export interface Times {
  runs: number;
  median_ms: number;
  longest_ms: number;
}

export function metricsOverRuns(runs: readonly Pick<RunFigures, 'ended' | 'figures'>[]): MetricsOverRuns {
  const all = runs.map(({ figures }) => figures);
  const ended = runs.flatMap(({ ended: isOver, figures }) => (isOver ? [figures] : []));
  return {
    runs: runs.length,
    not_ended: runs.length - ended.length,
    time: {
      deployment: timesTo('deployment', all),
      pull_request: timesTo('pull_request', all),
      runs_without: all.filter(({ time }) => time === null).length,
    },
    phases: {
      rate:
        ended.length === 0
          ? null
          : {
              runs: ended.length,
              complete: sumOf(ended, ({ phases }) => phases.complete),
              skipped: sumOf(ended, ({ phases }) => phases.skipped),
              all: sumOf(ended, ({ phases }) => phases.all),
            },
      runs_without: runs.length - ended.length,
    },
    interventions: {
      runs: runs.length,
      runs_asked: all.filter(({ interventions }) => interventions.questions > 0).length,
      questions: sumOf(all, ({ interventions }) => interventions.questions),
      answers: sumOf(all, ({ interventions }) => interventions.answers),
      waited_ms: sumOf(all, ({ interventions }) => interventions.waited_ms),
    },
    quality: qualityOver(ended, runs.length),
    deployments: deploymentsOver(all),
  };
}

function timesTo(to: 'deployment' | 'pull_request', all: readonly MetricFigures[]): Times | null {
  const spans = all.flatMap(({ time }) => (time?.to === to ? [time.ms] : []));
  const middle = median(spans);
  return middle === null
    ? null
    : { runs: spans.length, median_ms: middle, longest_ms: spans.reduce((a, b) => Math.max(a, b), 0) };
}

function qualityOver(ended: readonly MetricFigures[], runs: number): MetricsOverRuns['quality'] {
  const tested = ended.filter(({ quality }) => quality.tests_green !== null);
  const judged = ended.flatMap(({ quality }) => quality.first_judgement ?? []);
  const covered = ended.flatMap(({ quality }) => quality.line_coverage ?? []);
  const green = tested.filter(({ quality }) => quality.tests_green === true);
  return {
    tests:
      tested.length === 0
        ? null
        : {
            runs: tested.length,
            green: green.length,
            named_tests_passed: sumOf(green, ({ quality }) => quality.tests_passed),
          },
    tests_runs_without: runs - tested.length,
    first_judgement:
      judged.length === 0
        ? null
        : {
            runs: judged.length,
            first: sumOf(judged, ({ first }) => first),
            steps: sumOf(judged, ({ steps }) => steps),
          },
    first_judgement_runs_without: runs - judged.length,
    steps_never_accepted: sumOf(ended, ({ quality }) => quality.never_accepted),
    line_coverage:
      covered.length === 0
        ? null
        : {
            runs: covered.length,
            covered: sumOf(covered, (each) => each.covered),
            lines: sumOf(covered, ({ lines }) => lines),
            earlier: covered.filter(({ earlier }) => earlier !== null).length,
          },
    line_coverage_runs_without: runs - covered.length,
  };
}

/** Of commands that were started: an environment that was left out neither succeeded nor failed. */
function deploymentsOver(all: readonly MetricFigures[]): MetricsOverRuns['deployments'] {
  const measured = all.flatMap(({ deployments }) => (deployments === null ? [] : [deployments]));
  const ends = measured.flat().flatMap(({ end }) => (end === 'not_deployed' ? [] : [end]));
  const runsWithout = all.length - measured.length;
  if (ends.length === 0) return { started: null, runs_without: runsWithout };
  const counts = { deployed: 0, confirmed_by_person: 0, failed: 0, unknown: 0 };
  for (const end of ends) counts[end] += 1;
  return { started: { runs: measured.length, all: ends.length, ...counts }, runs_without: runsWithout };
}

function sumOf<T>(all: readonly T[], of: (each: T) => number): number {
  return all.reduce((sum, each) => sum + of(each), 0);
}
