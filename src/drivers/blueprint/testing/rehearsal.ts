/** Plays agents one after the other on real checkouts, without an engine around them: for tests of the rules alone. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDemoRepositories } from '../../../demo/repositories.ts';
import { DEMO_REQUEST } from '../../../demo/request.ts';
import type { Order, OrderFinding, Result } from '../order.ts';
import { play } from '../players.ts';

export interface Rehearsal extends Disposable {
  dir: string;
  repos: { name: string; path: string }[];
  /** Plays the agent, and takes its output into the context of later ones. */
  play(agent: string, options?: PlayOptions): Promise<Result>;
  /** Lets the reviewer judge what was played last. */
  review(earlier?: OrderFinding[]): Promise<Result>;
  /** Lets the reviewer judge the checkouts as they are now, as this agent's work. */
  judge(agent: string): Promise<Result>;
  /** Lets this reviewer judge all that was changed since the beginning, as a check of the whole does. */
  judgeWhole(reviewer: string): Promise<Result>;
  /** Names of the tests that are red in a repository. */
  redTests(repo: string): string[];
}

export interface PlayOptions {
  seed?: number | null;
  findings?: OrderFinding[];
}

export const OUTPUTS: Readonly<Record<string, string>> = {
  'backend-task-summarizer': 'requirements',
  'technology-research-agent': 'research',
  'existing-functionality-agent': 'research',
  'new-functionality-agent': 'research',
  'unit-test-planner-agent': 'research',
  'backend-planner': 'plan',
  'backend-implementer': 'selection',
  'datatypes-agent': 'changes',
  'feature-implementation-agent': 'changes',
  'unit-testing-agent': 'changes',
  'validation-agent': 'validation',
  'submission-agent': 'submission',
};

export async function rehearse(request: string = DEMO_REQUEST): Promise<Rehearsal> {
  const dir = mkdtempSync(join(tmpdir(), 'baton-rehearsal-'));
  const repos = (await createDemoRepositories(dir, process.env['PATH'] ?? '')).map(({ name, path }) => ({
    name,
    path,
  }));
  const bases = new Map(repos.map((repo) => [repo.name, git(repo.path, 'rev-parse', 'HEAD').trim()]));
  const context: Order['context'] = [];
  let last = { agent: '', result: { status: '', summary: '' } as Result, before: new Map<string, string>() };
  const order = (agent: string, extra: Partial<Order>): Order => ({
    protocol: 1,
    invocation_id: `test/${agent}/r1/work/a1`,
    agent,
    role: 'specialist',
    attempt: 1,
    round: extra.findings === undefined || extra.findings.length === 0 ? 1 : 2,
    access: 'write',
    workspace: { repos },
    request,
    prompt: '',
    context,
    findings: [],
    ...extra,
  });
  return {
    dir,
    repos,
    play: async (agent, { seed = null, findings = [] } = {}) => {
      const trees = new Map(repos.map((repo) => [repo.name, git(repo.path, 'rev-parse', 'HEAD').trim()]));
      const result = await play(
        order(agent, { findings, context: [...context, ...askedAbout(agent)] }),
        seed,
      );
      if (findings.length === 0) for (const repo of repos) commitAll(repo.path, agent);
      const before = findings.length > 0 && last.agent === agent ? last.before : trees;
      last = { agent, result, before };
      const kept = context.filter((item) => item.name !== agent);
      const text = JSON.stringify(result, null, 1);
      context.splice(0, context.length, ...kept, { name: agent, kind: OUTPUTS[agent] ?? 'changes', text });
      return result;
    },
    review: async (earlier = []) => {
      const judged = {
        name: 'judged',
        kind: OUTPUTS[last.agent] ?? 'changes',
        text: JSON.stringify(last.result, null, 1),
      };
      const diff = {
        name: 'diff',
        kind: 'diff',
        text: repos.map((repo) => diffOf(repo, last.before.get(repo.name) ?? 'HEAD')).join(''),
      };
      const accepted = context.filter((item) => item.name !== last.agent);
      return play(
        order('code-review', {
          context: [...accepted, judged, diff],
          findings: earlier,
          prompt: `Review what ${last.agent} handed in: its result is the context item "judged".`,
        }),
        null,
      );
    },
    judge: async (agent) => {
      const accepted = context.filter((item) => item.name !== agent);
      const judged = { name: 'judged', kind: OUTPUTS[agent] ?? 'changes', text: '{}' };
      return play(
        order('code-review', { context: [...accepted, judged], prompt: `Review what ${agent} handed in: …` }),
        null,
      );
    },
    judgeWhole: (reviewer) => {
      const text = repos.map((repo) => diffOf(repo, bases.get(repo.name) ?? 'HEAD')).join('');
      const diff = { name: 'diff', kind: 'diff', text };
      const prompt = 'Review the whole of the change.';
      return play(
        order(reviewer, { role: 'reviewer', access: 'read', context: [...context, diff], prompt }),
        null,
      );
    },
    redTests: (repo) => redTests(repos.find((each) => each.name === repo)?.path ?? ''),
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** As the engine's diff is written: paths begin with the repository's name. */
function diffOf(repo: { name: string; path: string }, from: string): string {
  return git(repo.path, 'diff', `--src-prefix=a/${repo.name}/`, `--dst-prefix=b/${repo.name}/`, from);
}

function commitAll(cwd: string, message: string): void {
  git(cwd, 'add', '-A');
  git(cwd, 'commit', '-q', '--allow-empty', '-m', message);
}

function git(cwd: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@localhost'];
  return execFileSync('git', [...identity, ...args], { cwd, encoding: 'utf8' });
}

function redTests(cwd: string): string[] {
  try {
    execFileSync(process.execPath, ['--test', '--test-reporter=tap'], {
      cwd,
      encoding: 'utf8',
      env: { PATH: process.env.PATH ?? '' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return [];
  } catch (error) {
    const output = (error as { stdout?: string }).stdout ?? ''; // execFileSync gives what was printed, as text here
    return [...output.matchAll(/^ +not ok \d+ - (.*)$/gm)].map((match) => match[1] ?? '');
  }
}

export const CONDITIONAL = [
  'cloud-infrastructure-agent',
  'datatypes-agent',
  'cli-implementation-agent',
  'deployment-agent',
];

/** As the engine asks a coordinator for its selection. */
function askedAbout(agent: string): Order['context'] {
  return OUTPUTS[agent] === 'selection'
    ? [{ name: 'conditional agents', kind: 'names', text: JSON.stringify(CONDITIONAL) }]
    : [];
}

/** A finding as the engine hands it on. */
export function findingsOf(result: Result): OrderFinding[] {
  const findings = result['findings'] as OrderFinding[]; // the reviewer's own form
  return findings.map((finding, i) => ({
    ...finding,
    id: `s/r1/code-review/${i + 1}`,
    source: 'code-review',
  }));
}
