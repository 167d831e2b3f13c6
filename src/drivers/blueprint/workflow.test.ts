import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseReviewResult, parseWorkResult } from '../../definitions/result-schema.ts';
import { CONDITIONAL, findingsOf, OUTPUTS, rehearse } from './testing/rehearsal.ts';

const RESEARCH = Object.keys(OUTPUTS).filter((agent) => OUTPUTS[agent] === 'research');
const REPOS = ['orders-service', 'orders-client'];

it('plays every agent of the workflow to green tests, and each output passes schema and review', async () => {
  using rehearsal = await rehearse();
  for (const [agent, output] of Object.entries(OUTPUTS)) {
    const result = await rehearsal.play(agent);
    const facts = {
      conditionalAgents: output === 'selection' ? CONDITIONAL : [],
      modules: null,
      knownFindings: [],
      repos: REPOS,
      earlierOutputs: output === 'plan' ? RESEARCH : [],
      citable: RESEARCH,
      planned: null,
      guide: null,
    };
    expect(parseWorkResult(output, result, facts), agent).toMatchObject({
      ok: true,
      result: { status: 'complete' },
    });
    const review = await rehearsal.review();
    expect(review['findings'], agent).toEqual([]);
    const reviewFacts = {
      idPrefix: 's',
      reviewer: 'code-review',
      knownFindings: [],
      authors: [],
      repos: REPOS,
      areas: [],
      to: 'x',
      hash: String,
    };
    expect(parseReviewResult(review, reviewFacts), agent).toMatchObject({
      ok: true,
      review: { verdict: 'pass' },
    });
  }
  expect(REPOS.map(rehearsal.redTests)).toEqual([[], []]);
});

it('R12: the plan cites each of the four research outputs by name', async () => {
  using rehearsal = await rehearse();
  for (const agent of ['backend-task-summarizer', ...RESEARCH]) await rehearsal.play(agent);
  const { plan } = await rehearsal.play('backend-planner');
  expect(plan).toMatchObject({ cites: RESEARCH });
});

it('shows on the running service that each acceptance criterion is met', async () => {
  using rehearsal = await rehearse();
  for (const agent of ['backend-task-summarizer', 'datatypes-agent', 'feature-implementation-agent'])
    await rehearsal.play(agent);
  const { validation } = await rehearsal.play('validation-agent');
  const { evidence } = validation as { evidence: string[] };
  expect(evidence).toHaveLength(10);
  expect(evidence.slice(1).every((line) => /^A\d met: /.test(line))).toBe(true);
});

it('finds the service on the port that PORT names, whatever it prints, and says where it is on none', async () => {
  using rehearsal = await rehearse();
  for (const agent of ['backend-task-summarizer', 'datatypes-agent', 'feature-implementation-agent'])
    await rehearsal.play(agent);
  const cwd = rehearsal.repos[0]?.path ?? '';
  execFileSync('sed', ['-i', 's/console.log(.*/void 0;/', 'src/main.js'], { cwd });
  expect(await rehearsal.play('validation-agent')).toMatchObject({ status: 'complete' });
  writeFileSync(join(cwd, 'src/main.js'), 'setInterval(() => {}, 1000);\n');
  expect(await rehearsal.play('validation-agent')).toMatchObject({
    status: 'blocked',
    blocked_reason: 'unknown',
    summary: expect.stringMatching(
      /^The service does not start: nothing answers on the port that PORT names/,
    ),
  });
});

it('says on the running service which criterion is not met, and the reviewer does not pass it', async () => {
  using rehearsal = await rehearse();
  for (const agent of ['backend-task-summarizer', 'datatypes-agent', 'feature-implementation-agent'])
    await rehearsal.play(agent);
  const service = rehearsal.repos[0]?.path ?? '';
  execFileSync('sed', ['-i', 's/date(body, .due_date.)/body.due_date/', 'src/handlers/invoices.js'], {
    cwd: service,
  });
  const { validation } = await rehearsal.play('validation-agent');
  expect(
    (validation as { evidence: string[] }).evidence.filter((line) => line.includes('NOT MET')),
  ).toHaveLength(1);
  const review = await rehearsal.review();
  expect(review['verdict']).toBe('fail');
  expect(findingsOf(review)[0]).toMatchObject({ file: 'src/handlers/invoices.js' });
});

