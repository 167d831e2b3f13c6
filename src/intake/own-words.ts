/** Finds again what was written: the rules read words that were tidied, and people are shown their own. */
import { mendSlips } from './typing-slips.ts';

const WORD = /[\p{L}\p{N}]+/gu;
/** Enough to know the place by; what is quoted is cut shorter. */
const MOST_WORDS = 60;

/** Gives the passage of a text that some words were taken from. */
export type OwnWords = (words: string) => string;

/** As it was typed in this text; the words themselves where they are not one passage of it. */
export function ownWordsIn(text: string): OwnWords {
  let written: Word[] | null = null;
  return (words) => {
    const wanted = wordsIn(words).slice(0, MOST_WORDS);
    if (wanted.length === 0) return words;
    const there = (written ??= wordsIn(text));
    const start = there.findIndex((_, at) =>
      wanted.every(({ read }, offset) => there[at + offset]?.read === read),
    );
    const [first, last] = [there[start], there[start + wanted.length - 1]];
    if (first === undefined || last === undefined) return words;
    return opened(text, first.from, words) + text.slice(first.from, last.to) + closed(text, last.to);
  };
}

interface Word {
  read: string;
  from: number;
  to: number;
}

/** What the rules compare a word by, and where it stands. */
function wordsIn(text: string): Word[] {
  return [...text.matchAll(WORD)].map(({ 0: word, index }) => ({
    read: mendSlips(word.normalize('NFKC')).toLowerCase(),
    from: index,
    to: index + word.length,
  }));
}

/** Signs that belong to the first word: the `/` of a path, the `-` of a flag. */
function opened(text: string, from: number, words: string): string {
  const signs = /^[^\p{L}\p{N}\s]+/u.exec(words)?.[0] ?? '';
  return signs !== '' && text.slice(0, from).endsWith(signs) ? signs : '';
}

/** Signs that belong to the last word: brackets that it closes, a percent sign, the mark of a question. */
function closed(text: string, to: number): string {
  return /^(?:\(\)|%|\)(?=\s|$))?\??/.exec(text.slice(to))?.[0] ?? '';
}
