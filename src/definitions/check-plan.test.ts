/** Plans whose tasks could not be carried out are refused while the planner can still mend them. */
import { describe, expect, it } from 'vitest';
import type { PlannedTask } from '../core/results.ts';
import { buildGraph, check, planned, reader, submit } from '../testing/build-graph.ts';
import { taskProblems } from './check-plan.ts';
import { planProblems } from './result-checks.ts';

const graph = buildGraph({
  one: [reader('plan'), planned('tasks', ['w1', 'w2']), check('whole'), submit()],
});

function task(id: string, over: Partial<PlannedTask> = {}): PlannedTask {
  return {
    id,
    agent: 'w1',
    description: id,
    depends_on: [],
    output: id,
    category: 'logic',
    plan_phase: 'implementation',
    blocking: true,
    scopes: [],
    ...over,
  };
}
const always = [task('t', { category: 'quality' }), task('d', { category: 'documentation' })];
const problemsOf = (tasks: PlannedTask[], started: PlannedTask[] = []): string[] =>
  taskProblems(tasks, { graph, plan: 'one/plan', started });

describe('tasks that become steps', () => {
  it('pass where the graph with them is proven', () => {
    expect(problemsOf([...always, task('a', { depends_on: ['t'] })])).toEqual([]);
  });

  it('R47: name only agents that the workflow offers', () => {
    expect(problemsOf([...always, task('a', { agent: 'w3' })])).toEqual([
      'plan.tasks[2].agent is "w3": did you mean w1?',
    ]);
  });

  it('R47: say what they are about and where in the plan they belong', () => {
    const plan = (over: object) => ({
      cites: [],
      tasks: [{ id: 'a', agent: 'w1', description: 'd', output: 'o', depends_on: [], ...over }],
    });
    const found = (over: object): string[] =>
      planProblems(plan(over), undefined, {
        conditionalAgents: [],
        knownFindings: [],
        repos: [],
        earlierOutputs: [],
        citable: [],
        guide: null,
        planned: { graph, plan: 'one/plan', started: [] },
      });
    expect(found({})).toEqual(['plan.tasks[0].category is missing', 'plan.tasks[0].plan_phase is missing']);
    const whole = { category: 'quality', plan_phase: 'quality' };
    expect(found({ ...whole, id: 'Not a name' })[0]).toContain('plan.tasks[0].id is "Not a name"');
  });

  it('R52: hold tests and documentation, always', () => {
    expect(problemsOf([task('a')])).toEqual([
      'plan.tasks: no task is of the category quality; every plan has one',
      'plan.tasks: no task is of the category documentation; every plan has one',
    ]);
  });

  it('R53: leave a task alone that has started', () => {
    const begun = task('a');
    expect(problemsOf([...always, begun], [begun])).toEqual([]);
    expect(problemsOf(always, [begun])[0]).toContain('a has started and is missing');
    expect(problemsOf([...always, task('a', { description: 'x' })], [begun])[0]).toContain('was changed');
  });

  it('R47: fit into the graph, which is proven with them: nobody reviews their own work', () => {
    const [w1] = [graph.agents['w1']?.definition_hash ?? ''];
    const twin = {
      name: 'reviewer',
      title: 'twin',
      role: 'reviewer',
      access: 'read',
      definition_hash: w1,
    } as const;
    const own = { ...graph, agents: { ...graph.agents, reviewer: twin } };
    const [first] = taskProblems(always, { graph: own, plan: 'one/plan', started: [] });
    expect(first).toContain('E_REVIEWER_IS_AUTHOR');
  });
});
