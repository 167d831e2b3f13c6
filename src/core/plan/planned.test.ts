/** From the tasks of a plan to steps, and from many faults to a search side by side. */
import { describe, expect, it } from 'vitest';
import { buildGraph, check, planned, reader, submit, writer } from '../../testing/build-graph.ts';
import { checkChains } from '../../testing/chain-checker.ts';
import { findingOf, play, type WorldScript } from '../../testing/scripted-world.ts';
import type { EventOf, EventType, RunEvent } from '../events.ts';
import type { Step } from '../graph.ts';
import { expandPlan, type PlannedStep } from './planned.ts';
import type { PlannedTask } from '../results.ts';

const GRAPH = buildGraph({
  one: [reader('plan'), planned('tasks', ['w1', 'w2', 'r1']), check('whole'), submit()],
});
const PLANNED = GRAPH.steps.find((step) => step.id === 'one/tasks') as PlannedStep;

function task(id: string, depends_on: string[] = [], over: Partial<PlannedTask> = {}): PlannedTask {
  return {
    id,
    agent: 'w1',
    description: `do ${id}`,
    depends_on,
    output: id,
    category: 'logic',
    plan_phase: 'implementation',
    blocking: true,
    scopes: [],
    ...over,
  };
}

function stepsOf(tasks: PlannedTask[]): Map<string, Step> {
  return new Map(expandPlan(GRAPH, PLANNED, tasks).steps.map((step) => [step.id, step]));
}

const of = <T extends EventType>(events: RunEvent[], type: T): EventOf<T>[] =>
  events.filter((event): event is EventOf<T> => event.type === type);

describe('the tasks of a plan', () => {
  it('R47: become steps with the gates and reviewers of the planned step, which no task can leave out', () => {
    const steps = stepsOf([task('a'), task('b', ['a'], { agent: 'r1' })]);
    expect(steps.get('one/tasks-a')).toMatchObject({
      work: { kind: 'agent', agent: 'w1', changes: 'required' },
      needs: ['one/plan'],
      tree_from: 'one/plan',
      gates: 'quick',
      reviewers: ['reviewer'],
    });
    expect(steps.get('one/tasks-b')).toMatchObject({
      work: { changes: 'forbidden', output: 'notes' },
      tree_from: 'one/tasks-a',
      gates: 'none',
      reviewers: ['reviewer'],
    });
  });

  it('start from what they depend on: one tree, or a merge of several from the tree that these share', () => {
    const steps = stepsOf([
      task('a'),
      task('b', ['a']),
      task('c', ['a']),
      task('d', ['b', 'c']),
      task('e', ['a', 'b']),
    ]);
    expect(steps.get('one/tasks-merge-for-d')).toMatchObject({
      work: { kind: 'merge', sides: ['one/tasks-b', 'one/tasks-c'] },
      tree_from: 'one/tasks-a',
    });
    expect(steps.get('one/tasks-d')?.tree_from).toBe('one/tasks-merge-for-d');
    // a is in b already
    expect(steps.get('one/tasks-e')?.tree_from).toBe('one/tasks-b');
    const extension = expandPlan(GRAPH, PLANNED, [task('a'), task('b')]);
    expect(extension.tree_from).toBe('one/tasks-merge-tasks');
    expect(extension.needs).toContain('one/tasks-merge-tasks');
  });

  it('run side by side where nothing connects them, and the steps behind wait for all', () => {
    const { events, state } = play(GRAPH, { result: plans([task('a'), task('b'), task('c', ['a'])]) });
    const started = of(events, 'invocation_started').map((event) => event.step);
    expect(started.slice(1, 3).toSorted()).toEqual(['one/tasks-a', 'one/tasks-b']);
    expect(state.ended?.status).toBe('done');
    expect(checkChains(events)).toEqual([]);
    expect(state.steps.get('one/whole')?.base).toBe(state.steps.get('one/tasks')?.accepted?.revision);
  });

  it('R36: wait for a task that only reads, though they take no tree of it', () => {
    const tasks = [task('survey', [], { agent: 'r1' }), task('build', ['survey'])];
    const build = stepsOf(tasks).get('one/tasks-build');
    expect(build?.tree_from).toBe('one/plan');
    expect(build?.needs).toContain('one/tasks-survey');
    const { events, state } = play(GRAPH, { result: plans(tasks) });
    const started = events.findIndex((e) => e.type === 'invocation_started' && e.step === 'one/tasks-build');
    const settled = events.findIndex((e) => e.type === 'step_accepted' && e.step === 'one/tasks-survey');
    expect(settled).toBeGreaterThan(-1);
    expect(started).toBeGreaterThan(settled);
    expect(state.ended?.status).toBe('done');
  });

  it('R48: where they hold nobody back, a failed one is an issue and everything else goes on', () => {
    const { events, state } = play(GRAPH, {
      result: plans([task('a'), task('docs', [], { blocking: false }), task('b', ['docs'])]),
      fails: ({ step }) => (step === 'one/tasks-docs' ? 'crashed' : null),
    });
    expect(of(events, 'step_given_up').map((event) => event.step)).toEqual(['one/tasks-docs']);
    expect(state.issues).toMatchObject([{ step: 'one/tasks-docs' }]);
    expect(of(events, 'question_asked')).toEqual([]);
    expect(state.steps.get('one/tasks-b')?.status).toBe('accepted');
    expect(state.ended?.status).toBe('done');
  });

  it('R53: a plan that is done again leaves started tasks as they are, and changes, adds and drops others', () => {
    const first = [task('a'), task('b', ['a']), task('c', ['b'])];
    const second = [
      task('a', [], { description: 'something else' }),
      task('b', ['a'], { agent: 'w2' }),
      task('d', ['b']),
    ];
    const routed = { ...GRAPH, blocked: { architecture_decision: 'one/plan' } };
    const { events, state } = play(routed, {
      result: (command) => {
        if (command.step === 'one/plan') return { tasks: command.round === 1 ? first : second };
        const stuck = command.step === 'one/tasks-b' && command.round === 1;
        return stuck
          ? {
              status: 'blocked',
              blocked: { reason: 'architecture_decision', detail: 'two stores', attempted: [] },
            }
          : null;
      },
    });
    expect(state.ended?.status).toBe('done');
    const [, revised] = of(events, 'graph_extended');
    expect(revised?.steps.map((step) => step.id)).not.toContain('one/tasks-a');
    expect(revised?.dropped).toEqual(['one/tasks-c']);
    expect(state.steps.get('one/tasks-a')?.step.task?.description).toBe('do a');
    expect(state.steps.get('one/tasks-b')?.step.work).toMatchObject({ agent: 'w2' });
    expect(of(events, 'invocation_started').filter((event) => event.step === 'one/tasks-a')).toHaveLength(1);
    expect(checkChains(events)).toEqual([]);
  });
});

