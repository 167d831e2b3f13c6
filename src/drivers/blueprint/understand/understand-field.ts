import { snakeCase } from './names.ts';
import { offerFor, offerWords, withoutOptional, type Offer } from './offers.ts';
import type { Question } from './question.ts';
import type { Field, FieldKind } from './resource.ts';

export type FieldReading =
  | { kind: 'field'; field: Field; unique: boolean; decision: string | null }
  | { kind: 'question'; question: Question };

const FIELD = /^(?:(?:an?|the|its)\s+)?([a-z][a-z0-9 _-]{0,40}?)\s*(?:\(([^()]*)\))?$/i;
const INTEGER =
  /^(?:a\s+)?(?:positive\s+(?:whole\s+)?(?:int|integer|number)|(?:whole\s+number|int|integer),?\s+(?:(?:above|greater\s+than|>)\s*(?:0|zero)|(?:at\s+least|from|min(?:imum)?(?:\s+of)?|>=)\s*(?:1|one)))$/;
const TEXT = /^(?:(?:free|plain|short|non-?empty)\s+)?(?:text|string|words?)$/;
const DATE = /^(?:an?\s+)?(?:(?:iso|calendar)\s+)?(?:date|day)(?:,?\s+yyyy-mm-dd)?$|^yyyy-mm-dd$/;
const SAYS_ENUM = /^(?:one of|enum(?: of)?:?|either)\s+/i;
const ENUM =
  /^(?:(?:one of|enum(?: of)?:?|either)\s+)?([a-z0-9_-]+(?:\s*(?:,|\||\/|\bor\b)\s*(?:or\s+)?[a-z0-9_-]+)+)$/i;
/** What every field is, or what one field may be, before its name. */
const MARK_BEFORE = /^(?:required|mandatory|unique)\s+/i;
/** What stands before a name and says how its value comes about or is kept: no rule does that. */
const QUALIFIED =
  /^(?:optional|nullable|non|not|no|auto|automatic|automatically|generated|computed|calculated|derived|random|encrypted|hashed|masked|hidden|immutable|read[ -]only|indexed|sorted|validated|formatted|localized|translated|nested|several|many|multiple|some|any|all|each|every|up|at|maybe|perhaps|possibly|existing|known)[ -]/i;
/** Two fields in one, whichever is meant, or a field with how something is done: `code behind an API key`. */
const JOINED = /[ -](?:or|plus|maybe|behind|using|via|through|with|without)[ -]/i;
/** What leaves a doubt about the type where none is said: `total number`, `week day`, `secret code`. */
const DOUBTFUL =
  /^(?:total|average|count|sum|max|maximum|min|minimum|week|default|secret|private|initial|last|next|first|list|array)_/;
const NAME_AND_TYPE = '(A name and a type, as in "note is text", or "leave it out".)';
const CENTS = /^(?:in )?cents$/i;
const UNIQUE = /^unique$/i;
const TYPE_WORD =
  /^(?:text|string|words?|int|integer|number|numeric|decimal|float|bool|boolean|date|day|datetime|timestamp|time|email|url|uuid|json|list|array|money|currency|optional|nullable|default|min|max|positive|negative|\d+)$/i;
/** A name with one of these says more than a name: `sorted by date`. */
const PHRASE =
  /\b(?:by|in|of|for|to|when|if|with|at|from|per|without|than|should|must|can|that|which|is|are|be|not|no|after|before|between|until|since|above|below|over|under|within|as|who|whose|only|also)\b/i;
/** What SQLite does not take as the name of a column. */
const SQL_WORDS = new Set(
  'add all alter and as between case check collate commit constraint create default delete distinct drop else escape except exists foreign from group having in index insert intersect into is join limit not null on or order primary references returning rowid select set table then to transaction union unique update using values when where'.split(
    ' ',
  ),
);

