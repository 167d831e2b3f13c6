import { NO_WORK_FACTS } from '../definitions/result-checks.ts';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { withDemands } from '../definitions/demanded-schema.ts';
import { parseReviewResult, parseWorkResult, resultJsonSchema } from '../definitions/result-schema.ts';
import { openWall } from '../workspace/wall/open-wall.ts';
import { buildGraph, check, planned, reader, submit } from '../testing/build-graph.ts';
import { createCommandDriver } from './command.ts';
import type { WorkOrder } from './driver.ts';
import { makeWorkOrder } from './testing/work-order.ts';

const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples', 'agents');
const environment = { PATH: process.env['PATH'], HOME: homedir(), API_KEY: 'k' };
const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
const OUTPUTS = [
  'requirements',
  'research',
  'plan',
  'changes',
  'selection',
  'synthesis',
  'verification',
  'validation',
  'deployment',
  'submission',
];
const PLANNED = buildGraph({
  one: [reader('plan'), planned('tasks', ['w1', 'w2']), check('whole'), submit()],
});
const research = { name: 'technology-research', kind: 'research', text: '{}' };

const agents = [
  { name: 'echo-agent.mjs', command: [process.execPath, 'echo-agent.mjs'], needs: null },
  { name: 'agent.py', command: ['python3', 'agent.py'], needs: 'python3' },
  { name: 'agent.sh', command: ['sh', 'agent.sh'], needs: 'jq' },
];

async function play(command: string[], changes: Partial<WorkOrder>) {
  using work = makeWorkOrder(wall, { round: 1, ...changes });
  const driver = createCommandDriver({ command, callerDir: EXAMPLES, env: ['API_KEY'], environment });
  expect(await driver.preflight()).toEqual([]);
  const outcome = await driver.run(work.order, work.note, new AbortController().signal);
  const said = outcome.kind === 'failed' ? `${outcome.reason}: ${outcome.detail}` : '';
  return {
    said,
    result: outcome.kind === 'submitted' ? outcome.result : null,
    files: readdirSync(work.repo),
  };
}

for (const { name, command, needs } of agents) {
  const missing = needs !== null && spawnSync(needs, ['--version']).status !== 0;
  const why = missing ? ` (skipped: ${needs} is not installed)` : '';
  const facts = {
    ...NO_WORK_FACTS,
    repos: ['app'],
    earlierOutputs: [research.name],
    citable: [research.name],
  };

  describe.skipIf(missing)(`example ${name}${why}`, () => {
    it.each(OUTPUTS)('hands in %s that are accepted', async (output) => {
      const access = output === 'changes' ? 'write' : 'read';
      const resultSchema = () => resultJsonSchema(output, 'specialist');
      const order: Partial<WorkOrder> = { output, access, context: [research], resultSchema };
      const { said, result, files } = await play(command, order);
      expect(said).toBe('');
      expect(parseWorkResult(output, result, facts)).toMatchObject({ ok: true });
      expect(files.length).toBe(access === 'write' ? 2 : 1);
    });

    it('hands in a plan that its run can carry out, and criteria with numbers', async () => {
      const held = { graph: PLANNED, plan: 'one/plan', started: [], invocationsLeft: 400 };
      const demands = {
        facts: { ...facts, planned: held },
        measures: ['plan_complete', 'criteria_numbered'] as const,
      };
      const handIn = async (output: string) => {
        const resultSchema = () => withDemands(resultJsonSchema(output, 'planner'), output, demands);
        const categories = {
          name: 'demanded categories',
          kind: 'names',
          text: '["quality","documentation"]',
        };
        return (await play(command, { output, resultSchema, context: [research, categories] })).result;
      };
      const plan = await handIn('plan');
      expect(parseWorkResult('plan', plan, demands.facts)).toMatchObject({ ok: true });
      expect(plan).toMatchObject({ plan: { risks: [expect.any(String)], rollback: [expect.any(String)] } });
      const required = await handIn('requirements');
      expect(required).toMatchObject({
        requirements: { acceptance_criteria: [{ id: expect.stringMatching(/\d/) as string }] },
      });
    });

    it('hands in a review that is accepted, and resolves its earlier findings', async () => {
      const old = { id: 'f1', problem: 'old', severity: 'major', blocking: true, source: 'x', fix: '' };
      const findings = [{ ...old, repo: null, file: null, line: null }];
      const { said, result } = await play(command, { ...reviewOrder('+fine\n'), findings });
      expect(said).toBe('');
      const parsed = readReview(result);
      expect(parsed).toMatchObject({ ok: true, review: { resolved: ['f1'] } });
      expect(parsed).not.toMatchObject({ review: { verdict: 'fail' } });
    });

    it.skipIf(name.startsWith('echo'))(
      'fails a change that left a conflict marker (the echo agent judges nothing)',
      async () => {
        const { result } = await play(command, reviewOrder('+<<<<<<< ours\n'));
        expect(readReview(result)).toMatchObject({
          ok: true,
          review: { verdict: 'fail', findings: [{ blocking: true }] },
        });
      },
    );
  });
}

