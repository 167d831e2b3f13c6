/** One outside effect at one forge: its intent is durable before this runs, its key is the same in every attempt. */
import type { EffectfulCommand } from '../../core/commands.ts';
import { BatonError } from '../../core/errors.ts';
import type { EventOf } from '../../core/events.ts';
import type { Hash } from '../../core/results.ts';
import type { EffectKind } from '../../core/words.ts';
import type { Forge, ForgeOutcome, ForgeRequest } from '../../forges/forge.ts';
import { textArtifact } from '../hash.ts';
import type { RunContext } from '../run-context.ts';
import { NO_SIGNING_KEY, type SigningKey } from '../signing.ts';
import { pullRequestOf } from '../submission.ts';
import type { Outcome } from './outcome.ts';

type Effect = Extract<EffectfulCommand, { kind: 'effect' }>;

export function startEffect(command: Effect): EventOf<'effect_intended'> {
  const { key, step, effect, repo, head } = command;
  return { type: 'effect_intended', key, step, effect, repo, head };
}

export async function executeEffect(ctx: RunContext, command: Effect, signal: AbortSignal): Promise<Outcome> {
  const { key, step, effect, repo } = command;
  const pullRequests = ctx.state.pullRequests;
  const signing = findKey(ctx);
  const request = await pullRequestOf(ctx, { repo, head: command.head, key: signing.key });
  const outcome = signing.refused ?? (await perform(ctx.forge, command, { request, signal, pullRequests }));
  const isAttached = ATTACHING.includes(effect) && outcome.kind === 'confirmed';
  const kept =
    isAttached && request.statement !== undefined ? textArtifact('statement', request.statement) : null;
  const event: EventOf<'effect_ended'> = {
    type: 'effect_ended',
    key,
    step,
    effect,
    repo,
    outcome: asEvent(outcome, kept?.hash ?? null),
  };
  return { key, events: [event], artifacts: kept === null ? [] : [kept] };
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
  pullRequests: RunContext['state']['pullRequests'];
  signal: AbortSignal;
}

function perform(forge: Forge, command: Effect, facts: EffectFacts): Promise<ForgeOutcome> {
  switch (command.effect) {
    case 'push_branch':
      return forge.pushBranch(facts.request, facts.signal);
    case 'open_pull_request':
      return forge.openPullRequest(facts.request, facts.signal);
    case 'link_pull_requests':
      return forge.linkPullRequests(facts.request, facts.pullRequests, facts.signal);
    case 'mark_ready':
      return forge.markReady(facts.request, facts.signal);
  }
}

function asEvent(outcome: ForgeOutcome, statement: Hash | null): EventOf<'effect_ended'>['outcome'] {
  switch (outcome.kind) {
    case 'confirmed':
      return {
        kind: 'confirmed',
        performed: outcome.performed,
        pull_request: outcome.pullRequest,
        ...(statement === null ? {} : { statement }),
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
          }
        : { kind: 'refused', detail: outcome.detail };
  }
}
