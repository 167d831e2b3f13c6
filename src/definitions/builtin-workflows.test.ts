import { describe, expect, it } from 'vitest';
import { matchesGlob } from '../core/conditions/glob.ts';
import type { Condition, Graph, Step, StepId } from '../core/graph.ts';
import {
  EFFORTS,
  PERFORMANCE_CONCERNS,
  SECURITY_CONCERNS,
  type Concern,
  type Effort,
} from '../core/words.ts';
import { builtinAgentsDir, listBuiltinWorkflows } from './builtin.ts';
import { loadAgentFolder } from './load-agents.ts';
import { loadWorkflow, parseWorkflow } from './load-workflow.ts';

const { agents } = loadAgentFolder(builtinAgentsDir, 'own');
const graphs = new Map(
  listBuiltinWorkflows().map(({ name, file }) => [name, loadWorkflow(file, agents).graph]),
);
const names = [...graphs.keys()];

function graphOf(name: string): Graph {
  const graph = graphs.get(name);
  if (graph == null) throw new Error(`${name} does not load`);
  return graph;
}

function stepOf(graph: Graph, id: StepId): Step {
  const step = graph.steps.find((each) => each.id === id);
  if (step === undefined) throw new Error(`${graph.workflow} has no step ${id}`);
  return step;
}

/** Everything that is settled before the step begins. */
function before(graph: Graph, id: StepId): Set<StepId> {
  const found = new Set<StepId>();
  const visit = (each: StepId): void => {
    for (const need of stepOf(graph, each).needs) {
      if (found.has(need)) continue;
      found.add(need);
      visit(need);
    }
  };
  visit(id);
  return found;
}

/** Whether each of the steps begins only when the one before it in the list is settled. */
function expectOrder(graph: Graph, ids: StepId[]): void {
  for (const [index, id] of ids.entries()) {
    expect([...before(graph, id)], `${graph.workflow}: before ${id}`).toEqual(
      expect.arrayContaining(ids.slice(0, index)),
    );
  }
}

/** Whether they wait for the same steps and start from the same files: nothing keeps them apart. */
function expectTogether(graph: Graph, ids: StepId[]): void {
  const [first, ...others] = ids.map((id) => stepOf(graph, id));
  for (const other of others)
    expect([other.needs, other.tree_from]).toEqual([first?.needs, first?.tree_from]);
}

const byAgent = (graph: Graph, agent: string): Step[] =>
  graph.steps.filter((step) => step.work.kind === 'agent' && step.work.agent === agent);
const handingIn = (graph: Graph, kind: string): Step[] =>
  graph.steps.filter((step) => step.work.kind === 'agent' && step.work.output === kind);
const submitOf = (graph: Graph): Step | undefined => graph.steps.find((step) => step.work.kind === 'submit');

function concernsIn(condition: Condition | null): Concern[] {
  if (condition === null) return [];
  switch (condition.kind) {
    case 'concerns':
      return condition.names;
    case 'any':
      return condition.of.flatMap(concernsIn);
    default:
      return [];
  }
}

