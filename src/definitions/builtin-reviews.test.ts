import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isMap, isSeq, parseDocument, type Document } from 'yaml';
import type { Diagnostic } from '../core/errors.ts';
import type { Graph, StepId } from '../core/graph.ts';
import { builtinAgentsDir, listBuiltinWorkflows, type BuiltinWorkflow } from './builtin.ts';
import { checkGraph } from './check-graph.ts';
import { loadAgentFolder } from './load-agents.ts';
import { loadWorkflow, parseWorkflow } from './load-workflow.ts';

const { agents } = loadAgentFolder(builtinAgentsDir, 'own');
const workflows = listBuiltinWorkflows();

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
    expect(codes(found)).toEqual(['E_REVIEW_MISSING']);
  });

  it.each(workflows)('R24, CFG-10: $name, nobody named for what names nobody', (workflow) => {
    for (const change of [
      (document: Document) => void document.delete('review'),
      (document: Document) => document.setIn(['review', 'by'], []),
    ])
      expect(codes(check(workflow, change))).toEqual(['E_REVIEW_MISSING']);
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

  it.each(workflows)(
    'R24: $name, a check that is taken out of the file leaves that look where it is',
    (workflow) => {
      const checks = judgedPlaces(read(workflow)).filter((path) => read(workflow).hasIn([...path, 'check']));
      for (const path of checks) {
        const document = read(workflow);
        document.deleteIn(path);
        const { graph } = parseWorkflow(workflow.file, Buffer.from(document.toString()), agents);
        const submit = graph?.steps.find((step) => step.work.kind === 'submit');
        expect(graph?.steps.find((step) => step.id === submit?.tree_from)).toMatchObject({
          work: { kind: 'check', from: 'base' },
          when: null,
        });
      }
    },
  );
});

function edit(graph: Graph, id: StepId, change: Partial<Graph['steps'][number]>): Graph {
  return { ...graph, steps: graph.steps.map((step) => (step.id === id ? { ...step, ...change } : step)) };
}
