/** Plans whose tasks could not be carried out are refused while the planner can still mend them. */
import { describe, expect, it } from 'vitest';
import type { PlannedTask } from '../core/results.ts';
import { buildGraph, check, planned, reader, submit } from '../testing/build-graph.ts';
import { taskProblems, type PlanFacts } from './check-plan.ts';
import { NO_WORK_FACTS, planProblems } from './result-checks.ts';
import { cpuMs, within } from '../testing/time-bounds.ts';

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
  taskProblems(tasks, { graph, plan: 'one/plan', started, invocationsLeft: 400 });
/** As a planner's result is checked. */
const wholeProblemsOf = (tasks: PlannedTask[], over: Partial<PlanFacts> = {}): string[] =>
  planProblems({ cites: [], tasks, task_types: [], recipe: null }, undefined, {
    ...NO_WORK_FACTS,
    planned: { graph, plan: 'one/plan', started: [], invocationsLeft: 400, ...over },
  });

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
        ...NO_WORK_FACTS,
        planned: { graph, plan: 'one/plan', started: [], invocationsLeft: 400 },
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

  it('DOS-7: are refused by their number alone, before anything is looked into', () => {
    const many = Array.from({ length: 101 }, (_, at) => task(`t${at}`, { agent: 'nobody' }));
    expect(wholeProblemsOf(many)).toEqual([
      'plan.tasks has 101 tasks: at most 100 can become steps in this run (its limit max_tasks); bring small ones together, or plan a part of the request',
    ]);
    expect(wholeProblemsOf(many.slice(1))[0]).toContain('plan.tasks[0].agent is "nobody"');
  });

  it('DOS-7: are refused where the run has fewer invocations left than they take with their reviews', () => {
    const two = always;
    expect(wholeProblemsOf(two, { invocationsLeft: 4 })).toEqual([]);
    expect(wholeProblemsOf(two, { invocationsLeft: 3 })).toEqual([
      'plan.tasks: 2 tasks take at least 4 invocations with their reviews, and the run has 3 left (its limit max_invocations); plan fewer tasks',
    ]);
    expect(wholeProblemsOf(two, { invocationsLeft: 3, started: two.slice(1) })).toEqual([]);
  });

  it('R47: are not called like the merges that the engine puts between them, unless they have begun', () => {
    const merge = task('merge-tasks');
    expect(wholeProblemsOf([...always, merge])[0]).toContain(
      'plan.tasks[2].id is "merge-tasks": ids that begin with merge-',
    );
    const earlier = task('merge-rules');
    expect(wholeProblemsOf([...always, earlier], { started: [earlier] })).toEqual([]);
  });

  it('DOS-7: of the most that a limit allows are checked in seconds, in whatever way they hang together', async () => {
    const roomy = { ...graph, limits: { ...graph.limits, max_tasks: 1_000 } };
    const numbers = Array.from({ length: 1_000 }, (_, at) => at);
    const shapes: ((at: number) => number[])[] = [
      () => [],
      (at) => (at === 0 ? [] : [at - 1]),
      (at) => (at === 999 ? [] : [at + 1]),
      (at) => (at < 10 ? [] : [0, 3, 7].map((k) => at - (at % 10) - 10 + ((at + k) % 10))),
    ];
    for (const before of shapes) {
      const tasks = numbers.map((at) => {
        const depends_on = before(at).map((each) => `t${each}`);
        return task(`t${at}`, { depends_on, category: at === 0 ? 'quality' : 'documentation' });
      });
      const check = (): unknown => wholeProblemsOf(tasks, { graph: roomy, invocationsLeft: 10_000 });
      expect(await within(4_000, check, { clock: cpuMs })).toEqual([]);
    }
  });

  it('DOS-7: tell their circle', () => {
    const circle = [task('a', { depends_on: ['b'] }), task('b', { depends_on: ['c'] })];
    expect(wholeProblemsOf([...always, ...circle, task('c', { depends_on: ['a', 't'] })])).toEqual([
      'plan.tasks: they wait for each other: a→b→c→a',
    ]);
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
    const [first] = taskProblems(always, { graph: own, plan: 'one/plan', started: [], invocationsLeft: 400 });
    expect(first).toContain('E_REVIEWER_IS_AUTHOR');
  });
});
