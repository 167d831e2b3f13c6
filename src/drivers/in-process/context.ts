/**
 * Keeps a conversation within what its model bears. Old tool calls and what they gave back are shortened first; where
 * that is not enough, the model sums up what was done, and goes on from its order and that summary.
 */
import type { ModelMessage } from 'ai';

/** Messages at the end that stay as they are: what the model is at work on. */
const KEPT_MESSAGES = 6;
/** Of a shortened text. */
const KEPT_CHARS = 240;
const CHARS_PER_TOKEN = 4;
/** Parts of the limit from which on something is done. */
const SHORTEN_AT = 0.6;
const SUM_UP_AT = 0.8;

export const SUM_UP =
  'Your conversation is getting too long. Sum up, for yourself: what was asked, what you found out, what you did to which files, what failed, and what is still to be done, with names and paths. You go on from this summary alone. Call no tool now.';

/** In place of a summary that could not be made. */
export const NO_SUMMARY =
  'Your conversation became too long and is lost. Look at the files for what you have done already, and go on.';

export type Relief = 'none' | 'shorten' | 'sum_up';

/** `tokens`: what the provider counted for the last call; null: it did not say. */
export function reliefFor(messages: readonly ModelMessage[], tokens: number | null, limit: number): Relief {
  if (messages.length <= 2) return 'none';
  const used = tokens ?? JSON.stringify(messages).length / CHARS_PER_TOKEN;
  if (used >= limit * SUM_UP_AT) return 'sum_up';
  return used >= limit * SHORTEN_AT ? 'shorten' : 'none';
}

/** The same conversation with long texts cut in the tool calls and results before the last messages. */
export function shortenOld(messages: readonly ModelMessage[]): ModelMessage[] {
  const from = Math.max(1, messages.length - KEPT_MESSAGES);
  return messages.map((message, at) => (at === 0 || at >= from ? message : shortenMessage(message)));
}

/** What the model was first told, and what it says of its work since. */
export function startAnew(order: string, summary: string): ModelMessage[] {
  return [
    { role: 'user', content: `${order}\n\n## What you have done so far, in your own words\n${summary}` },
  ];
}

function shortenMessage(message: ModelMessage): ModelMessage {
  if (message.role === 'tool')
    return {
      ...message,
      content: message.content.map((part) =>
        part.type === 'tool-result' && (part.output.type === 'text' || part.output.type === 'error-text')
          ? { ...part, output: { ...part.output, value: shortenText(part.output.value) } }
          : part,
      ),
    };
  if (message.role !== 'assistant' || typeof message.content === 'string') return message;
  return {
    ...message,
    content: message.content.map((part) =>
      part.type === 'tool-call' ? { ...part, input: shortenInput(part.input) } : part,
    ),
  };
}

function shortenInput(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [
      name,
      typeof value === 'string' ? shortenText(value) : value,
    ]),
  );
}

function shortenText(text: string): string {
  if (text.length <= 2 * KEPT_CHARS) return text;
  return `${text.slice(0, KEPT_CHARS)}\n[${text.length - KEPT_CHARS} older characters are left out here]`;
}
