/** What a phase came to, step by step, and whether anything was done in it at all. */
import type { PhaseId } from '../graph.ts';
import { stepOf, type RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';

/** The steps of a phase, in order; none where the graph has no such phase. */
function stepsIn(state: RunState, id: PhaseId): StepState[] {
  const phase = state.graph.phases.find((each) => each.id === id);
  return (phase?.steps ?? []).map((step) => stepOf(state, step));
}

/** Whether every step of a settled phase was passed over, so that nothing was done in it. */
export function isPhaseSkipped(state: RunState, id: PhaseId): boolean {
  const steps = stepsIn(state, id);
  return steps.some(isPassedOver) && steps.every((st) => isPassedOver(st) || hadNothingToMerge(st));
}

/** Skipped for a reason, or a deployment that nobody tried. What was given up was tried. */
export function isPassedOver({ status, skippedBy, deploy }: StepState): boolean {
  if (status === 'skipped') return skippedBy !== 'given_up';
  return status === 'accepted' && deploy.result?.status === 'not_deployed' && deploy.attempts === 0;
}

/** Why the steps of a phase were passed over, each reason once; one that only adds to another goes without saying. */
export function reasonsPassedOver(state: RunState, id: PhaseId): string[] {
  const reasons = [...new Set(stepsIn(state, id).filter(isPassedOver).map(reasonOf))];
  return reasons.filter((reason) => !reasons.some((other) => other !== reason && reason.startsWith(other)));
}

function reasonOf({ status, skipReason, deploy }: StepState): string {
  return (status === 'skipped' ? skipReason : deploy.result?.detail) ?? '';
}

/** A merge whose sides were all passed over: it handed on what it got. */
function hadNothingToMerge({ step, status, accepted, base }: StepState): boolean {
  return (
    step.work.kind === 'merge' &&
    status === 'accepted' &&
    accepted?.output === null &&
    accepted.revision === base
  );
}

/** One line per step of a settled phase: its summary, or why there is none. */
export function phaseSummary(state: RunState, id: PhaseId): string {
  return stepsIn(state, id)
    .map((st) => `${st.step.title}: ${whatCameOf(state, st)}`)
    .join('\n');
}

function whatCameOf(state: RunState, st: StepState): string {
  const reason = st.skipReason ?? '';
  if (st.status === 'skipped') return st.skippedBy === 'given_up' ? reason : `skipped (${reason})`;
  if (st.step.work.kind === 'deploy') return deploymentWords(st, st.step.work.environment);
  if (st.step.work.kind === 'submit') return submissionWords(state);
  if (hadNothingToMerge(st)) return 'nothing to bring together';
  return st.accepted?.output?.summary ?? 'passed';
}

function submissionWords({ pullRequests }: RunState): string {
  const names = pullRequests.map(({ repo, number }) => `${repo} #${number}`);
  if (names.length === 0) return 'no pull request: nothing was changed';
  return `${names.length === 1 ? 'one pull request' : `${names.length} pull requests`}: ${names.join(', ')}`;
}

function deploymentWords(st: StepState, environment: string): string {
  const { status, detail } = st.deploy.result ?? {
    status: 'not_deployed',
    detail: 'its outcome is not known',
  };
  if (status !== 'not_deployed') return `${status.replaceAll('_', ' ')} to ${environment}: ${detail}`;
  const skipped = isPassedOver(st) ? 'skipped, ' : '';
  return `${skipped}not deployed to ${environment} (${detail})`;
}
