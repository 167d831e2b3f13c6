/** Processes of agents whose engine was killed: nothing of them survives the next holder. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRepository } from '../../src/testing/rig.ts';
import { openWall } from '../../src/workspace/wall/open-wall.ts';
import { until } from './worlds.ts';

const BIN = join(import.meta.dirname, '../../bin/baton.js');
const HAS_WALL =
  (await openWall({ mode: 'auto', hidden: [], path: process.env['PATH'] ?? '' })).wall.kind !== 'off';

const WORKFLOW = `
name: thinking
version: 1
start: launch
review: { by: [judge] }
phases:
  - id: think
    steps:
      - { id: first, agent: thinker, output: thought }
`;

/** In its first attempt it leaves children of every kind and waits; `tag` finds them in the process table. */
const AGENT = (tag: string): string => `
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
const order = JSON.parse(readFileSync(0, 'utf8'));
if (order.role === 'reviewer') console.log(JSON.stringify({ status: 'complete', summary: 'ok', verdict: 'pass', findings: [], resolved: [] }));
else if (order.attempt > 1) console.log(JSON.stringify({ status: 'complete', summary: 'thought' }));
else {
  const idle = ['-e', 'setInterval(() => {}, 1000)', '${tag}'];
  spawn(process.execPath, idle, { stdio: 'ignore' });
  spawn(process.execPath, idle, { stdio: 'ignore', detached: true }).unref();
  spawn('sh', ['-c', 'trap "" TERM HUP INT; (setsid ' + process.execPath + ' -e "setInterval(() => {}, 1000)" ${tag} &) ; sleep 1000 # ${tag}'], { stdio: 'ignore', detached: true }).unref();
  setInterval(() => {}, 1000);
}
`;

function tagged(tag: string): string[] {
  const table = execFileSync('ps', ['-eo', 'pid,stat,args', '-ww'], { encoding: 'utf8' });
  return table.split('\n').filter((line) => line.includes(tag) && !/^\s*\d+ Z/.test(line));
}

describe('an engine that is killed while an agent with children runs', () => {
  it.each(HAS_WALL ? ['auto', 'off'] : ['off'])(
    'PROC-8: nothing of the agent survives the resume (sandbox %s)',
    async (sandbox) => {
      const dir = mkdtempSync(join(tmpdir(), 'baton-left-'));
      const tag = `left-${process.pid}-${sandbox}-${Math.floor(performance.now())}`;
      const agentFile = (name: string, role: string): Record<string, string> => ({
        [`agents/${name}.md`]: `---\nname: ${name}\ndescription: Thinks.\nrole: ${role}\n---\nThink.\n`,
      });
      const repo = createRepository(join(dir, 'repo'), {
        'thinking.yaml': WORKFLOW,
        ...agentFile('thinker', 'planner'),
        ...agentFile('judge', 'reviewer'),
      });
      createRepository(join(dir, 'agent'), { 'agent.mjs': AGENT(tag) });
      const env = {
        PATH: process.env['PATH'],
        HOME: dir,
        BATON_HOME: join(dir, 'state'),
        BATON_WORK: join(dir, 'work'),
      };
      const baton = (...args: string[]) =>
        spawn(process.execPath, [BIN, ...args], { cwd: repo, env, stdio: 'ignore' });
      const command = `${process.execPath} ${join(dir, 'agent', 'agent.mjs')}`;
      const engine = baton(
        'run',
        'Think',
        '--workflow',
        'thinking.yaml',
        '--sandbox',
        sandbox,
        '--agent-command',
        command,
      );
      try {
        await until(() => tagged(tag).filter((line) => !line.includes('baton.js')).length >= 4);
        engine.kill('SIGKILL');
        const resumed = baton('resume');
        const code = await new Promise((resolve) => resumed.on('close', resolve));
        expect(code).toBe(0);
        expect(tagged(tag)).toEqual([]);
      } finally {
        engine.kill('SIGKILL');
        for (const line of tagged(tag)) execFileSync('kill', ['-9', line.trim().split(' ')[0] ?? '']);
        rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
      }
    },
  );
});

const BUILDING = `
name: building
version: 1
start: launch
review: { by: [judge] }
phases:
  - id: build
    steps:
      - { id: first, agent: writer }
`;
const WRITER = `
import { readFileSync, writeFileSync } from 'node:fs';
const order = JSON.parse(readFileSync(0, 'utf8'));
const done = { status: 'complete', summary: 'ok' };
if (order.role === 'reviewer') console.log(JSON.stringify({ ...done, verdict: 'pass', findings: [], resolved: [] }));
else { writeFileSync(order.workspace.repos[0].path + '/new.txt', 'new'); console.log(JSON.stringify(done)); }
`;

describe('an engine that is killed while gates run', () => {
  it('PROC-8, KILL-4: nothing that a gate started survives the resume, also where it broke away and no wall holds it', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'baton-left-'));
    const tag = `left-gate-${process.pid}`;
    const once = join(dir, 'once');
    const hangOnce = `mkdir ${once} 2>/dev/null || exit 0; setsid sh -c 'while :; do sleep 1; done # ${tag}' & wait`;
    const gate = { name: 'build', kind: 'build', command: hangOnce, shell: true };
    const agent = (role: string): string =>
      `---\nname: NAME\ndescription: Works.\nrole: ${role}\n---\nWork.\n`;
    const repo = createRepository(join(dir, 'repo'), {
      'building.yaml': BUILDING,
      'baton.yaml': JSON.stringify({ repos: { repo: { modules: [{ path: '.', gates: [gate] }] } } }),
      'agents/writer.md': agent('specialist').replace('NAME', 'writer'),
      'agents/judge.md': agent('reviewer').replace('NAME', 'judge'),
    });
    createRepository(join(dir, 'agent'), { 'agent.mjs': WRITER });
    const env = {
      PATH: process.env['PATH'],
      HOME: dir,
      BATON_HOME: join(dir, 'state'),
      BATON_WORK: join(dir, 'work'),
    };
    const baton = (...args: string[]) =>
      spawn(process.execPath, [BIN, ...args], { cwd: repo, env, stdio: 'ignore' });
    const command = `${process.execPath} ${join(dir, 'agent', 'agent.mjs')}`;
    const engine = baton(
      'run',
      'Build',
      '--workflow',
      'building.yaml',
      '--sandbox',
      'off',
      '--agent-command',
      command,
    );
    const isLeft = (): string[] => tagged(tag).filter((line) => line.includes('while :'));
    try {
      await until(() => isLeft().length > 0);
      engine.kill('SIGKILL');
      const resumed = baton('resume');
      const code = await new Promise((resolve) => resumed.on('close', resolve));
      expect(code).toBe(0);
      expect(isLeft()).toEqual([]);
    } finally {
      engine.kill('SIGKILL');
      for (const line of isLeft()) execFileSync('kill', ['-9', line.trim().split(' ')[0] ?? '']);
      rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
    }
  });
});
