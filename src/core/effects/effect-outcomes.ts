/** What starts and outcomes of outside effects do to the state. */
import type { EventOf } from '../events.ts';
import type { PullRequest } from '../records.ts';
import type { RevisionId } from '../results.ts';
import { finish } from '../outcomes.ts';
import type { EffectState, RunState } from '../state.ts';

export function startEffect(state: RunState, event: EventOf<'effect_intended'>): void {
  const effect = state.effects.get(event.key) ?? createEffect(event);
  effect.tries += 1;
  state.effects.set(event.key, effect);
  state.inFlight.set(event.key, { key: event.key, kind: 'effect', step: event.step, slot: event.key });
}

function createEffect(event: EventOf<'effect_intended'>): EffectState {
  return {
    key: event.key,
    step: event.step,
    effect: event.effect,
    repo: event.repo,
    head: event.head,
    confirmed: false,
    performed: 0,
    tries: 0,
    failures: 0,
    askedWaits: 0,
    waited: 0,
    askedWaitMs: 0,
    refused: null,
    moved: null,
    pendings: 0,
    followedMs: 0,
    followed: null,
    detail: '',
  };
}

export function endEffect(state: RunState, event: EventOf<'effect_ended'>): void {
  const effect = state.effects.get(event.key);
  if (finish(state, event.key) === null || effect === undefined) return;
  const { outcome } = event;
  switch (outcome.kind) {
    case 'failed':
      effect.detail = outcome.detail;
      effect.askedWaitMs = waitAfter(state, effect, outcome);
      if (outcome.reason === 'interrupted' || outcome.reason === 'cancelled') return;
      if (effect.askedWaitMs > 0) effect.askedWaits += 1;
      else effect.failures += 1;
      return;
    case 'refused':
      effect.refused = outcome.detail;
      return;
    case 'base_moved':
      effect.moved = { base: outcome.base, repos: outcome.repos, continues: outcome.continues };
      return;
    case 'pending':
      effect.detail = outcome.detail;
      effect.askedWaitMs = outcome.wait_ms;
      effect.failures = 0;
      effect.askedWaits = 0;
      effect.pendings += 1;
      effect.waited = effect.pendings - 1;
      return;
    case 'confirmed':
      effect.confirmed = true;
      effect.followed = outcome.followed ?? null;
      if (outcome.commit !== undefined)
        state.pushed.set(effect.repo, {
          head: madeFor(state, effect, outcome.commit),
          commit: outcome.commit,
        });
      if (outcome.performed) effect.performed += 1;
      if (outcome.pull_request !== null) keepPullRequest(state, outcome.pull_request);
  }
}

const LONGEST_PAUSE_MS = 3_600_000;

/** What the forge asked for is kept as it is. Where nobody says how long, each wait is twice the last one, up to an hour; 0: none, it is a try that failed. */
function waitAfter(
  { limits }: RunState,
  { askedWaits }: EffectState,
  { wait_ms, grows }: { wait_ms?: number; grows?: true },
): number {
  if (grows !== true) return wait_ms ?? 0;
  return Math.min(LONGEST_PAUSE_MS, (wait_ms ?? limits.retry_backoff_ms) * 2 ** askedWaits);
}

/** What a commit was made of: one that was there already was made of something before. */
function madeFor(state: RunState, { repo, head }: EffectState, commit: string): RevisionId {
  const known = [state.made.get(repo), state.pushed.get(repo)].find((each) => each?.commit === commit);
  return known?.head ?? head;
}

/** The run's pull request of this repository, as it is now. */
export function keepPullRequest(state: RunState, pullRequest: PullRequest): void {
  const others = state.pullRequests.filter((p) => p.repo !== pullRequest.repo);
  state.pullRequests = [...others, pullRequest].sort((a, b) => (a.repo < b.repo ? -1 : 1));
}
