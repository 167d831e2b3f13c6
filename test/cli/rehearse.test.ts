/** `baton rehearse` as people run it: real processes, repositories and gates; every row is held against the journal of its run. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { notesService } from '../../src/testing/realistic.ts';
import { createRepository, git } from '../../src/testing/rig.ts';
import { rehearsalSchema, type Rehearsal } from '../../src/definitions/rehearsal-schema.ts';

const BIN = join(import.meta.dirname, '../../bin/baton.js');
const LIMIT_MS = 900_000;

/** A step that asks for notes holds nobody to anything; the one behind it has gates. */
const WORKFLOW = `name: mine
version: 1
description: Notes, one who writes, submission.
start: launch
review:
  by: [code-review]
phases:
  - id: think
    title: Thinking
    deliverable: Notes.
    steps:
      - agent: backend-task-summarizer
        output: notes
  - id: build
    title: Building
    deliverable: The change.
    gates: full
    steps:
      - agent: documentation-agent
  - id: submit
    title: Submission
    deliverable: A pull request.
    steps:
      - submit: true
`;

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-rehearse-'));
  writeFileSync(join(dir, 'mine.yaml'), WORKFLOW);
});
afterEach(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));

function baton(
  args: string[],
  more: Record<string, string> = {},
): { status: number | null; stdout: string; stderr: string } {
  const env = { PATH: process.env['PATH'], HOME: dir, BATON_WORK: join(dir, 'work'), NO_COLOR: '1', ...more };
  return spawnSync(process.execPath, [BIN, ...args], { cwd: dir, encoding: 'utf8', env, maxBuffer: 2 ** 26 });
}

function rehearse(...args: string[]): Rehearsal & { code: number | null } {
  const { status, stdout, stderr } = baton(['rehearse', ...args, '--json']);
  expect(stdout, stderr).not.toBe('');
  return { ...rehearsalSchema.parse(JSON.parse(stdout)), code: status };
}

const only = (...names: string[]): string[] => names.flatMap((name) => ['--only', name]);

/** The event of a run that a row names, from the store of the rehearsal. */
function eventAt(store: string, runId: string | null, seq: number): { type: string; step?: string } {
  const { stdout } = baton(['log', runId ?? '', '--json'], { BATON_HOME: store });
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { seq: number; type: string; step?: string });
  return events.find((event) => event.seq === seq) ?? { type: 'none' };
}

describe('baton rehearse', () => {
  it(
    'R24: says of each rogue what the journal of its own run says, and ends with 1 where one was not stopped',
    () => {
      const told = rehearse(
        '--workflow',
        'mine.yaml',
        ...only('skipper', 'liar', 'test-emptier', 'conflict-maker'),
      );
      expect(told.honest).toMatchObject({ status: 'done', pull_requests: 2, stopped: [] });
      const row = (name: string) => told.rogues.find(({ rogue }) => rogue === name);
      // Nothing is demanded of notes: that is what the rehearsal is there to show.
      expect(row('skipper')).toMatchObject({ outcome: 'not_stopped', stopped: [], pull_request: true });
      expect(told.code).toBe(1);
      expect(row('liar')).toMatchObject({ outcome: 'stopped', pull_request: false });
      expect(row('test-emptier')).toMatchObject({ outcome: 'stopped', pull_request: false });
      expect(row('test-emptier')?.stopped.map(({ by }) => by)).toContain('gate tests of orders-service red');
      expect(row('conflict-maker')).toMatchObject({
        outcome: 'not_tried',
        why: 'no two agents of this workflow change files side by side',
      });
      for (const { rogue, run_id: runId, stopped } of told.rogues)
        for (const { seq, step, by } of stopped) {
          const event = eventAt(told.store, runId, seq);
          expect([event.step, rogue], by).toEqual([step, rogue]);
          expect(['gates_ended', 'claim_mismatch', 'invocation_ended']).toContain(event.type);
        }
      // Nothing of it stands among the user's own runs.
      expect(JSON.parse(baton(['runs', '--json']).stdout)).toMatchObject({ runs: [] });
    },
    LIMIT_MS,
  );

  it(
    'R24: plays in a copy of one’s own repository, touches nothing of it, and says why cheats were not tried where there are no tests',
    () => {
      const notes = createRepository(join(dir, 'notes'), notesService());
      const bare = createRepository(join(dir, 'bare'), { 'README.md': '# bare\n' });
      const look = (repo: string): string =>
        git(repo, 'for-each-ref') + git(repo, 'status', '--porcelain') + git(repo, 'rev-parse', 'HEAD');
      writeFileSync(join(notes, 'README.md'), 'edited, and not committed\n');
      const before = [notes, bare].map(look);
      const told = rehearse('--workflow', 'mine.yaml', '--repo', 'notes', ...only('exit-in-source'));
      expect(told.honest).toMatchObject({ status: 'done', pull_requests: 1, stopped: [] });
      expect(told.repos).toEqual(['notes']);
      expect(told.rogues).toMatchObject([{ outcome: 'stopped', pull_request: false }]);
      expect(told.rogues[0]?.stopped[0]?.by).toBe('gate tests of notes red');
      expect(told.code).toBe(0);
      const none = rehearse('--workflow', 'mine.yaml', '--repo', 'bare', ...only('exit-in-source'));
      expect(none.rogues).toMatchObject([
        { outcome: 'not_tried', why: 'no repository has a gate that runs tests' },
      ]);
      expect(none.code).toBe(1);
      expect([notes, bare].map(look)).toEqual(before);
    },
    LIMIT_MS,
  );

  it(
    'ends as interrupted where it is stopped, and calls that no bug',
    async () => {
      const env = { PATH: process.env['PATH'], HOME: dir, BATON_WORK: join(dir, 'work'), NO_COLOR: '1' };
      const args = [BIN, 'rehearse', '--workflow', 'mine.yaml', ...only('liar')];
      const child = spawn(process.execPath, args, { cwd: dir, env, stdio: ['ignore', 'ignore', 'pipe'] });
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
      const code = new Promise<number | null>((resolve) => child.once('close', resolve));
      await expect.poll(() => said, { timeout: 60_000 }).toContain('done, 2 pull requests');
      child.kill('SIGTERM');
      expect(await code, said).toBe(130);
      expect(said).not.toContain('E_BUG');
      expect(said).toMatch(/Stopped before the end.* the journals: BATON_HOME=\S+\/rehearse\/1\/store /);
    },
    LIMIT_MS,
  );

  it('refuses a rogue that there is not, before anything is made', () => {
    const refused = baton(['rehearse', '--workflow', 'mine.yaml', '--only', 'lair']);
    expect([refused.status, refused.stderr]).toEqual([
      2,
      expect.stringContaining('There is no rogue "lair"'),
    ]);
    expect(refused.stderr).toContain('liar');
  });

  it('refuses a repository that there is not, before it says what a rehearsal takes', () => {
    const refused = baton(['rehearse', '--repo', 'no-such']);
    expect([refused.status, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toMatch(/^baton: E_REPO \S*no-such does not exist\.\n {2}fix: /);
  });
});
