/** Small true-to-form events and requests for tests of the store. */
import { hash } from 'node:crypto';
import type { RunEvent } from '../../core/events.ts';
import type { AppendRequest, Artifact, Hold, RunSummary } from '../journal.ts';

/** The summary that tests store where it does not matter. */
export const SAMPLE_SUMMARY: RunSummary = {
  status: 'running',
  reason: 'working',
  phase: 'build',
  progress: { settled: 1, total: 4 },
};

/** An event that says which one it is; with quotes, a line break and letters of more than one byte in it. */
export function sampleEvent(number: number): RunEvent {
  return {
    type: 'step_selected',
    step: `build/step-${number}`,
    reason: `needed: "größer" 🚀\nline ${number}`,
  };
}

/** `count` events, numbered from `first`. */
export function sampleEvents(first: number, count: number): RunEvent[] {
  return Array.from({ length: count }, (_, index) => sampleEvent(first + index));
}

/** An artifact of `bytes` bytes that `seed` tells from others. */
export function sampleArtifact(seed: string, bytes: number): Artifact {
  const body = Buffer.alloc(bytes, `${seed}-`);
  return { hash: hash('sha256', body), kind: 'report', body };
}

/** An append of one event behind `expectedSeq`, with whatever `changes` says otherwise. */
export function sampleAppend(
  hold: Hold,
  expectedSeq: number,
  changes: Partial<AppendRequest> = {},
): AppendRequest {
  return {
    hold,
    expectedSeq,
    events: [sampleEvent(expectedSeq + 1)],
    artifacts: [],
    consumed: [],
    summary: SAMPLE_SUMMARY,
    ...changes,
  };
}
