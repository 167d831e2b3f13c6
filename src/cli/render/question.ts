/** A question to a person, with the exact command for each way out. */
import type { Question } from '../../core/events.ts';
import { escapeText } from './escape.ts';
import type { Style } from './style.ts';

/** The question as plain lines. The commands name the run and the question, so that they can be pasted anywhere. */
export function questionLines(runId: string, question: Question, style: Style): string[] {
  const lines = escapeText(question.text, 'block').split('\n');
  const commands = question.options.map((option) => {
    const command = answerCommand(runId, question, option.id, option.takes_text);
    return [`    ${command}`, style.dim(`      ${escapeText(option.label)}: ${escapeText(option.impact)}`)];
  });
  return [
    style.ask(`${style.glyphs.ask} ${lines[0] ?? ''}`),
    ...lines.slice(1).map((line) => `  ${line}`),
    ...commands.flat(),
  ];
}

/** The command that gives this answer. */
export function answerCommand(runId: string, question: Question, option: string, takesText = false): string {
  const text = option === 'answer' || option === 'revise' ? ' --text "…"' : takesText ? ' [--text "…"]' : '';
  return `baton answer ${runId} ${question.id} ${option}${text}`;
}
