import { describe, expect, it } from 'vitest';
import { makeAgent, reviewGatedAgents } from '../../test/make-agent.ts';
import { SECURITY_CONCERNS } from '../core/words.ts';
import { formatDiagnostic } from '../core/errors.ts';
import type { Step } from '../core/graph.ts';
import { DEFAULT_LIMITS, type Limits } from '../core/limits.ts';
import { builtinWorkflowsDir, listBuiltinWorkflows } from './builtin.ts';
import { findGraphFaults } from './check-graph.ts';
import { loadWorkflow, parseWorkflow } from './load-workflow.ts';

const agents = [
  makeAgent('analyst', 'planner'),
  makeAgent('chief', 'coordinator'),
  makeAgent('builder', 'specialist'),
  makeAgent('painter', 'specialist'),
  makeAgent('tester', 'tester'),
  makeAgent('critic', 'reviewer'),
  makeAgent('second-critic', 'reviewer'),
  makeAgent('writer', 'submitter'),
];
const head = 'name: small\nversion: 1\nreview: { by: [critic] }\n';
const parse = (text: string) => parseWorkflow('w.yaml', Buffer.from(text), agents);
/** One phase `p` with the given steps, one flow mapping per line. */
const steps = (...lines: string[]) =>
  parse(`${head}phases:\n  - id: p\n    steps:\n${lines.map((line) => `      - ${line}\n`).join('')}`);
const codes = (loaded: ReturnType<typeof parse>): string[] => loaded.diagnostics.map((d) => d.code);

function stepOf(loaded: ReturnType<typeof parse>, id: string): Step {
  const step = loaded.graph?.steps.find((each) => each.id === id);
  if (step === undefined)
    throw new Error(`no step ${id}: ${loaded.diagnostics.map(formatDiagnostic).join('\n')}`);
  return step;
}

it('R47: lets no two steps stand for the tasks of one plan with different agents: no plan could suit both', () => {
  const whole = (second: string) =>
    steps(
      '{ agent: analyst, output: plan }',
      '{ planned: true, agents: [builder, painter] }',
      `{ planned: true, id: again, agents: ${second} }`,
      '{ check: base }',
    );
  expect(whole('[painter, tester]').diagnostics.map(formatDiagnostic).join()).toContain(
    'w.yaml:9:9 E_CONFIG_VALUE p/tasks stands for the tasks of the same plan with other agents',
  );
  expect(
    whole('[painter, builder]')
      .diagnostics.map(({ message }) => message)
      .join(),
  ).not.toContain('same plan');
});

