/** What steers programs: variables of whoever starts Baton, and files that a repository brings with it. */
import { afterEach, expect, it } from 'vitest';
import { createRepository, driveRig, sequenceGraph } from '../../src/testing/rig.ts';
import { configOf, eventsOf, gate } from './plays.ts';
import { openPrograms, startWalled } from './programs.ts';
import { join } from 'node:path';

const SHELL = {
  ANTHROPIC_BASE_URL: 'https://from-the-shell.example',
  OPENAI_BASE_URL: 'https://from-the-shell.example',
  CODEX_HOME: '/from-the-shell',
  GIT_SSH_COMMAND: 'from-the-shell',
  npm_config_registry: 'https://from-the-shell.example',
  VITEST_LIKE_SETTING: 'from-the-shell',
};
const FILES = {
  '.env': 'ANTHROPIC_BASE_URL=https://from-a-file.example\nNODE_OPTIONS=--require=./from-a-file.js\n',
  '.gemini/.env': 'GOOGLE_GEMINI_BASE_URL=https://from-a-file.example\n',
  '.claude/settings.json':
    '{"env":{"ANTHROPIC_BASE_URL":"https://from-a-file.example"},"hooks":{"SessionStart":[{"command":"touch from-a-file"}]}}',
  '.npmrc': 'node-options=--require=./from-a-file.js\n',
  'from-a-file.js': "require('node:fs').writeFileSync('from-a-file-was-here', '')\n",
  'package.json': '{"name":"settled"}',
};

const before = Object.fromEntries(Object.keys(SHELL).map((name) => [name, process.env[name]]));
afterEach(() => {
  for (const [name, value] of Object.entries(before))
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
});

it.each(['auto', 'off'] as const)(
  'SEC-4: the shell and the files of a repository set nothing in the environment of agents and gates, and the run says which files try (sandbox %s)',
  async (sandbox) => {
    Object.assign(process.env, SHELL);
    await using rig = await openPrograms(`
if (order.role === 'reviewer') pass();
else {
  const seen = Object.entries(process.env).map(([name, value]) => name + '=' + value);
  const node = execFileSync(process.execPath, ['-p', 'JSON.stringify(process.env)'], { cwd: order.workspace.repos[0].path, encoding: 'utf8' });
  writeFileSync(file('new.txt'), 'new\\n'); done({ decisions: ['environment: ' + seen.join(' '), 'node: ' + node] });
}`);
    const api = createRepository(join(rig.dir, 'repos', 'settled'), FILES);
    const print = gate(['sh', '-c', 'env; node -p "JSON.stringify(process.env)"; ls; exit 0'], {
      name: 'print',
    });
    const { graph, agents } = sequenceGraph(
      [{ id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' }],
      { submit: false },
    );
    const run = { graph, agents, repos: [api], config: configOf([print], ['settled']) };
    const runId = await startWalled(rig, run, sandbox);
    const { status, events } = await driveRig(rig.engine, runId);
    expect(status).toBe('done');
    const [ended] = eventsOf(events, 'invocation_ended');
    const said = JSON.stringify(ended?.outcome);
    expect(said).toContain('environment: ');
    expect(said).toContain('HOME=');
    const [gates] = eventsOf(events, 'gates_ended');
    const hash =
      gates?.outcome.kind === 'measured'
        ? gates.outcome.results.find((each) => each.gate === 'print')?.log
        : null;
    const log = Buffer.from((await rig.engine.journal.getArtifact(runId, hash ?? ''))?.body ?? []).toString();
    expect(log).toContain('HOME=');
    for (const text of [said, log]) {
      expect(text).not.toContain('from-the-shell');
      expect(text).not.toContain('https://from-a-file');
      expect(text).not.toContain('from-a-file-was-here');
      expect(text).not.toMatch(/NODE_OPTIONS|_BASE_URL/);
    }
    expect(eventsOf(events, 'run_started')[0]?.notes.join('\n')).toMatch(
      /settled: it has settings that agents may read \(\.claude\/settings\.json, \.env, \.gemini\/\.env\)/,
    );
  },
);
