/** One answer of a person, bound to the questions that it answers. */
import { bare, isNo, isYes, leavesOut } from './answer-words.ts';
import type { NamedField, Understanding } from './conclude.ts';
import type { Question, Settled } from './question.ts';
import { settle } from './settle.ts';

/** Of more than one thing. */
const SEVERAL = /\b(?:them|these|those|they|both|all|everything)\b/i;

type Asked = Pick<Understanding, 'open' | 'named'>;

export interface ReadAnswer {
  settled: Settled;
  /** The parts of the answer that say nothing of what was asked. */
  notUnderstood: string[];
}

/** Reads it against what was asked; what it says a field is that nobody asked about counts as well. */
export function readAnswer(answer: string, { open, named }: Asked, settled: Settled): ReadAnswer {
  if (bare(answer) === '') return { settled, notUnderstood: [] };
  const parts = partsOf(answer, [...open.flatMap(namesIn), ...named.map(({ label }) => label)]);
  const read: ReadAnswer = { settled, notUnderstood: [] };
  for (const part of parts) {
    const next = readPart(part, open, read.settled) ?? sayType(part, named, read.settled);
    if (next === null) read.notUnderstood.push(part.trim());
    else read.settled = next;
  }
  if (parts.length > 1 || read.notUnderstood.length === 0) return read;
  return { settled, notUnderstood: [answer.trim()], ...readInOrder(answer, open, settled) };
}

/** Where the next name that was asked for begins, or a word about something that is left out. */
function partsOf(answer: string, labels: readonly string[]): string[] {
  const named = labels
    .map(escaped)
    .map(
      (label) =>
        String.raw`["'\u0060]?${label}["'\u0060]?\s*(?:\bis\b|\bare\b|\bas\b|:|=|\(|\bshall\b|\bshould\b|\bmay\b|\bto\s+be\b)`,
    );
  const next = [...named, String.raw`(?:please\s+)?(?:leave|drop|skip|omit|ignore)\b`].join('|');
  return answer
    .split(new RegExp(String.raw`(?:\s*[,;.\n]\s*(?:and\s+)?|\s+and\s+)(?=${next})`, 'gi'))
    .filter(
      (part, i, parts) => bare(part) !== '' && !(isYes(part) && leavesOut(parts[i + 1] ?? '') !== null),
    );
}

function namesIn(question: Question): string[] {
  switch (question.about) {
    case 'field':
      return [question.label ?? question.words];
    case 'field_name':
      return [question.label];
    case 'twice':
      return [question.name.replaceAll('_', ' ')];
    case 'key':
      return question.fields.map(({ name }) => name);
    default:
      return [];
  }
}

const escaped = (label: string): string =>
  label.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`).replaceAll(/[ _]/g, '[ _]');

/** null: it says nothing of what was asked, or what it says could be said of several. */
function readPart(part: string, open: readonly Question[], settled: Settled): Settled | null {
  const targets = leavesOut(part);
  if (targets !== null) return leaveOut(part, targets, open, settled);
  const yesOrNo = open.filter(
    (question) =>
      question.about === 'clause' ||
      question.about === 'place' ||
      (question.about === 'field' && question.instead !== null),
  );
  if ((isYes(part) || isNo(part)) && yesOrNo.length > 0) {
    const taken = yesOrNo.filter((question) => settle(question, part, settled) !== null);
    if (taken.length === 0) return null;
    return taken.reduce((all, question) => settle(question, part, all) ?? all, settled);
  }
  const every = /^(?:both|all|each|everything)(?:\s+of\s+them)?(?:\s+(?:are|is))?\s+(.+)$/i.exec(
    bare(part),
  )?.[1];
  if (every !== undefined) {
    const fields = open.filter(({ about }) => about === 'field');
    const all = fields.map((question) => settle(question, every, settled));
    return fields.length > 0 && !all.includes(null)
      ? fields.reduce((sum, question) => settle(question, every, sum) ?? sum, settled)
      : null;
  }
  const named = open.filter((question) => namesIn(question).some((label) => beginsWith(part, label)));
  const within = open.filter((question) => question.about === 'field' && holdsSubject(question.words, part));
  return only(named, part, settled) ?? only(within, part, settled) ?? only(open, part, settled);
}

/** Whether what the part is about stands in these words: `code is text` is about `code behind an API key`. */
function holdsSubject(words: string, part: string): boolean {
  const subject = /^(?:the\s+)?([a-z][\w -]*?)\s*(?:\bis\b|[:=(])/i.exec(bare(part))?.[1];
  return subject !== undefined && new RegExp(`(?<![a-z0-9])${escaped(subject)}(?![a-z0-9])`, 'i').test(words);
}

/** What the one question that takes it makes of it. */
function only(questions: readonly Question[], part: string, settled: Settled): Settled | null {
  const taken = questions.map((question) => settle(question, part, settled)).filter((each) => each !== null);
  return taken.length === 1 ? (taken[0] ?? null) : null;
}

const beginsWith = (part: string, label: string): boolean =>
  new RegExp(`^${escaped(label)}(?![a-z0-9])`, 'i').test(bare(part));

/** `rating is a positive integer` of a field that the request names; null: it is about none, or says no type. */
function sayType(part: string, named: readonly NamedField[], settled: Settled): Settled | null {
  const questions = named
    .filter(({ label }) => beginsWith(part, label))
    .map(({ words, label }): Question => ({ about: 'field', words, label, instead: null, text: '' }));
  return leavesOut(part) === null && !isYes(part) && !isNo(part) ? only(questions, part, settled) : null;
}

/** "Leave it out" means the one question that offers it, or the only one; "leave the email out" what has these words; "leave them out" all. */
function leaveOut(
  part: string,
  targets: readonly string[],
  open: readonly Question[],
  settled: Settled,
): Settled | null {
  const droppable = open.filter((question) => wordsOf(question) !== '');
  const offering = droppable.filter(offersLeavingOut);
  const likely = offering.length > 0 ? offering : droppable;
  const meant =
    targets.length > 0
      ? droppable.filter((question) => {
          const said = wordsOf(question)
            .toLowerCase()
            .split(/[^a-z0-9/:_-]+/);
          return targets.every((target) => said.includes(target));
        })
      : likely;
  if (meant.length === 0 || (meant.length > 1 && !SEVERAL.test(part))) return null;
  return meant.reduce((all, question) => settle(question, 'leave it out', all) ?? all, settled);
}

/** What can be left out of the request, in its words; empty: nothing. */
function wordsOf(question: Question): string {
  switch (question.about) {
    case 'clause':
      return question.what;
    case 'field':
      return question.words;
    case 'client':
      return 'client library';
    default:
      return '';
  }
}

/** Whether its words offer it; of any other field it can be said, too, where nothing else is open. */
function offersLeavingOut({ about, text }: Question): boolean {
  return about === 'clause' || text.includes('leave it out');
}

/** `text, a date` for two fields that were asked about: in the order of the questions. */
function readInOrder(answer: string, open: readonly Question[], settled: Settled): Partial<ReadAnswer> {
  const fields = open.filter(({ about }) => about === 'field');
  const parts = answer.split(/\s*(?:[,;\n]|\band\b)\s*/i).filter((part) => bare(part) !== '');
  if (fields.length < 2 || parts.length !== fields.length) return {};
  let all: Settled = settled;
  for (const [i, question] of fields.entries()) {
    const next = settle(question, parts[i] ?? '', all);
    if (next === null) return {};
    all = next;
  }
  return { settled: all, notUnderstood: [] };
}