describe('review-gated', () => {
  const { graph, diagnostics } = loadWorkflow(`${builtinWorkflowsDir}review-gated.yaml`, reviewGatedAgents());
  const order = graph?.steps.map((step) => step.id);

  it('is among the built-in workflows and loads without a word', () => {
    expect(listBuiltinWorkflows().map((workflow) => workflow.name)).toContain('review-gated');
    expect(diagnostics).toEqual([]);
    expect(graph).toMatchObject({
      workflow: 'review-gated',
      version: 1,
      start: 'confirm',
      pause: 'never',
      context: 'all',
    });
    expect(graph?.limits).toEqual(DEFAULT_LIMITS);
  });

  it('R11: holds its steps in one order, each waiting for the one before', () => {
    expect(order).toEqual([
      'summarize/backend-task-summarizer',
      'plan/technology-research-agent',
      'plan/existing-functionality-agent',
      'plan/new-functionality-agent',
      'plan/unit-test-planner-agent',
      'plan/backend-planner',
      'implement/backend-implementer',
      'implement/cloud-infrastructure-agent',
      'implement/datatypes-agent',
      'implement/feature-implementation-agent',
      'implement/cli-implementation-agent',
      'implement/unit-testing-agent',
      'implement/deployment-agent',
      'implement/validation-agent',
      'implement/gates',
      'submit/submission-agent',
      'submit/whole-change',
      'submit/submit',
    ]);
    expect(graph?.steps.map((step) => step.needs)).toEqual([
      [],
      ...(order ?? []).slice(0, -1).map((id) => [id]),
    ]);
  });

  it('R13: runs four agents only as the selection says', () => {
    const conditional = graph?.steps.filter((step) => step.when !== null);
    expect(conditional?.map((step) => step.id.split('/')[1])).toEqual([
      'cloud-infrastructure-agent',
      'datatypes-agent',
      'cli-implementation-agent',
      'deployment-agent',
    ]);
    expect(conditional?.every((step) => step.when?.kind === 'planned')).toBe(true);
  });

  it('R21, R26: has every output reviewed, by a reviewer that cannot write', () => {
    for (const step of graph?.steps ?? [])
      expect(step.reviewers).toEqual(step.work.kind === 'submit' ? [] : ['code-review']);
    expect(graph?.agents['code-review']).toMatchObject({ role: 'reviewer', access: 'read' });
  });

  it('runs quick gates after each writing agent and all gates at the end of the phase and of the change', () => {
    const gates = Object.fromEntries((graph?.steps ?? []).map((step) => [step.id, step.gates]));
    expect(gates['plan/backend-planner']).toBe('none');
    expect(gates['implement/datatypes-agent']).toBe('quick');
    expect(gates['implement/gates']).toBe('full');
    expect(gates['submit/whole-change']).toBe('full');
    const trees = Object.fromEntries((graph?.steps ?? []).map((step) => [step.id, step.tree_from]));
    expect(trees['implement/cloud-infrastructure-agent']).toBeNull();
    expect(trees['implement/feature-implementation-agent']).toBe('implement/datatypes-agent');
    expect(trees['submit/whole-change']).toBe('implement/gates');
    expect(trees['submit/submit']).toBe('submit/whole-change');
  });

  it('R9: is refused with all missing agents at once', () => {
    const some = reviewGatedAgents().filter(
      (agent) => !['datatypes-agent', 'code-review', 'deployment-agent'].includes(agent.name),
    );
    const loaded = loadWorkflow(`${builtinWorkflowsDir}review-gated.yaml`, [
      ...some,
      makeAgent('datatype-agent', 'specialist'),
    ]);
    expect(loaded.graph).toBeNull();
    const missing = loaded.diagnostics.filter((d) => d.code === 'E_UNKNOWN_AGENT');
    expect(missing.map((d) => /the agent (\S+),/.exec(d.message)?.[1])).toEqual([
      'code-review',
      'datatypes-agent',
      'deployment-agent',
    ]);
    expect(missing[1]?.fix).toBe('Did you mean `datatype-agent`?');
  });
});

