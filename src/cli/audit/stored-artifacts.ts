/** Whether every artifact that the journal names is there, byte for byte what its hash says. */
import { IntegrityError } from '../../core/errors.ts';
import type { JournalEvent, RunEvent } from '../../core/events.ts';
import type { Hash } from '../../core/results.ts';
import type { Journal } from '../../journal/journal.ts';
import type { ChainProblem } from './verdict-chain.ts';

/** The first event whose artifact is missing or was changed; null: all are whole. */
export async function checkArtifacts(
  journal: Journal,
  runId: string,
  events: JournalEvent[],
): Promise<ChainProblem | null> {
  const seen = new Set<Hash>();
  for (const { seq, event } of events) {
    for (const hash of artifactsOf(event)) {
      if (seen.has(hash)) continue;
      seen.add(hash);
      if (!(await isWhole(journal, runId, hash))) {
        return { seq, detail: `artifact ${hash}, which it names, is missing or not what was stored` };
      }
    }
  }
  return null;
}

async function isWhole(journal: Journal, runId: string, hash: Hash): Promise<boolean> {
  try {
    return (await journal.getArtifact(runId, hash)) !== null;
  } catch (error) {
    if (error instanceof IntegrityError) return false;
    throw error;
  }
}

function artifactsOf(event: RunEvent): Hash[] {
  switch (event.type) {
    case 'run_started':
      return [event.snapshot];
    case 'invocation_ended':
      return [
        event.raw,
        event.sent ?? null,
        event.outcome.kind === 'submitted' ? event.outcome.output.artifact : null,
      ].filter((h) => h !== null);
    case 'deploy_ended':
      return event.log === null ? [] : [event.log];
    case 'review_ended':
      return [event.raw, event.sent ?? null].filter((h) => h !== null);
    case 'merge_ended':
      return event.outcome.kind === 'merged' ? [event.outcome.output.artifact] : [];
    case 'gates_ended':
      return event.outcome.kind === 'measured'
        ? event.outcome.results.flatMap((r) => [r.log, r.way_back ?? null]).filter((h) => h !== null)
        : [];
    case 'effect_ended':
      return event.outcome.kind === 'confirmed' && event.outcome.statement !== undefined
        ? [event.outcome.statement]
        : [];
    default:
      return [];
  }
}
