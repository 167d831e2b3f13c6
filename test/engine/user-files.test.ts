/** What a run leaves of the repository of its user as it was. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { driveRig, git, sequenceGraph } from '../../src/testing/rig.ts';
import { eventsOf } from './plays.ts';
import { openPrograms, startWalled } from './programs.ts';
import { BUILD, openRun, WRITER_WELL } from './agent-runs.ts';

describe('GIT-1', () => {
  it('GIT-1: a whole run leaves dirty, staged and untracked files of the user as they were, and says what it left out', async () => {
    const rig = await openPrograms(WRITER_WELL);
    await using _ = rig;
    execFileSync(
      'sh',
      [
        '-c',
        'echo more >> README.md; echo s > staged.txt; git add staged.txt; echo u > untracked.txt; mkdir -p .baton-not; git tag mine',
      ],
      { cwd: rig.api },
    );
    const look = (): string =>
      execFileSync(
        'sh',
        [
          '-c',
          'git status --porcelain=v2 --branch; git for-each-ref; git stash list; find . -type f -not -path "./.git/*" -exec sha256sum {} + | sort; find .git -type f -exec sha256sum {} + | sort',
        ],
        { cwd: rig.api, encoding: 'utf8' },
      );
    look(); // the first look refreshes the index
    const before = look();
    const { graph, agents } = sequenceGraph([BUILD], { submit: true });
    const runId = await startWalled(rig, { graph, agents, repos: [rig.api] }, 'auto');
    const { status, events, state } = await driveRig(rig.engine, runId);
    expect(status).toBe('done');
    expect(look()).toBe(before);
    expect(eventsOf(events, 'run_started')[0]?.notes.join('\n')).toMatch(/uncommitted|not part of/);
    const forge = join(rig.stateDir, 'forge', 'api.git');
    expect(git(forge, 'diff', '--name-only', 'main', state.pullRequests[0]?.branch ?? '')).toBe('new.txt\n');
  });

  it('GIT-13: the work of a cancelled run is kept under its own refs, and its workspaces are gone', async () => {
    await using run = await openRun(
      `if (order.role === 'reviewer') done({ verdict: 'fail', findings: [{ severity: 'major', blocking: true, problem: 'no', fix: '' }] }); else { writeFileSync(file('new.txt'), 'precious\\n'); done(); }`,
      [BUILD],
      { limits: { max_rework: 0 } },
    );
    expect((await driveRig(run.rig.engine, run.runId)).status).toBe('waiting_human');
    await run.rig.engine.journal.post(run.runId, {
      kind: 'cancel',
      reason: 'no longer needed',
      name: 'ada',
      via: 'cli',
    });
    const { status, events } = await driveRig(run.rig.engine, run.runId);
    expect(status).toBe('cancelled');
    const store = run.rig.engine.workspaces.storePath(run.runId, 'api');
    const commit = eventsOf(events, 'invocation_ended')[0]?.revision?.repos[0]?.commit ?? '';
    expect(git(store, 'for-each-ref', '--contains', commit, `refs/baton/${run.runId}`)).toContain(commit);
    expect(git(store, 'show', `${commit}:new.txt`)).toBe('precious\n');
    expect(existsSync(join(run.rig.dir, 'work', run.runId))).toBe(false);
    expect(readFileSync(join(run.rig.api, 'README.md'), 'utf8')).toBe('# api\n');
  });
});
