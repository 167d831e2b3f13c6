/** The whole change as its last reviewer was shown it: from what was sent, which the journal keeps. */
import { IntegrityError } from '../../../core/errors.ts';
import type { SentOrder } from '../../../engine/sent-order.ts';
import type { Journal } from '../../../journal/journal.ts';
import type { RunHistory } from '../history.ts';

export interface ReviewedDiff {
  reviewer: string;
  /** Whether the reviewer saw less than all of it. */
  isCut: boolean;
  /** In the order of the diff. */
  files: { repo: string; file: string; lines: string[] }[];
}

/**
 * The diff of the newest check of the whole (from the run's base on) that has a verdict; null where there is none, or
 * where what its reviewer was sent is not kept, damaged or missing.
 */
export async function readReviewedDiff(
  journal: Pick<Journal, 'getArtifact'>,
  { events, started, state }: RunHistory,
): Promise<ReviewedDiff | null> {
  const whole = new Set(
    state.graph.steps.flatMap(({ id, work }) => (work.kind === 'check' && work.from === 'base' ? [id] : [])),
  );
  const last = events.findLast(
    ({ event }) => event.type === 'review_ended' && event.outcome.kind === 'verdict' && whole.has(event.step),
  )?.event;
  if (last?.type !== 'review_ended' || last.sent === undefined) return null;
  const stored = await readWhole(journal, started.run_id, last.sent);
  if (stored === null) return null;
  const sent = JSON.parse(stored) as SentOrder; // written by keepOrder, kept by its hash
  const diff = sent.context.find(({ name, kind }) => name === 'diff' && kind === 'diff');
  if (diff === undefined || !('text' in diff)) return null;
  const isCut = /^- diff(?: \(diff\))?: /m.test(sent.prompt);
  return { reviewer: last.reviewer, isCut, files: filesOf(diff.text) };
}

async function readWhole(
  journal: Pick<Journal, 'getArtifact'>,
  runId: string,
  hash: string,
): Promise<string | null> {
  try {
    const stored = await journal.getArtifact(runId, hash);
    return stored === null ? null : new TextDecoder().decode(stored.body);
  } catch (error) {
    if (error instanceof IntegrityError) return null; // `verify` tells it; the report of the rest is worth more
    throw error;
  }
}

function filesOf(diff: string): ReviewedDiff['files'] {
  return diff.split(/^(?=diff --git )/m).flatMap((part) => {
    const name = /^diff --git "?a\/([^/\s]+)\/(.+?)"? "?b\//.exec(part);
    if (name === null) return [];
    const [, repo = '', file = ''] = name;
    return [{ repo, file, lines: part.trimEnd().split('\n').slice(1) }];
  });
}