describe('what the examples say of results', () => {
  it.each([...OUTPUTS, 'review'])('names the fields of %s that a complete result needs', (output) => {
    const schema = resultJsonSchema(output, output === 'review' ? 'reviewer' : 'specialist') as {
      required: string[];
      properties: Record<string, { description?: string }>;
    }; // our own schema
    const complete = Object.entries(schema.properties).flatMap(([field, { description = '' }]) =>
      description.startsWith('Required when the status is complete') ? [field] : [],
    );
    const always = schema.required.filter((field) => !['status', 'summary'].includes(field));
    const readme = readFileSync(join(EXAMPLES, 'README.md'), 'utf8');
    const rows = readme.split('\n').filter((line) => line.startsWith('| `'));
    const row =
      rows.find((line) => (line.split('|')[1] ?? '').includes(`\`${output}\``))?.split('|')[2] ?? '';
    for (const field of [...complete, ...always]) expect(row).toContain(`\`${field}\``);
  });
});

function reviewOrder(diff: string): Partial<WorkOrder> {
  return {
    role: 'reviewer',
    access: 'read',
    output: 'review',
    context: [{ name: 'diff', kind: 'diff', text: diff }],
    resultSchema: () => resultJsonSchema('review', 'reviewer'),
  };
}

function readReview(result: unknown) {
  const facts = {
    idPrefix: 's/r1/x',
    reviewer: 'x',
    knownFindings: ['f1'],
    authors: [],
    repos: ['app'],
    areas: [],
    to: 'h',
  };
  return parseReviewResult(result, { ...facts, hash: (text) => text });
}

describe('example headless-cli.mjs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-cli-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const playCli = (script: string, args: string[] = []) => {
    const cli = join(folder, 'some-cli');
    writeFileSync(cli, `#!/bin/sh\n${script}\n`);
    chmodSync(cli, 0o755);
    return play([process.execPath, 'headless-cli.mjs', cli, ...args], {
      prompt: 'The task.',
      instructions: 'Be good.',
    });
  };
  const resultFile = `$(grep -o '/[^ ]*/result.json' "$TMPDIR/in")`;

  it('gives the CLI the prompt on stdin, and takes the result from the file it wrote', async () => {
    const script = `cat > "$TMPDIR/in"; grep -q 'The task.' "$TMPDIR/in" && grep -q 'Be good.' "$TMPDIR/in" || exit 5
      touch "made-with-$API_KEY"; echo working; echo '{"status":"complete",\n"summary":"done"}' > "${resultFile}"`;
    const { said, result, files } = await playCli(script);
    expect(said).toBe('');
    expect(result).toEqual({ status: 'complete', summary: 'done' });
    expect(files).toContain('made-with-k');
  });

  it('gives the prompt as a file where asked, and takes the result from between the markers', async () => {
    const script = `grep -q 'The task.' "$2" && [ "$1" = --prompt ] || exit 5
      echo 'I did it {"a":1}'; echo 'BEGIN BATON RESULT'; echo '{"status":"complete","summary":"marked"}'; echo 'END BATON RESULT'`;
    expect((await playCli(script, ['--prompt', '{prompt_file}'])).result).toEqual({
      status: 'complete',
      summary: 'marked',
    });
  });

  it('fails where the CLI fails, hands in nothing, or hands in no JSON', async () => {
    expect((await playCli('echo broken >&2; exit 3')).said).toContain('ended with exit code 3');
    expect((await playCli(`echo '{"status":"complete","summary":"prose"}'`)).said).toContain(
      'handed in no result',
    );
    const cut = `cat > "$TMPDIR/in"; echo '{"status":' > "${resultFile}"`;
    expect((await playCli(cut)).said).toMatch(/the result of .* is not JSON/);
  });
});

describe('the README of the examples', () => {
  it('shows a command for trying one by hand that works', () => {
    const readme = readFileSync(join(EXAMPLES, 'README.md'), 'utf8');
    const block = /by hand\n\n```sh\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    const folder = mkdtempSync(join(tmpdir(), 'baton-try-'));
    mkdirSync(join(folder, 'app'));
    const env = { ...process.env, PATH: `${join(process.execPath, '..')}:${process.env['PATH'] ?? ''}` };
    const script = block.replaceAll('/tmp/try', folder);
    const { stdout } = spawnSync('sh', ['-c', script], { cwd: EXAMPLES, env, encoding: 'utf8' });
    expect(JSON.parse(stdout)).toMatchObject({ status: 'complete' });
    expect(readdirSync(join(folder, 'app'))).toEqual(['ECHO.md']);
    rmSync(folder, { recursive: true });
  });
});
