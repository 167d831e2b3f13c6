/** How a surface follows a run while it is driven here. None of these may stop a run. */
import type { JournalEvent } from '../../core/events.ts';
import type { Question } from '../../core/records.ts';
import type { DriverNote } from '../../drivers/driver.ts';
import { announcement, planLines } from './announce.ts';
import type { Aside } from './aside.ts';
import { describeEvent, outputLines } from './event-line.ts';
import { escapeJson, escapeText } from './escape.ts';
import { addEvent, readHistory, type RunHistory } from './history.ts';
import { progressOf } from './numbers.ts';
import { createPhaseHold } from './phase-hold.ts';
import { questionLines } from './question.ts';
import type { Style } from './style.ts';

/** Wide enough for a log file, narrow enough to read. */
const PLAIN_COLUMNS = 110;

export interface Progress {
  /** Events in order; the same ones may come again, after a second hold. */
  events(events: JournalEvent[]): void;
  note(key: string, note: DriverNote): void;
  /** A question still waits: shows it again, with the commands that answer it. */
  remind(question: Question): void;
  /** Leaves the screen to a question; `events` or `note` bring the view back. */
  pause(): void;
  /** Draws the last state and gives the screen back. */
  end(): void;
  /** What was seen so far; null before the first event. */
  readonly history: RunHistory | null;
}

/** Keeps a history of what comes in and drops what it has already. */
export class HistoryReader {
  history: RunHistory | null = null;

  /** The events that are new, already part of `history`. */
  take(events: JournalEvent[]): JournalEvent[] {
    const seen = this.history?.events.length ?? 0;
    const fresh = events.filter((line) => line.seq > seen);
    for (const line of fresh) {
      if (this.history === null) this.history = readHistory([line]);
      else addEvent(this.history, line);
    }
    return fresh;
  }
}

/** Plain lines for pipes and files: announcements, and one line per event that means something to people. */
export function createPlainProgress(
  write: (text: string) => void,
  style: Style,
  aside: Aside | null = null,
): Progress {
  const reader = new HistoryReader();
  const hold = createPhaseHold();
  const flush = (): void => {
    for (const text of hold.rest()) write(`${text}\n`);
  };
  return {
    get history() {
      return reader.history;
    },
    events(events) {
      const resumed = reader.history === null && events.length > 1;
      // One by one: each line counts what was done up to it, however many come at once.
      for (const line of events) {
        const [fresh] = reader.take([line]);
        const { history } = reader;
        // The history of a resumed run was told by the process before this one.
        if (fresh === undefined || history === null || resumed) continue;
        const told = aside?.repeats(history, fresh) === true ? [] : plainLines(history, fresh, style);
        const own = [...told, ...(aside?.lines(history, fresh) ?? [])];
        for (const text of hold.pass(history, fresh, own)) write(`${text}\n`);
      }
    },
    // What an agent does would be a flood of lines; what it waits for would be a silence.
    note(key, { kind, text }) {
      if (kind === 'wait') write(`  ${escapeText(key)}: ${escapeText(text)}\n`);
    },
    remind(question) {
      if (reader.history === null) return;
      flush();
      for (const text of reminderLines(reader.history, question, style, PLAIN_COLUMNS)) write(`${text}\n`);
    },
    pause: flush,
    end: flush,
  };
}

function plainLines(history: RunHistory, line: JournalEvent, style: Style): string[] {
  const { event } = line;
  if (event.type === 'run_started') return planLines(event, style, PLAIN_COLUMNS);
  const announced = announcement(history.started.graph, line);
  if (announced.length > 0) return announced;
  if (QUIET.has(event.type)) return [];
  const { done, total } = progressOf(history);
  const counter = `[${String(done).padStart(String(total).length)}/${total}]`;
  return [`${line.at.slice(11, 19)} ${counter} ${describeEvent(event)}`, ...outputLines(event)];
}

/** The question once more, below a line that says since when it waits. */
export function reminderLines(
  history: RunHistory,
  question: Question,
  style: Style,
  columns: number,
): string[] {
  const asked = history.questions.findLast((each) => each.question.id === question.id);
  const known = [...history.state.questions.keys()];
  const since = asked === undefined ? '' : ` since ${asked.askedAt.slice(11, 19)}`;
  return [
    style.ask(`still waiting for an answer${since}:`),
    ...questionLines({ runId: history.state.runId, known }, question, style, columns),
  ];
}

/** Told by another line, or of interest to the log only. */
const QUIET: ReadonlySet<string> = new Set([
  'holder_changed',
  'gates_started',
  'merge_started',
  'wait_ended',
  'effect_intended',
  'step_selected',
  'question_asked',
  'run_ended',
]);

/** One JSON event per line, as `--json` promises. */
export function createJsonProgress(write: (text: string) => void): Progress {
  const reader = new HistoryReader();
  return {
    get history() {
      return reader.history;
    },
    events(events) {
      const resumed = reader.history === null && events.length > 1;
      const fresh = reader.take(events);
      if (!resumed) for (const line of fresh) write(`${eventJson(line)}\n`);
    },
    note() {},
    remind({ id, text, options }) {
      const ways = options.map((option) => option.id);
      write(`${escapeJson(JSON.stringify({ type: 'reminder', question_id: id, text, options: ways }))}\n`);
    },
    pause() {},
    end() {},
  };
}

/** An event as one line of JSON, its `type` first. JSON escapes every control character itself. */
export function eventJson(line: JournalEvent): string {
  const { type, ...rest } = line.event;
  const { seq, at, hash } = line;
  return escapeJson(JSON.stringify({ type, seq, at, hash, ...rest }));
}