it('builds another resource than that of the demo, with other names, words and key', async () => {
  const covered: { criterion: string; tests: string[] }[] = [];
  using rehearsal = await rehearse(
    'Add credit notes to the orders service: create one with code, reason (one of damage, delay or other), value (positive integer) and issued on (date), fetch one by code; reject bad input.',
  );
  for (const agent of [
    'backend-task-summarizer',
    'datatypes-agent',
    'feature-implementation-agent',
    'unit-testing-agent',
  ]) {
    const result = await rehearsal.play(agent);
    expect(result, agent).toMatchObject({ status: 'complete' });
    expect((await rehearsal.review())['findings'], agent).toEqual([]);
    if (agent === 'unit-testing-agent') covered.push(...(result['covers'] as typeof covered));
  }
  expect(covered[0]).toEqual({
    criterion: 'A1',
    tests: ['credit notes > refuses a credit note with a wrong code'],
  });
  expect(covered.map(({ criterion }) => criterion)).toEqual(['A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'A7', 'A8']);
  expect(covered.at(-1)?.tests).toEqual(['credit notes > creates a credit note as API.md shows it']);
  expect(REPOS.map(rehearsal.redTests)).toEqual([[], []]);
  expect(
    execFileSync('git', ['status', '--porcelain'], { cwd: rehearsal.repos[1]?.path, encoding: 'utf8' }),
  ).toBe('');
});

it('shows what the document says by a test that reads it, wherever the routes are described', async () => {
  using rehearsal = await rehearse(
    'Add credit notes to the orders service: create one with code, fetch one by code; reject bad input.',
  );
  const service = rehearsal.repos[0]?.path ?? '';
  const inReadme = 'mv API.md README.md && sed -i s/API.md/README.md/ tests/house-rules.test.js';
  execFileSync('/bin/sh', ['-c', inReadme], { cwd: service });
  const { requirements } = await rehearsal.play('backend-task-summarizer');
  expect(JSON.stringify(requirements)).not.toContain('API.md');
  expect(JSON.stringify(requirements)).toContain('`README.md` describes `POST /credit-notes`');
  for (const agent of ['datatypes-agent', 'feature-implementation-agent', 'unit-testing-agent'])
    await rehearsal.play(agent);
  expect(rehearsal.redTests('orders-service')).toEqual([]);
  execFileSync('sed', ['-i', 's/"code": "C-100"/"code": ""/', 'README.md'], { cwd: service });
  expect(rehearsal.redTests('orders-service')).toContain('creates a credit note as README.md shows it');
});

it('refuses as the service does, in code, tests, document and validation', async () => {
  using rehearsal = await rehearse(
    'Add credit notes to the orders service: create one with code, fetch one by code; reject bad input.',
  );
  const cwd = rehearsal.repos[0]?.path ?? '';
  const other = [
    "sed -i \"s/422, 'invalid_field'/400, 'bad_field'/; s/\\bnotFound\\b/missing/; s/{ error: { code: this.code, message: this.message, field: this.field } }/{ error: this.code, message: this.message }/\" src/errors.js",
    "sed -i 's/\\bnotFound\\b/missing/' src/handlers/*.js",
  ];
  execFileSync('/bin/sh', ['-c', other.join(' && ')], { cwd });
  const agents = ['datatypes-agent', 'feature-implementation-agent', 'unit-testing-agent'];
  const results: Record<string, unknown>[] = [];
  for (const agent of ['backend-task-summarizer', ...agents, 'validation-agent']) {
    results.push(await rehearsal.play(agent));
    expect((await rehearsal.review())['findings'], agent).toEqual([]);
  }
  const validation = results.at(-1)?.['validation'] as { checks: { outcome: string }[] } | undefined;
  expect(new Set(validation?.checks.map(({ outcome }) => outcome))).toEqual(new Set(['met']));
  const read = (path: string): string => readFileSync(join(cwd, path), 'utf8');
  expect(read('API.md')).toContain('Errors: `400 bad_field`, `409 credit_note_exists`.');
  expect(read('src/handlers/credit-notes.js')).toContain('throw missing(CREDIT_NOTE, params.code);');
  expect(read('tests/credit-notes.test.js')).toContain("[400, 'bad_field', true]");
  // The tests of before still ask for what the service no longer does; those of the new resource do not.
  expect(rehearsal.redTests('orders-service').filter((name) => name.includes('credit note'))).toEqual([]);
});

it('tells a reviewer what is there, and how to go back, of one repository without a word of a client', async () => {
  using rehearsal = await rehearse(
    'Add credit notes to the orders service: create one with code, fetch one by code; reject bad input.',
  );
  const said: string[] = [];
  for (const agent of [
    'backend-task-summarizer',
    'datatypes-agent',
    'feature-implementation-agent',
    'unit-testing-agent',
  ])
    said.push((await rehearsal.play(agent)).summary);
  expect(said.slice(1)).toEqual([
    'The type of credit notes, their checks, and a migration for table `credit_notes`.',
    '`POST /credit-notes`, `GET /credit-notes/:code`, described in `API.md`.',
    'Tests of `POST /credit-notes`, `GET /credit-notes/:code`: right and wrong input, the same `code` twice, and what is not there.',
  ]);
  const { plan } = await rehearsal.play('backend-planner');
  expect((plan as { rollback: string[] }).rollback[0]).toBe('Revert the pull request.');
});

it('names the client first in the way back where there is one', async () => {
  using rehearsal = await rehearse();
  await rehearsal.play('backend-task-summarizer');
  const { plan } = await rehearsal.play('backend-planner');
  expect((plan as { rollback: string[] }).rollback[0]).toBe('Revert the pull requests, the client first.');
});

it('ends as a question where the request or the repositories are not understood', async () => {
  using rehearsal = await rehearse('Make the checkout faster.');
  const result = await rehearsal.play('backend-task-summarizer');
  expect(result).toMatchObject({ status: 'needs_clarification' });
  expect(result['open_questions']).toHaveLength(1);
});

it('does not play an agent whose work it does not do', async () => {
  using rehearsal = await rehearse();
  expect(await rehearsal.play('cloud-infrastructure-agent')).toMatchObject({
    status: 'blocked',
    blocked_reason: 'out_of_scope',
  });
});
