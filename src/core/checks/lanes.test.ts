import { describe, expect, it } from 'vitest';
import { laneLines, laneOf, rememberEdit } from './lanes.ts';
import type { Graph, Phase, Step } from '../graph.ts';
import { endMerge } from '../outcomes.ts';
import { makeStale } from '../review/reopening.ts';
import type { RunState } from '../state.ts';
import { startFacts } from '../conditions/facts.ts';
import { createStepState, type StepState } from '../step-state.ts';

function stateOf(
  work: Partial<Extract<Step['work'], { kind: 'agent' }>>,
  graph: Partial<Graph> = {},
): RunState {
  const step = {
    id: 'build/task',
    phase: 'build',
    work: { kind: 'agent', agent: 'a', output: 'changes', changes: 'required', scopes: [], ...work },
    needs: [],
  } as unknown as Step; // only what a lane reads
  return {
    graph: { phases: [], ...graph },
    steps: new Map([[step.id, createStepState(step, 0)]]),
    startFacts: startFacts([]),
  } as unknown as RunState; // likewise
}

describe('a lane', () => {
  it('R43: of a step without scopes, module and layer there is none', () => {
    expect(laneOf(stateOf({}), 'build/task')).toBeNull();
  });

  it('R43: refuses what is outside unless the step, or else the workflow, says otherwise', () => {
    const outside = (...given: Parameters<typeof stateOf>) =>
      laneOf(stateOf(...given), 'build/task')?.outside;
    expect(outside({ scopes: ['src'] })).toBe('refuse');
    expect(outside({ scopes: ['src'] }, { outside_scopes: 'flag' })).toBe('flag');
    expect(outside({ scopes: ['src'], outside_scopes: 'refuse' }, { outside_scopes: 'flag' })).toBe('refuse');
    const phases = [{ id: 'build', outside_scopes: 'flag' } as Phase]; // only what is read
    expect(outside({ scopes: ['src'] }, { phases })).toBe('flag');
    expect(outside({ scopes: ['src'] }, { phases, outside_scopes: 'refuse' })).toBe('refuse');
  });

  it('R43: has the modules that the selection before it names for its agent, and none where none were named', () => {
    const state = stateOf({ module: '@planned', layer: 'unit' });
    const named = (modules?: string[]) => {
      const need = { agent: 'a', needed: true, reason: 'r', ...(modules === undefined ? {} : { modules }) };
      state.startFacts = { ...startFacts([]), needs: new Map([['a', need]]) };
      return laneOf(state, 'build/task')?.modules;
    };
    expect(named(['orders', 'web'])).toEqual(['orders', 'web']);
    expect(laneLines(laneOf(state, 'build/task'), []).join('\n')).toContain('the modules orders, web');
    expect(named()).toEqual([]);
    expect(laneOf(stateOf({ module: '@planned' }), 'build/task')).toBeNull();
  });

  it('R43, R44: is told to the agent', () => {
    const lane = laneOf(stateOf({ scopes: ['!@tests'], module: 'orders', layer: 'unit' }), 'build/task');
    const text = laneLines(lane, ['api: *.test.js']).join('\n');
    for (const part of [
      'Change no file of: @tests (',
      'module orders',
      'api: *.test.js',
      'sends the change back',
    ])
      expect(text).toContain(part);
    expect(laneLines(null, [])).toEqual([]);
  });

  it('R43: every edit is remembered from where it started, and nothing where nothing changed', () => {
    const st = { base: 'r0', output: null, edits: [] } as unknown as StepState; // only what is read
    rememberEdit(st, 'a', 'r1');
    st.output = { id: 'o', kind: 'changes', artifact: 'x', revision: 'r1', summary: '' };
    rememberEdit(st, 'b', 'r1');
    rememberEdit(st, 'b', 'r2');
    expect(st.edits).toEqual([
      { author: 'a', from: 'r0', to: 'r1' },
      { author: 'b', from: 'r1', to: 'r2' },
    ]);
  });

  it('R43: edits of a merge that is made anew, and of a step that went stale, count no longer', () => {
    const step = { id: 'p/m', needs: [], work: { kind: 'merge', sides: [] } } as unknown as Step; // only what is read
    const st = createStepState(step, 0);
    const flight = { key: 'k', kind: 'merge', step: 'p/m', slot: 'merge' };
    const state = {
      steps: new Map([['p/m', st]]),
      inFlight: new Map([['k', flight]]),
      open: new Set(),
      openQuestions: new Set(),
    } as unknown as RunState; // likewise
    const edit = { author: 'p/a', from: 'r0', to: 'r1' };
    st.edits = [edit];
    const output = { id: 'o', kind: 'merge', artifact: 'x', revision: 'r2', summary: '' };
    const outcome = { kind: 'merged', output } as const;
    endMerge(state, { type: 'merge_ended', key: 'k', step: 'p/m', outcome, revision: null });
    expect(st.edits).toEqual([]);
    st.edits = [edit];
    makeStale(state, st);
    expect(st.edits).toEqual([]);
  });
});
