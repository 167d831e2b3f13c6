/** Brings the accepted branches of a parallel group together, conflict-free or not at all. */
import type { EffectfulCommand } from '../../core/commands.ts';
import type { EventOf } from '../../core/events.ts';
import type { Revision } from '../../core/results.ts';
import { hashData, textArtifact } from '../hash.ts';
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
  if (result.kind === 'conflict') {
    const first = sides[result.first]?.step ?? '';
    const second = sides[result.second]?.step ?? '';
    return outcome(command, { kind: 'conflict', first, second, paths: result.paths }, null);
  }
  const summary = `merged ${sides.map((side) => side.step).join(', ')} without conflict`;
  const artifact = textArtifact('merge', `${JSON.stringify({ summary, sides }, null, 1)}\n`);
  const output = {
    id: hashData([artifact.hash, result.revision.id]),
    kind: 'merge',
    artifact: artifact.hash,
    revision: result.revision.id,
    summary,
  };
  const merged = outcome(command, { kind: 'merged', output }, result.revision);
  return { ...merged, artifacts: [artifact] };
}

function outcome(
  command: Merge,
  what: EventOf<'merge_ended'>['outcome'],
  made: Revision | null,
): Outcome & { events: EventOf<'merge_ended'>[] } {
  const event: EventOf<'merge_ended'> = {
    type: 'merge_ended',
    key: command.key,
    step: command.step,
    outcome: what,
    revision: made,
  };
  return { key: command.key, events: [event], artifacts: [] };
}

function revision(ctx: RunContext, id: string): Revision {
  const found = ctx.state.revisions.get(id);
  if (found === undefined) throw new Error(`unknown revision ${id}`);
  return found;
}
