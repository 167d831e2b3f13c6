/** The way back of a whole change: rehearsed before submission, told with the run, and as good as it is told. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { openCli } from '../../src/cli/testing/captured-context.ts';
import type { RollbackDocument } from '../../src/engine/rollback-document.ts';
import { driveRig, git, NO_CONFIG, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import { done, edit, eventsOf, openPlay, playWell } from './plays.ts';

const PLAN = {
  analysis: 'one table',
  tasks: [{ id: 't', agent: 'service-agent', description: 'a table', depends_on: [], output: 'a table' }],
  cites: [],
  risks: ['data is lost'],
  rollback: ['Tell the @team first.', 'Revert it.'],
  success_criteria: ['it works'],
  estimate: 'small',
};

it('R48: a change over two repositories is taken back in a scratch clone before it is submitted, and as its document says by people', async () => {
  await using rig = await openPlay((order) => {
    if (order.role === 'planner') return done(order, { plan: PLAN });
    if (order.access !== 'write') return playWell(order);
    if (order.agent === 'service-agent')
      edit(order, 'migrations/001.sql', 'CREATE TABLE a (id INTEGER);\n', 'service');
    edit(order, 'README.md', `${order.agent}\n`, order.agent === 'service-agent' ? 'service' : 'api');
    return done(order);
  });
  const service = rig.repository('service', { 'README.md': '# service\n' });
  const step = (id: string, agent: string): Parameters<typeof sequenceGraph>[0][number] => ({
    id,
    agent,
    role: 'specialist',
    output: 'changes',
  });
  const { graph, agents } = sequenceGraph(
    [
      { id: 'plan/plan', agent: 'planner', role: 'planner', output: 'plan' },
      step('build/api', 'api-agent'),
      step('build/service', 'service-agent'),
    ],
    { submit: true },
  );
  const ada = { name: 'Ada', email: 'ada@example.org' };
  const config = { ...NO_CONFIG, commits: { author: ada, committer: null, sign: 'none' } } as const;
  const runId = await startRigRun(rig.engine, { graph, agents, repos: [rig.api, service], config });
  const { status, events, state } = await driveRig(rig.engine, runId);
  expect(status).toBe('done');

  // Of the whole change alone, before the first effect; what was built on the other goes first.
  const passes = eventsOf(events, 'gates_ended').map(({ step: id, outcome }) =>
    outcome.kind === 'measured' ? [id, outcome.results.find(({ kind }) => kind === 'revert')] : [],
  );
  expect(passes).toMatchObject([
    ['build/api', undefined],
    ['build/service', undefined],
    ['submit/whole-change', { status: 'pass', findings: [{ blocking: false, file: 'migrations/001.sql' }] }],
  ]);
  expect(passes.at(-1)?.[1]).toMatchObject({
    summary: 'git revert gives the base again: service, api; 1 of 1 new migrations without a way down',
    rollback: [
      { repo: 'service', reverted: ['commit', 'merge'], migrations: [{ layout: 'sql', down: null }] },
      { repo: 'api', reverted: ['commit', 'merge'] },
    ],
  });

  using cli = openCli();
  const here = { ...cli.context, cwd: rig.dir };
  const said = async (...argv: string[]): Promise<string> => {
    let text = '';
    const stdout = { isTTY: false, write: (more: string) => void (text += more) };
    expect(await runCli(argv, { ...here, stdout })).toBe(0);
    return text;
  };
  const document = JSON.parse(await said('rollback', runId, '--json')) as RollbackDocument; // printed by the command
  expect(document).toMatchObject({ plan: PLAN.rollback, repos: [{ repo: 'service' }, { repo: 'api' }] });
  const shown = await said('rollback', runId, '--repo', 'service');
  expect(shown).toContain(
    'If it is not merged: close pull request #1; nothing else was changed. If it is merged, as below.',
  );
  expect(shown).toContain('Where the branch has a remote: `git pull --ff-only` before');
  expect(shown).toContain('001.sql (sql) has no way down: restore from a backup');
  expect(shown).not.toContain('### api');
  expect(await said('report', runId)).toContain('## Rollback');

  const pull = state.pullRequests.find(({ repo }) => repo === 'api');
  const forge = join(rig.stateDir, 'forge');
  const record = readFileSync(join(forge, 'api/1.json'), 'utf8');
  expect(record).toContain('Rollback:');
  expect(record).not.toContain('@team');

  expect(git(join(forge, 'api.git'), 'log', '-1', '--format=%an <%ae>, %cn', pull?.branch ?? '')).toBe(
    'Ada <ada@example.org>, Baton\n',
  );

  // However people merge it, the command that is told brings the base back.
  const ofApi = document.repos.at(-1);
  const commands = ofApi?.ways.map((way) => way.commands.join('\n')) ?? [];
  const merges: [string, string, string][] = [
    ['squash', commands[0] ?? '', `git merge -q --squash FETCH_HEAD && git commit -q -F message`],
    ['fast-forward', commands[0] ?? '', 'git merge -q --ff-only FETCH_HEAD'],
    ['merge', commands[1] ?? '', `git merge -q --no-ff -m "Merge branch '${pull?.branch ?? ''}'" FETCH_HEAD`],
  ];
  for (const [name, command, merge] of merges) {
    const clone = join(rig.dir, name);
    git(rig.dir, 'clone', '-q', '-b', 'main', rig.api, clone);
    git(clone, 'fetch', '-q', join(forge, 'api.git'), pull?.branch ?? '');
    const shell = (line: string): void =>
      void execFileSync('sh', ['-ec', line], {
        cwd: clone,
        env: {
          ...process.env,
          GIT_AUTHOR_NAME: 'A',
          GIT_AUTHOR_EMAIL: 'a@b',
          GIT_COMMITTER_NAME: 'A',
          GIT_COMMITTER_EMAIL: 'a@b',
        },
      });
    shell(
      `git log -1 --format=%B FETCH_HEAD > ../message-${name}; ${merge.replace('message', `../message-${name}`)}`,
    );
    expect(git(clone, 'diff', '--name-only', 'origin/main', 'HEAD')).toBe('README.md\n');
    shell(command);
    expect(git(clone, 'diff', 'origin/main', 'HEAD')).toBe('');
  }
});
