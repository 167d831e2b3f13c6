/** The example of `docs/forges.md`: a file that people copy has to do what the page says. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadConfig } from '../../src/definitions/load-config.ts';
import { openFakeForge } from '../../src/testing/fake-forge/fake-forge.ts';
import { driveRig, git, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import { openPlay, playWell } from './plays.ts';

const TOKEN = 'ghp-loopback-token-0818-eeee';
const EXAMPLE = new URL('../../examples/github/baton.yaml', import.meta.url);
const PAGE = new URL('../../docs/forges.md', import.meta.url);
const SUITE = "import { test } from 'node:test';\ntest('adds', () => {});\n";

it('the example for GitHub is the file that the page shows, and a run with it submits as it says', async () => {
  const text = readFileSync(EXAMPLE, 'utf8');
  expect(readFileSync(PAGE, 'utf8')).toContain(`\`\`\`yaml\n${text}\`\`\``);
  const { config, diagnostics } = loadConfig(EXAMPLE.pathname);
  expect(diagnostics).toEqual([]);
  if (config === null) throw new Error('no configuration');
  await using rig = await openPlay(playWell, { ...process.env, GH_ENTERPRISE_TOKEN: TOKEN });
  await using server = await openFakeForge({ dir: `${rig.dir}/server`, token: TOKEN });
  server.people.collaborators.push('ada');
  server.people.teams.push('backend');
  const api = rig.repository('example/api', { 'README.md': '# api\n', 'add.test.mjs': SUITE });
  git(api, 'remote', 'add', 'origin', server.addRepository('acme/api', api));
  server.onPush = (commit) =>
    void server.checks.push({ repository: 'acme/api', commit, name: 'build', conclusion: 'success' });
  const build = { id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' } as const;
  const { graph, agents } = sequenceGraph([build], { submit: true });
  const follow = { for_ms: 2_000, every_ms: 20, grace_ms: 20 };
  const run = { graph, agents, repos: [api], config, follow, forge: 'github' };
  const { status, reason, events } = await driveRig(rig.engine, await startRigRun(rig.engine, run));
  expect([status, reason]).toEqual(['done', 'submitted']);
  const gates = events.flatMap(({ event }) =>
    event.type === 'gates_ended' && event.outcome.kind === 'measured' ? event.outcome.results : [],
  );
  for (const name of ['tests', 'ci'])
    expect(gates.findLast(({ gate }) => gate === name)).toMatchObject({ status: 'pass' });
  expect(server.pulls).toMatchObject([
    { draft: false, labels: ['baton', 'needs review'], asked: ['ada', '@backend'] },
  ]);
  expect(server.statuses.map(({ context, state }) => [context, state])).toEqual([
    ['baton', 'pending'],
    ['baton', 'success'],
  ]);
  expect(git(server.pathOf('acme/api'), 'log', '-1', '--format=%an', server.pulls[0]?.head ?? '')).toBe(
    'Ada Lovelace\n',
  );
});
