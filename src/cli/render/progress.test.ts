import { describe, expect, it } from 'vitest';
import { simulateRun } from '../../testing/events.ts';
import { failing, finding, gateResult } from '../../testing/outcomes.ts';
import { buildGraph, reader } from '../../testing/build-graph.ts';
import { createJsonProgress, createPlainProgress } from './progress.ts';
import { PLAIN_STYLE } from './style.ts';

function follow(events: ReturnType<typeof simulateRun>, batch = 1): string[] {
  let text = '';
  const progress = createPlainProgress((part) => (text += part), PLAIN_STYLE);
  // A fresh run has one event when it is first held.
  progress.events(events.slice(0, 1));
  for (let at = 1; at < events.length; at += batch) progress.events(events.slice(at, at + batch));
  progress.end();
  return text.trimEnd().split('\n');
}

describe('progress without a terminal', () => {
  it('R2: lists the phases with their agents before the first invocation', () => {
    const lines = follow(simulateRun());
    const listed = lines.findIndex((line) => line.includes('3. Submit'));
    const first = lines.findIndex((line) => line.includes('works, round 1'));
    expect(listed).toBeGreaterThan(0);
    expect(listed).toBeLessThan(first);
  });

  it('R57: announces each phase with number, name, agents and their roles, context and deliverable', () => {
    const lines = follow(simulateRun());
    const at = lines.indexOf('Phase 2 of 3 starts: Implement');
    expect(lines.slice(at, at + 4)).toEqual([
      'Phase 2 of 3 starts: Implement',
      '  agents: implementer (coordinator), feature-agent (specialist), cli-agent (specialist)',
      '  context: every accepted output that a step builds on',
      '  hands over: Reviewed code with green gates',
    ]);
  });

  it('says nothing of a deliverable that the workflow does not name', () => {
    const graph = buildGraph({ one: [reader('a')] });
    const bare = { ...graph, phases: graph.phases.map((phase) => ({ ...phase, deliverable: '' })) };
    const lines = follow(simulateRun({ graph: bare }));
    expect(lines).toContain('  1. one');
    expect(lines.filter((line) => /^\s*(?:→|hands over:)\s*$/.test(line))).toEqual([]);
    const named = follow(simulateRun({ graph }));
    expect(named.filter((line) => /^\s*(?:→|hands over:) \S/.test(line))).toHaveLength(2);
  });

  it('R56: gives a summary with the next steps after each phase', () => {
    const lines = follow(simulateRun());
    const at = lines.indexOf('Phase 2 of 3 complete: Implement');
    expect(lines.slice(at, at + 6)).toEqual([
      'Phase 2 of 3 complete: Implement',
      '  select: Done as asked',
      '  feature: Done as asked',
      '  cli: skipped (no command asked)',
      '  All gates: passed',
      '  next: Submit',
    ]);
  });

  it('R55: says how far the run is with every line, reviews counted as pieces', () => {
    const lines = follow(simulateRun());
    expect(lines.find((line) => line.includes('summarize/requirements: accepted'))).toBe(
      '09:00:09 [ 2/13] summarize/requirements: accepted',
    );
    expect(lines.some((line) => / \[ *(\d+)\/\1\] /.test(line))).toBe(true);
  });

  it('says the same however the events are batched', () => {
    const events = simulateRun({
      review: (c) => (c.step === 'implement/feature' && c.round === 1 ? failing(finding()) : null),
    });
    expect(follow(events, 1).filter((line) => line.startsWith('Phase'))).toEqual(
      follow(events, 7).filter((line) => line.startsWith('Phase')),
    );
  });

  it('does not tell the history of a resumed run again', () => {
    const events = simulateRun();
    let text = '';
    const progress = createPlainProgress((part) => (text += part), PLAIN_STYLE);
    progress.events(events.slice(0, 40));
    progress.events(events.slice(40));
    expect(text).not.toContain('Phase 1 of 3');
    expect(text).toContain('submit/submit');
  });

  it('tells red gates and failed verdicts', () => {
    const lines = follow(
      simulateRun({
        gates: (c) =>
          c.step === 'implement/feature' && c.round === 1
            ? [
                gateResult({
                  status: 'fail',
                  summary: '2 failed',
                  findings: [finding({ id: 'g1', source: 'tests' })],
                }),
              ]
            : null,
      }),
    ).join('\n');
    expect(lines).toContain('gates: orders tests fail (2 failed)');
    expect(lines).toContain('sent back to implement/feature, round 2, 1 finding');
  });
});

describe('--json', () => {
  it('UI-4: prints one JSON event per line, each with its type, whatever the text holds', () => {
    let text = '';
    const progress = createJsonProgress((part) => (text += part));
    const events = simulateRun({ request: 'a\n{"type":"result"}\u009b31m\u2028b' });
    for (const line of events) progress.events([line]);
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(events.length);
    expect(lines.map((line) => JSON.parse(line).type)).toEqual(events.map((line) => line.event.type));
    expect(JSON.parse(lines[0] ?? '').request).toBe('a\n{"type":"result"}\u009b31m\u2028b');
    expect(text).not.toMatch(/[\u0080-\u009f\u2028]/);
  });
});

describe('a question that still waits', () => {
  const waiting = simulateRun({ answer: () => null });
  const question = waiting.flatMap(({ event }) =>
    event.type === 'question_asked' ? [event.question] : [],
  )[0];

  it('R93: is shown again with the command that answers it, in lines and as JSON', () => {
    let text = '';
    const write = (part: string): void => void (text += part);
    for (const progress of [createPlainProgress(write, PLAIN_STYLE), createJsonProgress(write)]) {
      progress.events(waiting);
      text = '';
      if (question !== undefined) progress.remind(question);
      expect(text).toMatch(/still waiting for an answer|"type":"reminder"/);
      expect(text).toMatch(/baton answer r-test confirm_start confirm|"question_id":"confirm_start"/);
    }
  });
});
