/**
 * Deployment: one command per environment, run by the engine after a person approved exactly this head. Where its
 * outcome is unknown (the holder died) or bad, a person says what comes next; it is never repeated by itself.
 */
import type { Command } from '../commands.ts';
import type { EventOf } from '../events.ts';
import type { Question, QuestionOption } from '../records.ts';
import { questionId } from '../keys.ts';
import type { RevisionId } from '../results.ts';
import type { RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';
import { stepOf } from '../state.ts';

const SLOT = 'deploy';
/** How many paths a question lists; the diff has them all. */
const MAX_LISTED = 30;

export function decideDeploy(state: RunState, st: StepState, environment: string): Command[] {
  const head = st.base;
  if (!state.reviewed.has(head)) {
    const reason = `${st.step.id} would deploy ${head}, which no chain of verdicts reaches`;
    const { pullRequests: pull_requests } = state;
    return [{ kind: 'record', event: { type: 'run_ended', status: 'failed', reason, pull_requests } }];
  }
  const { deploy } = st;
  if (deploy.result !== null) return [accept(st)];
  if ([...state.inFlight.values()].some((work) => work.step === st.step.id)) return [];
  if (!state.deployable.has(environment)) {
    const reason = `no deploy command is configured for ${environment}`;
    return [{ kind: 'record', event: { type: 'deploy_skipped', step: st.step.id, environment, reason } }];
  }
  if (!deploy.approved) return [ask(approvalQuestion(state, st, environment))];
  if (deploy.trouble !== null) return [ask(troubleQuestion(state, st, environment))];
  const key = `${st.step.id}/r${st.round}/${SLOT}/a${deploy.attempts + 1}`;
  return [{ kind: 'deploy', key, step: st.step.id, slot: SLOT, environment, head }];
}

function accept(st: StepState): Command {
  const { id } = st.step;
  const event = { step: id, output: null, revision: st.base, link: null, override: null } as const;
  return { kind: 'record', event: { type: 'step_accepted', ...event } };
}

function ask(question: Question): Command {
  return { kind: 'record', event: { type: 'question_asked', question } };
}

/** Bound to the head: another one has another question. */
function approvalQuestion(state: RunState, st: StepState, environment: string): Question {
  const id = `${st.base.slice(0, 12)}/${st.step.id}/r${st.round}`;
  const command = state.deployCommands.get(environment);
  return {
    id,
    kind: 'approval',
    step: st.step.id,
    text: [
      `Deploy the reviewed change (${st.base.slice(0, 12)}) to ${environment}? ${command === undefined ? `The command for ${environment} in the run's configuration` : 'This command'} is run once${command === undefined ? '.' : `: ${command}`}`,
      ...programLines(state, st.base, environment),
      `See the change: baton diff ${state.runId} ${id}`,
    ].join('\n'),
    options: [
      {
        id: 'approve',
        label: 'Deploy',
        impact: `Recorded as your approval of exactly this head for ${environment}; the command is started.`,
        takes_text: true,
      },
      SKIP,
      STOP,
    ],
    binds: st.base,
  };
}

/** What the command runs that is not as it was at the base. */
function programLines(state: RunState, head: RevisionId, environment: string): string[] {
  const parts = state.parts.get(head) ?? [];
  const paths = parts
    .flatMap((part) => part.deploys ?? [])
    .filter((deploy) => deploy.environment === environment)
    .flatMap((deploy) => deploy.paths);
  if (paths.length === 0) return [];
  const more = paths.length - MAX_LISTED;
  return [
    'Of what it runs, the change differs from the base in:',
    ...paths.slice(0, MAX_LISTED).map((path) => `- ${path}`),
    ...(more > 0 ? [`… and ${more} more`] : []),
  ];
}

function troubleQuestion(state: RunState, st: StepState, environment: string): Question {
  const { trouble, attempts } = st.deploy;
  const isUnknown = trouble?.kind === 'unknown';
  const told = isUnknown
    ? `It is not known whether the deployment to ${environment} took place: ${trouble.detail}. Look there before you answer.`
    : `The deployment to ${environment} failed: ${trouble?.detail ?? ''}.`;
  // Whoever died with it spends no budget; what failed again and again does.
  const mayRetry = isUnknown || st.budget.continues < state.limits.max_continues;
  return {
    id: `${questionId(st, 'deploy')}/${attempts}`,
    kind: 'deploy',
    step: st.step.id,
    text: `${st.step.title} (${st.step.id}): ${told}`,
    options: [...(mayRetry ? [RETRY] : []), ...(isUnknown ? [DEPLOYED] : []), SKIP, STOP],
    binds: st.base,
  };
}

const RETRY: QuestionOption = {
  id: 'retry',
  label: 'Deploy again',
  impact: 'The command is started once more.',
  takes_text: false,
};
const DEPLOYED: QuestionOption = {
  id: 'deployed',
  label: 'It is deployed',
  impact: 'Recorded as your word; the command is not started again.',
  takes_text: true,
};
const SKIP: QuestionOption = {
  id: 'skip',
  label: 'Go on without',
  impact: 'The step is settled as not deployed, and the report says so.',
  takes_text: true,
};
const STOP: QuestionOption = {
  id: 'abort',
  label: 'Stop the run',
  impact: 'The run ends as cancelled; what was submitted or deployed stays.',
  takes_text: false,
};

export function startDeploy(state: RunState, event: EventOf<'deploy_started'>): void {
  stepOf(state, event.step).deploy.attempts += 1;
  state.inFlight.set(event.key, { key: event.key, kind: 'deploy', step: event.step, slot: SLOT });
}

export function endDeploy(state: RunState, event: EventOf<'deploy_ended'>): void {
  if (!state.inFlight.delete(event.key)) return;
  const { deploy } = stepOf(state, event.step);
  const { outcome } = event;
  if (outcome.kind === 'deployed') deploy.result = { status: 'deployed', detail: outcome.detail };
  else deploy.trouble = { kind: 'failed', detail: outcome.detail };
}

export function skipDeploy(state: RunState, event: EventOf<'deploy_skipped'>): void {
  stepOf(state, event.step).deploy.result = { status: 'not_deployed', detail: event.reason };
}

/** Its holder died: nobody knows what the command did. */
export function loseDeploy(st: StepState): void {
  st.deploy.trouble = {
    kind: 'unknown',
    detail: 'whoever ran the command ended before it did',
  };
}

export function answerDeploy(st: StepState, event: EventOf<'question_answered'>): void {
  const { deploy } = st;
  const words = event.text === '' ? '' : `: ${event.text}`;
  const name = event.actor.kind === 'human' ? event.actor.name : '';
  st.stage = 'effects';
  switch (event.option) {
    case 'approve':
      deploy.approved = true;
      return;
    case 'retry':
      if (deploy.trouble?.kind === 'failed') st.budget.continues += 1;
      deploy.trouble = null;
      return;
    case 'deployed':
      deploy.result = { status: 'confirmed_by_person', detail: `${name} says so${words}` };
      return;
    case 'skip': {
      const before = deploy.trouble === null ? '' : ` after: ${deploy.trouble.detail}`;
      deploy.result = { status: 'not_deployed', detail: `${name} goes on without${words}${before}` };
    }
  }
}