describe('every built-in workflow', () => {
  it.each(names)(
    'R20: %s can stand inside another one, and loses nothing that it says of approvals',
    (name) => {
      const text = `name: outer
version: 1
review: { by: [code-review] }
phases:
  - { id: first, steps: [{ agent: backend-planner, output: plan }] }
  - { id: whole, workflow: ${name} }
  - { id: end, steps: [{ submit: true }] }
`;
      const { graph, diagnostics } = parseWorkflow('outer.yaml', Buffer.from(text), agents);
      expect(diagnostics).toEqual([]);
      const { approvals, compliance } = graphOf(name);
      expect([graph?.approvals, graph?.compliance]).toEqual([approvals, compliance]);
      const work = (steps: Step[] = []): string[] =>
        steps.flatMap((step) =>
          step.work.kind === 'submit' || (step.work.kind === 'agent' && step.work.output === 'submission')
            ? []
            : step.work.kind === 'agent'
              ? [step.work.agent]
              : step.work.kind === 'deploy'
                ? [step.work.environment]
                : [],
        );
      expect(work(graph?.steps.filter((step) => step.phase.startsWith('whole-')))).toEqual(
        work(graphOf(name).steps),
      );
    },
  );

  it.each(names)('R11: %s runs its phases in their order', (name) => {
    const { phases, steps } = graphOf(name);
    for (const [index, phase] of phases.entries()) {
      const earlier = phases.slice(0, index).flatMap((each) => each.steps);
      expect([...before(graphOf(name), phase.steps[0] ?? '')].sort()).toEqual(earlier.sort());
    }
    expect(['submit', 'deploy']).toContain(steps.at(-1)?.work.kind);
  });

  it.each(names)('R26, R40, R41: in %s nobody writes but specialists and testers', (name) => {
    const graph = graphOf(name);
    for (const agent of Object.values(graph.agents))
      expect([agent.name, agent.access]).toEqual([
        agent.name,
        agent.role === 'specialist' || agent.role === 'tester' ? 'write' : 'read',
      ]);
    for (const step of graph.steps) {
      for (const reviewer of step.reviewers) expect(graph.agents[reviewer]?.role).toBe('reviewer');
    }
  });

  it.each(names)('R64: %s lets nothing of the infrastructure pass without an approval', (name) => {
    const { approvals } = graphOf(name);
    expect(approvals).toEqual(graphOf('baton').approvals);
    const rule = approvals?.find((each) => each.id === 'infrastructure');
    for (const path of ['infra/queue.tf', 'modules/api/main.tf', 'cloudformation/api.yaml', 'template.yaml'])
      expect(rule?.paths.some((glob) => matchesGlob(glob, path))).toBe(true);
    expect(rule?.refuse).not.toBe(true);
  });

  // There the one reviewer looks at both, in every change.
  const withTriggers = names.filter((name) => name !== 'review-gated');

  it.each(withTriggers)(
    'R28, R29: %s adds a reviewer for each trigger of security and of performance',
    (name) => {
      const graph = graphOf(name);
      const triggers = (reviewer: RegExp): Set<Concern> =>
        new Set(
          graph.steps
            .filter(
              (step) => step.work.kind === 'check' && step.reviewers.some((each) => reviewer.test(each)),
            )
            .flatMap((step) => concernsIn(step.when)),
        );
      expect(triggers(/security/)).toEqual(new Set(SECURITY_CONCERNS));
      expect(triggers(/performance/)).toEqual(new Set(PERFORMANCE_CONCERNS));
    },
  );

  it.each(names)(
    'R31, R80: %s runs tests after whoever writes, and all gates before the submission',
    (name) => {
      const graph = graphOf(name);
      const untested = graph.steps.filter(
        ({ work, gates }) =>
          (work.kind === 'merge' || (work.kind === 'agent' && work.changes !== 'forbidden')) &&
          gates === 'none',
      );
      expect(untested).toEqual([]);
      const whole = stepOf(graph, submitOf(graph)?.tree_from ?? '');
      expect(whole).toMatchObject({ work: { kind: 'check', from: 'base' }, gates: 'full', when: null });
    },
  );

  it.each(names)('R36: %s lets run at once only what was written as a group, from one tree', (name) => {
    const graph = graphOf(name);
    const past = new Map(graph.steps.map((step) => [step.id, before(graph, step.id)]));
    for (const one of graph.steps) {
      for (const two of graph.steps) {
        if (one === two || past.get(one.id)?.has(two.id) || past.get(two.id)?.has(one.id)) continue;
        expectTogether(graph, [one.id, two.id]);
        expect(one.phase).toBe(two.phase);
      }
    }
  });

  /** Where a step hands in what it saw on the running system. */
  const validating = ['baton', 'four-agent', 'implementer', 'review-gated', 'six-phase'];

  it('R68: validation is a step of its own, by a tester who writes neither code nor tests of that workflow', () => {
    const found = names.filter((name) => handingIn(graphOf(name), 'validation').length > 0);
    expect(found.toSorted()).toEqual(validating);
    for (const name of validating) {
      const graph = graphOf(name);
      const writing = new Set(
        graph.steps.flatMap(({ work }) => {
          if (work.kind === 'planned') return work.agents;
          return work.kind === 'agent' && work.output !== 'validation' && work.changes !== 'forbidden'
            ? [work.agent]
            : [];
        }),
      );
      const tests = handingIn(graph, 'changes').filter(
        ({ work }) => work.kind === 'agent' && graph.agents[work.agent]?.role === 'tester',
      );
      expect(tests, name).not.toEqual([]);
      for (const { id, work } of handingIn(graph, 'validation')) {
        const agent = work.kind === 'agent' ? work.agent : '';
        expect(writing, `${name} ${id}`).not.toContain(agent);
        expect(graph.agents[agent]?.role, `${name} ${id}`).toBe('tester');
        expect([...before(graph, id)]).toEqual(expect.arrayContaining(tests.map((step) => step.id)));
      }
    }
  });

  /** Who prepares deployments: by what the steps hand in, however they and their agents are called. */
  const preparing = ['baton', 'four-agent', 'implementer', 'review-gated', 'six-phase'];

  it('R73: those that go as far as a deployment have it prepared for every environment, as a result that is checked', () => {
    const found = names.filter((name) => handingIn(graphOf(name), 'deployment').length > 0);
    expect(found.toSorted()).toEqual(preparing);
    for (const name of found)
      for (const step of handingIn(graphOf(name), 'deployment')) {
        const { work } = step;
        expect(work.kind === 'agent' && work.changes, `${name} ${step.id}`).not.toBe('forbidden');
        expect(step.reviewers, `${name} ${step.id}`).not.toEqual([]);
      }
  });

  it.each(preparing)('R75: in %s a validation follows the preparation of the deployment', (name) => {
    const graph = graphOf(name);
    const prepared = handingIn(graph, 'deployment');
    expect(prepared).not.toEqual([]);
    const submission = before(graph, submitOf(graph)?.id ?? '');
    for (const step of prepared) {
      const after = handingIn(graph, 'validation').filter((each) => before(graph, each.id).has(step.id));
      expect(after, step.id).not.toEqual([]);
      for (const each of after) expect(submission).toContain(each.id);
      // Nobody changes it between that validation and the submission, but for validators themselves.
      const writers = graph.steps.filter(
        ({ id, work }) =>
          work.kind === 'agent' &&
          work.changes === 'required' &&
          submission.has(id) &&
          after.every((each) => before(graph, id).has(each.id)),
      );
      expect(writers.map(({ id }) => id)).toEqual([]);
    }
  });
});

