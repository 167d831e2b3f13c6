/** Runs the driver for one invocation and, where it calls models, hands it its access and holds it to what that says. */
import { allowanceOf } from '../../core/budget/budget.ts';
import type { CommandKey } from '../../core/records.ts';
import type { Usage } from '../../core/results.ts';
import type { DriverNote, DriverOutcome, WorkOrder } from '../../drivers/driver.ts';
import { withoutSecrets } from '../../drivers/without-secrets.ts';
import type { AccessStop, Gateway, InvocationGrant, ModelAccess } from '../../gateway/gateway.ts';
import { withNothingHidden } from '../nothing-hidden.ts';
import type { RunContext } from '../run-context.ts';

interface Calling {
  order: WorkOrder;
  key: CommandKey;
}

/** `note` takes secrets out of what it is told. */
interface Heard extends Calling {
  note: (note: DriverNote) => void;
}

export async function callDriver(
  ctx: RunContext,
  calling: Calling,
  signal: AbortSignal,
): Promise<DriverOutcome> {
  const order = withNothingHidden(calling.order);
  const outcome = await withoutSecrets(
    ctx.redactor,
    ctx.note.bind(ctx, calling.key),
    async (handed, note) => {
      const given = { order: { ...order, handed }, key: calling.key, note };
      const done =
        ctx.gateway === null
          ? await ctx.driver.run(given.order, note, signal)
          : await callThrough(ctx, ctx.gateway, given, signal);
      return setAsideIfLeft(ctx, calling.order, done);
    },
  );
  ctx.breaker.note(outcome);
  return outcome;
}

/** What still runs may write: the next attempt has a workspace of its own, and this one is left to it. */
function setAsideIfLeft(ctx: RunContext, { workspace }: WorkOrder, done: DriverOutcome): DriverOutcome {
  const isLeft = done.kind === 'failed' && done.reason === 'leftover_processes';
  if (!isLeft || workspace.repos.length === 0) return done;
  ctx.setAside.add(workspace.dir);
  const detail = `${done.detail} Its workspace ${workspace.dir} is set aside: nothing of this run uses it again.`;
  return { ...done, detail };
}

async function callThrough(
  ctx: RunContext,
  gateway: Gateway,
  { order, key, note }: Heard,
  signal: AbortSignal,
): Promise<DriverOutcome> {
  const access = gateway.issue(grantOf(ctx, { order, key, note }));
  ctx.accesses.set(key, access);
  try {
    const ends = AbortSignal.any([signal, access.stopped]);
    const done = await ctx.driver.run({ ...order, modelAccess: access }, note, ends);
    // Calls under way end first: they belong on the bill.
    await access[Symbol.asyncDispose]();
    const metered = { ...done, usage: meteredUsage(access.usage(), done.usage) };
    const stop = access.stop();
    return stop === null || signal.aborted ? metered : toStopped(metered, stop, ctx.engine.clock.now());
  } finally {
    ctx.accesses.delete(key);
    await access[Symbol.asyncDispose]();
  }
}

function grantOf(ctx: RunContext, { order, key, note }: Heard): InvocationGrant {
  const used = (currency: 'tokens' | 'cost_usd') => (other: CommandKey) =>
    usedSoFar(ctx.accesses.get(other), currency);
  return {
    invocationId: order.invocationId,
    allowance: () => ({
      tokens: allowanceOf(ctx.state, key, 'tokens', used('tokens')),
      costUsd: allowanceOf(ctx.state, key, 'cost_usd', used('cost_usd')),
    }),
    volatile: { workspace: order.workspace.dir, run: ctx.runId, fence: order.fenceWord ?? '' },
    tell: (text) => note({ kind: 'wait', text }),
  };
}

/** What is not known counts as nothing here: the reservation stands for it. */
function usedSoFar(access: ModelAccess | undefined, currency: 'tokens' | 'cost_usd'): number {
  if (access === undefined) return 0;
  const { input_tokens, output_tokens, cost_usd } = access.usage();
  return currency === 'tokens' ? (input_tokens ?? 0) + (output_tokens ?? 0) : (cost_usd ?? 0);
}

/** An agent that reached its model by another way says what it knows; where calls came through, they count alone. */
function meteredUsage(metered: Usage, said: Usage): Usage {
  return metered.model_calls === 0 ? said : metered;
}

/** A result that was handed in before counts; else the invocation ended for what ended its calls. */
function toStopped(done: DriverOutcome, stop: AccessStop, now: Date): DriverOutcome {
  if (done.kind === 'submitted') return done;
  const { raw, usage } = done;
  switch (stop.kind) {
    case 'budget':
      return { kind: 'failed', reason: 'budget_exceeded', detail: stop.detail, raw, usage };
    case 'not_recorded':
      return { kind: 'failed', reason: 'engine_error', detail: stop.detail, raw, usage };
    case 'quota': {
      const wait =
        stop.until === null ? {} : { retryAfterMs: Math.max(1, stop.until.getTime() - now.getTime()) };
      return { kind: 'failed', reason: 'quota_exceeded', detail: stop.detail, ...wait, raw, usage };
    }
  }
}
