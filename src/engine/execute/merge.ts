/** Brings the accepted branches of a parallel group together, conflict-free or not at all. */
import type { EffectfulCommand } from '../../core/commands.ts';
import type { EventOf } from '../../core/events.ts';
import type { Revision } from '../../core/results.ts';
import { measureRunParts } from '../approval-parts.ts';
import { hashData, textArtifact } from '../hash.ts';
import { measureSize } from '../measure-change.ts';
import type { RunContext } from '../run-context.ts';
import type { Outcome } from './outcome.ts';

type Merge = Extract<EffectfulCommand, { kind: 'merge' }>;

export function startMerge(command: Merge): EventOf<'merge_started'> {
  const { key, step, base, sides } = command;
  return { type: 'merge_started', key, step, base, sides: sides.map((side) => side.revision) };
}

export async function executeMerge(ctx: RunContext, command: Merge): Promise<Outcome> {
  const { key, sides } = command;
  const result = await ctx.engine.workspaces.merge({
    runId: ctx.runId,
    base: revision(ctx, command.base),
    sides: sides.map((side) => revision(ctx, side.revision)),
    message: `merge ${sides.map((side) => side.step).join(', ')}`,
    key,
  });
  const left = result.left.map(({ side, against, paths }) => ({
    side: sides[side]?.step ?? '',
    against: sides[against]?.step ?? '',
    paths,
  }));
  const taken = sides.filter((_, index) => !result.left.some(({ side }) => side === index));
  const titles = taken.map(({ step }) => ctx.state.steps.get(step)?.step.title ?? step);
  const summary = `merged ${titles.join(', ')} without conflict`;
  const artifact = textArtifact('merge', `${JSON.stringify({ summary, sides, left }, null, 1)}\n`);
  const output = {
    id: hashData([artifact.hash, result.revision.id]),
    kind: 'merge',
    artifact: artifact.hash,
    revision: result.revision.id,
    summary,
  };
  const size = await measureSize(ctx, result.revision);
  const parts = await measureRunParts(ctx, result.revision);
  const event: EventOf<'merge_ended'> = {
    type: 'merge_ended',
    key,
    step: command.step,
    outcome: left.length === 0 ? { kind: 'merged', output, size } : { kind: 'collided', output, left },
    revision: result.revision,
    ...(parts.length === 0 ? {} : { parts }),
  };
  return { key, events: [event], artifacts: [artifact] };
}

function revision(ctx: RunContext, id: string): Revision {
  const found = ctx.state.revisions.get(id);
  if (found === undefined) throw new Error(`unknown revision ${id}`);
  return found;
}