describe('what is derived', () => {
  it('fills in id, title, output, changes, gates and reviewers', () => {
    expect(stepOf(steps('{ agent: builder }'), 'p/builder')).toEqual({
      id: 'p/builder',
      phase: 'p',
      title: 'builder',
      work: { kind: 'agent', agent: 'builder', output: 'changes', changes: 'required', scopes: [] },
      needs: [],
      tree_from: null,
      when: null,
      gates: 'quick',
      reviewers: ['critic'],
    });
    const written =
      '{ agent: tester, id: try, title: Try it, output: validation, changes: optional, scopes: [test/**], gates: full, reviewers: [second-critic, critic] }';
    expect(stepOf(steps(written), 'p/try')).toMatchObject({
      title: 'Try it',
      work: { output: 'validation', changes: 'optional', scopes: ['test/**'] },
      gates: 'full',
      reviewers: ['second-critic', 'critic'],
    });
    expect(stepOf(steps('{ agent: analyst, output: research }'), 'p/analyst')).toMatchObject({
      work: { changes: 'forbidden' },
      gates: 'none',
    });
  });

  it('starts parallel steps from one tree and merges those that write', () => {
    const loaded = steps(
      '{ agent: tester }',
      '{ parallel: [{ agent: builder }, { agent: painter }, { agent: analyst, output: research }], synthesis: { agent: chief, output: synthesis } }',
      '{ agent: tester, id: last }',
    );
    for (const id of ['p/builder', 'p/painter', 'p/analyst']) {
      expect(stepOf(loaded, id)).toMatchObject({ needs: ['p/tester'], tree_from: 'p/tester' });
    }
    expect(stepOf(loaded, 'p/merge-builder-painter')).toMatchObject({
      work: { kind: 'merge', sides: ['p/builder', 'p/painter'] },
      needs: ['p/builder', 'p/painter', 'p/analyst'],
      tree_from: 'p/tester',
      gates: 'quick',
      reviewers: ['critic'],
    });
    expect(stepOf(loaded, 'p/chief')).toMatchObject({
      needs: ['p/merge-builder-painter'],
      tree_from: 'p/merge-builder-painter',
    });
    expect(stepOf(loaded, 'p/last')).toMatchObject({
      needs: ['p/chief'],
      tree_from: 'p/merge-builder-painter',
    });
  });

  it('needs no merge where at most one side writes', () => {
    const one = steps(
      '{ parallel: [{ agent: builder }, { agent: analyst, output: research }] }',
      '{ agent: tester }',
    );
    expect(one.graph?.steps.map((step) => step.id)).toEqual(['p/builder', 'p/analyst', 'p/tester']);
    expect(stepOf(one, 'p/tester')).toMatchObject({
      needs: ['p/builder', 'p/analyst'],
      tree_from: 'p/builder',
    });
  });

  it('puts the review of the whole change before a submission, unless one is written', () => {
    const derived = steps('{ agent: builder }', '{ submit: true }');
    expect(derived.graph?.steps.map((step) => step.id)).toEqual(['p/builder', 'p/whole-change', 'p/submit']);
    expect(stepOf(derived, 'p/whole-change')).toMatchObject({
      work: { kind: 'check', from: 'base' },
      gates: 'full',
      reviewers: ['critic'],
    });
    const written = steps(
      '{ agent: builder }',
      '{ check: base, id: last-look, reviewers: [critic, second-critic] }',
      '{ submit: true }',
    );
    expect(written.graph?.steps.map((step) => step.id)).toEqual(['p/builder', 'p/last-look', 'p/submit']);
  });

  it('reads conditions of every form', () => {
    const when = (text: string) =>
      stepOf(steps('{ agent: chief, output: selection }', `{ agent: builder, when: ${text} }`), 'p/builder')
        .when;
    expect(when('planned')).toEqual({ kind: 'planned' });
    expect(when('{ changed: ["infra/**"] }')).toEqual({ kind: 'changed', paths: ['infra/**'] });
    expect(when('{ any: [planned, { not: { changed: [a] } }] }')).toEqual({
      kind: 'any',
      of: [{ kind: 'planned' }, { kind: 'not', of: { kind: 'changed', paths: ['a'] } }],
    });
    expect(steps('{ agent: builder, when: planned }').diagnostics).toMatchObject([
      { level: 'warning', code: 'W_WHEN_PLANNED' },
    ]);
  });

  it('takes limits in the units that people write', () => {
    const { graph } = parse(
      `${head}limits: { max_rework: 0, gate_timeout: 1.5m }\nphases: [{ id: p, steps: [{ agent: builder }] }]`,
    );
    expect(graph?.limits).toEqual({ ...DEFAULT_LIMITS, max_rework: 0, gate_timeout_ms: 90_000 });
  });

  it('keeps only the agents that it names, with the hash of their definition', () => {
    const { graph } = steps('{ agent: builder }');
    expect(Object.keys(graph?.agents ?? {})).toEqual(['builder', 'critic']);
    expect(graph?.agents['builder']?.definition_hash).toBe(
      agents.find((agent) => agent.name === 'builder')?.hash,
    );
  });

  it('orders parallel steps by what they need', () => {
    const loaded = steps(
      '{ parallel: [{ agent: analyst, output: research, needs: [chief] }, { agent: chief, output: selection }] }',
    );
    expect(loaded.graph?.steps.map((step) => step.id)).toEqual(['p/chief', 'p/analyst']);
    expect(loaded.graph?.phases[0]?.steps).toEqual(['p/chief', 'p/analyst']);
  });
});

