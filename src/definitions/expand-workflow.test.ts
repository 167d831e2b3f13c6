import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeAgent } from '../../test/make-agent.ts';
import { loadWorkflow } from './load-workflow.ts';

const agents = [
  makeAgent('builder', 'specialist'),
  makeAgent('tester', 'tester'),
  makeAgent('writer', 'submitter'),
  makeAgent('critic', 'reviewer'),
  makeAgent('inner-critic', 'reviewer'),
];
const HEAD = (name: string, critic = 'critic'): string =>
  `name: ${name}\nversion: 1\nreview: { by: [${critic}] }\n`;
const INNER = `${HEAD('inner', 'inner-critic')}limits: { max_rework: 9 }
start: launch
phases:
  - id: make
    title: Making
    deliverable: a change
    steps: [{ agent: builder }]
  - id: test
    when: { effort: [large] }
    steps: [{ agent: tester, needs: [make/builder], when: { changed: ['src/**'] } }]
  - id: submit
    steps: [{ agent: writer, output: submission }, { submit: true }]
`;
const OUTER = `${HEAD('outer')}limits: { max_rework: 1 }
phases:
  - id: implement
    title: Implementation
    gates: full
    when: { effort: [small, large] }
    workflow: inner
  - id: end
    steps: [{ agent: writer, output: submission }, { submit: true }]
`;

