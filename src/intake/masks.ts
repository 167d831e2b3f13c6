/** Takes out of a request what it says shall not be part of it. */

const LEFT_OUT =
  /\b(?:without|excluding|except(?: for)?|other than|instead of|rather than|not (?:for |including |touching |changing )?(?:the|a|an|any|in|touching|changing)|leave out|ignoring)\s+.*?(?=,|\b(?:and|but)\b|$)/gi;
const NONE_OF =
  /\bno\s+(?:changes? (?:to|in) |need (?:for|of) )?(?:[\w-]+\s*){1,3}?(?=,|\b(?:and|but|in|to|for)\b|$)/gi;

/** The request without "without …", "instead of …", "no … changes". */
export function withoutExclusions(words: string): string {
  return words.replaceAll(LEFT_OUT, ' ').replaceAll(NONE_OF, ' ');
}
