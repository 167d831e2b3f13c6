/** The five success metrics of one run in words. What the journal does not know is `not measured`, never guessed. */
import { formatDuration } from '../duration.ts';
import type { RunHistory } from '../history.ts';
import { countOf } from '../numbers.ts';
import { lineCoverageWords } from '../../../engine/line-coverage.ts';
import { metricFigures, type MetricFigures } from './metric-figures.ts';

export interface SuccessMetric {
  metric: string;
  /** In words; `not measured` where nothing was recorded. */
  value: string;
}

export const METRIC_TITLES = {
  time: 'Time from request to deployed feature',
  phases: 'Phase completion rate',
  interventions: 'Human intervention frequency',
  quality: 'Final feature quality and test coverage',
  deployments: 'Infrastructure deployment success',
} as const;

const NOT_MEASURED = 'not measured';

export function successMetrics(history: RunHistory): SuccessMetric[] {
  const figures = metricFigures(history);
  return [
    { metric: METRIC_TITLES.time, value: timeWords(figures.time) },
    { metric: METRIC_TITLES.phases, value: phaseWords(figures.phases) },
    { metric: METRIC_TITLES.interventions, value: interventionWords(figures.interventions) },
    { metric: METRIC_TITLES.quality, value: qualityWords(figures.quality) },
    { metric: METRIC_TITLES.deployments, value: deploymentWords(figures.deployments) },
  ];
}

function timeWords(time: MetricFigures['time']): string {
  if (time === null) return `${NOT_MEASURED}: neither deployed nor submitted`;
  const end = time.to === 'deployment' ? 'the end of the deploy command' : 'the pull request; not deployed';
  return `${formatDuration(time.ms)}, to ${end}`;
}

function phaseWords({ complete, skipped, all }: MetricFigures['phases']): string {
  const left = skipped === 0 ? '' : `, ${skipped} skipped`;
  return `${complete} of ${countOf(all, 'phase')}${left}`;
}

function interventionWords({ questions, answers, waited_ms }: MetricFigures['interventions']): string {
  return `${countOf(answers, 'answer')} to ${countOf(questions, 'question')}, ${formatDuration(waited_ms)} waited`;
}

function qualityWords({
  tests_green: green,
  tests_passed: passed,
  first_judgement: judged,
  line_coverage: coverage,
}: MetricFigures['quality']): string {
  const verdict = green === null ? NOT_MEASURED : green ? `${passed} named tests green` : 'red';
  const first = judged === null ? NOT_MEASURED : `${Math.round((100 * judged.first) / judged.steps)} %`;
  return `tests on the last tree: ${verdict}; accepted at first judgement: ${first}; line coverage: ${lineCoverageWords(coverage)}`;
}

function deploymentWords(deployments: MetricFigures['deployments']): string {
  if (deployments === null) return `${NOT_MEASURED}: nothing was deployed`;
  return deployments.map(({ environment, end }) => `${environment}: ${end.replaceAll('_', ' ')}`).join('; ');
}
