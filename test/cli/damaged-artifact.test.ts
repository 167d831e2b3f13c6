/** A run whose store lost a result: what can still be told is told, with the hole named. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { openCli } from '../../src/cli/testing/captured-context.ts';
import { driveRig, openRig, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import { configOf, createPlayDriver, eventsOf, playWell } from '../engine/plays.ts';

const HOLE = /artifact [0-9a-f]{12} \(notes\) is damaged or missing, .* `baton verify/;

it('AUD-1, AUD-4: a damaged result leaves a hole in every report, named in it, and only verify exits 5', async () => {
  await using rig = await openRig(createPlayDriver(playWell));
  const api = rig.repository('api', { 'a.txt': 'a\n' });
  const { graph, agents } = sequenceGraph(
    [{ id: 'plan/one', agent: 'summarizer', role: 'planner', output: 'notes' }],
    { submit: false },
  );
  const runId = await startRigRun(rig.engine, { graph, agents, repos: [api], config: configOf([]) });
  const { status, events } = await driveRig(rig.engine, runId);
  expect(status).toBe('done');
  using cli = openCli({ BATON_HOME: rig.stateDir });
  expect(JSON.parse((await cli.run('report', '--json')).out).damage).toEqual([]);
  const [accepted] = eventsOf(events, 'step_accepted');
  const db = new DatabaseSync(join(rig.stateDir, 'journal.db'));
  db.prepare("UPDATE artifacts SET body = x'00' WHERE hash = ?").run(accepted?.output?.artifact ?? '');
  db.close();

  for (const format of ['md', 'html', 's1', 's3', 's4']) {
    const { code, out } = await cli.run('report', '--format', format);
    expect([format, code]).toEqual([format, 0]);
    expect(out.replaceAll('\\', ''), format).toMatch(HOLE);
  }
  const six = await cli.run('report', '--format', 's2');
  expect(six.err).toMatch(HOLE);
  expect(Object.keys(JSON.parse(six.out))).toHaveLength(6);
  expect(JSON.parse((await cli.run('report', '--json')).out).damage).toEqual([expect.stringMatching(HOLE)]);
  expect((await cli.run('verify')).code).toBe(5);
});