describe('review-gated and four-agent', () => {
  it.each(['review-gated', 'four-agent'])(
    'R12: %s has its four researchers in order, then the planner',
    (name) => {
      const graph = graphOf(name);
      const order = [
        'plan/technology-research-agent',
        'plan/existing-functionality-agent',
        'plan/new-functionality-agent',
        'plan/unit-test-planner-agent',
        'plan/backend-planner',
      ];
      expectOrder(graph, order);
      const research = graph.steps.filter(
        (step) => step.work.kind === 'agent' && step.work.output === 'research',
      );
      expect(research.map((step) => step.id)).toEqual(order.slice(0, 4));
    },
  );
});

describe('four-agent', () => {
  const graph = graphOf('four-agent');

  it('R20: holds the whole implementer as one of its four parts', () => {
    const inner = graphOf('implementer').steps.filter(
      // Its plan is the one that the planner before it made.
      (step) => step.phase !== 'submission' && step.work.kind !== 'given',
    );
    const held = graph.phases.filter((phase) => phase.parent === 'implement');
    expect(held.flatMap((phase) => phase.steps)).toEqual(inner.map((step) => `implement-${step.id}`));
    expectOrder(graph, [
      'summarize/backend-summarizer',
      'plan/backend-planner',
      'implement-selection/backend-implementer',
      'implement-completion/backend-implementer',
      'submit/backend-submission',
    ]);
  });
});

