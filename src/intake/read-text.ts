/** Takes a text apart: what is code or quoted goes, the rest becomes clauses of a known kind. Nothing here throws. */
import { toldIn, type Told } from './report-parts.ts';
import {
  asksForRepair,
  isNegated,
  isQuestion,
  isTracked,
  reportsSymptom,
  requestIn,
  saysBehaviour,
  refersBack,
  saysExpectation,
  saysWhatOughtToBe,
  startsWithVerb,
  stripPrefix,
} from './request-words.ts';
import { mendSlips } from './typing-slips.ts';

/** The rules read no further; a longer text is a large piece of work in any case. */
export const MAX_CHARS = 20_000;
/** Longer clauses are cut in two, so that no rule looks far. */
const MAX_CLAUSE = 600;

/**
 * `request`: asks for something to be done; `symptom`: says what is broken; `negated`: says what shall not be
 * done; `question`: wants to know; `statement`: everything else.
 */
export interface Clause {
  kind: 'request' | 'symptom' | 'negated' | 'question' | 'statement';
  /** As written. */
  raw: string;
  /** Of a request, from its verb on. */
  words: string;
}

export interface ReadText {
  /** What of the text was read, as it is. */
  head: string;
  clauses: Clause[];
  /** Whether the text is longer than what was read. */
  cut: boolean;
  /** Whether there was text that is not read: code blocks, quoted lines, comments. */
  skipped: boolean;
}

export function readText(text: string): ReadText {
  const head = text.slice(0, MAX_CHARS);
  const plain = withoutCode(head);
  const clauses = sentencesOf(mendSlips(plain)).flatMap(({ words, asked, told }) =>
    clausesOf(words).map((clause) => classify(clause, asked, told)),
  );
  return {
    head,
    clauses: inContext(clauses),
    cut: text.length > MAX_CHARS,
    skipped: plain.length !== head.length,
  };
}

