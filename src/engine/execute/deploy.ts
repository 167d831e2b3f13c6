/** One run of the deploy command of an environment. Its intent is durable before; an outcome that gets lost is asked about. */
import type { EffectfulCommand } from '../../core/commands.ts';
import type { EventOf } from '../../core/events.ts';
import { textArtifact } from '../hash.ts';
import type { RunContext } from '../run-context.ts';
import type { Outcome } from './outcome.ts';

type Deploy = Extract<EffectfulCommand, { kind: 'deploy' }>;

export function startDeploy(command: Deploy): EventOf<'deploy_started'> {
  const { key, step, environment, head } = command;
  return { type: 'deploy_started', key, step, environment, head };
}

export async function executeDeploy(ctx: RunContext, deploy: Deploy, signal: AbortSignal): Promise<Outcome> {
  const { key, step, environment } = deploy;
  const revision = ctx.state.revisions.get(deploy.head);
  const command = ctx.snapshot.config.deploy?.[environment];
  if (revision === undefined || command === undefined)
    throw new Error(`nothing deploys ${deploy.head} to ${environment}`);
  const { limits } = ctx.state;
  const run = await ctx.engine.gates.deploy(
    {
      runId: ctx.runId,
      key,
      environment,
      revision,
      command,
      redact: ctx.redactor.text,
      timeoutMs: limits.gate_timeout_ms,
      maxOutputBytes: limits.max_output_bytes,
      wall: ctx.wall,
    },
    signal,
  );
  const log = run.log === '' ? null : textArtifact('log', run.log);
  const event: EventOf<'deploy_ended'> = {
    type: 'deploy_ended',
    key,
    step,
    environment,
    outcome: { kind: run.exit === 0 ? 'deployed' : 'failed', exit: run.exit, detail: run.detail },
    log: log?.hash ?? null,
    duration_ms: Math.round(run.durationMs),
  };
  return { key, events: [event], artifacts: log === null ? [] : [log] };
}
