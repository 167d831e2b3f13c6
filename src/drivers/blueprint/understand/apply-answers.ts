/** A request with what people answered: each answer is read against the questions that were open when it was given. */
import type { Understanding } from './conclude.ts';
import { NOTHING_SETTLED, type Question, type Settled } from './question.ts';
import { readAnswer } from './read-answer.ts';
import type { Habits } from './habits.ts';
import { readHead, understandRequest } from './understand-request.ts';

/** Later answers win over earlier ones. What is not understood in the last one is said with the questions, or asked about. */
export function understandWithAnswers(
  request: string,
  answers: readonly string[],
  habits: Habits,
): Understanding {
  let asked = request;
  let settled: Settled = NOTHING_SETTLED;
  let unread: string[] = [];
  let missed: string[] = [];
  for (const answer of answers) {
    if (readHead(answer.replaceAll(/\s+/g, ' ').trim()) !== null) {
      [asked, settled, unread, missed] = [answer, NOTHING_SETTLED, [], []];
      continue;
    }
    const before = understandRequest(asked, habits, settled);
    const read = readAnswer(answer, withUnread(before, unread), settled);
    settled = read.settled;
    missed = [...missed, ...read.notUnderstood];
    const still = before.open.length > 0 ? [] : unread;
    unread = [...new Set([...still, ...read.notUnderstood])].filter(
      (words) => !read.settled.leftOut.has(words.toLowerCase()),
    );
  }
  return saying(withUnread(understandRequest(asked, habits, settled), unread), missed);
}

/** Words of the last answer that were not understood: said before the questions; where nothing else is open they are one themselves. */
function withUnread(understanding: Understanding, unread: readonly string[]): Understanding {
  if (unread.length === 0) return understanding;
  const quoted = unread.map((words) => `"${words}"`).join(', ');
  const { open, decisions, named } = understanding;
  const asked: Question[] =
    open.length > 0
      ? open.map((question, i) =>
          i === 0
            ? { ...question, text: `I did not understand the answer ${quoted}. ${question.text}` }
            : question,
        )
      : unread.map((what) => ({
          about: 'clause',
          what,
          text: `I did not understand "${what}" in the answer, and nothing else is open. Shall it be left out? (yes; if no, another driver has to do it.)`,
        }));
  return { resource: null, decisions, open: asked, questions: asked.map(({ text }) => text), named };
}

/** What was not understood is not forgotten when the rest is. */
function saying(understanding: Understanding, missed: readonly string[]): Understanding {
  if (understanding.resource === null || missed.length === 0) return understanding;
  const quoted = [...new Set(missed)].map((words) => `"${words}"`).join(', ');
  return {
    ...understanding,
    decisions: [...understanding.decisions, `Answers that were not understood changed nothing: ${quoted}.`],
  };
}
