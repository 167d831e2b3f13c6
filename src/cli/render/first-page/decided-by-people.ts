/** What people were asked and what they answered, one line each. */
import { withoutWaiting } from '../../../core/review/blocker-words.ts';
import { firstLineWithItems } from '../escape.ts';
import type { ReportDocument } from '../report-document.ts';
import { shorten, shortList } from './short.ts';

/** Where there is nothing to tell. */
export const NOBODY_ASKED = 'Nobody was asked anything.';

/** Empty: nobody was asked anything. */
export function decidedByPeople({
  questions,
  overrides,
}: Pick<ReportDocument, 'questions' | 'overrides'>): string[] {
  return shortList([
    ...questions.map(({ text, answer }) => {
      const asked = askedShort(text);
      if (answer === null) return `not answered: ${asked}`;
      const said = answer.text === '' ? '' : ` (“${shorten(answer.text)}”)`;
      return `${answer.by}: ${answer.option.replaceAll('_', ' ')}${said}, asked: ${asked}`;
    }),
    ...overrides.map(({ step, by, text }) => {
      const said = text === '' ? '' : `: ${shorten(text)}`;
      return `${by} accepted ${step} in place of a verdict${said}`;
    }),
  ]);
}

/** What is asked, without who waits for it. */
export function askedShort(text: string): string {
  return shorten(firstLineWithItems(withoutWaiting(text)));
}
