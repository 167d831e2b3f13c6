/** Runs of the smallest workflows with agents that are real programs, for tests of what those may try. */
import type { JournalEvent } from '../../src/core/events.ts';
import { openWall } from '../../src/workspace/wall/open-wall.ts';
import { sequenceGraph, type RigStep } from '../../src/testing/rig.ts';
import { configOf, eventsOf, gate } from './plays.ts';
import { openPrograms, startWalled } from './programs.ts';

export const BUILD: RigStep = { id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' };
export const PLAN: RigStep = { id: 'plan/notes', agent: 'planner', role: 'planner', output: 'notes' };
export const HAS_WALL =
  (await openWall({ mode: 'auto', hidden: [], path: process.env['PATH'] ?? '' })).wall.kind !== 'off';
export const MODES = HAS_WALL ? (['auto', 'off'] as const) : (['off'] as const);

export async function openRun(
  body: string,
  steps: RigStep[],
  options: { submit?: boolean; sandbox?: 'auto' | 'off'; limits?: object; tellsPath?: boolean } = {},
) {
  const rig = await openPrograms(body);
  const graph = sequenceGraph(steps, { submit: options.submit ?? false, limits: options.limits ?? {} });
  const config = configOf([gate(['true'])]);
  const request = options.tellsPath === true ? rig.api : 'Do the thing';
  const run = { ...graph, repos: [rig.api], config, request };
  const runId = await startWalled(rig, run, options.sandbox ?? 'auto');
  return { rig, runId, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
}

export const failures = (events: JournalEvent[]): string[] =>
  eventsOf(events, 'invocation_ended').flatMap(({ outcome }) =>
    outcome.kind === 'failed' ? [`${outcome.reason}: ${outcome.detail}`] : [],
  );

export const WRITER_WELL = `
if (order.role === 'reviewer') pass();
else { if (order.access === 'write') writeFileSync(file('new.txt'), 'new\\n'); done(); }
`;