describe('six-phase', () => {
  const graph = graphOf('six-phase');

  it('R5: starts at once, in six phases', () => {
    expect(graph.start).toBe('launch');
    expect(graph.phases.map((phase) => phase.title)).toEqual([
      'Requirements Analysis',
      'Technical Planning',
      'Core Implementation',
      'Testing',
      'Validation',
      'Deployment & Submission',
    ]);
    expect(graph.phases.every((phase) => phase.deliverable !== '')).toBe(true);
  });

  it('R15: shows the plan the requirements, and each later role all that came before', () => {
    expect(graph.context).toBe('all');
    expectOrder(graph, [
      'requirements/backend-summarize',
      'planning/backend-plan',
      'implementation/backend-implement',
      'testing/backend-test',
      'validation/backend-validate',
      'delivery/backend-commit',
    ]);
  });

  it('R16: has a measured standard for each of its six phases', () => {
    const measured = graph.phases.map((phase) =>
      phase.steps.flatMap((id) => (stepOf(graph, id).standard ?? []).map(({ measure }) => measure.kind)),
    );
    expect(measured).toEqual([
      ['criteria_numbered'],
      ['plan_complete'],
      ['gates_green'],
      ['tests_added', 'criteria_covered', 'coverage', 'gates_green'],
      ['outputs'],
      ['outputs', 'docs_changed', 'gates_green'],
    ]);
  });

  it('R91: prepares, validates, submits, and only then asks whether to deploy', () => {
    expectOrder(graph, [
      'delivery/deployment-agent',
      'delivery/final-validation',
      'delivery/whole-change',
      'delivery/submit',
      graph.steps.at(-1)?.id ?? '',
    ]);
    expect(graph.steps.at(-1)?.work).toMatchObject({ kind: 'deploy', environment: 'staging' });
  });

  it('R45: holds every change to infrastructure as code, and so does whoever takes it in as a part', () => {
    expect(graph.compliance).toEqual(['infrastructure_as_code']);
    const outer = `name: w\nversion: 1\nreview: { by: [code-review] }\nphases:\n  - { id: all, title: All, workflow: six-phase }\n`;
    const { graph: whole } = parseWorkflow('w.yaml', Buffer.from(outer), agents);
    expect(whole?.compliance).toEqual(['infrastructure_as_code']);
  });

  it('R42: gives each lane its role, its output and its right to write', () => {
    const lane = (id: StepId): unknown[] => {
      const { work } = stepOf(graph, id);
      return work.kind === 'agent' ? [graph.agents[work.agent]?.role, work.output, work.changes] : [];
    };
    expect(lane('requirements/backend-summarize')).toEqual(['planner', 'requirements', 'forbidden']);
    expect(lane('planning/backend-plan')).toEqual(['planner', 'plan', 'forbidden']);
    expect(lane('implementation/backend-implement')).toEqual(['specialist', 'changes', 'required']);
    expect(lane('testing/backend-test')).toEqual(['tester', 'changes', 'required']);
    expect(lane('validation/backend-validate')).toEqual(['tester', 'validation', 'optional']);
    expect(lane('delivery/deployment-agent')).toEqual(['specialist', 'deployment', 'optional']);
    expect(lane('delivery/backend-commit')).toEqual(['submitter', 'submission', 'forbidden']);
  });
});