describe('a workflow as a phase', () => {
  let dir = '';
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'baton-expand-'))));
  afterEach(() => rmSync(dir, { recursive: true }));

  /** Loads the first of these files. */
  function load(files: Record<string, string>) {
    mkdirSync(dir, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
    return loadWorkflow(join(dir, Object.keys(files)[0] ?? ''), agents);
  }

  it('R20: puts its phases in place, says whose they are, and leaves its submission out', () => {
    const { graph, diagnostics } = load({ 'outer.yaml': OUTER, 'inner.yaml': INNER });
    expect(diagnostics).toEqual([]);
    expect(graph?.phases.map(({ id, title, parent }) => ({ id, title, parent }))).toEqual([
      { id: 'implement-make', title: 'Implementation › Making', parent: 'implement' },
      { id: 'implement-test', title: 'Implementation › test', parent: 'implement' },
      { id: 'end', title: 'end', parent: undefined },
    ]);
    expect(graph?.steps.map((step) => step.id)).toEqual([
      'implement-make/builder',
      'implement-test/tester',
      'implement-test/gates',
      'end/writer',
      'end/whole-change',
      'end/submit',
    ]);
  });

  it('keeps what the inner one says of its steps, and what the outer one says of the run', () => {
    const { graph } = load({ 'outer.yaml': OUTER, 'inner.yaml': INNER });
    const tester = graph?.steps.find((step) => step.id === 'implement-test/tester');
    expect(tester?.reviewers).toEqual(['inner-critic']);
    expect(tester?.needs).toContain('implement-make/builder');
    expect(JSON.stringify(tester?.when)).toContain('["small","large"]');
    expect(JSON.stringify(tester?.when)).toContain('["src/**"]');
    expect(graph?.steps.find((step) => step.id === 'end/writer')?.reviewers).toEqual(['critic']);
    expect(graph?.limits.max_rework).toBe(1);
    expect(graph?.start).toBe('confirm');
  });

  it('refuses workflows that hold each other, and shows the round', () => {
    const round = (name: string, inner: string): string =>
      `${HEAD(name)}phases:\n  - { id: p, workflow: ${inner} }\n`;
    const { graph, diagnostics } = load({
      'one.yaml': round('one', 'two'),
      'two.yaml': round('two', 'three'),
      'three.yaml': round('three', 'two'),
    });
    expect(graph).toBeNull();
    expect(diagnostics).toContainEqual(
      expect.objectContaining({
        code: 'E_WORKFLOW_CYCLE',
        message: 'These workflows hold each other: two→three→two.',
        place: { file: join(dir, 'three.yaml'), line: 5, col: expect.any(Number) },
      }),
    );
    // Both halves come in on their own, and each twice: it is one round all the same.
    const twice = load({
      'outer.yaml': `${HEAD('outer')}phases:\n${['one', 'two', 'one']
        .map((name, i) => `  - { id: p${i}, workflow: ${name} }\n`)
        .join('')}`,
      'one.yaml': round('one', 'two'),
      'two.yaml': round('two', 'one'),
    });
    expect(twice.diagnostics.map((each) => each.code)).toEqual(['E_WORKFLOW_CYCLE']);
    const own = load({ 'self.yaml': round('self', 'self') });
    expect(own.diagnostics.map((each) => each.code)).toContain('E_WORKFLOW_CYCLE');
  });

  it('names a fault of the inner one at its own file and line', () => {
    const inner = INNER.replace('agent: tester', 'agent: nobody');
    const { diagnostics } = load({ 'outer.yaml': OUTER, 'inner.yaml': inner });
    expect(diagnostics).toMatchObject([
      { code: 'E_UNKNOWN_AGENT', place: { file: join(dir, 'inner.yaml'), line: 13 } },
    ]);
    const broken = load({
      'outer.yaml': OUTER,
      'inner.yaml': INNER.replace('steps: [{ agent: builder }]', 'step: []'),
    });
    expect(broken.diagnostics[0]).toMatchObject({
      code: 'E_CONFIG_KEY',
      place: { file: join(dir, 'inner.yaml') },
    });
  });

  it('wants either steps or a workflow that exists', () => {
    const codes = (phase: string): string[] =>
      load({
        'w.yaml': `${HEAD('w')}phases: [${phase}, { id: q, steps: [{ agent: builder }] }]`,
      }).diagnostics.map((each) => each.message);
    expect(codes('{ id: p }')[0]).toContain('neither `steps` nor a `workflow`');
    expect(codes('{ id: p, workflow: implementer, steps: [] }')[0]).toContain('both');
    expect(codes('{ id: p, workflow: nowhere }')).toEqual(['There is no workflow nowhere.']);
  });

  it('takes a built-in workflow by its name', () => {
    const { diagnostics } = load({ 'w.yaml': `${HEAD('w')}phases: [{ id: p, workflow: review-gatd }]` });
    expect(diagnostics[0]?.fix).toBe('Did you mean `review-gated`?');
  });

  it('DOS-7: opens so many inner workflows and no more, and says so once', () => {
    const files = Array.from({ length: 12 }, (_, n): [string, string] => [
      `w${n}.yaml`,
      `${HEAD(`w${n}`)}phases:\n  - { id: a, workflow: w${n + 1} }\n  - { id: b, workflow: w${n + 1} }\n`,
    ]);
    const last: [string, string] = [
      'w12.yaml',
      `${HEAD('w12')}phases: [{ id: p, steps: [{ agent: builder }] }]\n`,
    ];
    const { graph, diagnostics } = load(Object.fromEntries([...files, last]));
    expect(graph).toBeNull();
    expect(diagnostics.map((each) => each.code)).toEqual(['E_CONFIG_LIMIT']);
  });

  /** One workflow that holds others, `x` and `y`, in phases of their names. */
  function nest(outer: string, inner: Record<string, string>) {
    const phases = Object.keys(inner).map((name) => `  - { id: p-${name}, workflow: ${name} }\n`);
    const end = '  - { id: end, steps: [{ submit: true }] }\n';
    const body = `phases: [{ id: make, steps: [{ agent: builder, gates: full }] }]\n`;
    const files = Object.entries(inner).map(([name, words]) => [
      `${name}.yaml`,
      `${HEAD(name)}${words}${words.includes('phases:') ? '' : body}`,
    ]);
    const text = `${HEAD('outer')}${outer}phases:\n${phases.join('')}${end}`;
    return load({ 'outer.yaml': text, ...(Object.fromEntries(files) as Record<string, string>) });
  }

  it('R64: holds the approvals and the compliance of all of them', () => {
    const { graph, diagnostics } = nest("approvals: [{ id: infra, title: Ours, paths: ['infra/**'] }]\n", {
      x: "approvals: [{ id: infra, title: Theirs, paths: ['infra/**', '*.tf'], refuse: true }, { id: db, paths: ['db/**'] }]\n",
      y: 'compliance: [infrastructure_as_code]\n',
    });
    expect(diagnostics).toEqual([]);
    expect(graph?.approvals).toEqual([
      { id: 'infra', title: 'Ours', paths: ['infra/**', '*.tf'], refuse: true },
      { id: 'db', title: 'db', paths: ['db/**'], refuse: false },
    ]);
    expect(graph?.compliance).toEqual(['infrastructure_as_code']);
  });

  it('R8: requires the guides of all of them, each once', () => {
    const { graph, diagnostics } = nest('guides: [README.md]\n', {
      x: 'guides: [./README.md, [AGENTS.md, CLAUDE.md]]\n',
      y: 'guides: [[AGENTS.md, CLAUDE.md]]\n',
    });
    expect(diagnostics).toEqual([]);
    expect(graph?.guides).toEqual([['README.md'], ['AGENTS.md', 'CLAUDE.md']]);
    expect(nest('guides: [../README.md]\n', { x: '' }).diagnostics).toMatchObject([
      { code: 'E_CONFIG_VALUE' },
    ]);
  });

  it('takes limits and budget of the inner one where the outer one is silent, and refuses two that contradict each other', () => {
    const x = 'limits: { max_rework: 5, max_retries: 1 }\nbudget: { tokens: 1000, time: 1h }\n';
    const one = nest('limits: { max_rework: 2 }\nbudget: { tokens: 9000 }\n', { x });
    expect(one.graph?.limits).toMatchObject({ max_rework: 2, max_retries: 1 });
    expect(one.graph?.budget).toEqual({ tokens: 9000, time_ms: 3_600_000 });
    const y = 'limits: { max_rework: 4, max_retries: 1 }\nbudget: { tokens: 1000, time: 2h }\n';
    const two = nest('budget: { time: 3h }\n', { x, y });
    expect(two.graph).toBeNull();
    expect(two.diagnostics).toMatchObject([
      {
        code: 'E_CONFIG_VALUE',
        message: expect.stringContaining('`limits.max_rework`: it is 5 before, and 4 in y') as string,
        place: { file: join(dir, 'outer.yaml'), line: 7 },
      },
    ]);
    expect(nest('budget: { time: 3h }\nlimits: { max_rework: 1 }\n', { x, y }).diagnostics).toEqual([]);
  });

  it('keeps the routes of blocked agents and what an edit outside is for its own phases', () => {
    const words = (to: string): string => `blocked: { unknown: ${to} }\noutside_scopes: flag\n`;
    const { graph } = nest('', { x: words('make/builder'), y: '' });
    expect(graph?.blocked).toBeUndefined();
    expect(graph?.phases.map(({ id, blocked, outside_scopes }) => ({ id, blocked, outside_scopes }))).toEqual(
      [
        { id: 'p-x-make', blocked: { unknown: 'p-x-make/builder' }, outside_scopes: 'flag' },
        { id: 'p-y-make', blocked: undefined, outside_scopes: undefined },
        { id: 'end', blocked: undefined, outside_scopes: undefined },
      ],
    );
    expect(nest('', { x: words('make/nobody') }).diagnostics).toMatchObject([
      { message: 'No agent works at p-x-make/nobody.', place: { file: join(dir, 'x.yaml'), line: 4 } },
    ]);
  });

  it('R91: lets the inner one deploy: behind a check of the whole change that has its standards, without those of the texts', () => {
    const last = `phases:
  - { id: make, steps: [{ agent: builder }] }
  - id: go
    standard:
      - { id: docs, title: Documents, measure: docs_changed }
      - { id: texts, title: Texts, measure: { outputs: [submission] } }
    steps:
      - { check: base, id: security, when: { concerns: [secrets] } }
      - { agent: writer, output: submission }
      - { submit: true, id: out }
      - { deploy: staging, needs: [out] }
`;
    const { graph, diagnostics } = nest('', { x: last });
    expect(diagnostics).toEqual([]);
    const steps = graph?.steps.map(({ id, standard }) => [id, standard?.map((each) => each.id)]);
    expect(steps).toEqual([
      ['p-x-make/builder', undefined],
      ['p-x-go/security', undefined],
      ['p-x-go/before-staging', ['docs']],
      ['p-x-go/deploy-staging', undefined],
      ['end/whole-change', undefined],
      ['end/submit', undefined],
    ]);
    const deploy = graph?.steps[3];
    expect(deploy).toMatchObject({ needs: ['p-x-go/before-staging'], tree_from: 'p-x-go/before-staging' });
    const skippable = load({
      'o.yaml': `${HEAD('o')}phases: [{ id: p, workflow: x, when: { effort: [large] } }, { id: end, steps: [{ submit: true }] }]\n`,
      'x.yaml': `${HEAD('x')}${last}`,
    });
    expect(skippable.diagnostics).toMatchObject([
      { code: 'E_CONFIG_VALUE', message: expect.stringContaining('p-go may be skipped') as string },
    ]);
  });

  it('adds its own standards and gates at the end to those of the last inner phase', () => {
    const inner = `phases:
  - id: make
    gates: full
    standard:
      - { id: docs, title: Inner documents, measure: docs_changed }
      - { id: both, title: Inner, measure: tests_added }
    steps: [{ agent: builder }]
`;
    const { graph } = load({
      'o.yaml': `${HEAD('o')}phases:
  - id: p
    workflow: x
    gates: quick
    standard: [{ id: both, title: Outer, measure: docs_changed }]
  - { id: end, steps: [{ submit: true }] }
`,
      'x.yaml': `${HEAD('x')}${inner}`,
    });
    const gates = graph?.steps.find((step) => step.id === 'p-make/gates');
    expect(gates?.gates).toBe('full');
    expect(gates?.standard?.map((each) => each.title)).toEqual(['Inner documents', 'Outer']);
  });

  it('unites what one reviewer has to say something about', () => {
    const areas = (words: string): string => `review: { by: [critic], areas: [${words}] }\n`;
    const text = (name: string, words: string, phases: string): string =>
      `name: ${name}\nversion: 1\n${areas(words)}phases:\n${phases}`;
    const both = load({
      'o.yaml': text(
        'o',
        'security',
        '  - { id: p, workflow: x }\n  - { id: end, steps: [{ submit: true }] }\n',
      ),
      'x.yaml': text('x', 'performance', '  - { id: make, steps: [{ agent: builder }] }\n'),
    });
    expect(both.graph?.review_areas?.['critic']?.toSorted()).toEqual(['performance', 'security']);
  });
});
