/** Takes a text apart: what is code or quoted goes, the rest becomes clauses of a known kind. Nothing here throws. */
import {
  isNegated,
  isQuestion,
  reportsSymptom,
  requestIn,
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
  clauses: Clause[];
  /** Whether the text is longer than what was read. */
  cut: boolean;
  /** Whether there was text that is not read: code blocks, quoted lines, comments. */
  skipped: boolean;
}

export function readText(text: string): ReadText {
  const head = text.slice(0, MAX_CHARS);
  const plain = withoutCode(head);
  const clauses = sentencesOf(mendSlips(plain)).flatMap(({ words, asked }) =>
    clausesOf(words).map((clause) => classify(clause, asked)),
  );
  return { clauses, cut: text.length > MAX_CHARS, skipped: plain.length !== head.length };
}

/** Code blocks, quoted lines and comments are material, not the request. */
function withoutCode(text: string): string {
  return text
    .replaceAll(/(```|~~~)[\s\S]*?(?:\1|$)/g, '\n\n')
    .replaceAll(/<!--[\s\S]*?(?:-->|$)/g, ' ')
    .replaceAll(/^[ \t]*>.*$/gm, '');
}

function sentencesOf(text: string): { words: string; asked: boolean }[] {
  return text
    .normalize('NFKC')
    .replaceAll(/[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, '')
    .replaceAll(/[‘’]/g, "'")
    .replaceAll(/https?:\/\/\S+/g, ' ')
    .replaceAll(/\b(e\.g|i\.e|etc|vs|approx)\./gi, (short) => short.replaceAll('.', ''))
    .replaceAll(/\n(?=[ \t]*(?:[-*•+]|\d+[.)]|#{1,6})\s)/g, '\n\n')
    .split(/\n\s*\n/)
    .map((block) =>
      block
        .replaceAll(/\s+/g, ' ')
        .trim()
        .replace(/^(?:[-*•+]|\d+[.)]|#{1,6})\s+(?:\[[ x]\]\s*)?/i, '')
        .replaceAll(/[`*“”"]/g, ''),
    )
    .flatMap((block) => block.split(/(?<=[.!?])\s+|;\s*/))
    .flatMap((sentence) => inPieces(sentence))
    .map((sentence) => ({
      words: sentence.replace(/[.!?:\s]+$/, '').trim(),
      asked: /\?\s*$/.test(sentence),
    }))
    .filter(({ words }) => /[\p{L}\p{N}]/u.test(words));
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

function classify(words: string, asked: boolean): Clause {
  if (isNegated(words)) return { kind: 'negated', raw: words, words };
  const request = requestIn(words, asked);
  if (request !== null) return { kind: 'request', raw: words, words: request };
  if (isQuestion(words, asked)) return { kind: 'question', raw: words, words };
  if (reportsSymptom(words)) return { kind: 'symptom', raw: words, words: stripPrefix(words) };
  return { kind: 'statement', raw: words, words };
}
