/** A question to a person, with the exact command for each way out. */
import type { Question } from '../../core/records.ts';
import { withWaitingCounted } from '../../core/review/blocker-words.ts';
import { escapeText } from './escape.ts';
import { shortQuestionId } from './question-names.ts';
import type { Style } from './style.ts';
import { wrapHanging } from './width.ts';

/** Characters without a space between. */
const LONGEST_WORD = 320;

/** The run in which a question is asked, and the ids of all that it ever asked. */
export interface AskedIn {
  runId: string;
  known: Iterable<string>;
}

/** The question as plain lines. The commands name the run and the question, so that they can be pasted anywhere. */
export function questionLines(asked: AskedIn, question: Question, style: Style, columns: number): string[] {
  const text = (line: string, indent: string): string[] => wrapHanging(`${indent}${line}`, columns - 1);
  const [first = '', ...rest] = escapeText(
    withoutEndlessWords(withWaitingCounted(question.text)),
    'block',
  ).split('\n');
  const commands = question.options.map((option) => {
    const command = answerCommand(asked, question, option.id, option.takes_text);
    const impact = text(`${escapeText(option.label)}: ${escapeText(option.impact)}`, '      ');
    return [`    ${command}`, ...impact.map(style.dim)];
  });
  return [
    ...text(`${style.glyphs.ask} ${first}`, '').map(style.ask),
    ...rest.flatMap((line) => text(line, '  ')),
    ...commands.flat(),
  ];
}

/** A path of thousands of folders is no reading: its beginning and its end tell which one is meant. */
function withoutEndlessWords(text: string): string {
  return text.replace(new RegExp(String.raw`\S{${LONGEST_WORD + 1},}`, 'g'), (word) =>
    `${word.slice(0, LONGEST_WORD / 2)}…${word.slice(-LONGEST_WORD / 4)}`.toWellFormed(),
  );
}

/** The command that gives this answer. */
export function answerCommand(
  { runId, known }: AskedIn,
  question: Question,
  option: string,
  takesText = false,
): string {
  const text = ['answer', 'revise', 'reject'].includes(option)
    ? ' --text "…"'
    : takesText
      ? ' [--text "…"]'
      : '';
  return `baton answer ${runId} ${shortQuestionId(question.id, known)} ${option}${text}`;
}
