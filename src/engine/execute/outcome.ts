/** What executors return. */
import type { RunEvent } from '../../core/events.ts';
import type { DriverOutcome } from '../../drivers/driver.ts';
import type { Failure } from '../../core/records.ts';
import type { Artifact } from '../../journal/journal.ts';
import { hashBytes } from '../../journal/hash.ts';

/** What came of a command: journaled in one transaction with everything it enables. */
export interface Outcome {
  key: string;
  events: RunEvent[];
  artifacts: Artifact[];
}

/** What the agent really printed, kept as it came; null when it printed nothing. */
export function rawArtifact(done: DriverOutcome): Artifact | null {
  return done.raw.length === 0 ? null : { hash: hashBytes(done.raw), kind: 'raw', body: done.raw };
}

/** What is stored of a driver's failure. */
export function failureOf(done: Extract<DriverOutcome, { kind: 'failed' }>): Failure {
  const { reason, detail, retryAfterMs, hopeless } = done;
  return {
    reason,
    detail,
    ...(hopeless && { hopeless }),
    ...(retryAfterMs === undefined ? {} : { retry_after_ms: Math.ceil(retryAfterMs) }),
  };
}
