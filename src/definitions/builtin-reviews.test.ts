import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isMap, isSeq, parseDocument, type Document } from 'yaml';
import { makeAgent } from '../../test/make-agent.ts';
import type { Diagnostic } from '../core/errors.ts';
import type { Graph, StepId } from '../core/graph.ts';
import { builtinAgentsDir, listBuiltinWorkflows, type BuiltinWorkflow } from './builtin.ts';
import { checkGraph } from './check-graph.ts';
import { loadAgentFolder } from './load-agents.ts';
import { loadWorkflow, parseWorkflow } from './load-workflow.ts';

const agents = [
  ...loadAgentFolder(builtinAgentsDir, 'own').agents,
  { ...makeAgent('style-review', 'reviewer'), reviews: ['style'] },
];
const workflows = listBuiltinWorkflows();

/** A reviewer whose kind nothing asks for. */
const ELSE = 'style-review';

const DEMANDED: Record<string, string[][]> = {
  baton: [['security', 'performance', 'code']],
  'four-agent': [['code'], ['code', 'security', 'performance']],
  implementer: [['code', 'security', 'performance']],
  planner: [['security', 'performance', 'code']],
  'review-gated': [['code']],
  'six-phase': [['security', 'performance', 'code']],
  specialists: [['code', 'security', 'performance']],
};

type YamlPath = (string | number)[];

/** Where the file names work that somebody judges: agents' steps, syntheses and checks, however deep. */
function judgedPlaces(document: Document): YamlPath[] {
  const places: YamlPath[] = [];
  const visit = (node: unknown, path: YamlPath): void => {
    if (isMap(node)) {
      if (node.has('agent') || node.has('check') || node.has('planned')) places.push(path);
      // Who searches for faults is reviewed like the check itself.
      for (const { key, value } of node.items)
        if (String(key) !== 'debug') visit(value, [...path, String(key)]);
    }
    if (isSeq(node)) node.items.forEach((item, index) => visit(item, [...path, index]));
  };
  visit(document.get('phases'), ['phases']);
  return places;
}

const read = ({ file }: BuiltinWorkflow): Document => parseDocument(readFileSync(file, 'utf8'));

/** What the loader says of the file after it was changed; `agents` are those of the package. */
function check(workflow: BuiltinWorkflow, change: (document: Document) => void): Diagnostic[] {
  const document = read(workflow);
  change(document);
  // Beside the others, so that a workflow may name another one as its phase.
  return parseWorkflow(workflow.file, Buffer.from(document.toString()), agents).diagnostics;
}

const codes = (found: Diagnostic[]): string[] => [...new Set(found.map((each) => each.code))];

const graphs = new Map(workflows.map(({ name, file }) => [name, loadWorkflow(file, agents).graph]));

function graphOf({ name }: BuiltinWorkflow): Graph {
  const graph = graphs.get(name);
  if (graph == null) throw new Error(`${name} does not load`);
  return graph;
}

const judged = workflows.flatMap((workflow) =>
  judgedPlaces(read(workflow)).map((path) => ({ name: workflow.name, path, workflow })),
);

