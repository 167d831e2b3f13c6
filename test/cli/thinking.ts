/** A small workflow of two readers in a repository of its own, for tests of the command line as processes. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRepository } from '../../src/testing/rig.ts';

const BIN = join(import.meta.dirname, '../../bin/baton.js');

const WORKFLOW = `name: thinking
version: 1
review: { by: [judge] }
limits: { max_rework: 0, max_retries: 0 }
phases:
  - id: think
    title: Think
    deliverable: A thought
    steps:
      - { id: first, agent: thinker, output: thought }
  - id: again
    title: Think again
    deliverable: Another thought
    steps:
      - { id: second, agent: thinker, output: thought }
`;

/** What every agent program here begins with. */
const PRELUDE = `
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
const order = JSON.parse(readFileSync(0, 'utf8'));
const print = (over) => console.log(JSON.stringify({ status: 'complete', summary: order.agent + ': ' + order.instructions, ...over }));
const pass = () => print({ verdict: 'pass', findings: [], resolved: order.findings.map((f) => f.id) });
`;

export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

export interface Thinking extends Disposable {
  dir: string;
  repo: string;
  env: Record<string, string>;
  /** Flags of a run with this agent; add the request and what else there is to say. */
  flags: string[];
  start(...argv: string[]): { child: ChildProcess; ended: Promise<Ended> };
  baton(...argv: string[]): Promise<Ended>;
  /** Makes an empty file in the folder `told` beside the agent's program, which that can see. */
  tell(name: string): void;
}

const agentFile = (name: string, role: string): string =>
  `---\nname: ${name}\ndescription: Thinks.\nrole: ${role}\n---\nThink well.\n`;

/** The program's body comes behind the prelude; by default everything goes well. */
export function openThinking(
  body = `order.role === 'reviewer' ? pass() : print();`,
  { limits = 'max_retries: 0' }: { limits?: string } = {},
): Thinking {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'baton-thinking-')));
  const repo = createRepository(join(dir, 'repo'), {
    'thinking.yaml': WORKFLOW.replace('max_retries: 0', limits),
    'agents/thinker.md': agentFile('thinker', 'planner'),
    'agents/judge.md': agentFile('judge', 'reviewer'),
  });
  createRepository(join(dir, 'agent'), { 'agent.mjs': PRELUDE + body });
  mkdirSync(join(dir, 'agent', 'told'));
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: dir,
    BATON_HOME: join(dir, 'state'),
    BATON_WORK: join(dir, 'work'),
    LANG: 'C.UTF-8',
  };
  const children: ChildProcess[] = [];
  const start = (...argv: string[]): { child: ChildProcess; ended: Promise<Ended> } => {
    const child = spawn(process.execPath, [BIN, ...argv], {
      cwd: repo,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    let [out, err] = ['', ''];
    child.stdout.on('data', (part: Buffer) => (out += part.toString()));
    child.stderr.on('data', (part: Buffer) => (err += part.toString()));
    return {
      child,
      ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err }))),
    };
  };
  const command = `${process.execPath} ${join(dir, 'agent', 'agent.mjs')}`;
  return {
    dir,
    repo,
    env,
    flags: ['--workflow', 'thinking.yaml', '--agent-command', command],
    start,
    baton: (...argv) => start(...argv).ended,
    tell: (name) => {
      writeFileSync(join(dir, 'agent', 'told', name), '');
    },
    [Symbol.dispose]() {
      for (const child of children)
        if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
