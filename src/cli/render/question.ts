/** A question to a person, with the exact command for each way out. */
import type { Question } from '../../core/records.ts';
import { escapeText } from './escape.ts';
import type { Style } from './style.ts';
import { wrapHanging } from './width.ts';

/** The question as plain lines. The commands name the run and the question, so that they can be pasted anywhere. */
export function questionLines(runId: string, question: Question, style: Style, columns: number): string[] {
  const text = (line: string, indent: string): string[] => wrapHanging(`${indent}${line}`, columns - 1);
  const [first = '', ...rest] = escapeText(question.text, 'block').split('\n');
  const commands = question.options.map((option) => {
    const command = answerCommand(runId, question, option.id, option.takes_text);
    const impact = text(`${escapeText(option.label)}: ${escapeText(option.impact)}`, '      ');
    return [`    ${command}`, ...impact.map(style.dim)];
  });
  return [
    ...text(`${style.glyphs.ask} ${first}`, '').map(style.ask),
    ...rest.flatMap((line) => text(line, '  ')),
    ...commands.flat(),
  ];
}

/** The command that gives this answer. */
export function answerCommand(runId: string, question: Question, option: string, takesText = false): string {
  const text = ['answer', 'revise', 'reject'].includes(option)
    ? ' --text "…"'
    : takesText
      ? ' [--text "…"]'
      : '';
  return `baton answer ${runId} ${question.id} ${option}${text}`;
}
