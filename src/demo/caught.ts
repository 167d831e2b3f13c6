/** What became of the careless agent's omissions: read from the journal alone, without knowing the seed. */
import type { EventOf, JournalEvent } from '../core/events.ts';
import type { Finding } from '../core/results.ts';

const LABEL = 'rules, careless';

/** One line per step that a careless agent worked on; also where nothing was found, because then that is the news. */
export function caughtLines(events: JournalEvent[]): string[] {
  const agents = new Map<string, string>();
  for (const { event } of events) {
    if (event.type === 'invocation_started' && event.identity.label === LABEL)
      agents.set(event.author, event.identity.agent);
  }
  return [...agents].map(([step, agent]) => caughtLine(events, step, agent));
}

function caughtLine(events: JournalEvent[], step: string, agent: string): string {
  const found = blockingFindings(events, step);
  if (found.length === 0) return `not caught: nothing in the journal was found to be missing from ${agent}`;
  const end = events.findLast(({ event }) => event.type === 'step_accepted' && event.step === step);
  const mended = end === undefined ? 'not mended yet' : `mended in round ${lastRound(events, step)}`;
  const count = `${found.length} finding${found.length === 1 ? '' : 's'}`;
  return `caught: ${agent} left things out (${count} by ${sourcesOf(found)}, ${mended}); see \`baton why ${agent}${runOption(events)}\``;
}

/** Named, because a later run of the same store has steps of the same names. */
function runOption(events: JournalEvent[]): string {
  const first = events[0]?.event;
  return first?.type === 'run_started' ? ` --run ${first.run_id}` : '';
}

interface Found {
  by: string;
  finding: Finding;
}

function blockingFindings(events: JournalEvent[], step: string): Found[] {
  const found = events.flatMap(({ event }) => {
    if (event.type === 'gates_ended' && event.step === step) return gateFindings(event);
    if (event.type === 'review_ended' && event.step === step) return reviewFindings(event);
    return [];
  });
  return found.filter(({ finding }) => finding.blocking);
}

function gateFindings({ outcome }: EventOf<'gates_ended'>): Found[] {
  if (outcome.kind !== 'measured') return [];
  return outcome.results.flatMap(({ gate, findings }) =>
    findings.map((finding) => ({ by: `gate ${gate}`, finding })),
  );
}

function reviewFindings({ outcome, reviewer }: EventOf<'review_ended'>): Found[] {
  return outcome.kind === 'verdict'
    ? outcome.review.findings.map((finding) => ({ by: reviewer, finding }))
    : [];
}

function sourcesOf(found: Found[]): string {
  return [...new Set(found.map(({ by }) => by))].join(' and ');
}

function lastRound(events: JournalEvent[], step: string): number {
  return events.reduce(
    (round, { event }) =>
      event.type === 'invocation_started' && event.step === step ? Math.max(round, event.round) : round,
    0,
  );
}