describe('what is refused', () => {
  it('CFG-9: unknown keys at every level, each with its place and a suggestion', () => {
    const { graph, diagnostics } = parse(`name: small
version: 1
review: { by: [critic] }
limts: { max_rework: 3 }
phases:
  - id: p
    gate: full
    steps:
      - agent: builder
        reviewer: [critic]
      - parallel:
          - { agent: builder, id: b2 }
          - { agnet: painter }
      - chek: base
`);
    expect(graph).toBeNull();
    expect(diagnostics.map((d) => `${d.place?.line}:${d.place?.col} ${d.code} ${d.fix}`)).toEqual([
      '4:1 E_CONFIG_KEY Did you mean `limits`?',
      '7:5 E_CONFIG_KEY Did you mean `gates`?',
      '10:9 E_CONFIG_KEY Did you mean `reviewers`?',
      expect.stringMatching(/^13:13 E_CONFIG_VALUE/),
      '13:15 E_CONFIG_KEY Did you mean `agent`?',
      expect.stringMatching(/^14:9 E_CONFIG/),
      '14:9 E_CONFIG_KEY Did you mean `check`?',
    ]);
  });

  it('CFG-9: a misspelled limit', () => {
    expect(parse(`${head}limits:\n  max_rewrok: 3\nphases: []`).diagnostics).toMatchObject([
      { code: 'E_CONFIG_KEY', place: { file: 'w.yaml', line: 5, col: 3 }, fix: 'Did you mean `max_rework`?' },
    ]);
  });

  it.each(['-1', '1e9', '"3"', '.nan', '1.5'])('CFG-11: max_rework: %s, with the range', (value) => {
    const loaded = parse(
      `${head}limits: { max_rework: ${value} }\nphases: [{ id: p, steps: [{ agent: builder }] }]`,
    );
    expect(loaded).toMatchObject({ graph: null, diagnostics: [{ code: 'E_CONFIG_VALUE' }] });
    expect(loaded.diagnostics[0]?.message).toContain('from 0 to 10');
  });

  it.each(['0', '"10 minuets"', '0s'])('CFG-11: invocation_timeout: %s', (value) => {
    const loaded = parse(
      `${head}limits: { invocation_timeout: ${value} }\nphases: [{ id: p, steps: [{ agent: builder }] }]`,
    );
    expect(codes(loaded)).toEqual(['E_CONFIG_VALUE']);
  });

  it('CFG-10: a cycle, written out', () => {
    const loaded = steps('{ agent: builder, needs: [tester] }', '{ agent: painter }', '{ agent: tester }');
    expect(loaded.graph).toBeNull();
    expect(loaded.diagnostics).toMatchObject([{ code: 'E_WORKFLOW_CYCLE', place: { line: 7 } }]);
    expect(loaded.diagnostics[0]?.message).toContain('p/builder→p/tester→p/painter→p/builder');
    expect(codes(steps('{ agent: builder, needs: [builder] }'))).toEqual(['E_WORKFLOW_CYCLE']);
  });

  it('CFG-10: an unknown agent, at its line, with the nearest name', () => {
    expect(steps('{ agent: builder }', '{ agent: bilder, id: b }').diagnostics).toMatchObject([
      { code: 'E_UNKNOWN_AGENT', place: { file: 'w.yaml', line: 8, col: 9 }, fix: 'Did you mean `builder`?' },
    ]);
  });

  it('CFG-10: a step that nobody reviews, however it is written', () => {
    const refused = { graph: null, diagnostics: [{ code: 'E_REVIEW_MISSING', level: 'error' }] };
    expect(steps('{ agent: builder, reviewers: [] }')).toMatchObject(refused);
    expect(steps('{ agent: analyst, output: research, reviewers: [] }')).toMatchObject(refused);
    expect(steps('{ agent: builder }', '{ check: phase, reviewers: [] }')).toMatchObject(refused);
    expect(steps('{ agent: builder }', '{ check: base, reviewers: [] }', '{ submit: true }')).toMatchObject(
      refused,
    );
    expect(steps('{ agent: builder }', '{ check: base, gates: quick }', '{ submit: true }')).toMatchObject(
      refused,
    );
    const nobody = parse(
      'name: s\nversion: 1\nphases: [{ id: p, steps: [{ agent: builder }, { parallel: [{ agent: painter }, { agent: tester }] }] }]',
    );
    expect(codes(nobody)).toEqual(Array.from({ length: 4 }, () => 'E_REVIEW_MISSING'));
    expect(
      codes(
        parse('name: s\nversion: 1\nreview: { by: [] }\nphases: [{ id: p, steps: [{ agent: builder }] }]'),
      ),
    ).toEqual(['E_REVIEW_MISSING']);
  });

  it('CFG-10: what can never start or would be lost', () => {
    expect(codes(steps('{ agent: builder, needs: [nowhere] }'))).toEqual(['E_UNREACHABLE']);
    expect(steps('{ agent: builder }', '{ agent: painter, needs: [p/bilder] }').diagnostics[0]?.fix).toBe(
      'Did you mean `p/builder`?',
    );
    expect(codes(steps('{ submit: true }', '{ agent: builder }'))).toEqual(['E_UNREACHABLE']);
  });

  it('CFG-10: a workflow or a phase without steps', () => {
    expect(codes(parse(`${head}phases: []`))).toEqual(['E_WORKFLOW_EMPTY']);
    expect(codes(parse(`${head}phases: [{ id: p, gates: full, steps: [] }]`))).toEqual(['E_WORKFLOW_EMPTY']);
    expect(codes(parse(''))).toEqual(['E_CONFIG_VALUE']);
  });

  it('PRIV-14, R26: a reviewer that is the author, or is no reviewer', () => {
    expect(codes(steps('{ agent: critic, output: security-report }'))).toEqual(['E_REVIEWER_IS_AUTHOR']);
    expect(codes(steps('{ agent: builder, reviewers: [builder] }'))).toEqual(['E_REVIEWER_IS_AUTHOR']);
    expect(codes(steps('{ agent: builder, reviewers: [tester] }'))).toEqual(['E_REVIEWER_ROLE']);
    expect(codes(steps('{ agent: builder, reviewers: [analyst] }'))).toEqual(['E_REVIEWER_ROLE']);
    expect(codes(steps('{ agent: critic, output: security-report, reviewers: [second-critic] }'))).toEqual(
      [],
    );
  });

  it('a name twice, and rights that the agent does not have', () => {
    expect(codes(steps('{ agent: builder }', '{ agent: builder }'))).toContain('E_CONFIG_VALUE');
    expect(steps('{ agent: analyst }').diagnostics[0]?.message).toContain('`output`');
    expect(steps('{ agent: analyst, output: plan, changes: optional }').diagnostics[0]?.message).toContain(
      'may only read',
    );
    expect(steps('{ agent: builder, output: review }').diagnostics[0]?.message).toContain('is no output');
    expect(steps('{ agent: builder, scopes: [../other/**] }').diagnostics[0]?.message).toContain(
      'inside the repository',
    );
    expect(steps("{ agent: builder, scopes: ['@test'] }").diagnostics[0]?.message).toContain('@tests');
    for (const lane of ['scopes: [src]', 'module: api', 'layer: unit'])
      expect(steps(`{ agent: analyst, output: plan, ${lane} }`).diagnostics[0]?.message).toContain(
        'bounds nothing',
      );
    expect(steps('{ agent: builder, gates: none, scopes: [src] }').diagnostics[0]?.message).toContain(
      'bounds nothing',
    );
    expect(steps('{ agent: builder, layer: units }').diagnostics[0]?.message).toContain('layer');
    expect(steps('{ agent: builder, when: plannd }').diagnostics[0]?.message).toContain('planned');
    expect(steps('builder').diagnostics[0]?.message).toContain(
      'agent, parallel, check, planned, given, submit',
    );
  });

  it('R43, R44, R45: lanes and compliance stand in the graph as they are written', () => {
    const text = `name: w\nversion: 1\nreview: { by: [critic] }\noutside_scopes: flag\ncompliance: [infrastructure_as_code]\nphases:\n  - id: one\n    standard: [{ id: c, title: Covered, measure: { coverage: 80 } }]\n    steps:\n      - { agent: tester, scopes: ['!@tests', src], module: orders, layer: unit, outside_scopes: refuse }\n`;
    const { graph } = parse(text);
    expect(graph).toMatchObject({ outside_scopes: 'flag', compliance: ['infrastructure_as_code'] });
    expect(graph?.steps[0]?.work).toMatchObject({
      scopes: ['!@tests', 'src'],
      module: 'orders',
      layer: 'unit',
      outside_scopes: 'refuse',
    });
    expect(graph?.steps[1]).toMatchObject({
      gates: 'full',
      standard: [{ measure: { kind: 'coverage', percent: 80 } }],
    });
  });

  it('R43: modules that the selection names need one before', () => {
    const builder = "{ agent: builder, when: planned, module: '@planned' }";
    const select = '{ agent: analyst, output: selection }';
    expect(codes(steps(builder))).toContain('E_CONFIG_VALUE');
    const always = steps(select, "{ agent: builder, module: '@planned' }");
    expect(always.diagnostics.map(({ code, fix }) => [code, fix])).toEqual([
      ['E_CONFIG_VALUE', expect.stringContaining('`when: planned`')],
    ]);
    expect(stepOf(steps(select, builder), 'p/builder').work).toMatchObject({ module: '@planned' });
    const misspelled = steps(select, "{ agent: builder, when: planned, module: '@plannd' }");
    expect(misspelled.diagnostics[0]?.fix).toContain('`@planned`');
  });

  it('reports all errors at once', () => {
    const loaded = steps(
      '{ agent: nobody, reviewers: [] }',
      '{ agent: builder, reviewers: [builder] }',
      '{ agent: analyst }',
    );
    expect(codes(loaded).sort()).toEqual([
      'E_CONFIG_VALUE',
      'E_REVIEWER_IS_AUTHOR',
      'E_REVIEW_MISSING',
      'E_UNKNOWN_AGENT',
    ]);
  });

  it('CFG-7, CFG-8: files that the readers refuse', () => {
    expect(codes(parse('name: a\nname: b'))).toEqual(['E_CONFIG_KEY']);
    expect(codes(parseWorkflow('w.yaml', Buffer.from('a\0'), agents))).toEqual(['E_ENCODING']);
    expect(codes(loadWorkflow('/nonexistent/w.yaml', agents))).toEqual(['E_NOT_FOUND']);
  });
});

