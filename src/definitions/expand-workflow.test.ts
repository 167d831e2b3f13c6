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
});
