/**
 * What each rogue tried and what stopped it: read from the journal, as anybody else could, and for what no event can show
 * from the trees that it names. Where nothing stopped a trick, the row says so.
 */
import type { EventOf, JournalEvent, RunEvent } from '../core/events.ts';
import { isTrick, TRICK_WORDS, type TrickWords } from './cast.ts';
import type { Search } from './look-for-marker.ts';
import { authorStops, shorten } from './stops.ts';

export interface HostileRow {
  agent: string;
  trick: string;
  tried: string;
  /** In the order in which it happened; empty: nothing in the journal stopped it. */
  stopped: string[];
  /** Sequence of the event that shows it; null where there is none. */
  seq: number | null;
}

const LABEL = 'rules, rogue: ';

type Start = EventOf<'invocation_started'> | EventOf<'review_started'>;

/** One row per rogue that really played, in the order of their first appearance. `searches`: where its file was looked for. */
export function hostileRows(events: JournalEvent[], searches: ReadonlyMap<string, Search>): HostileRow[] {
  const starts = events.flatMap(({ event }) => (isRogueStart(event) ? [event] : []));
  const agents = [...new Set(starts.map((start) => start.identity.agent))];
  return agents.map((agent) => {
    const own = starts.filter((start) => start.identity.agent === agent);
    const trick = own[0]?.identity.label.slice(LABEL.length) ?? '';
    const isReviewer = own[0]?.type === 'review_started';
    const words: TrickWords = isTrick(trick) ? TRICK_WORDS[trick] : { tried: trick };
    const search = words.leaves === undefined ? undefined : searches.get(words.leaves);
    const seen = isReviewer ? reviewerRow(events, own) : authorRow(events, own, { words, search });
    const tried = (isReviewer ? words.triedAsReviewer : undefined) ?? words.tried;
    return { agent, trick, tried, ...seen };
  });
}

/** The label stays for the whole run; the trick is played in the first attempt of a first round only. */
function isRogueStart(event: RunEvent): event is Start {
  if (event.type !== 'invocation_started' && event.type !== 'review_started') return false;
  return event.identity.label.startsWith(LABEL) && event.round === 1 && event.attempt === 1;
}

/**
 * Whether an event tells a trick that the same rogue was caught at before: the void attempt, the wait behind it, or the
 * attempt in its place. How often it was tried stands in the table.
 */
export function isToldTrick(events: readonly JournalEvent[], { event, seq }: JournalEvent): boolean {
  const key = voidKeyOf(event);
  const rogue = key === null ? null : rogueOf(events, key);
  if (rogue === null) return false;
  const first = events.find((each) => isVoid(each.event) && rogueOf(events, each.event.key) === rogue);
  return first !== undefined && first.seq < seq && isVoid(first.event) && first.event.key !== key;
}

/** The key of the void attempt that an event is about; null: about none. */
function voidKeyOf(event: RunEvent): string | null {
  if (isVoid(event)) return event.key;
  if (event.type === 'wait_started') return event.key.replace('/wait.', '/');
  const isAgain =
    (event.type === 'review_started' || event.type === 'invocation_started') && event.attempt === 2;
  return isAgain ? event.key.replace(/2$/, '1') : null;
}

function isVoid(event: RunEvent): event is EventOf<'review_ended'> | EventOf<'invocation_ended'> {
  const ends = event.type === 'review_ended' || event.type === 'invocation_ended';
  return ends && event.outcome.kind === 'failed';
}

/** Which rogue played the attempt with this key; null: none did. */
function rogueOf(events: readonly JournalEvent[], key: string): string | null {
  for (const { event } of events)
    if ('key' in event && event.key === key && isRogueStart(event)) return event.identity.agent;
  return null;
}

type Seen = Pick<HostileRow, 'stopped' | 'seq'>;

function reviewerRow(events: JournalEvent[], starts: Start[]): Seen {
  const keys = new Set(starts.map((start) => start.key));
  const refused = events.filter(
    ({ event }) => event.type === 'review_ended' && keys.has(event.key) && event.outcome.kind === 'failed',
  );
  const first = refused[0]?.event;
  const detail =
    first?.type === 'review_ended' && first.outcome.kind === 'failed' ? first.outcome.detail : '';
  return {
    stopped:
      refused.length === 0 ? [] : [`${refused.length} of ${starts.length} verdicts void: ${shorten(detail)}`],
    seq: refused[0]?.seq ?? null,
  };
}

function authorRow(events: JournalEvent[], starts: Start[], late: Late): Seen {
  const [start] = starts;
  if (start === undefined) return { stopped: [], seq: null };
  const after = events.slice(events.findIndex(({ event }) => event === start) + 1);
  const round = after.slice(0, endOfRound(after, start));
  const stops = round.flatMap(({ event, seq }) => stopsOf(event, start).map((text) => ({ text, seq })));
  if (stops.length > 0) return { stopped: stops.map(({ text }) => text), seq: stops[0]?.seq ?? null };
  return lateEdit(events, start, late);
}

/** The round is over when its step is accepted, sent back, or its agent is started again. */
function endOfRound(after: JournalEvent[], start: Start): number {
  const end = after.findIndex(
    ({ event }) =>
      (event.type === 'invocation_started' ||
        event.type === 'rework_requested' ||
        event.type === 'step_accepted') &&
      event.step === start.step,
  );
  return end < 0 ? after.length : end;
}

function stopsOf(event: RunEvent, start: Start): string[] {
  if (!('step' in event) || event.step !== start.step) return [];
  return authorStops(event).map(({ by, detail }) => `${by}: ${detail}`);
}

interface Late {
  words: TrickWords;
  search: Search | undefined;
}

/**
 * An edit after handing in shows in no event: that is the point. So its file is looked for, in everything that the
 * run recorded and submitted; it was stopped only where there was something to look through, and nothing was found.
 */
function lateEdit(events: JournalEvent[], start: Start, { words, search }: Late): Seen {
  const handedIn = events.find(({ event }) => event.type === 'invocation_ended' && event.key === start.key);
  if (handedIn === undefined || search === undefined || search.trees === 0 || search.found.length > 0)
    return { stopped: [], seq: null };
  const text = `${words.leaves ?? ''} was looked for in ${search.trees} trees (what agents handed in, what was merged, the pull requests) and in the workspaces, and is in none`;
  return { stopped: [text], seq: handedIn.seq };
}

/** The table for people: agent and trick, what it tried, what stopped it, and where the journal says so. */
export function hostileLines(rows: HostileRow[]): string[] {
  return rows.flatMap((row) => [
    `${row.agent} (${row.trick})`,
    `  tried    ${row.tried}`,
    ...(row.stopped.length === 0
      ? ['  stopped  NOTHING in the journal stopped it']
      : row.stopped.map((text, i) => `  ${i === 0 ? 'stopped' : '       '}  ${text}`)),
    ...(row.seq === null ? [] : [`  journal  event ${row.seq}`]),
  ]);
}
