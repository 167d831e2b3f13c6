/**
 * Ending a run before its time, and what becomes of what it made: everything is kept, only the artifacts are, what
 * is outside is rolled back, or both. A clean-up starts when nothing else is under way, and it ends the run.
 */
import { writeOff } from '../budget/budget.ts';
import type { Command } from '../commands.ts';
import { keepPullRequest } from './effect-outcomes.ts';
import type { EventOf } from '../events.ts';
import type { QuestionOption } from '../records.ts';
import type { RunState } from '../state.ts';
import { CLEAN_UPS, type CleanUp } from '../words.ts';

const CLEAN_UP_KEY = 'run/clean-up';

const LABELS: Readonly<Record<CleanUp, { label: string; impact: string }>> = {
  keep_everything: {
    label: 'Stop, keep everything',
    impact:
      'The run ends as cancelled; work is kept under refs/baton, pushed branches and drafts stay as they are.',
  },
  keep_artifacts: {
    label: 'Stop, keep the artifacts',
    impact: 'Journal and artifacts stay; the work under refs/baton and all workspaces are dropped.',
  },
  roll_back: {
    label: 'Stop, roll back',
    impact:
      'Drafts of this run are closed and its branches deleted where nobody else touched them; the work under refs/baton stays.',
  },
  clean_up: {
    label: 'Stop, clean up',
    impact: 'Drafts and branches go as in a roll-back, and the work under refs/baton with them.',
  },
};

/** Ways to end a run, for a question that offers them; all four where none is named. */
export function cleanUpOptions(choices: readonly CleanUp[] = CLEAN_UPS): QuestionOption[] {
  return choices.map((id) => ({ id, ...LABELS[id], takes_text: false }));
}

/** What an answer says about the end of the run; null: it does not end it. */
export function cleanUpOf(option: string): CleanUp | null {
  return option === 'abort' ? 'keep_everything' : (CLEAN_UPS.find((choice) => choice === option) ?? null);
}

/** Whether work in the engine's git stores is dropped. */
export function dropsWork(choice: CleanUp): boolean {
  return choice === 'keep_artifacts' || choice === 'clean_up';
}

/** Whether drafts are closed and branches deleted. */
export function rollsBack(choice: CleanUp): boolean {
  return choice === 'roll_back' || choice === 'clean_up';
}

/** The first one counts. Nobody waits for work any more; an effect under way is waited for, so that it is known what to undo. */
export function requestCancel(state: RunState, reason: string, cleanUp: CleanUp): void {
  if (state.cancel !== null) return;
  state.cancel = { reason, cleanUp };
  for (const [key, work] of state.inFlight) {
    if (work.kind === 'effect' || work.kind === 'deploy') continue;
    state.inFlight.delete(key);
    writeOff(state, key);
  }
}

export function startCleanUp(state: RunState, event: EventOf<'clean_up_started'>): void {
  state.inFlight.set(event.key, { key: event.key, kind: 'clean_up', step: '', slot: event.key });
}

export function endCleanUp(state: RunState, event: EventOf<'clean_up_ended'>): void {
  if (!state.inFlight.delete(event.key)) return;
  state.cleanedUp = event.result;
  for (const pullRequest of event.pull_requests) keepPullRequest(state, pullRequest);
}

/** Keeping everything ends at once; anything else waits for what is under way, cleans up, and then ends. */
export function decideCancelled(state: RunState, cancel: NonNullable<RunState['cancel']>): Command[] {
  const { reason, cleanUp } = cancel;
  const ended = {
    type: 'run_ended',
    status: 'cancelled',
    reason,
    pull_requests: state.pullRequests,
  } as const;
  if (cleanUp === 'keep_everything') return [{ kind: 'record', event: ended }];
  if (state.cleanedUp !== null) return [{ kind: 'record', event: { ...ended, clean_up: state.cleanedUp } }];
  return state.inFlight.size > 0 ? [] : [{ kind: 'clean_up', key: CLEAN_UP_KEY, step: '', choice: cleanUp }];
}