describe('limits', () => {
  const agents = [makeAgent('worker', 'planner'), makeAgent('code-review', 'reviewer')];
  const steps = 'phases: [{ id: a, title: A, deliverable: D, steps: [{ agent: worker, output: notes }] }]';
  const limitsOf = (text: string, configured: Partial<Limits>) =>
    parseWorkflow('w.yaml', Buffer.from(text), agents, configured).graph?.limits;
  const head = 'name: w\nversion: 1\ndescription: d\nreview: { by: [code-review] }\n';

  it('of the workflow stand above those of baton.yaml, and these above the defaults', () => {
    const both = limitsOf(`${head}limits: { max_rework: 5 }\n${steps}\n`, { max_rework: 1, max_retries: 0 });
    expect(both).toMatchObject({ max_rework: 5, max_retries: 0, max_same_finding: 3 });
  });
});

describe('conditions', () => {
  const security = '{ check: base, id: security, when: { concerns: [authentication] }, reviewers: [critic] }';

  it('R28: a check runs on a condition, and the whole change is checked all the same before a submission', () => {
    const loaded = steps('{ agent: builder }', security, '{ submit: true }');
    expect(stepOf(loaded, 'p/security').when).toEqual({ kind: 'concerns', names: ['authentication'] });
    expect(stepOf(loaded, 'p/submit').tree_from).toBe('p/whole-change');
    expect(stepOf(loaded, 'p/whole-change').when).toBeNull();
  });

  it('R28: a set of concerns stands for each of them, and none of them twice', () => {
    const named = steps("{ agent: builder, when: { concerns: ['@security', documentation, secrets] } }");
    expect(stepOf(named, 'p/builder').when).toEqual({
      kind: 'concerns',
      names: [...SECURITY_CONCERNS, 'documentation'],
    });
    const misspelled = steps("{ agent: builder, when: { concerns: ['@secrity'] } }");
    expect(misspelled.diagnostics[0]).toMatchObject({
      code: 'E_CONFIG_VALUE',
      fix: 'Did you mean `@security`?',
    });
  });

  it('a condition of a phase holds for each of its steps, besides their own', () => {
    const loaded = parse(
      `${head}phases:
  - { id: a, steps: [{ agent: builder }] }
  - id: b
    when: { effort: [medium, large] }
    gates: full
    steps:
      - { agent: painter }
      - { agent: tester, when: { changed: ['src/**'] } }
`,
    );
    const effort = { kind: 'effort', tiers: ['medium', 'large'] };
    expect(stepOf(loaded, 'b/painter').when).toEqual(effort);
    expect(stepOf(loaded, 'b/gates').when).toEqual(effort);
    expect(stepOf(loaded, 'b/tester').when).toEqual({
      kind: 'all',
      of: [effort, { kind: 'changed', paths: ['src/**'] }],
    });
    expect(stepOf(loaded, 'a/builder').when).toBeNull();
  });

  it('names what cannot be meant: a phase that submits, a plan for a check, an unknown word', () => {
    const submitting = parse(
      `${head}phases: [{ id: p, when: { effort: [large] }, steps: [{ agent: builder }, { submit: true }] }]`,
    );
    expect(submitting.diagnostics).toMatchObject([{ code: 'E_CONFIG_VALUE', place: { line: 4 } }]);
    expect(codes(steps('{ agent: builder }', '{ check: phase, when: planned }'))).toEqual(['E_CONFIG_VALUE']);
    const misspelled = steps('{ agent: builder, when: { concerns: [autentication] } }');
    expect(misspelled.diagnostics[0]?.fix).toContain('authentication');
    expect(codes(steps('{ agent: builder, when: { effort: [huge] } }'))).toEqual(['E_CONFIG_VALUE']);
  });
});