/** Code blocks, quoted lines and comments are material, not the request. */
function withoutCode(text: string): string {
  return text
    .replaceAll(/(```|~~~)[\s\S]*?(?:\1|$)/g, '\n\n')
    .replaceAll(/<!--[\s\S]*?(?:-->|$)/g, ' ')
    .replaceAll(/^[ \t]*>.*$/gm, '');
}

interface Sentence {
  words: string;
  asked: boolean;
  told: Told;
}

function sentencesOf(text: string): Sentence[] {
  const blocks = text
    .normalize('NFKC')
    .replaceAll(/[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, '')
    .replaceAll(/[‘’]/g, "'")
    .replaceAll(/https?:\/\/\S+/g, ' ')
    .replaceAll(/\b(e\.g|i\.e|etc|vs|approx)\./gi, (short) => short.replaceAll('.', ''))
    .replaceAll(/\n(?=[ \t]*(?:[-*•+]|\d+[.)]|#{1,6})\s)/g, '\n\n')
    .replaceAll(/(?<=(?:^|\n)[ \t]*#{1,6}[ \t][^\n]*)\n/g, '\n\n')
    .split(/\n\s*\n/);
  return toldIn(blocks).flatMap(({ words: block, told }) =>
    withoutEmphasis(
      block
        .replaceAll(/\s+/g, ' ')
        .trim()
        .replace(/^(?:[-*•+]|\d+[.)]|#{1,6})\s+(?:\[[ x]\]\s*)?/i, ''),
    )
      .replaceAll(/[`“”"]/g, '')
      .split(/(?<=[.!?])\s+|;\s*/)
      .flatMap((sentence) => inPieces(sentence))
      .map((sentence, index) => ({
        words: sentence.replace(/[.!?:\s]+$/, '').trim(),
        asked: /\?\s*$/.test(sentence),
        // What goes on after the first sentence of it is about the same thing.
        told: told === 'seen' && index > 0 ? ('done' as const) : told,
      }))
      .filter(({ words }) => /[\p{L}\p{N}]/u.test(words)),
  );
}

/** A code span, or what stands between asterisks around whole words: `qty*price` and `src/*.ts` stay as they are. */
const EMPHASIS =
  /`([^`]*)`|(?<![^\s("'“_])(\*{1,3})(?=[^\s*./,;:)])(.{1,2000}?)(?<=[^\s*/(])\2(?![^\s.,:;!?)"'”_])/g;

function withoutEmphasis(text: string): string {
  return text.replaceAll(EMPHASIS, (_all, code?: string, _marks?: string, inner?: string) =>
    inner === undefined ? (code ?? '') : withoutEmphasis(inner),
  );
}

function inPieces(sentence: string): string[] {
  if (sentence.length <= MAX_CLAUSE) return [sentence];
  const pieces: string[] = [];
  for (let rest = sentence; rest !== '';) {
    const space = rest.length <= MAX_CLAUSE ? -1 : rest.lastIndexOf(' ', MAX_CLAUSE);
    const end = space > 0 ? space : MAX_CLAUSE;
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return pieces;
}

/** Splits where a request turns into what shall not be done, or the other way round. */
function clausesOf(sentence: string): string[] {
  const parts = sentence.split(
    /\s*(?:,|\bbut\b|\band\b)[\s,]*(?=(?:please )?(?:do not|don't|dont|never|must not|should not|no need)\b)|\s*,?\s*\b(?:but|instead|however)\b,?\s+(?!of\b)/i,
  );
  return parts.flatMap((part) => (isNegated(part) ? afterNegation(part) : [part])).filter((p) => p !== '');
}

/** "Do not touch the pages, add an endpoint" asks; "do not add, change or remove endpoints" does not. */
function afterNegation(part: string): string[] {
  for (const match of part.matchAll(/,\s+(?:just |please |only )?/g)) {
    const before = part.slice(0, match.index).split(' ').at(-1) ?? '';
    const after = part.slice(match.index + match[0].length);
    if (startsWithVerb(after) && !startsWithVerb(`${before} it`)) return [part.slice(0, match.index), after];
  }
  return [part];
}

function classify(words: string, asked: boolean, told: Told): Clause {
  if (told === 'seen') return { kind: 'symptom', raw: words, words };
  if (told === 'done') return { kind: 'statement', raw: words, words };
  if (isNegated(words)) return { kind: 'negated', raw: words, words };
  const request = requestIn(words, asked);
  if (request !== null) return { kind: 'request', raw: words, words: request };
  if (isQuestion(words, asked)) return { kind: 'question', raw: words, words };
  if (reportsSymptom(words)) return { kind: 'symptom', raw: words, words: stripPrefix(words) };
  if (isTracked(words)) return { kind: 'request', raw: words, words: stripPrefix(words) };
  return { kind: 'statement', raw: words, words };
}

/** How far back a word like "it" is looked for. */
const STATEMENTS_BACK = 5;

/** Clauses that only mean something beside the one before or after them. */
function inContext(clauses: readonly Clause[]): Clause[] {
  return clauses.map((clause, at) => {
    const [before, after] = [clauses[at - 1], clauses[at + 1]];
    const { kind, raw } = clause;
    if (kind === 'negated' || kind === 'question') return clause;
    // "… It should be 409." belongs to what is reported or repaired, and is no further request.
    if (before !== undefined && isReport(before) && saysWhatOughtToBe(raw) && isAfter(before, raw))
      return { ...clause, kind: 'statement', words: raw };
    if (
      before?.kind === 'statement' &&
      (saysExpectation(raw) || (kind === 'request' && refersBack(clause.words)))
    )
      return { kind: 'request', raw: `${statementsBefore(clauses, at)}. ${raw}`, words: clause.words };
    if (
      kind === 'statement' &&
      after !== undefined &&
      saysExpectation(after.raw) &&
      !saysExpectation(raw) &&
      isReport(clause)
    )
      return { ...clause, kind: 'symptom' };
    return clause;
  });
}

/** Of a mere statement only what refers to it is the other side; a repair is meant by whatever follows it. */
function isAfter({ kind }: Clause, raw: string): boolean {
  return kind !== 'statement' || saysExpectation(raw);
}

function statementsBefore(clauses: readonly Clause[], at: number): string {
  const back = clauses.slice(Math.max(0, at - STATEMENTS_BACK), at);
  return back
    .filter(({ kind }) => kind === 'statement')
    .map(({ raw }) => raw)
    .join('. ');
}

/** Whether what ought to be, said next, contradicts it. */
function isReport({ kind, words }: Clause): boolean {
  if (kind === 'request') return asksForRepair(words);
  return kind === 'symptom' || (kind === 'statement' && saysBehaviour(words));
}
