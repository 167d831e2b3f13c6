/** What `verify` says when the journal is whole and what it speaks of is gone. */
import { cpSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkCommits } from '../../src/cli/audit/stored-commits.ts';
import { driveRig, git, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import { eventsOf, openPlay, playWell } from '../engine/plays.ts';
import { openThinking } from './thinking.ts';

const GRAPH = sequenceGraph([{ id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' }], {
  submit: true,
});

it('AUD-1: names the first commit that the stores or the local forge do not hold any more', async () => {
  await using rig = await openPlay(playWell);
  const runId = await startRigRun(rig.engine, { ...GRAPH, repos: [rig.api] });
  const { events, status } = await driveRig(rig.engine, runId);
  expect(status).toBe('done');
  const check = (): ReturnType<typeof checkCommits> => checkCommits(rig.stateDir, runId, events);
  expect(await check()).toBeNull();

  const [work] = eventsOf(events, 'invocation_ended');
  const commit = work?.revision?.repos[0]?.commit ?? '';
  const store = rig.engine.workspaces.storePath(runId, 'api');
  const object = join(store, 'objects', commit.slice(0, 2), commit.slice(2));
  renameSync(object, `${object}.gone`);
  expect(await check()).toMatchObject({ detail: expect.stringContaining(`commit ${commit} of api`) });
  renameSync(`${object}.gone`, object);
  expect(await check()).toBeNull();

  const swapped = structuredClone(events);
  const other = eventsOf(swapped, 'invocation_ended')[0]?.revision?.repos[0];
  if (other !== undefined)
    other.tree = git(
      store,
      'rev-parse',
      `${events[0]?.event.type === 'run_started' ? events[0].event.base.repos[0]?.commit : ''}^{tree}`,
    ).trim();
  expect(await checkCommits(rig.stateDir, runId, swapped)).toMatchObject({
    detail: expect.stringContaining('holds the tree'),
  });

  const forge = join(rig.stateDir, 'forge', 'api.git');
  cpSync(forge, `${forge}.kept`, { recursive: true });
  rmSync(forge, { recursive: true });
  expect(await check()).toMatchObject({ detail: expect.stringMatching(/pull request api#1, .* is missing/) });
});

it('AUD-1: verify exits 5 and says which store lost a commit', async () => {
  using thinking = openThinking();
  const { code } = await thinking.baton('run', 'Think', '--yes', ...thinking.flags);
  expect(code).toBe(0);
  expect((await thinking.baton('verify')).code).toBe(0);
  rmSync(join(thinking.dir, 'state', 'git'), { recursive: true });
  const verified = await thinking.baton('verify');
  expect([verified.code, verified.out]).toEqual([
    5,
    expect.stringMatching(/E_INTEGRITY seq=1 commit [0-9a-f]{40} of repo, which it names, is missing/),
  ]);
});