describe('the table of blocked agents', () => {
  const routed = (table: string) =>
    parse(`${head}blocked: ${table}\nphases: [{ id: p, steps: [{ agent: builder }] }]`);

  it('names steps of agents; what only a person may decide has no entry', () => {
    const { graph } = routed('{ missing_requirements: p/builder }');
    expect(graph?.blocked).toEqual({ missing_requirements: 'p/builder' });
    const wrong = routed('{ unknown: p/bilder }');
    expect(wrong.diagnostics).toMatchObject([
      { code: 'E_CONFIG_VALUE', fix: 'Did you mean `p/builder`?', place: { line: 4 } },
    ]);
    expect(codes(routed('{ security_concern: p/builder }'))).toEqual(['E_CONFIG_KEY']);
    expect(codes(routed('{ out_of_scope: p/builder }'))).toEqual(['E_CONFIG_KEY']);
  });
});

describe('approvals and deployments', () => {
  it('R64: reads approval rules, and refuses a key that it does not know and a path that leads out', () => {
    const rule = (fields: string) =>
      parse(`${head}approvals: [{ ${fields} }]\nphases:\n  - { id: p, steps: [{ agent: builder }] }\n`);
    expect(rule("id: infra, title: Infrastructure change, paths: ['infra/**']").graph?.approvals).toEqual([
      { id: 'infra', title: 'Infrastructure change', paths: ['infra/**'], refuse: false },
    ]);
    expect(rule('id: protected, refuse: true').graph?.approvals).toMatchObject([{ paths: [], refuse: true }]);
    expect(codes(rule("id: infra, path: ['infra/**']"))).toContain('E_CONFIG_KEY');
    expect(codes(rule("id: infra, paths: ['../x']"))).toContain('E_CONFIG_VALUE');
  });

  it('R91: puts a check of the whole change before a deployment, unless one stands there', () => {
    const bare = steps('agent: builder', 'deploy: staging', 'deploy: production');
    expect(bare.diagnostics).toEqual([]);
    expect(bare.graph?.steps.map((step) => step.id)).toEqual([
      'p/builder',
      'p/before-staging',
      'p/deploy-staging',
      'p/deploy-production',
    ]);
    expect(stepOf(bare, 'p/before-staging')).toMatchObject({
      work: { kind: 'check', from: 'base' },
      gates: 'full',
    });
    expect(stepOf(bare, 'p/deploy-production')).toMatchObject({
      work: { kind: 'deploy', environment: 'production' },
      tree_from: 'p/before-staging',
      needs: ['p/deploy-staging'],
    });
    const submitted = steps('agent: builder', 'submit: true', 'deploy: staging');
    expect(submitted.graph?.steps.map((step) => step.id)).toEqual([
      'p/builder',
      'p/whole-change',
      'p/submit',
      'p/deploy-staging',
    ]);
  });

  it('R91: proves that what is deployed went through a review of the whole change', () => {
    const { graph } = steps('agent: builder', 'deploy: staging');
    if (graph === null) throw new Error('no graph');
    const bypass = graph.steps.map((step) =>
      step.work.kind === 'deploy' ? { ...step, tree_from: 'p/builder', needs: ['p/builder'] } : step,
    );
    expect(findGraphFaults({ ...graph, steps: bypass }, []).map((fault) => fault.code)).toContain(
      'E_REVIEW_MISSING',
    );
  });
});