describe('specialists', () => {
  const graph = graphOf('specialists');

  it('R34: starts the three layers of tests together', () => {
    expectTogether(graph, [
      'testing/backend-unit-test-engineer',
      'testing/backend-integration-test-engineer',
      'testing/acceptance-test-engineer',
    ]);
  });

  it('R30: reviews the code of the whole change, and only then its security', () => {
    expectOrder(graph, ['testing/gates', 'quality/code-review', 'quality/security-review']);
    expect(stepOf(graph, 'quality/code-review').reviewers).toEqual(['backend-reviewer']);
    expect(stepOf(graph, 'quality/security-review').reviewers).toEqual(['backend-security-reviewer']);
    expect(stepOf(graph, 'quality/code-review').when).toBeNull();
  });

  it('R43: keeps whoever writes to the modules that the coordinator names', () => {
    const writers = graph.steps.filter(
      ({ work }) => work.kind === 'agent' && work.changes !== 'forbidden' && work.output === 'changes',
    );
    expect(writers).toHaveLength(6);
    for (const { work } of writers) expect(work).toMatchObject({ module: '@planned' });
  });

  it('R13: has all nine, each where it is needed', () => {
    const nine = [
      'backend-architect',
      'aws-infrastructure-specialist',
      'integration-developer',
      'backend-developer',
      'backend-unit-test-engineer',
      'backend-integration-test-engineer',
      'acceptance-test-engineer',
    ];
    for (const agent of nine) expect(byAgent(graph, agent).map((step) => step.when)).not.toContain(null);
    expect(Object.keys(graph.agents)).toEqual(
      expect.arrayContaining([...nine, 'backend-reviewer', 'backend-security-reviewer']),
    );
    expectOrder(
      graph,
      ['coordination', 'architecture', 'infrastructure', 'implementation', 'testing', 'quality'].map(
        (phase) => graph.phases.find((each) => each.id === phase)?.steps[0] ?? '',
      ),
    );
  });
});

describe('implementer', () => {
  const graph = graphOf('implementer');

  it('R33: works side by side in two groups, each with a stored synthesis before the next begins', () => {
    const foundation = ['foundation/backend-cloud-infrastructure-architect', 'foundation/backend-datatypes'];
    const core = ['core/backend-feature-implementer', 'core/backend-cli-implementer'];
    expectTogether(graph, foundation);
    expectTogether(graph, core);
    for (const id of foundation)
      expectOrder(graph, [id, 'foundation/foundation-synthesis', ...core.slice(0, 1)]);
    for (const id of core) {
      expect(before(graph, id)).toContain('foundation/foundation-synthesis');
      expectOrder(graph, [id, 'core/core-synthesis', 'testing/backend-unit-test-generator']);
    }
    for (const id of ['foundation/foundation-synthesis', 'core/core-synthesis'])
      expect(stepOf(graph, id)).toMatchObject({
        work: { agent: 'backend-implementer', output: 'synthesis' },
        reviewers: ['backend-code-quality-reviewer'],
      });
  });

  it('R35: tests, then reviews, then validates', () => {
    expectOrder(graph, [
      'testing/backend-unit-test-generator',
      'quality/code-review',
      'quality/security',
      'quality/backend-validation-agent',
    ]);
  });

  it('R75: validates once more when the deployment is prepared, and brings all together at the end', () => {
    expectOrder(graph, [
      'quality/backend-validation-agent',
      'deployment/backend-deployment-agent',
      'final-validation/backend-validation-agent',
      'completion/backend-implementer',
      'submission/submit',
    ]);
    expect(stepOf(graph, 'final-validation/backend-validation-agent').when).toBeNull();
  });
});

