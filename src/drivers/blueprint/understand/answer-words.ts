/** Words of answers that mean the same whatever was asked. */

const YES =
  /^(?:yes|y|yeah|yep|sure|ok|okay|please do|do so|fine|correct|right)(?:[,\s]+(?:please|do so|they shall|it shall|there))*$/i;
const NO = /^(?:no|n|nope|never|another driver|by another driver|done by another driver)\b/i;
const NEGATED = /\b(?:not|never|don't|cannot|can't|mustn't|shouldn't)\b/i;
const LEAVING =
  /\b(?:leave|leaves|left|leaving)\b.*\bout\b|\b(?:leave out|drop|dropped|skip|skipped|omit|omitted|ignore|ignored)\b/i;
/** What stands around the thing that is left out. */
const FILLING =
  /\b(?:yes|ok|okay|sure|please|leave|leaves|left|leaving|out|drop|dropped|skip|skipped|omit|omitted|ignore|ignored|it|that|this|them|those|they|both|all|everything|may|can|could|should|shall|will|be|is|are|the|an?|of|and|for now|then|just|simply|you|we|i|field|clause|part)\b/gi;

/** Without quotes around it, courtesies and what ends a sentence. */
export function bare(words: string): string {
  return words
    .trim()
    .replaceAll(/[`"']/g, '')
    .replace(/[.!\s]+$/, '')
    .replace(/[,\s]+(?:please|thanks|thank you)$/i, '')
    .replace(/^please[,\s]+/i, '')
    .trim();
}

export function isYes(words: string): boolean {
  return YES.test(bare(words));
}

/** "Do not leave it out" is one, too. */
export function isNo(words: string): boolean {
  const said = bare(words);
  return LEAVING.test(said) ? NEGATED.test(said) : NO.test(said) || /^(?:keep|do) (?:it|them)$/i.test(said);
}

/** Which words of the request are to be left out: empty where the answer only says "it"; null where it says nothing of the kind. */
export function leavesOut(words: string): string[] | null {
  const said = bare(words);
  if (!LEAVING.test(said) || isNo(words)) return null;
  return said
    .toLowerCase()
    .replaceAll(FILLING, ' ')
    .split(/[^a-z0-9/:_-]+/)
    .filter((word) => word !== '');
}
