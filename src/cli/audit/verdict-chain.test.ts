import { describe, expect, it } from 'vitest';
import type { EventOf, RunEvent } from '../../core/events.ts';
import { asJournal, simulateEvents } from '../../testing/events.ts';
import { buildGraph, check as checkStep, writer } from '../../testing/build-graph.ts';
import { findingOf, play } from '../../testing/scripted-world.ts';
import { failing, finding, gateResult, hashOf } from '../../testing/outcomes.ts';
import { checkVerdictChain } from './verdict-chain.ts';

const reworked = (): RunEvent[] =>
  simulateEvents({
    review: (c) => (c.step === 'implement/feature' && c.round === 1 ? failing(finding()) : null),
  });

const overridden = (): RunEvent[] =>
  simulateEvents({
    review: (c) => (c.step === 'implement/feature' ? failing(finding()) : null),
    answer: (q) =>
      q.kind === 'confirm_start' ? { option: 'confirm', text: '' } : { option: 'accept', text: 'I know' },
  });

function check(events: RunEvent[]) {
  return checkVerdictChain(asJournal(events));
}

/** The history with one event of this type replaced. */
function change<T extends RunEvent['type']>(
  events: RunEvent[],
  type: T,
  at: (event: EventOf<T>) => boolean,
  by: (event: EventOf<T>) => RunEvent[],
): RunEvent[] {
  let changed = 0;
  const result = events.flatMap((event) => {
    if (event.type !== type || !at(event as EventOf<T>)) return [event];
    changed += 1;
    return by(event as EventOf<T>);
  });
  expect(changed).toBeGreaterThan(0);
  return result;
}

const ofFeature = (event: { step: string }): boolean => event.step === 'implement/feature';

describe('the verdict chain, recomputed from the events alone', () => {
  it('carries a clean run, one with rework and one with a recorded override', () => {
    expect(check(simulateEvents())).toBeNull();
    expect(check(reworked())).toBeNull();
    expect(check(overridden())).toBeNull();
  });

  it('finds the acceptance that lost its verdict, whichever verdict it is', () => {
    const events = reworked();
    const verdicts = events.filter(
      (e) => e.type === 'review_ended' && e.outcome.kind === 'verdict' && e.outcome.review.verdict !== 'fail',
    );
    expect(verdicts).toHaveLength(4);
    for (const verdict of verdicts) {
      const problem = check(events.filter((e) => e !== verdict));
      expect(problem?.detail).toContain('gave no verdict on it');
    }
  });

  it('does not take fail, or a pass with a blocking finding, for a pass', () => {
    const events = reworked();
    const fail = change(events, 'review_ended', ofFeature, (e) => [{ ...e, outcome: failing(finding()) }]);
    expect(check(fail)?.detail).toContain('code-review said fail');
    const review = { verdict: 'pass', summary: '', findings: [finding()], resolved: [] } as const;
    const contradictory = change(events, 'review_ended', ofFeature, (e) => [
      { ...e, outcome: { kind: 'verdict', review: { ...review, findings: [finding()], resolved: [] } } },
    ]);
    expect(check(contradictory)?.detail).toContain('with a blocking finding');
  });

  it('finds a verdict on other content, and content changed after the verdict', () => {
    const events = reworked();
    const other = change(events, 'review_ended', ofFeature, (e) => [
      { ...e, link: { ...e.link, to: hashOf('something else') } },
    ]);
    expect(check(other)?.detail).toContain('judged other content');
    const swapped = change(events, 'step_accepted', ofFeature, (e) => [
      { ...e, revision: hashOf('swapped') },
    ]);
    expect(check(swapped)?.detail).toContain('another revision than its output');
  });

  it('finds a reviewer with the definition of the author', () => {
    const events = change(simulateEvents(), 'review_started', ofFeature, (e) => [
      { ...e, identity: { ...e.identity, definition_hash: 'definition-of-feature-agent' } },
    ]);
    expect(check(events)?.detail).toContain('code-review is also its author');
  });

  it('finds an override that nobody gave, that an agent gave, or that was for other content', () => {
    const events = overridden();
    const isOverride = (e: EventOf<'question_answered'>): boolean => e.option === 'accept';
    const nobody = change(events, 'question_answered', isOverride, () => []);
    expect(check(nobody)?.detail).toContain('nobody answered');
    const agent = change(events, 'question_answered', isOverride, (e) => [
      { ...e, actor: { kind: 'engine' } },
    ]);
    expect(check(agent)?.detail).toContain('not answered by a person');
    const isAsked = (e: EventOf<'question_asked'>): boolean => e.question.kind === 'rework_exhausted';
    const other = change(events, 'question_asked', isAsked, (e) => [
      { ...e, question: { ...e.question, binds: hashOf('other') } },
    ]);
    expect(check(other)?.detail).toContain('was about other content');
  });

  it('carries what a person accepted as it was to the same tree, and no further', () => {
    const graph = buildGraph(
      { build: [writer('a')], proof: [checkStep('all')] },
      { limits: { max_rework: 0 } },
    );
    const red = { findings: [findingOf('tests', 'red')], red: true };
    const { events } = play(graph, { answer: () => 'accept', gate: () => red });
    expect(check(events)).toBeNull();
    const ofProof = (event: { step: string }): boolean => event.step === 'proof/all';
    const worse = change(events, 'gates_ended', ofProof, (e) => [
      { ...e, outcome: { kind: 'measured', results: [gateResult({ findings: [finding()] })] } },
    ]);
    expect(check(worse)?.detail).toMatch(
      /^proof\/all is accepted although its gates found something that .* did not show$/,
    );
    const unjudged = change(events, 'review_ended', ofProof, () => []);
    expect(check(unjudged)?.detail).toContain('gave no verdict on it');
    const unasked = change(
      events,
      'gates_ended',
      (e) => e.step === 'build/a',
      () => [],
    );
    expect(check(unasked)?.detail).toContain('did not show');
    const refused = change(
      events,
      'question_answered',
      () => true,
      (e) => [{ ...e, option: 'continue' }],
    );
    expect(check(refused)?.detail).toContain('was not answered with accept');
  });

  it('finds an acceptance with a gate that blocks', () => {
    const red = gateResult({ status: 'fail', findings: [finding({ source: 'tests' })] });
    const events = change(simulateEvents(), 'gates_ended', ofFeature, (e) => [
      { ...e, outcome: { kind: 'measured', results: [red] } },
    ]);
    expect(check(events)?.detail).toContain('its gates found something that blocks');
  });

  it('finds a submission and a start of something that no verdict reaches, by its sequence', () => {
    const pushed = change(
      simulateEvents(),
      'effect_intended',
      () => true,
      (e) => [{ ...e, head: hashOf('mine') }],
    );
    expect(check(pushed)).toMatchObject({
      seq: pushed.findIndex((e) => e.type === 'effect_intended') + 1,
      detail: expect.stringContaining('push_branch of'),
    });
    const started = change(
      simulateEvents(),
      'invocation_started',
      (e) => e.step === 'submit/texts',
      (e) => [{ ...e, base: hashOf('mine') }],
    );
    expect(check(started)?.detail).toContain('submit/texts starts from');
  });

  it('refuses a history without a beginning', () => {
    expect(check(simulateEvents().slice(1))?.seq).toBe(1);
  });
});
