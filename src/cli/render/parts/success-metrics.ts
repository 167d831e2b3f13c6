/** The five success metrics of one run. What the journal does not know is `not measured`, never guessed. */
import { areGreen, gatesOnLast } from '../../../core/checks/final-gates.ts';
import { formatDuration, spanMs } from '../duration.ts';
import type { RunHistory } from '../history.ts';
import { lineCoverage, lineCoverageWords } from './line-coverage.ts';
import { countOf, phasesDone } from '../numbers.ts';

export interface SuccessMetric {
  metric: string;
  /** In words; `not measured` where nothing was recorded. */
  value: string;
}

export const NOT_MEASURED = 'not measured';

export function successMetrics(history: RunHistory, firstPassYield: number | null): SuccessMetric[] {
  return [
    { metric: 'Time from request to deployed feature', value: leadTime(history) },
    { metric: 'Phase completion rate', value: phaseRate(history) },
    { metric: 'Human intervention frequency', value: interventions(history) },
    { metric: 'Final feature quality and test coverage', value: quality(history, firstPassYield) },
    { metric: 'Infrastructure deployment success', value: deployments(history) },
  ];
}

/** Ends with the last deployment, or, without one, with the pull requests; before either there is none. */
function leadTime({ events, startedAt, ended }: RunHistory): string {
  const deployed = events.findLast(
    ({ event }) => event.type === 'deploy_ended' && event.outcome.kind === 'deployed',
  );
  if (deployed !== undefined)
    return `${formatDuration(spanMs(startedAt, deployed.at))}, to the end of the deploy command`;
  const submitted = ended?.event.status === 'done' && ended.event.pull_requests.length > 0;
  return submitted && ended !== null
    ? `${formatDuration(spanMs(startedAt, ended.at))}, to the pull request; not deployed`
    : `${NOT_MEASURED}: neither deployed nor submitted`;
}

function phaseRate(history: RunHistory): string {
  const { complete, skipped } = phasesDone(history);
  const left = skipped === 0 ? '' : `, ${skipped} skipped`;
  return `${complete} of ${countOf(history.phases.length, 'phase')}${left}`;
}

function interventions({ questions, lastAt }: RunHistory): string {
  const answered = questions.flatMap(({ askedAt, answer }) =>
    answer === null ? [] : [spanMs(askedAt, answer.at)],
  );
  const open = questions.filter((asked) => asked.answer === null);
  const waited = [...answered, ...open.map(({ askedAt }) => spanMs(askedAt, lastAt))];
  const total = formatDuration(waited.reduce((sum, ms) => sum + ms, 0));
  return `${countOf(answered.length, 'answer')} to ${countOf(questions.length, 'question')}, ${total} waited`;
}

function quality({ state }: RunHistory, firstPassYield: number | null): string {
  const tests = gatesOnLast(state).filter((gate) => gate.kind === 'tests');
  const green = areGreen(tests);
  const passed = tests.reduce((sum, gate) => sum + (gate.tests?.passed ?? 0), 0);
  const verdict = green === null ? NOT_MEASURED : green ? `${passed} named tests green` : 'red';
  const first = firstPassYield === null ? NOT_MEASURED : `${Math.round(firstPassYield * 100)} %`;
  return `tests on the last tree: ${verdict}; accepted at first judgement: ${first}; line coverage: ${lineCoverageWords(lineCoverage(state))}`;
}

/** Of the deploy commands only: whether what they deployed works is not Baton's to claim. */
function deployments({ state }: RunHistory): string {
  const ends = [...state.steps.values()].flatMap(({ step, deploy }) =>
    step.work.kind === 'deploy'
      ? [`${step.work.environment}: ${(deploy.result?.status ?? 'not_deployed').replaceAll('_', ' ')}`]
      : [],
  );
  const ran = [...state.steps.values()].some(
    ({ deploy }) => (deploy.result?.status ?? 'not_deployed') !== 'not_deployed',
  );
  return ran ? ends.join('; ') : `${NOT_MEASURED}: nothing was deployed`;
}
