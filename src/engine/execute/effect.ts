/** One outside effect at one forge: its intent is durable before this runs, its key is the same in every attempt. */
import type { EffectfulCommand } from '../../core/commands.ts';
import { looksAtBase } from '../../core/effects/base-moved.ts';
import { BatonError } from '../../core/errors.ts';
import type { EventOf } from '../../core/events.ts';
import { stepOf } from '../../core/state.ts';
import type { EffectKind } from '../../core/words.ts';
import type { ForgeOutcome, ForgeRequest } from '../../forges/forge.ts';
import { lookAtPull } from '../follow-look.ts';
import { lookAtBase } from '../base-look.ts';
import { followCommentOf } from '../follow-comment.ts';
import { ownStatusOf } from '../own-status.ts';
import { textArtifact } from '../hash.ts';
import type { RunContext } from '../run-context.ts';
import { NO_SIGNING_KEY, type SigningKey } from '../signing.ts';
import { pullRequestOf } from '../submission.ts';
import type { Artifact } from '../../journal/journal.ts';
import type { Outcome } from './outcome.ts';

type Effect = Extract<EffectfulCommand, { kind: 'effect' }>;

export function startEffect(command: Effect): EventOf<'effect_intended'> {
  const { key, step, effect, repo, head } = command;
  return { type: 'effect_intended', key, step, effect, repo, head };
}

export async function executeEffect(ctx: RunContext, command: Effect, signal: AbortSignal): Promise<Outcome> {
  const { key, step, effect, repo } = command;
  if (effect === 'follow') return { key, events: [await follow(ctx, command, signal)], artifacts: [] };
  const found = await seenBefore(ctx, command, signal);
  const { outcome, artifacts } =
    found === null ? await submit(ctx, command, signal) : { outcome: found, artifacts: [] };
  const event: EventOf<'effect_ended'> = { type: 'effect_ended', key, step, effect, repo, outcome };
  return { key, events: [event], artifacts };
}

async function follow(
  ctx: RunContext,
  command: Effect,
  signal: AbortSignal,
): Promise<EventOf<'effect_ended'>> {
  const { key, step, effect, repo } = command;
  const look = await lookAtPull(ctx, command, signal);
  const isDone = look.kind === 'pending' || 'pull_request' in look;
  return { type: 'effect_ended', key, step, effect, repo, outcome: isDone ? look : asEvent(look) };
}

type Ended = EventOf<'effect_ended'>['outcome'];

/** What keeps it from being done at all: a base that went on, or one that could not be looked at. null: nothing does. */
async function seenBefore(ctx: RunContext, command: Effect, signal: AbortSignal): Promise<Ended | null> {
  const { state } = ctx;
  const effect = state.effects.get(command.key);
  if (effect === undefined || !looksAtBase(state, stepOf(state, command.step), effect)) return null;
  const look = await lookAtBase(ctx, command, signal);
  if (look.kind === 'same') return null;
  return look.kind === 'moved' ? { ...look, kind: 'base_moved' } : asEvent(look);
}

async function submit(
  ctx: RunContext,
  command: Effect,
  signal: AbortSignal,
): Promise<{ outcome: Ended; artifacts: Artifact[] }> {
  const { effect, repo, head } = command;
  const signing = findKey(ctx);
  const request = await pullRequestOf(ctx, { repo, head, key: signing.key });
  const tried = (ctx.state.effects.get(command.key)?.tries ?? 1) > 1;
  const asked = tried ? { ...request, triedBefore: true as const } : request;
  const done = signing.refused ?? (await perform(ctx, command, { request: asked, signal }));
  const outcome = asEvent(done);
  if (outcome.kind !== 'confirmed') return { outcome, artifacts: [] };
  if (effect === 'push_branch') return { outcome: { ...outcome, commit: request.head }, artifacts: [] };
  if (!ATTACHING.includes(effect) || request.statement === undefined) return { outcome, artifacts: [] };
  const kept = textArtifact('statement', request.statement);
  return { outcome: { ...outcome, statement: kept.hash }, artifacts: [kept] };
}

/** What writes the statement to where the pull request is. */
const ATTACHING: readonly EffectKind[] = ['open_pull_request', 'link_pull_requests'];

/** A key that cannot be used, or is missing where one has to be, stops a submission before its first effect: a person decides. */
function findKey({ engine, snapshot }: RunContext): { key: SigningKey | null; refused: ForgeOutcome | null } {
  try {
    const key = engine.readSigningKey();
    const problem = key === null && snapshot.config.signing === 'required' ? NO_SIGNING_KEY : null;
    return { key, refused: problem === null ? null : { kind: 'refused', detail: problem } };
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    return { key: null, refused: { kind: 'refused', detail: `${error.message} ${error.fix}` } };
  }
}

interface EffectFacts {
  request: ForgeRequest;
  signal: AbortSignal;
}

async function perform(ctx: RunContext, command: Effect, facts: EffectFacts): Promise<ForgeOutcome> {
  const { forge, state } = ctx;
  switch (command.effect) {
    case 'begin_status':
    case 'end_status':
      return forge.setStatus(facts.request, await ownStatusOf(ctx, command), facts.signal);
    case 'prepare_push':
      return forge.preparePush(facts.request, facts.signal);
    case 'push_branch':
      return forge.pushBranch(facts.request, facts.signal);
    case 'open_pull_request':
      return forge.openPullRequest(facts.request, facts.signal);
    case 'link_pull_requests':
      return forge.linkPullRequests(facts.request, state.pullRequests, facts.signal);
    case 'mark_ready':
      return forge.markReady(facts.request, facts.signal);
    case 'comment':
      return forge.writeComment(facts.request, await followCommentOf(ctx, command), facts.signal);
    case 'set_labels':
      return forge.setLabels(facts.request, state.extras?.labels ?? [], facts.signal);
    case 'ask_reviewers': {
      const { reviewers = [], team_reviewers = [] } = state.extras ?? {};
      return forge.askReviewers(facts.request, { people: reviewers, teams: team_reviewers }, facts.signal);
    }
    case 'follow':
      throw new Error('a look is no change');
  }
}

function asEvent(outcome: ForgeOutcome): Ended {
  switch (outcome.kind) {
    case 'confirmed':
      return {
        kind: 'confirmed',
        performed: outcome.performed,
        pull_request: outcome.pullRequest,
        ...((outcome.notes ?? []).length === 0 ? {} : { notes: outcome.notes ?? [] }),
      };
    case 'refused':
      return { kind: 'refused', detail: outcome.detail };
    case 'failed':
      return outcome.retryable
        ? {
            kind: 'failed',
            reason: 'engine_error',
            detail: outcome.detail,
            ...(outcome.waitMs === undefined ? {} : { wait_ms: Math.ceil(outcome.waitMs) }),
            ...(outcome.grows === true ? { grows: true } : {}),
          }
        : { kind: 'refused', detail: outcome.detail };
  }
}
