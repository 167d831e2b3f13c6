/**
 * The submitter's words in an existing pull request: its title, and what stands in front of what the engine says. After rework they are
 * written anew, unless a person changed them: a hidden line says what Baton wrote last.
 */
import { hashBytes } from '../journal/hash.ts';
import { EVIDENCE } from './write-links.ts';

const MARK = /<!-- baton:words=([0-9a-f]{16}) -->/;

export interface Words {
  title: string;
  body: string;
}

/** The line that goes with a title and words in front of the engine's part. */
export function wordsMark(title: string, words: string): string {
  return `<!-- baton:words=${digestOf(title, words)} -->`;
}

/**
 * What is there with the words of `wanted`; as it is where a person changed title or words, where they were cut for their length, and where the
 * pull request is older than the mark.
 */
export function writeWords(there: Words, wanted: Words, marker: string): Words {
  const [now, next] = [partsOf(there.body, marker), partsOf(wanted.body, marker)];
  if (now === null || next === null) return there;
  const written = MARK.exec(now.rest)?.[1];
  if (written !== digestOf(there.title, now.words)) return there;
  return { title: wanted.title, body: `${now.front}${next.words}\n\n${now.rest}` };
}

/** Whether title and words are those that Baton wrote last; null: nothing there says what it wrote. */
export function areWordsKept({ title, body }: Words, marker: string): boolean | null {
  const parts = partsOf(body, marker);
  const written = parts === null ? undefined : MARK.exec(parts.rest)?.[1];
  return parts === null || written === undefined ? null : written === digestOf(title, parts.words);
}

/** In front of the words stands the marker, behind them what the engine says; null: there is no such part. */
function partsOf(body: string, marker: string): { front: string; words: string; rest: string } | null {
  const at = body.indexOf(EVIDENCE.begin);
  if (at < 0) return null;
  const front = body.startsWith(`${marker}\n`) ? `${marker}\n` : '';
  return { front, words: body.slice(front.length, at).trim(), rest: body.slice(at) };
}

function digestOf(title: string, words: string): string {
  return hashBytes(`${title.trim()}\n${words.trim()}`).slice(0, 16);
}
