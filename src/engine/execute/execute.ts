/** From a command to its start event and, later, to its outcome: one file per command kind. */
import type { EffectfulCommand } from '../../core/commands.ts';
import type { RunEvent } from '../../core/events.ts';
import type { RunContext } from '../run-context.ts';
import { executeCleanUp, startCleanUp } from './clean-up.ts';
import { executeDeploy, startDeploy } from './deploy.ts';
import { executeEffect, startEffect } from './effect.ts';
import { executeGates, startGates } from './gates.ts';
import { executeInvoke, startInvoke } from './invoke.ts';
import { executeMerge, startMerge } from './merge.ts';
import type { Outcome } from './outcome.ts';
import { executeReview, startReview } from './review.ts';

/** The event that makes the start durable before anything happens. */
export function startEvent(ctx: RunContext, command: EffectfulCommand): RunEvent {
  switch (command.kind) {
    case 'invoke':
      return startInvoke(ctx, command);
    case 'review':
      return startReview(ctx, command);
    case 'gates':
      return startGates(command);
    case 'merge':
      return startMerge(command);
    case 'effect':
      return startEffect(command);
    case 'deploy':
      return startDeploy(command);
    case 'clean_up':
      return startCleanUp(command);
    case 'wait': {
      const { key, step, slot, wait_ms, reason } = command;
      return { type: 'wait_started', key, step, slot, wait_ms, reason };
    }
  }
}

/** Does the work. What agents, gates and forges do wrong is an outcome; it throws for broken disks and bugs only. */
export async function execute(
  ctx: RunContext,
  command: EffectfulCommand,
  signal: AbortSignal,
): Promise<Outcome> {
  switch (command.kind) {
    case 'invoke':
      return executeInvoke(ctx, command, signal);
    case 'review':
      return executeReview(ctx, command, signal);
    case 'gates':
      return executeGates(ctx, command, signal);
    case 'merge':
      return executeMerge(ctx, command);
    case 'effect':
      return executeEffect(ctx, command, signal);
    case 'deploy':
      return executeDeploy(ctx, command, signal);
    case 'clean_up':
      return executeCleanUp(ctx, command, signal);
    case 'wait':
      await ctx.engine.clock.sleep(command.wait_ms, signal);
      return {
        key: command.key,
        events: [{ type: 'wait_ended', key: command.key, step: command.step }],
        artifacts: [],
      };
  }
}
