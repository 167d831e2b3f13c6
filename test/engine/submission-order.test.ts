/** In which order repositories go out, and what a person is told where one of them cannot. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { JournalEvent } from '../../src/core/events.ts';
import type { WorkOrder } from '../../src/drivers/driver.ts';
import { driveRig, openRig, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import { createPlayDriver, done, eventsOf, verdict } from './plays.ts';

/** Who changes which repository: the service first, whose users' names come before its own. */
const WRITES = { service: 'service', client: 'client', app: 'app' } as const;
const GRAPH = sequenceGraph(
  ['service', 'client', 'app'].map((agent) => ({
    id: `build/${agent}`,
    agent,
    role: 'specialist' as const,
    output: 'changes',
  })),
  { submit: true },
);

const driver = createPlayDriver((order: WorkOrder) => {
  if (order.role === 'reviewer') return verdict(order);
  const place = order.workspace.repos.find(({ name }) => name === WRITES[order.agent as keyof typeof WRITES]);
  writeFileSync(join(place?.path ?? '', 'new.txt'), 'new\n');
  return done(order);
});

function ended(events: JournalEvent[], kind: string): string[] {
  return eventsOf(events, 'effect_ended').flatMap(({ effect, repo }) => (effect === kind ? [repo] : []));
}

it('NET-6: what others were built on is pushed, opened and marked ready before them', async () => {
  await using rig = await openRig(driver);
  const repos = ['app', 'client', 'service'].map((name) =>
    rig.repository(name, { 'README.md': `# ${name}\n` }),
  );
  const runId = await startRigRun(rig.engine, { ...GRAPH, repos });
  const { status, events } = await driveRig(rig.engine, runId);
  expect(status).toBe('done');
  for (const kind of ['push_branch', 'open_pull_request', 'mark_ready'])
    expect(ended(events, kind)).toEqual(['service', 'client', 'app']);
});
