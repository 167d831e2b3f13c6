import { describe, expect, it } from 'vitest';
import { buildGraph, writer } from '../testing/build-graph.ts';
import { play } from '../testing/scripted-world.ts';
import type { RunEvent } from './events.ts';
import { fold } from './fold.ts';
import { progressOf, statusOf } from './status.ts';

const graph = buildGraph(
  { one: [writer('a'), writer('b')] },
  { start: 'confirm', limits: { retry_backoff_ms: 5, max_retries: 1 } },
);

/** The status right behind the first event of this type. */
function behind(type: RunEvent['type'], events: RunEvent[]) {
  return statusOf(fold(events.slice(0, events.findIndex((e) => e.type === type) + 1)));
}

describe('a status', () => {
  const { events } = play(graph, {
    fails: ({ step }, { seq }) => (step === 'one/a' && seq < 9 ? 'crashed' : null),
  });

  it('R93: says what the run waits for', () => {
    expect(behind('question_asked', events)).toEqual({ status: 'waiting_human', reason: 'confirm_start' });
    expect(behind('invocation_started', events)).toEqual({
      status: 'running',
      reason: 'one/a/r1/work.one.a/a1',
    });
    expect(behind('wait_started', events)).toEqual({
      status: 'waiting_retry',
      reason: expect.stringMatching(/^crashed/),
    });
    expect(behind('run_ended', events)).toEqual({ status: 'done', reason: 'complete' });
    const paused = fold([...events.slice(0, 3), { type: 'run_paused', reason: 'disk_full', detail: '' }]);
    expect(statusOf(paused)).toEqual({ status: 'paused', reason: 'disk_full' });
  });

  it('R55: counts settled steps', () => {
    const half = events.findIndex((e) => e.type === 'step_accepted') + 1;
    expect(progressOf(fold(events.slice(0, half)))).toEqual({ settled: 1, total: 2 });
    expect(progressOf(fold(events))).toEqual({ settled: 2, total: 2 });
  });
});
