/** The figures behind the five success metrics of one run, from its journal alone. null: nothing was recorded of it. */
import { areGreen, gatesOnLast } from '../../../core/checks/final-gates.ts';
import type { DeployState } from '../../../core/step-state.ts';
import { spanMs } from '../duration.ts';
import { firstJudgements, neverAccepted } from '../figures/first-judgements.ts';
import type { RunHistory } from '../history.ts';
import { firstPasses, phasesDone } from '../numbers.ts';
import { lineCoverage, type LineCoverage } from '../../../engine/line-coverage.ts';

export interface MetricFigures {
  /** From the start to the last deployment, or, without one, to the pull requests; null: neither was reached. */
  time: { ms: number; to: 'deployment' | 'pull_request' } | null;
  phases: { complete: number; skipped: number; all: number };
  interventions: { questions: number; answers: number; waited_ms: number };
  quality: {
    /** Of the last accepted tree, and of what is under way where that is worse; null: nothing proves it. */
    tests_green: boolean | null;
    tests_passed: number;
    /** Steps of agents that were accepted, and those of them that were so at first judgement; null: none was accepted. */
    first_judgement: { first: number; steps: number } | null;
    /** Steps of agents that were sent back and are not accepted. */
    never_accepted: number;
    line_coverage: LineCoverage | null;
  };
  /** By environment; null: no deploy command was started. */
  deployments: Deployment[] | null;
}

export interface Deployment {
  environment: string;
  end: DeploymentEnd;
}

/** `unknown`: it was started, and nobody knows what it did. `not_deployed`: it was never started. */
export type DeploymentEnd = 'deployed' | 'confirmed_by_person' | 'failed' | 'unknown' | 'not_deployed';

export function metricFigures(history: RunHistory): MetricFigures {
  const tests = gatesOnLast(history.state).filter((gate) => gate.kind === 'tests');
  const passes = firstPasses(firstJudgements(history));
  return {
    time: leadTime(history),
    phases: { ...phasesDone(history), all: history.phases.length },
    interventions: interventions(history),
    quality: {
      tests_green: areGreen(tests),
      tests_passed: tests.reduce((sum, gate) => sum + (gate.tests?.passed ?? 0), 0),
      first_judgement: passes.steps === 0 ? null : passes,
      never_accepted: neverAccepted(history).length,
      line_coverage: lineCoverage(history.state),
    },
    deployments: deployments(history),
  };
}

function leadTime({ events, startedAt, ended }: RunHistory): MetricFigures['time'] {
  const deployed = events.findLast(
    ({ event }) => event.type === 'deploy_ended' && event.outcome.kind === 'deployed',
  );
  if (deployed !== undefined) return { ms: spanMs(startedAt, deployed.at), to: 'deployment' };
  return ended !== null && ended.event.status === 'done' && ended.event.pull_requests.length > 0
    ? { ms: spanMs(startedAt, ended.at), to: 'pull_request' }
    : null;
}

/** What is still open has been waited for until the last event. */
function interventions({ questions, lastAt }: RunHistory): MetricFigures['interventions'] {
  return {
    questions: questions.length,
    answers: questions.filter(({ answer }) => answer !== null).length,
    waited_ms: questions.reduce((sum, { askedAt, answer }) => sum + spanMs(askedAt, answer?.at ?? lastAt), 0),
  };
}

/** Of the deploy commands only: whether what they deployed works is not Baton's to claim. */
function deployments({ state }: RunHistory): MetricFigures['deployments'] {
  const all = [...state.steps.values()].flatMap(({ step, deploy }): Deployment[] =>
    step.work.kind === 'deploy' ? [{ environment: step.work.environment, end: endOf(deploy) }] : [],
  );
  return all.some(({ end }) => end !== 'not_deployed') ? all : null;
}

/** A command that failed stays one that failed, also where a person went on without it. */
function endOf({ attempts, trouble, result }: DeployState): DeploymentEnd {
  if (result !== null && result.status !== 'not_deployed') return result.status;
  if (attempts === 0) return 'not_deployed';
  return trouble?.kind === 'failed' ? 'failed' : 'unknown';
}
