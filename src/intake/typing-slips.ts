/** Mends slips of the fingers in the words that decide: one letter too many, too few, wrong or in the wrong place. */

/** Long enough that a word one slip away is hardly ever another word. */
const DECIDING = [
  'implement',
  'integrate',
  'introduce',
  'develop',
  'refactor',
  'document',
  'optimize',
  'validate',
  'endpoint',
  'backend',
  'database',
  'microservice',
  'middleware',
  'migration',
  'integration',
  'authentication',
  'authorization',
  'vulnerability',
  'infrastructure',
  'cloudformation',
  'terraform',
  'kubernetes',
  'repository',
  'correlate',
  'pipeline',
  'webhook',
];
const SHORTEST = 7;

/** The text with such words as they were meant; everything else, capitals included, stays as it is. */
export function mendSlips(text: string): string {
  return text.replaceAll(/(?<![\w./@-])[A-Za-z]{6,}(?![\w/@]|\.\w)/g, (word) => mend(word));
}

function mend(word: string): string {
  const lower = word.toLowerCase();
  const plural = lower.endsWith('s') ? lower.slice(0, -1) : lower;
  if (lower.length < SHORTEST - 1) return word;
  // "integrated" and "implements" are words of their own.
  if (DECIDING.some((known) => lower.startsWith(known) || known.startsWith(lower))) return word;
  const meant = DECIDING.find((known) => isOneSlipFrom(lower, known));
  if (meant !== undefined) return meant;
  const several = DECIDING.find((known) => isOneSlipFrom(plural, known));
  return several === undefined ? word : `${several}s`;
}

/** Whether one letter was added, lost, mistaken, or swapped with its neighbour. */
function isOneSlipFrom(word: string, known: string): boolean {
  if (Math.abs(word.length - known.length) > 1) return false;
  let from = 0;
  while (from < word.length && word[from] === known[from]) from += 1;
  const [rest, wanted] = [word.slice(from), known.slice(from)];
  if (rest.length > wanted.length) return rest.slice(1) === wanted;
  if (rest.length < wanted.length) return rest === wanted.slice(1);
  const swapped = rest[0] === wanted[1] && rest[1] === wanted[0] && rest.slice(2) === wanted.slice(2);
  return swapped || rest.slice(1) === wanted.slice(1);
}
