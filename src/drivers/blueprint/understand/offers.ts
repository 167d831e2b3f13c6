/** What the rules build in place of a type that they do not: offered in the question, never taken unasked. */

export interface Offer {
  /** The type in words, as an answer would have it. */
  type: string;
  /** What is lost by it. */
  loses: string;
}

const WHOLE: Offer = {
  type: 'positive integer',
  loses: 'I check whole numbers above 0, and no other bounds',
};
const CENTS: Offer = { type: 'positive integer, cents', loses: 'I keep money in whole cents' };
const WORDS: Offer = { type: 'one of yes, no', loses: 'I keep no true and false' };
const DAY: Offer = { type: 'date', loses: 'I keep days, without a time of day' };
const asText = (what: string): Offer => ({
  type: 'text',
  loses: `I check that there is text, and not ${what}`,
});

/** Said in parentheses behind a name. The first that fits counts. */
const BY_HINT: readonly (readonly [RegExp, Offer])[] = [
  [/\b(?:chars?|characters|letters|length|long)\b/i, asText('how long it is')],
  [/\bbool(?:ean)?\b|\bflag\b|\btrue\b|\byes\s*(?:\/|or)\s*no\b/i, WORDS],
  [/\be-?mail\b/i, asText('that it is an address')],
  [/\bur[il]\b|\blink\b/i, asText('that it is a link')],
  [/\b(?:uu|gu|ul)id\b/i, asText('its form')],
  [/\b(?:references?|foreign key|fk|belongs to|id of)\b/i, asText('that there is such a one')],
  [/\bdate[ -]?time\b|\btimestamp\b|\binstant\b/i, DAY],
  [/\btime\b/i, asText('that it is a time')],
  [/\b(?:money|currency|euros?|eur|dollars?|usd|price)\b/i, CENTS],
  [
    /\b(?:decimal|float|double|real|fractions?|percent(?:age)?)\b/i,
    { ...WHOLE, loses: 'I keep no fractions' },
  ],
  [
    /\b(?:int|integers?|numbers?|numeric|whole|min|max|between|at (?:least|most))\b|\d+\s*(?:-|\.\.|to)\s*\d+|[<>]=?\s*\d/i,
    WHOLE,
  ],
];

/** Said by the name alone. */
const BY_NAME: readonly (readonly [RegExp, Offer])[] = [
  [/\be-?mail\b/i, asText('that it is an address')],
  [/\b(?:ur[il]|link|website|homepage)\b/i, asText('that it is a link')],
  [/\b(?:uu|gu)id\b/i, asText('its form')],
  [/[ _]id$|^id$/i, asText('that there is such a one')],
  [/^(?:is|has|was)[ _]|\b(?:active|enabled|disabled|archived|paid|published|deleted|done)\b/i, WORDS],
  [/\b(?:price|cost|fee|salary|balance)\b/i, CENTS],
  [/[ _](?:at|time)$|\btimestamp\b/i, DAY],
  [/\b(?:amount|quantity|count|age|stock|rating|score|total|capacity|duration|weight|size)\b/i, WHOLE],
];

const OPTIONAL = /^(?:optional|nullable|not required|(?:may|can) be (?:empty|missing|null|left out))$/i;

/** What `hint` says besides that it may be missing; null: it says nothing of the kind. */
export function withoutOptional(hint: string): string | null {
  const parts = hint.split(',').map((part) => part.trim());
  const rest = parts.filter((part) => !OPTIONAL.test(part));
  return rest.length === parts.length ? null : rest.join(', ');
}

/** null: nothing that the rules build comes near it. `hint` is empty where no type was said. */
export function offerFor(label: string, hint: string): Offer | null {
  if (/\b(?:list|array|several|many|json|object|file|image)\b/i.test(hint)) return null;
  const [table, words] = hint === '' ? [BY_NAME, label] : [BY_HINT, hint];
  return table.find(([pattern]) => pattern.test(words))?.[1] ?? null;
}

/** The end of a question that a yes answers. */
export function offerWords({ type, loses }: Offer): string {
  const plain =
    type === CENTS.type
      ? 'a positive integer in cents'
      : type === 'text' || type.startsWith('one of')
        ? type
        : `a ${type}`;
  return ` ${loses}: shall it be ${plain}? ("yes" takes that.)`;
}