describe('baton', () => {
  const graph = graphOf('baton');

  /** Whether the step is part of that effort where nothing is planned beyond it and nothing delicate touched. */
  function holds(condition: Condition | null, effort: Effort): boolean {
    if (condition === null) return true;
    switch (condition.kind) {
      case 'effort':
        return condition.tiers.includes(effort);
      case 'all':
        return condition.of.every((each) => holds(each, effort));
      case 'any':
        return condition.of.some((each) => holds(each, effort));
      case 'not':
        return !holds(condition.of, effort);
      case 'planned':
      case 'concerns':
      case 'changed':
        return false;
    }
  }

  const stepsOf = (effort: Effort): Step[] => graph.steps.filter((step) => holds(step.when, effort));
  const agentsOf = (effort: Effort): string[] =>
    stepsOf(effort).flatMap((step) => (step.work.kind === 'agent' ? [step.work.agent] : []));
  /** Agents and reviewers; the gates of a phase are judged by a reviewer, too. */
  const invocationsOf = (effort: Effort): number =>
    agentsOf(effort).length + stepsOf(effort).reduce((sum, step) => sum + step.reviewers.length, 0);

  it('R31: spends three invocations on the smallest change, its reviews included', () => {
    expect(agentsOf('trivial')).toEqual(['small-change-agent']);
    expect(stepsOf('trivial').map((step) => [step.id, step.gates, step.reviewers])).toEqual([
      ['quick/small-change-agent', 'quick', ['code-review']],
      ['submit/whole-change', 'full', ['code-review']],
      ['submit/submit', 'none', []],
    ]);
    expect(invocationsOf('trivial')).toBe(3);
  });

  it.each(EFFORTS)('R31: never goes without a test, gates and a review, at the effort %s', (effort) => {
    const roles = agentsOf(effort).map((agent) => graph.agents[agent]?.role);
    expect(agentsOf(effort).includes('small-change-agent') || roles.includes('tester')).toBe(true);
    for (const step of stepsOf(effort).slice(0, -1)) expect(step.reviewers).not.toEqual([]);
    expect(stepsOf(effort).at(-2)).toMatchObject({ gates: 'full', work: { kind: 'check', from: 'base' } });
  });

  it('spends more on what is worth more', () => {
    const counts = EFFORTS.map(invocationsOf);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(new Set(counts).size).toBe(EFFORTS.length);
  });

  it('R50: shows a bug by a test, has it fixed, and has the same tester look again', () => {
    const ids = ['bugfix/reproduce', 'bugfix/fix', 'bugfix/verify'];
    expectOrder(graph, ids);
    expect(ids.map((id) => stepOf(graph, id).expect)).toEqual(['red', undefined, undefined]);
    expect(agentsOf('bugfix')).toEqual([
      'unit-testing-agent',
      'feature-implementation-agent',
      'unit-testing-agent',
    ]);
    expect(invocationsOf('bugfix')).toBe(7);
  });

  it('R52: has tests and documents written wherever it plans', () => {
    for (const effort of ['small', 'medium', 'large'] as const)
      expect(agentsOf(effort)).toEqual(
        expect.arrayContaining(['backend-planner', 'unit-testing-agent', 'documentation-agent']),
      );
  });
});

describe('lanes of the built-in workflows', () => {
  // Who makes a small change alone writes the test, too.
  const UNBOUND = ['small-change-agent'];

  it('R42: every step of an agent that may write is bound to files or modules of its own', () => {
    for (const name of names) {
      const graph = graphOf(name);
      const unbound = graph.steps.flatMap(({ id, work }) =>
        work.kind === 'agent' &&
        graph.agents[work.agent]?.access === 'write' &&
        !UNBOUND.includes(work.agent) &&
        work.scopes.length === 0 &&
        work.module === undefined
          ? [id]
          : [],
      );
      expect(unbound, name).toEqual([]);
    }
  });

  it('R44: testers write tests, and who builds the product none of them, wherever both are in one workflow', () => {
    for (const name of names.filter((each) => each !== 'specialists')) {
      const { steps, agents: summaries } = graphOf(name);
      for (const { id, work } of steps) {
        if (work.kind !== 'agent' || summaries[work.agent]?.access !== 'write') continue;
        if (UNBOUND.includes(work.agent)) continue;
        const isTester = summaries[work.agent]?.role === 'tester';
        expect(work.scopes.includes('@tests'), `${name}: ${id}`).toBe(isTester);
      }
    }
  });
});
