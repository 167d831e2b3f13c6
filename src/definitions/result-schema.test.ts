import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseReviewResult, parseWorkResult, resultJsonSchema, type ReviewFacts } from './result-schema.ts';
import { NO_WORK_FACTS, type WorkFacts } from './result-checks.ts';

const noFacts: WorkFacts = {
  ...NO_WORK_FACTS,
  repos: ['api', 'client'],
  citable: ['tech', 'existing'],
};
const work = (output: string, fields: object, facts: Partial<WorkFacts> = {}) =>
  parseWorkResult(output, { status: 'complete', summary: 'Done.', ...fields }, { ...noFacts, ...facts });
const problems = (output: string, fields: object, facts: Partial<WorkFacts> = {}): string[] => {
  const parsed = work(output, fields, facts);
  return parsed.ok ? [] : parsed.problems;
};

const requirements = {
  functional: [{ id: 'F1', text: 'Create an invoice.' }],
  non_functional: [],
  constraints: ['No new dependency.'],
  dependencies: [],
  affected_systems: ['api'],
  acceptance_criteria: [{ id: 'A1', text: 'POST answers 201.' }],
};
const plan = {
  analysis: 'One table, three routes.',
  tasks: [
    { id: 'T1', agent: 'datatypes-agent', description: 'Add the table.', output: 'A migration.' },
    {
      id: 'T2',
      agent: 'feature-agent',
      description: 'Add the routes.',
      output: 'Routes.',
      depends_on: ['T1'],
      repo: 'api',
    },
  ],
  cites: ['tech', 'existing'],
  risks: [],
  rollback: ['Drop the table.'],
  success_criteria: ['Invoices can be read back.'],
  estimate: 'Small.',
};

