/** How much an agent is sent, by its role, and what is left out where that is not enough: by name, never silently. */
import type { Hash } from '../core/results.ts';
import type { Role } from '../core/words.ts';
import type { ContextItem } from '../drivers/driver.ts';

/** Estimated: instructions, prompt and context together. Most models bear on three times the largest one. */
export const PROMPT_TOKENS: Readonly<Record<Role, number>> = {
  coordinator: 32_000,
  planner: 40_000,
  specialist: 40_000,
  tester: 40_000,
  reviewer: 64_000,
  submitter: 32_000,
};

/** Of our own texts and sources, as a tokenizer of 200,000 words counts them: 4.0 to 4.5. */
const CHARS_PER_TOKEN = 4;
/** However much room there is, of one earlier result no more than this. */
const MAX_ITEM_CHARS = 32_768;
/** A text that is cut shorter than this says nothing. */
const MIN_ITEM_CHARS = 400;

/** What an agent could be sent of one thing. */
export interface Source extends ContextItem {
  /** Where its whole text is kept; null: it is made for this order. */
  artifact: Hash | null;
  /** The work is about it: it has the room before earlier results do, and no bound of its own. */
  first: boolean;
  /** Characters that it had before it was bounded when the run started; absent: it is whole. */
  whole?: number;
}

/** What was sent of it: the text itself, or how much of a stored one. */
export type SentItem = { name: string; kind: string } & (
  | { text: string }
  | { artifact: Hash; shown: number; of: number }
);

export interface Fitted {
  items: ContextItem[];
  sent: SentItem[];
  /** One line for each that is not whole. */
  shortened: string[];
}

export function estimateTokens(chars: number): number {
  return Math.ceil(chars / CHARS_PER_TOKEN);
}

export function toChars(tokens: number): number {
  return tokens * CHARS_PER_TOKEN;
}

/** Characters that are left for context, once instructions and prompt are there. */
export function roomFor(role: Role, spentChars: number): number {
  return Math.max(0, toChars(PROMPT_TOKENS[role]) - spentChars);
}

/**
 * Fits sources into so many characters, in their order. Those that the work is about are served first; what is left is
 * shared so that short ones stay whole and long ones are cut to the same length.
 */
export function fitContext(sources: readonly Source[], room: number): Fitted {
  const first = shares(
    sources.filter((each) => each.first).map(({ text }) => text.length),
    room,
  );
  const used = first.reduce((sum, chars) => sum + chars, 0);
  const rest = shares(
    sources.filter((each) => !each.first).map(({ text }) => Math.min(text.length, MAX_ITEM_CHARS)),
    room - used,
  );
  const fitted: Fitted = { items: [], sent: [], shortened: [] };
  let firsts = 0;
  let others = 0;
  for (const source of sources) {
    const shown = (source.first ? first[firsts++] : rest[others++]) ?? 0;
    const { name, kind, text, artifact } = source;
    const cutText = cut(text, shown);
    fitted.items.push({ name, kind, text: cutText });
    fitted.sent.push(
      artifact === null ? { name, kind, text: cutText } : { name, kind, artifact, shown, of: text.length },
    );
    const whole = source.whole ?? text.length;
    if (shown < whole)
      fitted.shortened.push(`${name} (${kind}): ${showCount(shown)} of ${showCount(whole)} characters`);
  }
  return fitted;
}

/** How many characters of each: all of the short ones, and of the long ones as many as of each other. */
export function shares(lengths: readonly number[], room: number): number[] {
  let left = Math.max(0, room);
  let open = lengths.length;
  let bound = Infinity;
  for (const length of lengths.toSorted((a, b) => a - b)) {
    const even = Math.max(MIN_ITEM_CHARS, Math.floor(left / open));
    if (length > even) {
      bound = even;
      break;
    }
    left -= length;
    open -= 1;
  }
  return lengths.map((length) => Math.min(length, bound));
}

/** Bounds a text, and says so in it. */
export function cut(text: string, maxChars: number = MAX_ITEM_CHARS): string {
  return text.length <= maxChars
    ? text
    : `${text.slice(0, maxChars)}\n[cut: ${text.length - maxChars} more characters]`;
}

export function showCount(count: number): string {
  return count.toLocaleString('en-US');
}
