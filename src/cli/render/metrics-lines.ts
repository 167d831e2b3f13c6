/** The metrics over runs as a table: what, its figure, and how many runs it comes from. */
import { showPercent } from '../../gates/change/judge-coverage.ts';
import { formatDuration } from './duration.ts';
import { countOf } from './numbers.ts';
import type { MetricsOverRuns, Times } from './parts/metrics-over-runs.ts';
import { METRIC_TITLES } from './parts/success-metrics.ts';
import { fit, widthOf } from './width.ts';

/** `value` is empty in a line about runs that have no figure. */
interface Row {
  what: string;
  value: string;
  runs: number;
}

/** Five headings with their lines; a line from no run at all is left out. */
export function metricsLines(over: MetricsOverRuns): string[] {
  const groups: [title: string, rows: Row[]][] = [
    [METRIC_TITLES.time, timeRows(over.time)],
    [METRIC_TITLES.phases, phaseRows(over.phases)],
    [METRIC_TITLES.interventions, interventionRows(over.interventions)],
    [METRIC_TITLES.quality, qualityRows(over.quality)],
    [METRIC_TITLES.deployments, deploymentRows(over.deployments)],
  ];
  const shown = groups.map(([title, rows]) => ({ title, rows: rows.filter(({ runs }) => runs > 0) }));
  const all = shown.flatMap(({ rows }) => rows);
  const columns = (of: (row: Row) => string): number => Math.max(0, ...all.map((row) => widthOf(of(row))));
  const [whatColumns, valueColumns] = [columns(({ what }) => what), columns(({ value }) => value)];
  return shown.flatMap(({ title, rows }) => [
    title,
    ...rows.map(
      ({ what, value, runs }) =>
        `  ${fit(what, whatColumns)}  ${fit(value, valueColumns)}  ${countOf(runs, 'run')}`,
    ),
  ]);
}

function timeRows({ deployment, pull_request, runs_without }: MetricsOverRuns['time']): Row[] {
  return [
    ...timesRow('to the deployment', deployment),
    ...timesRow('to the pull request only', pull_request),
    { what: 'neither deployed nor submitted', value: '', runs: runs_without },
  ];
}

function timesRow(what: string, times: Times | null): Row[] {
  if (times === null) return [];
  const { runs, median_ms, longest_ms } = times;
  const value = `median ${formatDuration(median_ms)}, longest ${formatDuration(longest_ms)}`;
  return [{ what, value, runs }];
}

function phaseRows({ rate, runs_without }: MetricsOverRuns['phases']): Row[] {
  const skipped = rate === null || rate.skipped === 0 ? '' : `, ${rate.skipped} skipped`;
  return [
    ...(rate === null
      ? []
      : [{ what: 'complete', value: `${rateWords(rate.complete, rate.all)}${skipped}`, runs: rate.runs }]),
    { what: 'not ended, not counted', value: '', runs: runs_without },
  ];
}

function interventionRows(all: MetricsOverRuns['interventions']): Row[] {
  if (all.runs === 0) return [];
  const perRun = Math.round((10 * all.questions) / all.runs) / 10;
  return [
    { what: 'questions', value: `${all.questions}, ${perRun} a run`, runs: all.runs },
    { what: 'answers', value: `${all.answers}`, runs: all.runs },
    { what: 'waited for people', value: formatDuration(all.waited_ms), runs: all.runs },
    { what: 'asked anything', value: '', runs: all.runs_asked },
  ];
}

function qualityRows(quality: MetricsOverRuns['quality']): Row[] {
  const { tests, first_judgement: judged, line_coverage: coverage } = quality;
  const earlier =
    coverage === null || coverage.earlier === 0
      ? ''
      : `, in ${countOf(coverage.earlier, 'run')} of an earlier tree`;
  return [
    ...(tests === null
      ? []
      : [
          {
            what: 'tests green on the last tree',
            value: `${rateWords(tests.green, tests.runs)}, ${tests.named_tests_passed} named tests`,
            runs: tests.runs,
          },
        ]),
    { what: 'tests not measured', value: '', runs: quality.tests_runs_without },
    ...(judged === null
      ? []
      : [
          {
            what: 'steps accepted at first judgement',
            value: rateWords(judged.first, judged.steps),
            runs: judged.runs,
          },
        ]),
    ...(quality.steps_never_accepted === 0
      ? []
      : [
          {
            what: 'steps sent back and never accepted',
            value: `${quality.steps_never_accepted}`,
            runs: (judged?.runs ?? 0) + quality.first_judgement_runs_without,
          },
        ]),
    { what: 'first judgement not measured', value: '', runs: quality.first_judgement_runs_without },
    ...(coverage === null
      ? []
      : [
          {
            what: 'coverage of changed lines',
            value: `${rateWords(coverage.covered, coverage.lines)}${earlier}`,
            runs: coverage.runs,
          },
        ]),
    { what: 'coverage not measured', value: '', runs: quality.line_coverage_runs_without },
  ];
}

function deploymentRows({ started, runs_without }: MetricsOverRuns['deployments']): Row[] {
  const without = { what: 'nothing was deployed', value: '', runs: runs_without };
  if (started === null) return [without];
  const { runs, all } = started;
  const others = [
    ['deployed by the word of a person', started.confirmed_by_person],
    ['failed', started.failed],
    ['outcome not known', started.unknown],
  ] as const;
  return [
    { what: 'deployed', value: rateWords(started.deployed, all), runs },
    ...others.flatMap(([what, count]) => (count === 0 ? [] : [{ what, value: `${count} of ${all}`, runs }])),
    without,
  ];
}

/** `11 of 13 (84.6 %)`. */
function rateWords(count: number, all: number): string {
  return all === 0 ? `${count} of ${all}` : `${count} of ${all} (${showPercent((100 * count) / all)})`;
}