describe('parseWorkResult', () => {
  it('takes a minimal result and fills in what was left out', () => {
    expect(work('changes', {})).toEqual({
      ok: true,
      result: {
        status: 'complete',
        summary: 'Done.',
        decisions: [],
        open_questions: [],
        needs: [],
        blocked: null,
        disputes: [],
      },
      claims: { files: [], tests_passed: null, pull_requests: [] },
      body: expect.objectContaining({ status: 'complete', handoff: '' }) as unknown,
    });
  });

  it.each([null, 7, 'done', [], undefined])('OUT-1: %j is no result', (value) => {
    expect(parseWorkResult('changes', value, noFacts)).toMatchObject({ ok: false });
  });

  it('OUT-1: names every problem at once, by its path', () => {
    const parsed = parseWorkResult(
      'changes',
      { status: 'done', decisions: 'none', claims: { tests_passed: 'yes' } },
      noFacts,
    );
    expect(parsed).toEqual({
      ok: false,
      problems: [
        'status is "done": it must be one of complete, blocked, needs_clarification',
        'summary is missing: it must be text that says something',
        'decisions is "none": it must be a list',
        'claims.tests_passed is "yes": it must be true or false',
      ],
    });
  });

  it('R10: requirements need all of their six parts, and at least one requirement and criterion', () => {
    expect(problems('requirements', { requirements })).toEqual([]);
    for (const key of Object.keys(requirements)) {
      const { [key as keyof typeof requirements]: _left, ...rest } = requirements;
      expect(problems('requirements', { requirements: rest })[0]).toContain(`requirements.${key} is missing`);
    }
    expect(problems('requirements', { requirements: { ...requirements, functional: [] } })).toHaveLength(1);
    expect(
      problems('requirements', { requirements: { ...requirements, acceptance_criteria: [] } }),
    ).toHaveLength(1);
    expect(problems('requirements', {})).toEqual(['requirements is missing: it must be a mapping']);
  });

  it('R12: a plan cites each research result', () => {
    expect(problems('plan', { plan }, { earlierOutputs: ['tech', 'existing'] })).toEqual([]);
    const earlierOutputs = ['tech', 'existing', 'new', 'tests'];
    expect(problems('plan', { plan }, { earlierOutputs, citable: earlierOutputs })).toEqual([
      'plan.cites: it does not cite new',
      'plan.cites: it does not cite tests',
    ]);
  });

  it('R12: a plan cites nothing that it was not given', () => {
    expect(problems('plan', { plan }, { citable: ['tech', 'existng'] })).toEqual([
      'plan.cites[1]: there is no input "existing"; did you mean existng?; it was given tech, existng',
    ]);
    expect(problems('plan', { plan: { ...plan, cites: ['ghost'] } }, { citable: [] })).toEqual([
      'plan.cites[0]: there is no input "ghost"; the plan was given none',
    ]);
  });

  it('R47: refuses a plan whose tasks are unknown, doubled or wait for each other', () => {
    const task = (id: string, depends_on: string[], more = {}) => ({
      id,
      agent: 'a',
      description: 'd',
      output: 'o',
      depends_on,
      ...more,
    });
    const found = (tasks: object[]): string[] => problems('plan', { plan: { ...plan, tasks } });
    expect(found([task('A', ['C']), task('B', ['A']), task('C', ['B']), task('D', ['A'])])).toEqual([
      'plan.tasks: they wait for each other: A→C→B→A',
    ]);
    expect(found([task('A', []), task('A', [])])[0]).toContain('used twice');
    expect(found([task('A', ['Z'])])[0]).toContain('there is no task "Z"');
    expect(found([task('A', [], { repo: 'cleint' })])[0]).toContain('did you mean client?');
    expect(found([])).toHaveLength(1);
  });

  it('CFG-9: refuses keys of a plan and its tasks that do not exist, with a suggestion', () => {
    const [task] = plan.tasks;
    const tasks = [{ ...task, depend_on: [], scope: [], expects: 'red' }];
    expect(problems('plan', { plan: { ...plan, tasks, risk: [] } })).toEqual([
      'plan.tasks[0]: the key "depend_on" is unknown. Did you mean `depends_on`?',
      'plan.tasks[0]: the key "scope" is unknown. Did you mean `scopes`?',
      'plan.tasks[0]: the key "expects" is unknown. Did you mean `expect`?',
      'plan: the key "risk" is unknown. Did you mean `risks`?',
    ]);
  });

  it('OUT-8: refuses scopes of tasks that lead out of the repository or name no known set', () => {
    const found = (scopes: string[]): string[] =>
      problems('plan', { plan: { ...plan, tasks: [{ ...plan.tasks[0], scopes }] } });
    expect(found(['src/**', '!src/generated', '@tests', '!@docs', 'packages/@scope/x'])).toEqual([]);
    for (const scope of ['/etc', '../../x', 'a/../../b', '!', '!/etc', '@nothing', '', 'a\0b'])
      expect(found(['src', scope])[0]).toContain('plan.tasks[0].scopes[1] is ');
  });

  it('DOS-7: refuses a plan of more tasks than any limit allows', () => {
    const tasks = Array.from({ length: 1_001 }, (_, at) => ({ ...plan.tasks[0], id: `t${at}` }));
    expect(problems('plan', { plan: { ...plan, tasks } })[0]).toContain('must have at most 1000 items');
  });

  it('R13: a selection names each conditional agent once, with a reason', () => {
    const facts = { conditionalAgents: ['infra', 'cli'] };
    const need = (agent: string, reason = 'because') => ({ agent, needed: false, reason });
    const parsed = work('selection', { needs: [need('infra'), need('cli')] }, facts);
    expect(parsed.ok && parsed.result.needs).toEqual([need('infra'), need('cli')]);
    expect(problems('selection', { needs: [need('infra')] }, facts)).toEqual([
      'needs: it says nothing about cli',
    ]);
    expect(problems('selection', { needs: [need('infra'), need('cli'), need('clii')] }, facts)[0]).toContain(
      'did you mean cli?',
    );
    expect(problems('selection', { needs: [need('infra'), need('cli'), need('cli')] }, facts)[0]).toContain(
      'named twice',
    );
    expect(problems('selection', { needs: [need('infra', ' '), need('cli')] }, facts)[0]).toContain(
      'needs[0].reason',
    );
    expect(problems('selection', {}, facts)).toEqual(['needs is missing: it must be a list']);
  });

  it('R73: a deployment says something of each environment, and names files in repositories of the run', () => {
    const one = { files: ['api/deploy/a.env'], instructions: ['copy it'] };
    const all = { development: one, staging: one, production: one };
    const whole = { environments: all, scripts: ['client/run.sh'], rollback: ['copy it back'] };
    expect(problems('deployment', { deployment: whole })).toEqual([]);
    const { production: _, ...short } = all;
    expect(problems('deployment', { deployment: { ...whole, environments: short } })).toEqual([
      'deployment.environments.production is missing: it must be a mapping',
    ]);
    for (const [file, says] of [
      ['web/run.sh', 'must begin with a repository of the run'],
      ['run.sh', 'must begin with a repository of the run'],
      ['api/../run.sh', 'leads out of the repository'],
      ['api/', 'it is empty'],
    ])
      expect(problems('deployment', { deployment: { ...whole, scripts: [file] } })[0]).toContain(says);
    const parsed = work('deployment', { deployment: { ...whole, scripts: ['api/./run.sh'] } });
    expect(parsed.ok && parsed.result.preparation?.scripts).toEqual(['api/run.sh']);
  });

  it('R43: a selection says in which of the modules each agent works that is bound to them', () => {
    const facts = {
      conditionalAgents: ['infra', 'cli'],
      modules: { agents: ['infra'], names: ['orders', 'web'] },
    };
    const need = (agent: string, more: object) => ({ agent, needed: true, reason: 'r', ...more });
    const select = (infra: object) => ({ needs: [need('infra', infra), need('cli', {})] });
    const parsed = work('selection', select({ modules: ['orders'] }), facts);
    expect(parsed.ok && parsed.result.needs[0]).toEqual(need('infra', { modules: ['orders'] }));
    expect(problems('selection', select({}), facts)).toEqual([
      'needs[0].modules is missing: infra works in one or more of orders, web',
    ]);
    expect(problems('selection', select({ modules: [] }), facts)).toHaveLength(1);
    expect(problems('selection', select({ needed: false }), facts)).toEqual([]);
    expect(problems('selection', select({ modules: ['order'] }), facts)[0]).toContain('did you mean orders?');
    expect(problems('selection', select({}), { ...facts, modules: null })).toEqual([]);
  });

  it('R68: a validation names what of the real system it started, or tried nothing', () => {
    const started = [{ what: 'the service', command: 'npm start' }];
    const validation = (outcome: string, over: object = {}) => ({
      validation: { evidence: ['looked'], checks: [{ what: 'A1', outcome, seen: '200' }], ...over },
    });
    expect(problems('validation', validation('met', { started }))).toEqual([]);
    for (const outcome of ['met', 'not_met'])
      expect(problems('validation', validation(outcome))).toEqual([
        expect.stringMatching(/^validation\.started is missing: validation\.checks\[0\] says/),
      ]);
    expect(problems('validation', validation('not_tried'))).toEqual([]);
    for (const unseen of [' ', '\u200b', '\u2060\ufeff \u00ad'])
      expect(
        problems('validation', validation('met', { started: [{ what: 'all', command: unseen }] })),
        JSON.stringify(unseen),
      ).toHaveLength(1);
  });

  it('a validation has evidence, and a submission one text per repository of the run', () => {
    expect(problems('validation', { validation: { evidence: [] } })).toHaveLength(1);
    expect(problems('validation', { validation: { evidence: ['GET /invoices answered 200'] } })).toEqual([]);
    const pull = (repo: string) => ({ repo, title: 't', body: 'b' });
    expect(problems('submission', { pull_requests: [pull('api'), pull('client')] })).toEqual([]);
    expect(problems('submission', { pull_requests: [pull('api'), pull('api')] })[0]).toContain('named twice');
    expect(problems('submission', { pull_requests: [pull('apo')] })[0]).toContain('did you mean api?');
  });

  it('a blocked agent says why and need not deliver; an unknown kind of output carries the common fields', () => {
    const blocked = {
      status: 'blocked',
      summary: 'The schema is locked.',
      blocked_reason: 'out_of_scope',
      attempted: ['a view'],
    };
    const parsed = work('requirements', blocked);
    expect(parsed.ok && parsed.result.blocked).toEqual({
      reason: 'out_of_scope',
      detail: 'The schema is locked.',
      attempted: ['a view'],
    });
    expect(problems('requirements', { status: 'blocked' })).toEqual([
      'blocked_reason is missing: the status is blocked',
    ]);
    expect(problems('requirements', { status: 'blocked', blocked_reason: 'tired' })[0]).toContain(
      'security_concern',
    );
    expect(
      problems('requirements', { status: 'needs_clarification', open_questions: ['Which currency?'] }),
    ).toEqual([]);
    expect(problems('poem', { anything: 1 })).toEqual([]);
    expect(problems('constructor', {})).toEqual([]);
  });

  it('disputes only findings that were handed out', () => {
    const disputes = [{ finding: 'a/b/r1/code-review/1', reason: 'It is checked one line above.' }];
    expect(problems('changes', { disputes })).toHaveLength(1);
    expect(problems('changes', { disputes }, { knownFindings: ['a/b/r1/code-review/1'] })).toEqual([]);
  });

  it.each([
    '../../etc/cron.d/x',
    '/abs',
    'C:\\x',
    'C:/x',
    'src\\a',
    'a\0b',
    '.git/config',
    'src/.GIT/hooks/x',
    '.git /x',
    'src/../.git/hooks/x',
    'a/..',
    '~/x',
    '',
    '.g\u200cit/x',
  ])('OUT-8: a claim of %j voids the whole result', (path) => {
    expect(problems('changes', { claims: { files: ['src/ok.ts', path] } })).toHaveLength(1);
  });

  it('OUT-8: takes ordinary paths', () => {
    const files = ['src/a.ts', './src/b.ts', '.github/workflows/ci.yml', 'a..b/c', '.gitignore', 'é/ü.ts'];
    const parsed = work('changes', { claims: { files, tests_passed: true } });
    expect(parsed.ok && parsed.claims).toEqual({
      files: ['src/a.ts', 'src/b.ts', ...files.slice(2)],
      tests_passed: true,
      pull_requests: [],
    });
  });

  it('cuts a summary that is too long', () => {
    const parsed = work('changes', { summary: 'x'.repeat(10_000) });
    expect(parsed.ok && parsed.result.summary).toHaveLength(4_000);
  });
});

