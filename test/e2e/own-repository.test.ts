import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/core/events.ts';
import { notesService, severalPackages } from '../../src/testing/realistic.ts';
import { createRepository, git } from '../../src/testing/rig.ts';

const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, 'bin/baton.js');
const AGENT = join(ROOT, 'src/testing/agents/notes-agent.mjs');

/** Every file of a folder with its mode and content, `.git` included. */
function bytesOf(dir: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' }).toSorted()) {
    const path = join(dir, name);
    const stat = lstatSync(path);
    hash.update(`${name}\0${stat.mode}\0`);
    if (stat.isFile()) hash.update(readFileSync(path));
    if (stat.isSymbolicLink()) hash.update(readlinkSync(path));
  }
  return hash.digest('hex');
}

describe('a run on somebody’s own repository', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'baton-own-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  function baton(cwd: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
    return spawnSync(process.execPath, [BIN, ...args], {
      cwd,
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        HOME: dir,
        BATON_HOME: join(dir, 'state'),
        BATON_WORK: join(dir, 'work'),
        NO_COLOR: '1',
      },
    });
  }

  it('R69, OUT-2, R87, AUD-1: rejects a first try whose agent claims green tests, reworks it, and leaves a pull request that git can fetch', () => {
    const repo = createRepository(join(dir, 'notes-service'), notesService());
    const init = baton(repo, 'init');
    expect(init.status, init.stderr).toBe(0);
    const config = readFileSync(join(repo, 'baton.yaml'), 'utf8');
    expect(config).toContain('reporter: node');
    git(repo, 'add', 'baton.yaml');
    git(
      repo,
      '-c',
      'user.name=Ada',
      '-c',
      'user.email=ada@example.org',
      'commit',
      '-q',
      '-m',
      'Add baton.yaml',
    );
    const before = bytesOf(repo);

    const run = baton(
      repo,
      'run',
      'Add tags to notes',
      '--driver',
      'command',
      '--agent-command',
      `node ${AGENT}`,
      '--yes',
      '--json',
    );
    expect(run.status, run.stderr).toBe(0);
    const lines = run.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; event?: RunEvent });
    const result = lines.at(-1) as unknown as {
      type: string;
      status: string;
      pull_requests: { branch: string; base: string; head: string; url: string }[];
    };
    expect(result).toMatchObject({ type: 'result', status: 'done' });
    expect(bytesOf(repo)).toBe(before);

    // The gate, not the agent's claim, decided about the first try.
    const text = run.stdout;
    expect(text).toContain('"claim_mismatch"');
    expect(text).toContain('all tests passed');
    expect(text).toContain('"rework_requested"');

    const [pull] = result.pull_requests;
    expect(result.pull_requests).toHaveLength(1);
    const forge = join(dir, 'state', 'forge', 'notes-service.git');
    const clone = join(dir, 'clone');
    execFileSync('git', ['clone', '-q', repo, clone]);
    git(clone, 'fetch', '-q', forge, pull?.branch ?? '');
    expect(git(clone, 'rev-parse', 'FETCH_HEAD').trim()).toBe(pull?.head);
    expect(git(clone, 'diff', '--stat', 'HEAD', 'FETCH_HEAD')).toMatch(
      /src\/validate\.js[^]*test\/tags\.test\.js/,
    );
    expect(git(clone, 'diff', 'HEAD', 'FETCH_HEAD', '--', 'src/errors.js')).toBe('');

    const report = baton(repo, 'report');
    expect(report.status, report.stderr).toBe(0);
    expect(report.stdout).toMatch(/git -C .* fetch/);
    expect(baton(repo, 'verify').status).toBe(0);

    // One byte of what an agent printed: the events are whole, the artifact is not.
    const db = new DatabaseSync(join(dir, 'state', 'journal.db'));
    db.exec(
      `UPDATE artifacts SET body = CAST(replace(CAST(body AS TEXT), 'notes get tags', 'notes get tugs') AS BLOB) WHERE kind = 'requirements'`,
    );
    db.close();
    const tampered = baton(repo, 'verify');
    expect(tampered.status).toBe(5);
    expect(tampered.stdout).toMatch(/E_INTEGRITY seq=\d+ artifact [0-9a-f]{64}/);
  });

  it('a repository with several packages gets gates for each of them', () => {
    const repo = createRepository(join(dir, 'acme'), severalPackages());
    const init = baton(repo, 'init');
    expect(init.status, init.stderr).toBe(0);
    const config = readFileSync(join(repo, 'baton.yaml'), 'utf8');
    for (const name of ['core', 'pricing', 'api']) expect(config).toContain(`packages/${name}`);
    // The top folder's script only starts those of the packages: it is no gate, and nothing is said of it.
    expect(init.stdout).not.toContain('npm test');
    expect(init.stdout).not.toContain('unverified');
  });

  it('OUT-2, R31: rejects a first try in a repository with several packages where the users of the changed one notice it, and names the package', () => {
    const repo = createRepository(join(dir, 'acme'), severalPackages());
    const agent = `node ${join(ROOT, 'src/testing/agents/discount-agent.mjs')}`;
    const flags = ['--effort', 'trivial', '--agent-command', agent, '--yes', '--json'];
    const run = baton(repo, 'run', 'Grant discounts', ...flags);
    expect(run.status, `${run.stdout.slice(-3_000)}\n${run.stderr}`).toBe(0);
    const events = run.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as RunEvent);
    const gates = events.flatMap((event) =>
      event.type === 'gates_ended' && event.outcome.kind === 'measured'
        ? [
            Object.fromEntries(
              event.outcome.results
                .filter((result) => result.kind === 'tests')
                .map((result) => [result.module, result.status]),
            ),
          ]
        : [],
    );
    const green = { 'packages/api': 'pass', 'packages/core': 'pass', 'packages/pricing': 'pass' };
    expect(gates[0]).toEqual({ ...green, 'packages/api': 'fail', 'packages/core': 'fail' });
    for (const later of gates.slice(1)) expect(later).toEqual(green);
    expect(gates.length).toBeGreaterThan(1);
    expect(events.filter((event) => event.type === 'rework_requested')).toHaveLength(1);
    expect(events.filter((event) => event.type === 'claim_mismatch')).toHaveLength(1);
    const log = baton(repo, 'log');
    expect(log.stdout).toMatch(/acme\/packages\/api tests fail \(.*acme\/packages\/pricing tests pass \(/);
    expect(baton(repo, 'verify').status).toBe(0);
  });

  it('takes the gates and limits of a repository named by --repo from its own file, whatever its folder is called', () => {
    const repo = createRepository(join(dir, 'notes-copy'), {
      ...notesService(),
      'baton.yaml': [
        'repos:',
        '  notes-service:',
        '    modules: [{ path: ., gates: [{ name: only-gate, kind: build, command: [node, --version] }] }]',
        'limits: { max_rework: 1 }',
        '',
      ].join('\n'),
    });
    const agent = `node ${join(ROOT, 'examples/agents/echo-agent.mjs')}`;
    const run = baton(dir, 'run', 'Say hello', '--repo', repo, '--agent-command', agent, '--json');
    expect(run.status, run.stderr).toBe(4);
    expect(run.stdout).toContain('"max_rework":1');
    expect(run.stderr).not.toContain('has no baton.yaml');
  });

  const HAS_PYTHON = spawnSync('python3', ['--version']).status === 0;
  const EXAMPLES = [
    { language: 'Node', command: `node ${join(ROOT, 'examples/agents/echo-agent.mjs')}`, runs: true },
    { language: 'Python', command: `python3 ${join(ROOT, 'examples/agents/agent.py')}`, runs: HAS_PYTHON },
  ];
  for (const { language, command, runs } of EXAMPLES) {
    const reason = runs ? '' : ` (skipped: ${language} is not installed)`;
    it.skipIf(!runs)(`the example agent in ${language} carries a request to a pull request${reason}`, () => {
      const repo = createRepository(join(dir, 'notes-service'), notesService());
      // The skeletons name no tests, so that larger work of theirs would wait for a person.
      const flags = ['--effort', 'trivial', '--agent-command', command, '--yes'];
      const run = baton(repo, 'run', 'Say hello', ...flags);
      expect(run.status, `${run.stdout}\n${run.stderr}`).toBe(0);
      expect(run.stdout).toContain('notes-service #1 ready');
      expect(run.stderr).toContain('skipped: ');
    });
  }

  it('R31: spends three invocations on a trivial request, reviews included, and runs all gates', () => {
    const repo = createRepository(join(dir, 'notes-service'), notesService());
    const agent = `node ${join(ROOT, 'examples/agents/echo-agent.mjs')}`;
    const flags = ['--effort', 'trivial', '--agent-command', agent, '--yes', '--json'];
    const run = baton(repo, 'run', 'Say hello', ...flags);
    expect(run.status, run.stderr).toBe(0);
    const events = run.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as RunEvent);
    const started = events.flatMap((event) =>
      event.type === 'invocation_started' || event.type === 'review_started' ? [event.step] : [],
    );
    expect(started).toEqual(['quick/small-change-agent', 'quick/small-change-agent', 'submit/whole-change']);
    expect(events.filter((event) => event.type === 'gates_ended').map((event) => event.step)).toEqual([
      'quick/small-change-agent',
      'submit/whole-change',
    ]);
  });

  it('R6: a request with one concern goes straight to one specialist, with its gates and reviews', () => {
    const repo = createRepository(join(dir, 'notes-service'), notesService());
    const agent = `node ${join(ROOT, 'examples/agents/echo-agent.mjs')}`;
    const flags = ['--agent-command', agent, '--yes', '--json'];
    const run = baton(repo, 'run', 'Add a handler that lists the tags of a note', ...flags);
    expect(run.status, run.stderr).toBe(0);
    const events = run.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as RunEvent);
    const called = events.flatMap((event) =>
      event.type === 'invocation_started' || event.type === 'review_started'
        ? [`${event.step}: ${event.identity.agent}`]
        : [],
    );
    expect(called).toEqual([
      'work/feature-implementation-agent: feature-implementation-agent',
      'work/feature-implementation-agent: code-review',
      'submit/whole-change: code-review',
    ]);
    expect(events.flatMap((event) => (event.type === 'gates_ended' ? [event.step] : []))).toEqual([
      'work/feature-implementation-agent',
      'submit/whole-change',
    ]);
    expect(events.find((event) => event.type === 'run_started')).toMatchObject({
      graph: { workflow: 'baton/direct' },
      effort: { tier: 'small' },
      detection: {
        mode: 'direct',
        effort: 'small',
        specialist: 'feature-implementation-agent',
        policy: 'confirm',
      },
    });
    expect(events.findLast((event) => event.type === 'run_ended')).toMatchObject({
      status: 'done',
      reason: 'submitted',
    });
    expect(baton(repo, 'verify').status).toBe(0);

    const report = baton(repo, 'report').stdout;
    expect(report).toContain(
      '## Detection\n\n- detected: backend work for one specialist (feature-implementation-agent)',
    );
    expect(report).toContain('it goes straight to feature-implementation-agent');
  });
});
