import { describe, expect, it } from 'vitest';
import type { Graph, Step } from '../core/graph.ts';
import { SPECIALISTS } from '../intake/detection.ts';
import { summaryOf } from './agent.ts';
import { builtinAgentsDir, listBuiltinWorkflows } from './builtin.ts';
import { checkGraph } from './check-graph.ts';
import { directGraph } from './direct-graph.ts';
import { loadAgentFolder } from './load-agents.ts';
import { loadWorkflow } from './load-workflow.ts';

const { agents } = loadAgentFolder(builtinAgentsDir, 'own');
const baton = graphOf('baton');

describe('a workflow for one specialist', () => {
  it.each(SPECIALISTS)('R6: %s works alone, and all that looks at the whole change stays', (name) => {
    const graph = directOf(baton, name);
    expect(graph.steps.map((step) => step.id)).toEqual([
      `work/${name}`,
      'quality/security',
      'quality/performance',
      'submit/whole-change',
      'submit/submit',
    ]);
    expect(checkGraph(graph)).toEqual([]);
    expect(graph).toMatchObject({ workflow: 'baton/direct', cut_from: 'baton' });
    expect(graph.approvals).toEqual(baton.approvals);
    expect(graph.start).toBe(baton.start);
    expect(Object.keys(graph.agents).sort()).toEqual(
      [...new Set([name, 'code-review', 'debugging-agent', 'performance-review', 'security-review'])].sort(),
    );
  });

  it('R6, R31: is reviewed and measured like any other work', () => {
    const writer = first(directOf(baton, 'backend-developer'));
    expect(writer).toMatchObject({ gates: 'quick', reviewers: ['code-review'], when: null });
    expect(writer.work).toMatchObject({ output: 'changes', changes: 'required' });
    const reader = first(directOf(baton, 'backend-architect'));
    expect(reader).toMatchObject({ gates: 'none', reviewers: ['code-review'] });
    expect(reader.work).toMatchObject({ output: 'research', changes: 'forbidden' });
  });

  it('R28, R29: keeps its conditions, each check behind the one before it', () => {
    const [work, ...rest] = directOf(baton, 'backend-developer').steps;
    const before = [work, ...rest].map((step) => step?.id);
    expect(rest.map((step) => step.needs)).toEqual(rest.map((_, index) => [before[index]]));
    expect(rest.map((step) => step.when)).toEqual(
      rest.map(({ id }) => baton.steps.find((step) => step.id === id)?.when),
    );
  });

  it('is none where the workflow submits nothing', () => {
    const steps = baton.steps.filter((step) => step.work.kind !== 'submit');
    expect(directGraph({ ...baton, steps }, summaryOf(agentOf('backend-developer')))).toBeNull();
  });
});

function graphOf(name: string): Graph {
  const file = listBuiltinWorkflows().find((each) => each.name === name)?.file ?? '';
  const { graph, diagnostics } = loadWorkflow(file, agents);
  if (graph === null) throw new Error(JSON.stringify(diagnostics));
  return graph;
}

function agentOf(name: string): (typeof agents)[number] {
  const found = agents.find((agent) => agent.name === name);
  if (found === undefined) throw new Error(`no agent ${name}`);
  return found;
}

function directOf(graph: Graph, name: string): Graph {
  const direct = directGraph(graph, summaryOf(agentOf(name)));
  if (direct === null) throw new Error('no direct graph');
  return direct;
}

function first({ steps }: Graph): Step {
  const [step] = steps;
  if (step === undefined) throw new Error('no step');
  return step;
}
