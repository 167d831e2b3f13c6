/** What `verify` says of a finished run whose pull request at the local forge is not as the run left it. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkLocalPulls } from '../../src/cli/audit/local-pulls.ts';
import { openCli } from '../../src/cli/testing/captured-context.ts';
import { driveRig, git, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import { openPlay, playWell } from '../engine/plays.ts';

const GRAPH = sequenceGraph([{ id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' }], {
  submit: true,
});

async function verify(stateDir: string): Promise<{ code: number; out: string }> {
  using cli = openCli({ BATON_HOME: stateDir });
  return await cli.run('verify');
}

it('AUD-1: names each thing that the local forge has otherwise than the run left it', async () => {
  await using rig = await openPlay(playWell);
  const runId = await startRigRun(rig.engine, { ...GRAPH, repos: [rig.api] });
  const { events, status, state } = await driveRig(rig.engine, runId);
  expect(status).toBe('done');
  const [pull] = state.pullRequests;
  if (pull === undefined) throw new Error('no pull request');
  const said = async (): Promise<string[]> =>
    (await checkLocalPulls(runId, events)).problems.map(({ seq, detail }) => {
      expect(seq).toBe(events.length);
      return detail.replace(/^pull request api#1 at the local forge: /, '');
    });
  expect(await checkLocalPulls(runId, events)).toEqual({ problems: [], looked: 1 });
  // While the run goes on, its pull request does, too.
  expect(await checkLocalPulls(runId, events.slice(0, -1))).toEqual({ problems: [], looked: 0 });

  const bare = join(rig.stateDir, 'forge', 'api.git');
  const base = git(bare, 'rev-parse', `${pull.head}^`).trim();
  git(bare, 'update-ref', `refs/heads/${pull.branch}`, base);
  expect(await said()).toEqual([
    `its branch ${pull.branch} is at ${base}, not at ${pull.head}, which was reviewed`,
  ]);
  git(bare, 'update-ref', '-d', `refs/heads/${pull.branch}`);
  expect(await said()).toEqual([`its branch ${pull.branch} is gone; it was at ${pull.head}`]);
  git(bare, 'update-ref', `refs/heads/${pull.branch}`, pull.head);

  const file = join(rig.stateDir, 'forge', 'api', '1.json');
  const whole = readFileSync(file, 'utf8');
  const record = JSON.parse(whole) as Record<string, string>;
  const edit = async (changes: object): Promise<string[]> => {
    writeFileSync(file, JSON.stringify({ ...record, ...changes }));
    return said();
  };
  expect(await edit({})).toEqual([]);
  expect(await edit({ base: 'release', state: 'draft' })).toEqual([
    'its record says base release, not main',
    'its record says state draft, not ready',
  ]);
  expect(await edit({ marker: 'theirs' })).toContainEqual(
    expect.stringMatching(/^its record says marker theirs, not /),
  );
  const words = ['its title, or the words in front of the evidence, are not those that Baton wrote'];
  expect(await edit({ title: 'Other' })).toEqual(words);
  expect(await edit({ body: `Other words. ${record['body']}` })).toEqual(words);
  expect(await edit({ body: 'Nothing.' })).toEqual(['the evidence is gone from its text']);
  const cut = record['body']?.replace(/Journal: event \d+, `[0-9a-f]+`/, '');
  expect(await edit({ body: cut })).toEqual(['its text names no event of the journal any more']);
  const other = record['body']?.replace(
    /Journal: event (\d+), `[0-9a-f]+`/,
    `Journal: event $1, \`${'f'.repeat(64)}\``,
  );
  expect(await edit({ body: other })).toEqual([
    expect.stringMatching(/^its text names event \d+ with a hash that this event does not have$/),
  ]);
  writeFileSync(file, '{');
  expect(await said()).toEqual([expect.stringMatching(/^its record cannot be read: .*1\.json/)]);
  rmSync(file);
  expect(await said()).toEqual(['its record 1.json is gone']);
  const gone = await verify(rig.stateDir);
  expect([gone.code, gone.out]).toEqual([
    5,
    expect.stringContaining(
      `E_INTEGRITY seq=${events.length} pull request api#1 at the local forge: its record 1.json is gone`,
    ),
  ]);
  writeFileSync(file, whole);
  expect(await verify(rig.stateDir)).toMatchObject({
    code: 0,
    out: expect.stringContaining('branches and pull requests as the run left them') as string,
  });
});
