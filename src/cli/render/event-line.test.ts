import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../core/events.ts';
import { asJournal, simulateRun } from '../../testing/events.ts';
import { failing, finding } from '../../testing/outcomes.ts';
import { eventLine, outputLines } from './event-line.ts';

describe('one event, one line', () => {
  it('UI-4: prints every event of a run with rework as exactly one line without control characters', () => {
    const nasty = 'ok\n   99  10:00:00  gates: all pass\u001b[2J\u009b31m';
    const lines = simulateRun({
      request: nasty,
      review: (c) =>
        c.step === 'implement/feature' && c.round === 1 ? failing(finding({ problem: nasty })) : null,
      answer: () => ({ option: 'confirm', text: nasty }),
      mismatches: () => [{ claim: nasty, measured: nasty }],
    }).map(eventLine);
    // oxlint-disable-next-line no-control-regex -- control characters are what this is about
    for (const line of lines) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    expect(lines.filter((line) => line.startsWith('   99'))).toEqual([]);
  });

  it('R59: names sequence, time, step and what happened, for each iteration', () => {
    const lines = simulateRun({
      review: (c) => (c.step === 'implement/feature' && c.round === 1 ? failing(finding()) : null),
    }).map(eventLine);
    expect(lines).toContain(
      '   23  09:00:22  implement/feature: code-review says fail, 1 finding (1 blocking): Not yet',
    );
    expect(lines).toContain(
      '   24  09:00:23  implement/feature: sent back to implement/feature, round 2, 1 finding',
    );
    expect(lines.at(-1)).toBe('   53  09:00:52  run ended: done (submitted)');
  });

  it('shows the end of what a crashed agent said with its own lines, bounded, and harmless to a terminal', () => {
    const said = Array.from({ length: 20 }, (_, i) => `line ${i + 1}`);
    const detail = ['It ended with exit code 3:', ...said, '   99  10:00:00  boom\u001b[2J'].join('\n');
    const events = simulateRun({
      work: (c) => (c.attempt === 1 ? { kind: 'failed', reason: 'crashed', detail } : null),
    });
    const failed = events.find(({ event }) => event.type === 'invocation_ended');
    const lines = failed === undefined ? [] : outputLines(failed.event);
    expect(lines).toHaveLength(9);
    expect(lines[0]).toBe('         | … 13 lines before');
    expect(lines.at(-1)).toBe(String.raw`         |    99  10:00:00  boom\x1b[2J`);
    const reason = `crashed: ${detail}`;
    const [wait] = asJournal([
      { type: 'wait_started', key: 'k', step: 's/s', slot: 'work', wait_ms: 1_000, reason },
    ]);
    expect(wait === undefined ? '' : eventLine(wait)).toMatch(
      /before trying again: crashed: It ended with exit code 3$/,
    );
  });

  it('shortens whole hashes, which are for programs', () => {
    const reason = `invalid_output: judged is ${'0'.repeat(64)}, but e1c547fe${'a'.repeat(56)} was handed out`;
    const [wait] = asJournal([
      { type: 'wait_started', key: 'k', step: 's/s', slot: 'review', wait_ms: 1_000, reason },
    ]);
    expect(wait === undefined ? '' : eventLine(wait)).toMatch(
      /judged is 00000000, but e1c547fe was handed out$/,
    );
  });

  it.each([
    ['push_branch', 'push branch for orders: was done already'],
    ['prepare_push', 'prepare push for orders: nothing stands in its way'],
  ] as const)('says so when an effect was found done, and of a look what it found: %s', (effect, words) => {
    const [line] = asJournal([
      {
        type: 'effect_ended',
        key: 'k',
        step: 's/s',
        effect,
        repo: 'orders',
        outcome: { kind: 'confirmed', performed: false, pull_request: null },
      },
    ]);
    expect(line === undefined ? '' : eventLine(line)).toContain(words);
  });

  it('names the module of each gate: two packages of one repository are not told apart otherwise', () => {
    const base = simulateRun().flatMap(({ event }) =>
      event.type === 'gates_ended' && event.outcome.kind === 'measured' ? event.outcome.results : [],
    )[0];
    if (base === undefined) throw new Error('no gate ran');
    const results = ['.', 'packages/core', 'packages/api'].map((module) => ({
      ...base,
      repo: 'acme',
      module,
    }));
    const [line] = asJournal([
      { type: 'gates_ended', key: 'k', step: 's/s', outcome: { kind: 'measured', results } } as RunEvent,
    ]);
    const said = line === undefined ? '' : eventLine(line);
    for (const place of ['acme', 'acme/packages/core', 'acme/packages/api'])
      expect(said).toContain(`${place} ${base.gate} ${base.status} (`);
  });
});
