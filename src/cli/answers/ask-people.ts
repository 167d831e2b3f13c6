/** Asks the person at the terminal what a run wants to know. */
import type { Clock } from '../../engine/engine.ts';
import type { Question, QuestionOption } from '../../core/records.ts';
import { escapeText } from '../render/escape.ts';

/** What was chosen; null: the person went away (Ctrl-C), and the question stays open. */
export type Choice = { option: string; text: string } | null;

/** Options whose answer is worth nothing without words. */
const NEEDS_WORDS = new Set(['answer', 'revise', 'reject']);

/** Whether an answer with this option has to carry words. */
export function needsWords(option: string): boolean {
  return NEEDS_WORDS.has(option);
}

/** How a question is asked once; `again` where the signal took it back before anything was chosen. */
export type Ask = (question: Question, signal: AbortSignal) => Promise<Choice | 'again'>;

/** Shows and asks until somebody answers or goes away: after `remindAfterMs` without a choice the question is shown again. */
export async function askUntilAnswered(
  question: Question,
  ways: { ask: Ask; show: () => void; clock: Pick<Clock, 'sleep'>; remindAfterMs: number },
): Promise<Choice> {
  for (;;) {
    ways.show();
    const again = new AbortController();
    const answered = new AbortController();
    void ways.clock.sleep(ways.remindAfterMs, answered.signal).then(() => {
      if (!answered.signal.aborted) again.abort();
    });
    try {
      const choice = await ways.ask(question, again.signal);
      if (choice !== 'again') return choice;
    } finally {
      answered.abort();
    }
  }
}

/** Asks in place. The text of the question has to be shown before. */
export const askInPlace: Ask = async (question, signal) => {
  // Loaded here: most runs that are driven ask nobody.
  const { isCancel, select } = await import('@clack/prompts');
  const chosen = await select({
    signal,
    message: 'What now?',
    options: question.options.map((option) => ({
      value: option.id,
      label: escapeText(option.label),
      hint: escapeText(option.impact),
    })),
  });
  if (isCancel(chosen)) return signal.aborted ? 'again' : null;
  const option = question.options.find((each) => each.id === chosen);
  return option === undefined ? null : await withWords(option);
};

async function withWords(option: QuestionOption): Promise<Choice> {
  if (!option.takes_text) return { option: option.id, text: '' };
  const { isCancel, text } = await import('@clack/prompts');
  const required = needsWords(option.id);
  const words = await text({
    message: required ? 'In your words:' : 'Anything to add? (Enter for nothing)',
    validate: (value) =>
      required && (value ?? '').trim() === '' ? 'Some words are needed here.' : undefined,
  });
  return isCancel(words) ? null : { option: option.id, text: words ?? '' };
}