/** Reads `due date`, `amount (positive integer, cents)`, `status (one of open, paid)`. `centsSuffix` is the repository's habit. */
export function understandField(words: string, centsSuffix: boolean): FieldReading {
  const match = FIELD.exec(words.trim());
  const label = match?.[1]?.trim();
  if (label === undefined)
    return ask(words, null, `I do not understand the field "${words}". ${NAME_AND_TYPE}`);
  const plain = label.replace(MARK_BEFORE, '');
  if (QUALIFIED.test(plain) || JOINED.test(plain)) {
    const question = `Every field is required, and kept as it is sent. What is "${label}" to be? ${NAME_AND_TYPE}`;
    const required = plain.replace(/^(?:optional|nullable)\s+/i, '');
    return required === plain || QUALIFIED.test(required) || JOINED.test(required)
      ? ask(words, null, question)
      : offerRequired({ words, label: null, name: required, hint: match?.[2] ?? '', question });
  }
  const marks = plain === label || !/^unique/i.test(label) ? '' : 'unique, ';
  const { cents, unique, rest } = takeMarks(marks + (match?.[2] ?? '').trim());
  const base = snakeCase(plain);
  const name = cents && centsSuffix && !base.endsWith('_cents') ? `${base}_cents` : base;
  const typed = rest === '' ? guessKind(base, cents) : readKind(rest);
  if (SQL_WORDS.has(name))
    return {
      kind: 'question',
      question: {
        about: 'field_name',
        label: plain,
        text: `"${plain}" is a word of SQL. What else may the field be called? (Another name, such as "position".)`,
      },
    };
  if (typed === null) {
    const question = `What is "${plain}": text, a positive integer, a date, or one of a list of words?`;
    const required = withoutOptional(rest);
    if (required !== null)
      return offerRequired({ words, label: plain, name: plain, hint: required, question });
    const offer = rest === '' && cents ? null : offerFor(plain, rest);
    const mark = unique ? ', unique' : '';
    return offer === null
      ? ask(words, plain, question)
      : ask(words, plain, question + offerWords(offer), `${plain} (${offer.type}${mark})`);
  }
  const renamed =
    name === base ? null : `\`${base}\` is stored as \`${name}\`, as amounts in cents are here.`;
  const guessed = rest === '' ? `\`${name}\` was given without a type and is taken as ${typed.kind}.` : null;
  const decision = [renamed, guessed].filter((part) => part !== null).join(' ');
  return { kind: 'field', field: { name, ...typed }, unique, decision: decision === '' ? null : decision };
}

/** `instead`: what a yes takes. */
function ask(words: string, label: string | null, text: string, instead: string | null = null): FieldReading {
  return { kind: 'question', question: { about: 'field', words, label, instead, text } };
}

/** An optional field can be had as one that is always there, if its type is known or can be offered. */
function offerRequired(asked: {
  words: string;
  label: string | null;
  name: string;
  hint: string;
  question: string;
}): FieldReading {
  const { words, label, name, hint, question } = asked;
  const base = snakeCase(name);
  const known = hint === '' ? guessKind(base, false) : readKind(hint);
  const offer: Offer | null =
    known === null ? offerFor(name, hint) : { type: describeTyped(known), loses: '' };
  if (offer === null) return ask(words, label, question);
  const loses = [offer.loses, 'No field is optional'].filter((part) => part !== '').join('. ');
  return ask(words, label, question + offerWords({ ...offer, loses }), `${name} (${offer.type})`);
}

const describeTyped = ({ kind, values }: { kind: FieldKind; values: string[] }): string =>
  kind === 'one of' ? `one of ${values.join(', ')}` : kind;

/** Takes out what is no type: that it is in cents, unique, or required, which every field is. */
function takeMarks(hint: string): { cents: boolean; unique: boolean; rest: string } {
  const parts = hint.split(',').map((part) => part.trim());
  const cents = parts.some((part) => CENTS.test(part));
  const unique = parts.some((part) => UNIQUE.test(part));
  const rest = parts.filter((part) => !CENTS.test(part) && !UNIQUE.test(part) && !/^required$/i.test(part));
  return { cents, unique, rest: rest.join(', ') };
}

function readKind(hint: string): { kind: FieldKind; values: string[] } | null {
  const words = hint.toLowerCase();
  if (TEXT.test(words)) return { kind: 'text', values: [] };
  if (INTEGER.test(words)) return { kind: 'positive integer', values: [] };
  if (DATE.test(words)) return { kind: 'date', values: [] };
  const values = ENUM.exec(hint)?.[1]
    ?.split(/\s*(?:,\s*or\s+|,|\||\/|\bor\b)\s*/i)
    .filter((value) => value !== '');
  // "text, optional" is no list of two words: without "one of" words of types are not taken for values.
  if (!SAYS_ENUM.test(hint) && values?.some((value) => TYPE_WORD.test(value))) return null;
  return values !== undefined && new Set(values).size > 1 ? { kind: 'one of', values } : null;
}

/** Only where the name leaves little doubt; everything else is asked. */
function guessKind(name: string, cents: boolean): { kind: FieldKind; values: string[] } | null {
  if (cents) return { kind: 'positive integer', values: [] };
  if (PHRASE.test(name.replaceAll('_', ' ')) || DOUBTFUL.test(name)) return null;
  const last = name.split('_').at(-1) ?? '';
  if (/^(?:date|day|on)$/.test(last)) return { kind: 'date', values: [] };
  if (/^(?:number|name|title|code|text|description|note|customer|carrier|address)$/.test(last))
    return { kind: 'text', values: [] };
  return null;
}
