import { describe, expect, it } from 'vitest';
import { buildGraph, writer } from '../../testing/build-graph.ts';
import { findingOf, play } from '../../testing/scripted-world.ts';
import { renewFindings } from './findings.ts';
import type { ReviewResult } from '../results.ts';

const review = (over: Partial<ReviewResult>): ReviewResult => ({
  verdict: 'fail',
  summary: '',
  findings: [],
  resolved: [],
  ...over,
});
const first = findingOf('x', 'first');
const second = findingOf('x', 'second');
const others = findingOf('y', 'other');

describe('findings over rounds', () => {
  it('R25: stay open until their own reviewer says by id that they hold no longer', () => {
    const open = [first, second, others];
    expect(renewFindings(open, 'x', review({ resolved: [first.id] }))).toEqual([second, others]);
    expect(renewFindings(open, 'x', review({ resolved: [others.id] }))).toEqual(open);
    expect(renewFindings(open, 'x', review({}))).toEqual(open);
  });

  it('keep their first id where the reviewer names them again under another one', () => {
    const renamed = { ...first, id: 'r2/9', problem: 'still there' };
    const open = renewFindings([first, others], 'x', review({ findings: [renamed] }));
    expect(open).toEqual([others, { ...renamed, id: first.id }]);
  });

  it('are open again where a reviewer resolves and names one in the same breath', () => {
    const verdict = review({ findings: [{ ...first, id: 'r2/1' }], resolved: [first.id] });
    expect(renewFindings([first], 'x', verdict)).toEqual([first]);
  });

  it('of another reviewer with the same words are findings of their own', () => {
    const same = { ...first, source: 'y', id: 'y/first' };
    expect(renewFindings([first], 'y', review({ findings: [same] }))).toEqual([first, same]);
  });

  it('R25: a pass that leaves an earlier blocking finding open accepts nothing', () => {
    const { events, state } = play(buildGraph({ one: [writer('a')] }), {
      answer: () => null,
      review: ({ round }) =>
        round === 1 ? { verdict: 'fail', findings: [findingOf('reviewer', 'p')] } : { resolved: [] },
    });
    expect(events.some((e) => e.type === 'step_accepted')).toBe(false);
    expect(state.steps.get('one/a')?.findings.map((f) => f.id)).toEqual(['reviewer/p']);
  });
});