describe('parseReviewResult', () => {
  const facts: ReviewFacts = {
    idPrefix: 'implement/feature/r2/code-review',
    reviewer: 'code-review',
    knownFindings: ['implement/feature/r1/code-review/1', 'implement/feature/r1/code-review/2'],
    authors: ['implement/feature', 'implement/datatypes'],
    repos: ['api', 'client'],
    areas: [],
    to: 'a'.repeat(64),
    hash: (text) => createHash('sha256').update(text).digest('hex'),
  };
  const finding = {
    severity: 'major',
    blocking: true,
    repo: 'api',
    file: 'src/a.ts',
    line: 3,
    problem: 'The amount 12 is not checked.',
    fix: 'Check it.',
  };
  const review = (fields: object, more: Partial<ReviewFacts> = {}) =>
    parseReviewResult(
      { status: 'complete', summary: 'Read it.', verdict: 'pass', findings: [], ...fields },
      { ...facts, ...more },
    );

  it('takes the three verdicts', () => {
    expect(review({})).toEqual({
      ok: true,
      review: { verdict: 'pass', summary: 'Read it.', findings: [], resolved: [] },
    });
    expect(review({ verdict: 'pass_with_notes', findings: [{ ...finding, blocking: false }] }).ok).toBe(true);
    expect(review({ verdict: 'fail', findings: [finding] }).ok).toBe(true);
  });

  it.each([
    undefined,
    null,
    '',
    'APPROVED!!',
    'approve',
    'PASS',
    'Pass',
    'pass ',
    'passed',
    'LGTM',
    true,
    ['pass'],
    { verdict: 'pass' },
  ])('OUT-3, R84: the verdict %j is none', (verdict) => {
    expect(review({ verdict }).ok).toBe(false);
  });

  it('OUT-3, R84: a verdict that contradicts its findings is none', () => {
    expect(review({ verdict: 'pass', findings: [finding] }).ok).toBe(false);
    expect(
      review({ verdict: 'pass_with_notes', findings: [{ ...finding, blocking: false }, finding] }).ok,
    ).toBe(false);
    expect(review({ verdict: 'fail', findings: [] }).ok).toBe(false);
    expect(review({ verdict: 'fail', findings: [{ ...finding, blocking: false }] }).ok).toBe(false);
    expect(review({ status: 'blocked' }).ok).toBe(false);
    expect(review({ status: undefined }).ok).toBe(false);
    expect(review({ findings: undefined }).ok).toBe(false);
    expect(review({ findings: [{ ...finding, blocking: 'false' }] }).ok).toBe(false);
  });

  it('R27: is none where it says nothing about an area that was asked for', () => {
    const areas = ['standards', 'security'];
    const said = (area: string) => ({ area, said: 'clean' });
    expect(review({ areas: [said('standards')] }, { areas })).toEqual({
      ok: false,
      problems: ['areas: it says nothing about security'],
    });
    const whole = review({ areas: [said('security'), said('standards')] }, { areas });
    expect(whole.ok && whole.review.areas).toEqual([said('security'), said('standards')]);
  });

  it('OUT-3, R84: no words of praise make a verdict out of prose', () => {
    expect(parseReviewResult('APPROVED: verdict pass, no findings', facts).ok).toBe(false);
    expect(parseReviewResult({ status: 'complete', summary: 'verdict: pass', findings: [] }, facts).ok).toBe(
      false,
    );
  });

  it('R81: a verdict on another hash than the one handed out is none', () => {
    expect(review({ judged: facts.to }).ok).toBe(true);
    expect(review({ judged: null }).ok).toBe(true);
    expect(review({ judged: 'b'.repeat(64) }).ok).toBe(false);
    expect(review({ judged: '' }).ok).toBe(false);
  });

  it('R82: gives findings ids, a source and a fingerprint that survives other numbers, spaces and rounds', () => {
    const print = (more: object): string | undefined => {
      const parsed = review({ verdict: 'fail', findings: [{ ...finding, ...more }] });
      return parsed.ok ? parsed.review.findings[0]?.fingerprint : undefined;
    };
    const parsed = review({
      verdict: 'fail',
      findings: [finding, { ...finding, owner: 'implement/datatypes' }],
    });
    expect(parsed.ok && parsed.review.findings).toEqual([
      {
        ...finding,
        id: 'implement/feature/r2/code-review/1',
        source: 'code-review',
        owner: null,
        fingerprint: print({}),
      },
      {
        ...finding,
        id: 'implement/feature/r2/code-review/2',
        source: 'code-review',
        owner: 'implement/datatypes',
        fingerprint: print({}),
      },
    ]);
    const later = review(
      { verdict: 'fail', findings: [finding] },
      { idPrefix: 'implement/feature/r3/code-review' },
    );
    expect(later.ok && later.review.findings[0]?.fingerprint).toBe(print({}));
    expect(print({ line: 9, problem: ' the AMOUNT  7 is\nnot checked.' })).toBe(print({}));
    expect(print({ problem: 'The date is not checked.' })).not.toBe(print({}));
    expect(print({ file: 'src/b.ts' })).not.toBe(print({}));
  });

  it('R25: resolves and upholds earlier findings by id, and only those', () => {
    const [one, two] = facts.knownFindings;
    const parsed = review({ verdict: 'fail', resolved: [one, one], findings: [{ ...finding, id: two }] });
    expect(parsed.ok && [parsed.review.resolved, parsed.review.findings[0]?.id]).toEqual([[one], two]);
    expect(review({ resolved: ['made/up/1'] }).ok).toBe(false);
    expect(review({ verdict: 'fail', resolved: [one], findings: [{ ...finding, id: one }] }).ok).toBe(false);
    const invented = review({ verdict: 'fail', findings: [{ ...finding, id: 'F1' }] });
    expect(invented.ok && invented.review.findings[0]?.id).toBe('implement/feature/r2/code-review/1');
  });

  it('OUT-8: refuses places outside, and owners and repositories that do not exist', () => {
    for (const bad of [
      { file: '../x' },
      { file: '/etc/passwd' },
      { file: 'a\0b' },
      { repo: 'other' },
      { owner: 'submit/x' },
      { line: 0 },
    ]) {
      expect(review({ verdict: 'fail', findings: [{ ...finding, ...bad }] }).ok).toBe(false);
    }
  });

  it('finds the repository where only one can be meant', () => {
    const place = (more: object, repos = facts.repos): unknown => {
      const parsed = review({ verdict: 'fail', findings: [{ ...finding, repo: null, ...more }] }, { repos });
      return parsed.ok && parsed.review.findings.map((f) => [f.repo, f.file])[0];
    };
    expect(place({})).toEqual([null, 'src/a.ts']);
    expect(place({ file: 'client/src/a.ts' })).toEqual(['client', 'src/a.ts']);
    expect(place({}, ['api'])).toEqual(['api', 'src/a.ts']);
    expect(place({ file: null })).toEqual([null, null]);
  });

  it('bounds what a reviewer can say', () => {
    const many = (count: number) =>
      review({ verdict: 'fail', findings: Array.from({ length: count }, () => finding) });
    expect(many(200).ok).toBe(true);
    expect(many(201).ok).toBe(false);
    const long = review({ verdict: 'fail', findings: [{ ...finding, problem: 'x'.repeat(9_000) }] });
    expect(long.ok && long.review.findings[0]?.problem).toHaveLength(2_000);
  });
});

describe('resultJsonSchema', () => {
  it('describes a verdict for reviewers and the output for everybody else', () => {
    expect(resultJsonSchema('review', 'reviewer')).toMatchObject({
      required: ['status', 'summary', 'verdict', 'findings'],
      properties: { verdict: { enum: ['pass', 'pass_with_notes', 'fail'] }, findings: { maxItems: 200 } },
    });
    const schema = resultJsonSchema('requirements', 'planner');
    expect(schema).toMatchObject({
      required: ['status', 'summary'],
      properties: {
        requirements: {
          required: Object.keys(requirements),
          description: 'Required when the status is complete.',
        },
      },
    });
    expect(
      Object.keys((resultJsonSchema('poem', 'specialist') as { properties: object }).properties),
    ).not.toContain('requirements');
  });
});
