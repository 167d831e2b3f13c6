/** One outside effect at one forge: its intent is durable before this runs, its key is the same in every attempt. */
import type { EffectfulCommand } from '../../core/commands.ts';
import type { EventOf } from '../../core/events.ts';
import type { Forge, ForgeOutcome, ForgeRequest } from '../../forges/forge.ts';
import type { RunContext } from '../run-context.ts';
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
  const request = await pullRequestOf(ctx, repo, command.head);
  const outcome = await perform(ctx.forge, command, { request, signal, pullRequests });
  const event: EventOf<'effect_ended'> = {
    type: 'effect_ended',
    key,
    step,
    effect,
    repo,
    outcome: asEvent(outcome),
  };
  return { key, events: [event], artifacts: [] };
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

function asEvent(outcome: ForgeOutcome): EventOf<'effect_ended'>['outcome'] {
  switch (outcome.kind) {
    case 'confirmed':
      return { kind: 'confirmed', performed: outcome.performed, pull_request: outcome.pullRequest };
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
