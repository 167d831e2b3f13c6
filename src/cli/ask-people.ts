/** Asks the person at the terminal what a run wants to know. */
import { isCancel, select, text } from '@clack/prompts';
import type { Question, QuestionOption } from '../core/events.ts';
import { escapeText } from './render/escape.ts';

/** What was chosen; null: the person went away (Ctrl-C), and the question stays open. */
export type Choice = { option: string; text: string } | null;

/** Options whose answer is worth nothing without words. */
const NEEDS_WORDS = new Set(['answer', 'revise', 'reject']);

/** Whether an answer with this option has to carry words. */
export function needsWords(option: string): boolean {
  return NEEDS_WORDS.has(option);
}

/** Asks in place. The text of the question has to be shown before. */
export async function askInPlace(question: Question): Promise<Choice> {
  const chosen = await select({
    message: 'What now?',
    options: question.options.map((option) => ({
      value: option.id,
      label: escapeText(option.label),
      hint: escapeText(option.impact),
    })),
  });
  if (isCancel(chosen)) return null;
  const option = question.options.find((each) => each.id === chosen);
  return option === undefined ? null : await withWords(option);
}

async function withWords(option: QuestionOption): Promise<Choice> {
  if (!option.takes_text) return { option: option.id, text: '' };
  const required = needsWords(option.id);
  const words = await text({
    message: required ? 'In your words:' : 'Anything to add? (Enter for nothing)',
    validate: (value) =>
      required && (value ?? '').trim() === '' ? 'Some words are needed here.' : undefined,
  });
  return isCancel(words) ? null : { option: option.id, text: words ?? '' };
}