describe('a review that is taken out of a built-in workflow', () => {
  it.each(judged)('R24, CFG-10: $name, $path', ({ workflow, path }) => {
    const found = check(workflow, (document) => document.setIn([...path, 'reviewers'], []));
    expect(codes(found)).toContain('E_REVIEW_MISSING');
  });

  it.each(workflows)('R24, CFG-10: $name, nobody named for what names nobody', (workflow) => {
    for (const change of [
      (document: Document) => void document.delete('review'),
      (document: Document) => document.setIn(['review', 'by'], []),
    ])
      expect(codes(check(workflow, change))).toContain('E_REVIEW_MISSING');
  });

  const steps = workflows.flatMap((workflow) =>
    graphOf(workflow)
      .steps.filter((step) => !['submit', 'deploy', 'given'].includes(step.work.kind))
      .map((step) => ({ name: workflow.name, step: step.id, workflow })),
  );

  it.each(steps)('R24: $name, $step, whoever put it there', ({ workflow, step }) => {
    const graph = graphOf(workflow);
    const found = checkGraph(edit(graph, step, { reviewers: [] }));
    expect(found.map((each) => each.code)).toEqual(['E_REVIEW_MISSING']);
    expect(found[0]?.message).toContain(step);
  });

  it.each(workflows)('R24: $name, the look at the whole change before the submission', (workflow) => {
    const graph = graphOf(workflow);
    const submit = graph.steps.find((step) => step.work.kind === 'submit');
    const whole = graph.steps.find((step) => step.id === submit?.tree_from);
    expect(whole).toMatchObject({ work: { kind: 'check', from: 'base' }, gates: 'full', when: null });
    const without = edit(graph, submit?.id ?? '', { tree_from: whole?.tree_from ?? null });
    expect(checkGraph(without).map((each) => each.code)).toContain('E_REVIEW_MISSING');
  });

  const checks = judged.filter(({ workflow, path }) => read(workflow).hasIn([...path, 'check']));
  const named = checks.filter(({ workflow, path }) => read(workflow).hasIn([...path, 'reviewers']));

  it.each(named)(
    'R28, R29, R30: $name, $path, a whole step that names its reviewers',
    ({ workflow, path }) => {
      expect(codes(check(workflow, (document) => document.deleteIn(path)))).toContain('E_REVIEW_MISSING');
    },
  );

  it.each(named)('R28, R29: $name, $path, given to somebody of another kind', ({ workflow, path }) => {
    const found = check(workflow, (document) => document.setIn([...path, 'reviewers'], [ELSE]));
    expect(codes(found)).toContain('E_REVIEW_MISSING');
  });

  const conditional = named.filter(({ workflow, path }) => read(workflow).hasIn([...path, 'when']));

  it.each(conditional)('R28, R29: $name, $path, for fewer cases than call for it', ({ workflow, path }) => {
    for (const when of [{ concerns: ['secrets', 'cache'] }, { effort: ['large'] }]) {
      const found = check(workflow, (document) => document.setIn([...path, 'when'], when));
      expect(codes(found)).toContain('E_REVIEW_MISSING');
    }
    expect(check(workflow, (document) => void document.deleteIn([...path, 'when']))).toEqual([]);
  });

  const unnamed = checks.filter((each) => !named.includes(each));

  it.each(unnamed)(
    'R24: $name, $path, a check that names nobody: the look is put back',
    ({ workflow, path }) => {
      const document = read(workflow);
      document.deleteIn(path);
      const { graph } = parseWorkflow(workflow.file, Buffer.from(document.toString()), agents);
      const submit = graph?.steps.find((step) => step.work.kind === 'submit');
      const whole = graph?.steps.find((step) => step.id === submit?.tree_from);
      expect(whole).toMatchObject({ work: { kind: 'check', from: 'base' }, when: null });
      expect(whole?.reviewers).toEqual(read(workflow).toJS().review.by);
    },
  );

  const looks = workflows.flatMap((workflow) =>
    graphOf(workflow)
      .steps.filter(
        ({ work, reviewers }) => work.kind === 'check' && work.from === 'base' && reviewers.length > 0,
      )
      .map((step) => ({ name: workflow.name, step: step.id, workflow })),
  );

  it.each(looks)('R28, R30: $name, $step, cut out of the graph', ({ workflow, step }) => {
    const graph = graphOf(workflow);
    expect(checkGraph(cutOut(graph, step)).map((each) => each.code)).toContain('E_REVIEW_MISSING');
  });

  it.each(Object.entries(DEMANDED))('R28, R29, R30: %s demands %j by its name', (name, lists) => {
    const workflow = workflows.find((each) => each.name === name);
    if (workflow === undefined) throw new Error(`there is no workflow ${name}`);
    expect(graphOf(workflow).required_reviews).toEqual(lists);
    const [first] = named.filter((each) => each.name === name);
    if (first === undefined) return;
    const silent = (called: string) =>
      check(workflow, (document) => {
        document.set('name', called);
        document.delete('requires');
        document.deleteIn(first.path);
      });
    expect(codes(silent(name))).toContain('E_REVIEW_MISSING');
    // Who calls it by another name promises nothing of the kind.
    expect(codes(silent('of-mine'))).not.toContain('E_REVIEW_MISSING');
  });
});

/** Whatever came behind the step comes behind what it came behind. */
function cutOut(graph: Graph, id: StepId): Graph {
  const gone = graph.steps.find((step) => step.id === id);
  return {
    ...graph,
    phases: graph.phases.map((phase) => ({ ...phase, steps: phase.steps.filter((each) => each !== id) })),
    steps: graph.steps
      .filter((step) => step !== gone)
      .map((step) => ({
        ...step,
        needs: step.needs.flatMap((need) => (need === id ? (gone?.needs ?? []) : [need])),
        tree_from: step.tree_from === id ? (gone?.tree_from ?? null) : step.tree_from,
      })),
  };
}

function edit(graph: Graph, id: StepId, change: Partial<Graph['steps'][number]>): Graph {
  return { ...graph, steps: graph.steps.map((step) => (step.id === id ? { ...step, ...change } : step)) };
}
