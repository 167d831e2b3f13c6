/**
 * Submission: push all branches, open all pull requests as drafts, cross-link them, mark all ready. Each stage
 * starts when the one before is confirmed in every repository, so that a failure leaves drafts and nothing else. A run that
 * was told to wait follows them then.
 */
import type { Command } from '../commands.ts';
import { isBeside, isWanted, MAX_WAITS_BESIDE } from './beside.ts';
import { decideMoved, movedBases } from './base-moved.ts';
import { changedRepos } from './changed-repos.ts';
import { decidePointers } from './pointer-step.ts';
import { submissionKey } from './preparing.ts';
import { submissionOrder } from './rollback-order.ts';
import { pointersToMove, withoutOpenSubmodules } from './pointers.ts';
import { leftToTell, tellKey } from './telling.ts';
import { followNext } from './following.ts';
import { escalationQuestion } from '../questions/questions.ts';
import type { CommandKey } from '../records.ts';
import type { EffectState, RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';
import type { RevisionId } from '../results.ts';
import { EFFECT_KINDS, type EffectKind } from '../words.ts';

export function decideEffects(state: RunState, st: StepState): Command[] {
  const head = st.base;
  if (!state.reviewed.has(head)) {
    const reason = `${st.step.id} would submit ${head}, which no chain of verdicts reaches`;
    return [{ kind: 'record', event: { type: 'run_ended', status: 'failed', reason, pull_requests: [] } }];
  }
  const repos = changedRepos(state, head);
  const moved = movedBases(state, st);
  if (moved.length > 0) return decideMoved(state, st, moved);
  const pointers = pointersToMove(state, head);
  if (pointers.length > 0) return [decidePointers(state, st, pointers)];
  const leftOf = (kind: EffectKind): string[] =>
    repos.filter((repo) => isWanted(state, st, kind, repo) && !isOver(state, submissionKey(st, kind, repo)));
  const kinds = EFFECT_KINDS.filter((kind) => kind !== 'end_status');
  const allThatIsLeft = (): string[] =>
    kinds
      .map((kind) => ({ kind, left: leftOf(kind) }))
      .filter(({ left }) => left.length > 0)
      .map(({ kind, left }) => `${kind} in ${left.join(', ')}`);
  for (const kind of kinds) {
    const left = leftOf(kind);
    if (left.length > 0) return decideKind(state, st, { kind, repos: left, head, all: allThatIsLeft });
  }
  const next = followNext(state, st, repos);
  if (next.kind === 'look') return decideKind(state, st, { kind: 'follow', repos: next.repos, head });
  const told = leftToTell(state, st, { repos, next, isOver: (key) => isOver(state, key) });
  if (told.length > 0)
    return decideKind(state, st, {
      kind: 'comment',
      repos: told,
      head,
      keyOf: (repo) => tellKey(st, repo, next),
    });
  if (next.kind === 'record') return [next];
  const left = leftOf('end_status');
  if (left.length > 0) return decideKind(state, st, { kind: 'end_status', repos: left, head });
  return [
    {
      kind: 'record',
      event: {
        type: 'step_accepted',
        step: st.step.id,
        output: null,
        revision: head,
        link: null,
        override: null,
      },
    },
  ];
}

/** Done, or passed over, where it is nothing that a submission stands on. */
function isOver(state: RunState, key: CommandKey): boolean {
  const effect = state.effects.get(key);
  if (effect === undefined || effect.confirmed) return effect !== undefined;
  return isBeside(effect.effect) && !isBusy(state, key) && needsPerson(state, effect);
}

/** One kind of effect in every repository where it is left; a person is asked once, when nothing else can be done. */
function decideKind(
  state: RunState,
  st: StepState,
  left: {
    kind: EffectKind;
    repos: string[];
    head: RevisionId;
    /** What a person reads of all that is left to do; absent: nothing. */
    all?: () => string[];
    /** Where one of a round is not enough. */
    keyOf?: (repo: string) => CommandKey;
  },
): Command[] {
  const { kind, head, keyOf = (repo) => submissionKey(st, kind, repo) } = left;
  const isOrdered = IN_ORDER.includes(kind);
  const repos = isOrdered ? withoutOpenSubmodules(state, left.repos) : left.repos;
  const stuck = repos
    .map((repo) => state.effects.get(keyOf(repo)))
    .filter((effect) => effect !== undefined)
    .filter((effect) => needsPerson(state, effect));
  if (stuck.length === repos.length) return [askOnce(state, st, stuck, left.all?.() ?? [])];
  const open = repos.filter((repo) => !stuck.some((effect) => effect.repo === repo));
  const next = isOrdered
    ? submissionOrder(state, st.step.id, head)
        .filter((repo) => open.includes(repo))
        .slice(0, 1)
    : open;
  return next.flatMap((repo) => decideEffect(state, st, { key: keyOf(repo), kind, repo, head }));
}

/** One repository after the other: what others were built on, or have as a submodule, is there and can be merged before them. */
const IN_ORDER: readonly EffectKind[] = ['prepare_push', 'push_branch', 'open_pull_request', 'mark_ready'];

function decideEffect(
  state: RunState,
  st: StepState,
  wanted: { key: CommandKey; kind: EffectKind; repo: string; head: RevisionId },
): Command[] {
  const { key, kind, repo, head } = wanted;
  const effect = state.effects.get(key);
  if (isBusy(state, key) || (effect !== undefined && needsPerson(state, effect))) return [];
  const wait_ms = effect === undefined ? 0 : waitBefore(state, effect);
  if (effect !== undefined && wait_ms > 0) {
    const waitKey = `${key}/wait/a${effect.tries}`;
    return [{ kind: 'wait', key: waitKey, step: st.step.id, slot: key, wait_ms, reason: effect.detail }];
  }
  return [{ kind: 'effect', key, step: st.step.id, slot: key, effect: kind, repo, head }];
}

/** So often a forge is waited for that says when, that fails, or that cannot be reached, before a person is asked: nine hours and more where nobody says when. */
const MAX_ASKED_WAITS = 20;

/** After a failure that nothing is known of, longer each time; else as long as it takes to be tried again. Once per failure. */
function waitBefore({ limits }: RunState, effect: EffectState): number {
  const { failures, pendings, askedWaits, waited, askedWaitMs } = effect;
  if (waited >= failures + pendings + askedWaits) return 0;
  return askedWaitMs === 0 ? limits.retry_backoff_ms * 2 ** (failures - 1) : askedWaitMs;
}

function isBusy(state: RunState, key: string): boolean {
  return state.inFlight.has(key) || [...state.inFlight.values()].some((work) => work.slot === key);
}

function needsPerson(state: RunState, effect: EffectState): boolean {
  const { refused, failures, askedWaits } = effect;
  const mostWaits = isBeside(effect.effect) ? MAX_WAITS_BESIDE : MAX_ASKED_WAITS;
  return refused !== null || failures > state.limits.max_retries || askedWaits > mostWaits;
}

/** One question for the whole submission, which names all that is left to do. */
function askOnce(state: RunState, st: StepState, stuck: EffectState[], all: readonly string[]): Command {
  const causes = stuck.map((e) => `${e.effect} in ${e.repo}: ${e.refused ?? e.detail}`).join('; ');
  const detail = all.length === 0 ? causes : `${causes}. Left to do: ${all.join('; ')}`;
  const question = escalationQuestion(state, st, { kind: 'submission', detail });
  return { kind: 'record', event: { type: 'question_asked', question } };
}
