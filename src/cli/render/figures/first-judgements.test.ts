/** Which steps count as accepted at first judgement. */
import { describe, expect, it } from 'vitest';
import { buildGraph, reader, submit, writer } from '../../../testing/build-graph.ts';
import { simulateRun, type Script } from '../../../testing/events.ts';
import { failing, finding, gateResult } from '../../../testing/outcomes.ts';
import { readHistory } from '../history.ts';
import { firstJudgements, neverAccepted } from './first-judgements.ts';

const GRAPH = buildGraph({
  plan: [reader('planner')],
  build: [writer('coder'), writer('tester')],
  end: [submit()],
});
const NOBODY_PAYS = finding({ source: 'reviewer', problem: 'nobody pays', owner: 'plan/planner' });

function firstOf(script: Script): Record<string, boolean> {
  const judged = firstJudgements(readHistory(simulateRun({ graph: GRAPH, ...script })));
  return Object.fromEntries(judged.map(({ step, first }) => [step, first]));
}

describe('a step that was accepted at first judgement', () => {
  it('R79: is one in which neither a gate nor a reviewer sent its work back', () => {
    const red = [gateResult({ status: 'fail', findings: [finding({ source: 'tests' })] })];
    expect(
      firstOf({ gates: ({ step, round }) => (step === 'build/coder' && round === 1 ? red : null) }),
    ).toEqual({ 'plan/planner': true, 'build/coder': false, 'build/tester': true });
  });

  it('R79: stays one when its work is found faulty later, which counts for the step in which it was found', () => {
    const review: Script['review'] = ({ step, round }) =>
      step === 'build/tester' && round === 1 ? failing(NOBODY_PAYS) : null;
    // All three have a second round: the coder was accepted in its first one, too.
    expect(firstOf({ review })).toEqual({ 'plan/planner': true, 'build/coder': true, 'build/tester': false });
  });

  it('R79: is none that a person accepted in spite of its reviewer', () => {
    const review: Script['review'] = ({ step }) =>
      step === 'build/coder' ? failing(finding({ source: 'reviewer' })) : null;
    const limits = { ...GRAPH.limits, max_rework: 0 };
    const answer: Script['answer'] = ({ options }) => ({
      option: options.some(({ id }) => id === 'accept') ? 'accept' : 'confirm',
      text: '',
    });
    expect(firstOf({ graph: { ...GRAPH, limits }, review, answer })).toEqual({
      'plan/planner': true,
      'build/coder': false,
      'build/tester': true,
    });
  });

  it('R79: is none that was sent back and never accepted, which is counted apart', () => {
    const review: Script['review'] = ({ step }) =>
      step === 'build/coder' ? failing(finding({ source: 'reviewer' })) : null;
    const limits = { ...GRAPH.limits, max_rework: 1 };
    const script: Script = { graph: { ...GRAPH, limits }, review, answer: () => null };
    expect(neverAccepted(readHistory(simulateRun(script)))).toEqual(['build/coder']);
    expect(firstOf(script)).not.toHaveProperty('build/coder');
    expect(neverAccepted(readHistory(simulateRun({ graph: GRAPH })))).toEqual([]);
  });
});