describe('independent faults of a check', () => {
  const faulty = (files: string[]): WorldScript => ({
    gate: ({ step }, state) =>
      step === 'one/gates' && state.steps.get(step)?.round === 1
        ? { findings: files.map((file) => findingOf('tests', `${file} is red`, { file })), red: true }
        : null,
  });
  const graph = buildGraph({
    one: [writer('a'), check('gates', { from: 'tree_from', debug: { agent: 'debugger', from: 3 } })],
  });

  it('R37: three of them are looked into side by side, each with its own findings, and merged', () => {
    const { events, state } = play(graph, faulty(['a.test.ts', 'b.test.ts', 'c.test.ts']));
    const [extended] = of(events, 'graph_extended');
    expect(extended?.reason).toContain('3 independent faults');
    const searches = of(events, 'invocation_started').filter((event) => event.identity.agent === 'debugger');
    expect(searches.map((event) => event.findings.length)).toEqual([1, 1, 1]);
    const seqOf = (event: RunEvent): number => events.indexOf(event);
    const ends = of(events, 'invocation_ended').filter((event) => event.step.includes('debug'));
    expect(Math.max(...searches.map(seqOf))).toBeLessThan(Math.min(...ends.map(seqOf)));
    expect(state.ended?.status).toBe('done');
    expect(checkChains(events)).toEqual([]);
  });

  it('R37: two of them, or three in one file, are answered in one rework', () => {
    for (const files of [
      ['a.test.ts', 'b.test.ts'],
      ['a.test.ts', 'a.test.ts', 'a.test.ts'],
    ]) {
      const { events } = play(graph, faulty(files));
      expect(of(events, 'graph_extended')).toEqual([]);
      expect(of(events, 'rework_requested')).toHaveLength(1);
    }
  });
});

function plans(tasks: PlannedTask[]): NonNullable<WorldScript['result']> {
  return (command) => (command.step === 'one/plan' ? { tasks } : null);
}
