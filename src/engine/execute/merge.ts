/** Brings the accepted branches of a parallel group together, conflict-free or not at all. */
import type { EffectfulCommand } from '../../core/commands.ts';
import type { EventOf } from '../../core/events.ts';
import { baseOf, ontoOf, pointersOf } from '../../core/graph/bases.ts';
import type { Collision } from '../../core/records.ts';
import type { Revision } from '../../core/results.ts';
import { stepOf } from '../../core/state.ts';
import type { StepState } from '../../core/step-state.ts';
import type { MergeResult } from '../../workspace/workspaces.ts';
import { measureRunParts } from '../approval-parts.ts';
import { hashData, textArtifact } from '../hash.ts';
import { measureSize } from '../measure-change.ts';
import { ownerCandidates } from '../owners.ts';
import type { RunContext } from '../run-context.ts';
import { pointAtSubmitted, sayPointed, withPointersOf } from '../pointers.ts';
import type { Outcome } from './outcome.ts';

/** What a side of the change collided with. */
const BASE = 'the base';

type Merge = Extract<EffectfulCommand, { kind: 'merge' }>;

export function startMerge(command: Merge): EventOf<'merge_started'> {
  const { key, step, base, sides } = command;
  return { type: 'merge_started', key, step, base, sides: sides.map((side) => side.revision) };
}

export async function executeMerge(ctx: RunContext, command: Merge): Promise<Outcome> {
  const { key, sides } = command;
  const st = stepOf(ctx.state, command.step);
  const onto = ontoOf(st.step.work);
  const pointers = pointersOf(st.step.work);
  const { pointed, ...result } =
    pointers === null
      ? { ...(await mergeSides(ctx, command, onto)), pointed: [] }
      : { ...(await pointAtSubmitted(ctx, { key, from: revision(ctx, command.base), pointers })), left: [] };
  const left =
    onto === null ? result.left.map((clash) => namesOf(sides, clash)) : await ownersOf(ctx, st, result.left);
  const taken =
    onto === null ? sides.filter((_, index) => !result.left.some(({ side }) => side === index)) : sides;
  const titles = taken.map(({ step }) => ctx.state.steps.get(step)?.step.title ?? step);
  const summary =
    pointers === null ? `merged ${titles.join(', ')} without conflict` : sayPointed(pointed).join(', ');
  const artifact = textArtifact(
    'merge',
    `${JSON.stringify({ summary, sides, left, ...(pointers === null ? {} : { pointed }) }, null, 1)}\n`,
  );
  const output = {
    id: hashData([artifact.hash, result.revision.id]),
    kind: 'merge',
    artifact: artifact.hash,
    revision: result.revision.id,
    summary,
  };
  const since = { base: baseOf(ctx.state, st), revision: result.revision };
  const size = await measureSize(ctx, since);
  const parts = await measureRunParts(ctx, since);
  const event: EventOf<'merge_ended'> = {
    type: 'merge_ended',
    key,
    step: command.step,
    outcome: left.length === 0 ? { kind: 'merged', output, size } : { kind: 'collided', output, left },
    revision: result.revision,
    ...(parts.length === 0 ? {} : { parts }),
    ...(pointed.length === 0 ? {} : { pointed }),
  };
  return { key, events: [event], artifacts: [artifact] };
}

async function mergeSides(
  ctx: RunContext,
  { key, base, sides }: Merge,
  onto: ReturnType<typeof ontoOf>,
): Promise<MergeResult> {
  const revisions = sides.map((side) => revision(ctx, side.revision));
  return ctx.engine.workspaces.merge({
    runId: ctx.runId,
    // What the base became starts the line; the change was built on what it was.
    base: revision(ctx, onto?.from ?? base),
    sides:
      onto === null
        ? revisions
        : [revision(ctx, base), ...(await withPointersOf(ctx, revision(ctx, onto.from), { key, revisions }))],
    message: `merge ${sides.map((side) => side.step).join(', ')}`,
    key,
    marked: onto !== null,
  });
}

function namesOf(sides: Merge['sides'], clash: MergeResult['left'][number]): Collision {
  const { side, against, paths } = clash;
  return { side: sides[side]?.step ?? '', against: sides[against]?.step ?? '', paths };
}

/** Whoever wrote each path last goes on with it; where nobody in particular did, the last one that wrote at all. */
async function ownersOf(ctx: RunContext, st: StepState, clashes: MergeResult['left']): Promise<Collision[]> {
  const candidates = ownerCandidates(ctx.state, st);
  const revisions = candidates.map((candidate) => candidate.revision);
  const last = candidates.findLast(({ step }) => step !== null)?.step ?? '';
  const byOwner = new Map<string, string[]>();
  for (const path of clashes.flatMap(({ paths }) => paths)) {
    const [repo = ''] = path.split('/');
    const place = { repo, file: path.slice(repo.length + 1), line: null };
    const writer = await ctx.engine.workspaces.lastWriter(ctx.runId, place, revisions);
    const owner = candidates[writer]?.step ?? last;
    byOwner.set(owner, [...(byOwner.get(owner) ?? []), path]);
  }
  return [...byOwner].map(([side, paths]) => ({ side, against: BASE, paths }));
}

function revision(ctx: RunContext, id: string): Revision {
  const found = ctx.state.revisions.get(id);
  if (found === undefined) throw new Error(`unknown revision ${id}`);
  return found;
}
