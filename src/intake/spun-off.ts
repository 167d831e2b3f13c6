/** The parts of a request that are frontend work: what is not built here, in the words of who asked for it. */
import { backendBesides, frontendWork, meansSoftware } from './sides.ts';
import { startsWithVerb } from './request-words.ts';

const BETWEEN =
  /\s*,\s*(?:(?:and|then|plus)\s+)?|\s+(?:and|then|plus|with|as well as|along with|together with)\s+/i;

/**
 * Cuts a request at "and", "with" and commas, and keeps what asks for frontend work; words that mean no
 * software stay with the part before them. Empty where nothing of it is frontend work.
 */
export function frontendPartsOf(words: string): string[] {
  const thing = frontendWork(words);
  if (thing === null) return [];
  if (!backendBesides(words)) return [words];
  const parts = inParts(words).filter((part) => frontendWork(part) !== null && !backendBesides(part));
  // Both are said in one breath: only the thing itself can be named.
  return parts.length === 0 ? [thing] : parts;
}

function inParts(words: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (const match of words.matchAll(new RegExp(BETWEEN, 'gi'))) {
    const rest = words.slice(match.index + match[0].length);
    const next = rest.split(BETWEEN, 1)[0] ?? '';
    if (!isOwnPart(next)) continue;
    parts.push(words.slice(from, match.index));
    from = match.index + match[0].length;
  }
  return [...parts, words.slice(from)].filter((part) => part !== '');
}

/** Tests and documents belong to nobody's page: who leaves out too much would leave out work of the run. */
const BESIDES = /\b(?:tests?|docs?|documentation|e2e|coverage)\b/i;

function isOwnPart(words: string): boolean {
  return (
    startsWithVerb(words) || BESIDES.test(words) || frontendWork(words) !== null || meansSoftware(words, true)
  );
}
