/** What a command adds to the progress of a run that it shows. */
import type { JournalEvent } from '../../core/events.ts';
import type { RunHistory } from './history.ts';

/** Read from the history alone, so that a resumed run shows the same. */
export interface Aside {
  /** Below the line of an event in plain progress; the history may already hold later ones. */
  lines(history: RunHistory, line: JournalEvent): string[];
  /** Whether the line of an event in plain progress would say again what was said before. */
  repeats(history: RunHistory, line: JournalEvent): boolean;
  /** At the foot of the live view while the run is driven, for lines of this width. */
  foot(history: RunHistory, width: number): Foot;
}

/** Escaped lines without colours; the view cuts them to its width. */
export interface Foot {
  full: string[];
  /** In place of them where the terminal is low. */
  short: string[];
}
