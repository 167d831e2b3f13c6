/** Whether a statement says what the journal says: made again from the events, it has to be the same. */
import type { JournalEvent, RunEvent } from '../../core/events.ts';
import type { Revision } from '../../core/results.ts';
import { canonicalJson } from '../../engine/hash.ts';
import { statementOf } from '../../engine/statement.ts';
import type { Journal } from '../../journal/journal.ts';
import type { Part, ProofProblem, Statement } from '../../proof/proof-shape.ts';

export type JournalProblem = ProofProblem<
  | 'journal_truncated'
  | 'journal_edited'
  | 'journal_rolled_back'
  | 'journal_rewritten'
  | 'differs_from_journal'
>;

/** null: this store has no such run, and nothing was looked at. */
export async function checkWithJournal(
  journal: Journal,
  statement: Statement,
): Promise<JournalProblem[] | null> {
  const { invocationId } = statement.predicate.runDetails.metadata;
  if ((await journal.getRun(invocationId)) === null) return null;
  const { problem } = await journal.verify(invocationId);
  if (problem !== null) {
    const detail = `seq=${problem.seq} ${problem.detail}`;
    return [{ code: problem.cut === true ? 'journal_truncated' : 'journal_edited', detail }];
  }
  return checkWithEvents(await journal.read(invocationId, 1), statement);
}

/** `events`: a whole chain. */
export function checkWithEvents(events: readonly JournalEvent[], statement: Statement): JournalProblem[] {
  const { byproducts } = statement.predicate.runDetails;
  const journal = byproducts.find(({ name }) => name === 'journal');
  const anchor = { seq: Number(journal?.annotations?.['seq']), hash: journal?.digest['sha256'] ?? '' };
  const event = events.find(({ seq }) => seq === anchor.seq);
  if (event === undefined) {
    const detail = `It rests on event ${anchor.seq}, and the journal ends at ${events.length}: the store was set back.`;
    return [{ code: 'journal_rolled_back', detail }];
  }
  if (event.hash !== anchor.hash) {
    const detail = `Event ${anchor.seq} had the hash ${anchor.hash}, and has ${event.hash}: the journal was written anew.`;
    return [{ code: 'journal_rewritten', detail }];
  }
  const submitted = byproducts.find(({ name }) => name === 'submitted')?.digest['sha256'];
  const head = events.flatMap(({ event }) => revisionOf(event)).find(({ id }) => id === submitted);
  const [subject] = statement.subject;
  if (head === undefined || subject === undefined)
    return [{ code: 'differs_from_journal', detail: 'The journal made no such revision.' }];
  const commit = subject.digest['gitCommit'] ?? '';
  const again = statementOf(events, { repo: subject.name, commit, head, anchor });
  if (canonicalJson(again) === canonicalJson(statement)) return [];
  const where = differences(again, statement).join(', ') || 'its parameters';
  return [{ code: 'differs_from_journal', detail: `The journal says otherwise about ${where}.` }];
}

function revisionOf(event: RunEvent): Revision[] {
  if (event.type === 'run_started') return [event.base];
  const made = event.type === 'invocation_ended' || event.type === 'merge_ended' ? event.revision : null;
  return made === null ? [] : [made];
}

/** Names of the parts that are not in both. */
function differences(a: Statement, b: Statement): string[] {
  const partsOf = ({ predicate, subject }: Statement): Part[] => [
    ...subject,
    ...predicate.buildDefinition.resolvedDependencies,
    ...predicate.runDetails.byproducts,
  ];
  const missingIn = (from: Part[], than: Part[]): string[] => {
    const known = new Set(than.map((part) => canonicalJson(part)));
    return from.filter((part) => !known.has(canonicalJson(part))).map(({ name }) => name);
  };
  const [ours, theirs] = [partsOf(a), partsOf(b)];
  return [...new Set([...missingIn(ours, theirs), ...missingIn(theirs, ours)])].slice(0, 5);
}
