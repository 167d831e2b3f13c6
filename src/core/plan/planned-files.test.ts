/** Which files a plan expected to change, for whom, and from when on that is asked. */
import { describe, expect, it } from 'vitest';
import { buildGraph, check, planned, reader, submit, writer } from '../../testing/build-graph.ts';
import { play, type WorldScript } from '../../testing/scripted-world.ts';
import type { Graph, Step } from '../graph.ts';
import type { PlannedTask } from '../results.ts';
import { stepOf, type RunState } from '../state.ts';
import { plannedFiles } from './planned-files.ts';
import type { Requirement } from './planned-requirements.ts';

function task(id: string, agent: string, scopes: string[]): PlannedTask {
  return {
    id,
    agent,
    description: `do ${id}`,
    depends_on: [],
    output: id,
    category: 'logic',
    plan_phase: 'implementation',
    blocking: true,
    scopes,
  };
}

const plans = (tasks: PlannedTask[]): WorldScript['result'] => {
  return ({ step }) => (step === 'one/plan' ? { tasks } : {});
};

function played(graph: Graph, tasks: PlannedTask[]): RunState {
  const { state } = play(graph, { result: plans(tasks) });
  expect(state.ended?.status).toBe('done');
  return state;
}

/** Its writers have to change something, and work in these places. */
function requiring(graph: Graph, scopes: Record<string, string[]>): Graph {
  const steps = graph.steps.map((step): Step => {
    const { work } = step;
    if (work.kind !== 'agent' || work.changes === 'forbidden') return step;
    return { ...step, work: { ...work, changes: 'required', scopes: scopes[work.agent] ?? [] } };
  });
  return { ...graph, steps };
}

const ofStep = (state: RunState, id: string, requirements: Requirement[] = []) =>
  plannedFiles(state, stepOf(state, id), requirements);

describe('what a plan expects of files', () => {
  const ROWS = requiring(
    buildGraph({
      one: [reader('plan'), writer('w1'), check('middle'), writer('w2'), check('whole'), submit()],
    }),
    { w2: ['deploy/**'] },
  );

  it('is asked of a task in its own step, and not again in the check of the whole', () => {
    const graph = buildGraph({ one: [reader('plan'), planned('tasks', ['w1']), check('whole'), submit()] });
    const state = played(graph, [task('a', 'w1', ['src/a.ts'])]);
    expect(ofStep(state, 'one/tasks-a')).toEqual({
      tasks: [{ task: 'a', step: 'one/tasks-a', blocking: true, scopes: ['src/a.ts'] }],
      expected: null,
      requirements: [],
      answered: [],
    });
    expect(ofStep(state, 'one/whole')).toMatchObject({ tasks: [], expected: ['src/a.ts'] });
  });

  it('is asked in a check of the whole where agents of the workflow carry a plan out, of those who are done', () => {
    const state = played(ROWS, [task('a', 'w1', ['src/a.ts']), task('c', 'nobody', ['src/c.ts'])]);
    expect(ofStep(state, 'one/whole')?.tasks).toEqual([
      { task: 'a', step: 'one/w1', blocking: true, scopes: ['src/a.ts'] },
    ]);
    stepOf(state, 'one/w1').status = 'open';
    expect(ofStep(state, 'one/whole')?.tasks).toEqual([]);
  });

  it('is asked of nobody before there is a plan, nor of steps that are no task', () => {
    const state = played(ROWS, []);
    expect(ofStep(state, 'one/whole')).toBeNull();
    expect(ofStep(played(ROWS, [task('a', 'w1', [])]), 'one/w1')).toBeNull();
  });

  it('leaves room for steps with scopes of their own, and for everything where a task has none', () => {
    const scoped = [task('a', 'w1', ['src/**', '!src/b.ts'])];
    expect(ofStep(played(ROWS, scoped), 'one/whole')?.expected).toEqual(['src/**', 'deploy/**']);
    const open = [...scoped, task('b', 'w2', ['!src/b.ts'])];
    expect(ofStep(played(ROWS, open), 'one/whole')?.expected).toBeNull();
  });

  describe('of requirements', () => {
    const WANTED = ['F1', 'F2', 'F12'].map((id) => ({ id, text: `does ${id}` }));
    const naming = (id: string, agent: string, words: string): PlannedTask => ({
      ...task(id, agent, [`src/${id}`]),
      description: words,
    });
    const found = (state: RunState): unknown =>
      ofStep(state, 'one/whole', WANTED)?.requirements.map(({ id, tasks }) => [
        id,
        tasks.map(({ step, scopes }) => [step, ...scopes]),
      ]);

    it('is which tasks build each that they name as a word, in a check of the whole', () => {
      const tests = { ...naming('t', 'w2', 'Test F1 and F2.'), category: 'quality' as const };
      const state = played(ROWS, [naming('a', 'w1', 'Builds F1 (and f12).'), tests]);
      expect(found(state)).toEqual([
        ['F1', [['one/w1', 'src/a']]],
        ['F2', [['one/w2', 'src/t']]],
        ['F12', [['one/w1', 'src/a']]],
      ]);
    });

    it('has those that no task names where others are named, and none where no task names any', () => {
      expect(found(played(ROWS, [naming('a', 'w1', 'Builds F1.')]))).toEqual([
        ['F1', [['one/w1', 'src/a']]],
        ['F2', []],
        ['F12', []],
      ]);
      expect(found(played(ROWS, [naming('a', 'w1', 'Builds it.')]))).toEqual([]);
    });

    it('waits for tasks that are not done, and holds steps of their own to it, too', () => {
      const state = played(ROWS, [naming('a', 'w1', 'F1'), naming('b', 'w2', 'F1, F2')]);
      stepOf(state, 'one/w2').status = 'open';
      expect(found(state)).toEqual([['F12', []]]);
      const graph = buildGraph({ one: [reader('plan'), planned('tasks', ['w1']), check('whole'), submit()] });
      expect(found(played(graph, [naming('a', 'w1', 'F2')]))).toEqual([
        ['F1', []],
        ['F2', [['one/tasks-a', 'src/a']]],
        ['F12', []],
      ]);
    });
  });

  it('counts as answered what its author disputes, and what stopped nothing before', () => {
    const state = played(ROWS, [task('a', 'w1', ['src/a.ts'])]);
    const st = stepOf(state, 'one/whole');
    const finding = (id: string, blocking: boolean) =>
      ({
        id,
        fingerprint: `f${id}`,
        source: 'hygiene',
        severity: 'major',
        blocking,
        repo: 'a',
        file: 'x',
        line: null,
        problem: 'p',
        fix: 'f',
        owner: null,
      }) as const;
    st.findings = [finding('1', true), finding('2', true), finding('3', false)];
    st.disputes = [{ finding: '2', reason: 'not needed' }];
    expect(ofStep(state, 'one/whole')?.answered).toEqual(['f2', 'f3']);
  });
});
