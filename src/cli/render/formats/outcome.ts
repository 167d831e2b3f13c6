/** `report --format s2`: the run as six keys, each from the journal alone. */
import { areGreen, gatesOnLast, lastRevision } from '../../../core/checks/final-gates.ts';
import type { RunStatus } from '../../../core/words.ts';
import type { RunOutcome } from '../../../definitions/outcome-schema.ts';
import { firstLine } from '../escape.ts';
import type { RunHistory } from '../history.ts';
import type { ReportDocument } from '../report-document.ts';
import { countOf, phasesDone } from '../numbers.ts';

/** What a finished run leaves to look at: submitted is not the same as shown. */
export interface LeftOpen {
  criteria: Pick<ReportDocument['criteria'][number], 'id' | 'text' | 'proven'>[];
  overrides: Pick<ReportDocument['overrides'][number], 'step' | 'by'>[];
}

export function runOutcome(
  history: RunHistory,
  shown: { status: RunStatus; reason: string },
  open: LeftOpen,
): RunOutcome {
  const gates = gatesOnLast(history.state);
  return {
    status: outcomeStatus(shown.status),
    summary: summaryOf(history, shown),
    phases_completed: history.phases.flatMap(({ phase, completedAt, skipped }) =>
      completedAt === null || skipped ? [] : [phase.id],
    ),
    files_created: filesCreated(history),
    verification: {
      all_tests_passed: areGreen(gates.filter((gate) => gate.kind === 'tests')),
      build_success: areGreen(gates.filter((gate) => gate.kind === 'build' || gate.kind === 'types')),
    },
    next_steps: [
      ...nextSteps(history, shown.status),
      ...(shown.status === 'done' ? openSteps(open) : []),
      ...history.state.spunOff.map((part) => `follow up, not part of this run: ${firstLine(part)}`),
    ],
  };
}

function openSteps({ criteria, overrides }: LeftOpen): string[] {
  return [
    ...criteria
      .filter(({ proven }) => !proven)
      .map(({ id, text }) => `show ${id}, which no green test and no reviewer shows: ${firstLine(text)}`),
    ...overrides.map(({ step, by }) => `look at ${step}, which ${by} accepted in place of a verdict`),
  ];
}

/** A run that ended without being done moves no more by itself: somebody has to act. */
function outcomeStatus(status: RunStatus): RunOutcome['status'] {
  switch (status) {
    case 'done':
      return 'complete';
    case 'running':
    case 'waiting_retry':
    case 'interrupted':
      return 'in_progress';
    case 'waiting_human':
    case 'paused':
    case 'failed':
    case 'cancelled':
      return 'blocked';
  }
}

function summaryOf(history: RunHistory, { status, reason }: { status: RunStatus; reason: string }): string {
  const { complete, skipped } = phasesDone(history);
  const left = skipped === 0 ? '' : `, ${skipped} skipped`;
  const progress = `${complete} of ${countOf(history.phases.length, 'phase')} complete${left}`;
  const wall = history.started.sandbox === 'off' ? ', without a wall' : '';
  return `${status.replaceAll('_', ' ')} (${firstLine(reason)}), ${progress}${wall}: ${firstLine(history.started.request)}`;
}

/** As measured for the last accepted tree; nothing where that is the base, or in older journals. */
function filesCreated({ state }: RunHistory): string[] {
  const head = lastRevision(state);
  const measured = state.graph.steps
    .map(({ id }) => state.steps.get(id))
    .findLast((st) => st?.status === 'accepted' && st.accepted?.output?.revision === head);
  return head === state.base.id ? [] : (measured?.size?.created ?? []);
}

function nextSteps({ state, started }: RunHistory, status: RunStatus): string[] {
  const id = started.run_id;
  switch (status) {
    case 'done':
      return [
        ...state.pullRequests.map(
          ({ repo, number, url }) => `review pull request #${number} of ${repo}: ${url}`,
        ),
        ...undeployed({ state }),
      ];
    case 'running':
    case 'waiting_retry':
      return [`follow it: baton log ${id} --follow`];
    case 'interrupted':
    case 'paused':
      return [`go on: baton resume ${id}`];
    case 'waiting_human':
      return [...state.openQuestions].map((question) => {
        const asked = state.questions.get(question)?.question;
        const ways = asked?.options.map((option) => option.id).join(' | ') ?? '';
        return `answer ${question} (${ways}): ${firstLine(asked?.text ?? '')}`;
      });
    case 'failed':
    case 'cancelled':
      return [`see what happened: baton report ${id}`];
  }
}

function undeployed({ state }: Pick<RunHistory, 'state'>): string[] {
  return [...state.steps.values()].flatMap(({ step, deploy }) =>
    step.work.kind === 'deploy' && (deploy.result?.status ?? 'not_deployed') === 'not_deployed'
      ? [
          `deploy to ${step.work.environment}: ${firstLine(deploy.result?.detail ?? (deploy.attempts > 0 ? 'its outcome is not known' : 'it was not reached'))}`,
        ]
      : [],
  );
}
