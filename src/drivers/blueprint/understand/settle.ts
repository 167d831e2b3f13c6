/** What an answer makes of the one question that it is held against. */
import { bare, isNo, isYes, leavesOut } from './answer-words.ts';
import { plural, singular, snakeCase } from './names.ts';
import type { Question, Settled } from './question.ts';
import { understandField } from './understand-field.ts';
import { clausesOf, withTypes } from './clauses.ts';

/** A name of a field or a thing, as a person writes it. */
const NAME = /^[a-z][a-z0-9]*(?:[ _-][a-z0-9]+){0,2}$/i;
/** What may stand before another name. */
const CALLING =
  /^(?:(?:please\s+)?(?:call|name|rename)\s+(?:it|them|the field|these)(?:\s+to)?|(?:it|they|the field)\s+(?:may|can|could|should|shall|will)\s+be\s+called|(?:it|they)\s+(?:is|are)\s+called|(?:use|rename to|called))\s+/i;
const ORDINALS: readonly (readonly [RegExp, number])[] = [
  [/^(?:the\s+)?(?:first|former|1st)(?:\s+(?:one|of them))?$/i, 0],
  [/^(?:the\s+)?(?:second|latter|2nd)(?:\s+(?:one|of them))?$/i, 1],
  [/^(?:the\s+)?last(?:\s+(?:one|of them))?$/i, -1],
];

/** null: these words do not answer it. */
export function settle(question: Question, words: string, settled: Settled): Settled | null {
  const said = bare(words);
  const isOut = leavesOut(words) !== null;
  switch (question.about) {
    case 'request':
      return null;
    case 'things': {
      const things = isOut || isYes(said) || isNo(said) ? null : thingsIn(said);
      return things === null ? null : { ...settled, things };
    }
    case 'clause': {
      const what = question.what.toLowerCase();
      if (isYes(said) || isOut) return { ...settled, leftOut: withOne(settled.leftOut, what) };
      return isNo(words) ? { ...settled, kept: withOne(settled.kept, what) } : null;
    }
    case 'place':
      if (isYes(said)) return { ...settled, places: withOne(settled.places, question.path.toLowerCase()) };
      return isNo(words) ? { ...settled, kept: withOne(settled.kept, question.path.toLowerCase()) } : null;
    case 'field': {
      const key = question.words.toLowerCase();
      if (isOut) return { ...settled, leftOut: withOne(settled.leftOut, key) };
      const field = isYes(said) ? question.instead : fieldIn(question, said);
      return field === null ? null : { ...settled, fieldWords: withEntry(settled.fieldWords, key, field) };
    }
    case 'field_name': {
      const name = withoutLabel(said, question.label).replace(CALLING, '');
      if (isOut || isYes(said) || isNo(said) || !NAME.test(name)) return null;
      return { ...settled, fieldNames: withEntry(settled.fieldNames, snakeCase(question.label), name) };
    }
    case 'key':
      return isOut ? null : keyIn(question, said, settled);
    case 'fields': {
      const fields = said.replace(/^(?:with|it has|they have)\s+/i, '');
      const all = clausesOf(withTypes(fields));
      const areFields = !isYes(said) && !isNo(said) && !isOut && all.every((each) => isField(each));
      const isList = fields !== said || all.some((each) => understandField(each, false).kind === 'field');
      return areFields && isList ? { ...settled, moreFields: fields } : null;
    }
    case 'twice': {
      const chosen = choiceIn(question, said);
      return chosen === null
        ? null
        : { ...settled, chosen: withEntry(settled.chosen, question.name, chosen) };
    }
    case 'client':
      return isOut || isNo(said) || /^(?:none|there is none|without(?: (?:it|one|a client))?)$/i.test(said)
        ? { ...settled, withoutClient: true }
        : null;
  }
}

const withOne = (all: ReadonlySet<string>, one: string): ReadonlySet<string> => new Set([...all, one]);
const withEntry = <T>(all: ReadonlyMap<string, T>, key: string, value: T): ReadonlyMap<string, T> =>
  new Map([...all, [key, value]]);

/** `mood is text`, `mood: text`, `mood (text)` and `text` say the same of `mood`; other names are left as they are. */
function withoutLabel(said: string, label: string): string {
  const escaped = label.replaceAll(/[^a-z0-9]+/gi, '[ _-]');
  const named = new RegExp(
    String.raw`^(?:the\s+)?${escaped}\s*(?:(?:shall|should|may|can)\s+be(?:\s+called)?\s+|(?:is|as|to\s+be)\s+|[:=]\s*|\s(?=\())`,
    'i',
  );
  const rest = said.replace(named, '');
  return /^\(.*\)$/.test(rest) ? rest.slice(1, -1) : rest;
}

/** The field's words with what the answer says of it; null where that is no field. */
function fieldIn({ words, label }: Extract<Question, { about: 'field' }>, said: string): string | null {
  const unique = /\bunique\b/i.test(words) ? ', unique' : '';
  const typed = (name: string, type: string): string =>
    `${name} (${type.replace(/^(?:(?:it\s+is|it's)\s+)?(?:(?:an?|the)\s+)?/i, '')}${unique})`;
  const whole = withTypes(said.replace(/^(.+?)\s+is\s+(?:an?\s+)?(.+)$/i, '$1 ($2)'));
  const candidates =
    label === null
      ? [whole, ...(NAME.test(said) && !isYes(said) && !isNo(said) ? [said] : [])]
      : [typed(label, withoutLabel(said, label))];
  if (label === null && isType(said)) return null;
  return candidates.find((candidate) => understandField(candidate, false).kind === 'field') ?? null;
}

/** `a date` says what a field is, and not what it is called. */
function isType(said: string): boolean {
  return understandField(`field (${said.replace(/^an?\s+/i, '')})`, false).kind === 'field';
}

function keyIn(
  { fields, choices }: Extract<Question, { about: 'key' }>,
  said: string,
  settled: Settled,
): Settled | null {
  const plain = said
    .replace(/^(?:by|it is|it's|use|take|fetch by|identified by)\s+/i, '')
    .replace(/^(?:its|their|the)\s+/i, '');
  const [, label = plain, type] =
    /^(.+?)\s*(?:(?:\s+is|:|=)\s*(?:an?\s+|the\s+)?(text|string|unique|key|one)|\((text|string)\))$/i.exec(
      plain,
    ) ?? [];
  const key = snakeCase(label);
  if (!NAME.test(label) || isYes(label) || isNo(label)) return null;
  if (choices !== null) return choices.includes(key) ? { ...settled, key } : null;
  const field = fields.find(({ name }) => name === key);
  const isText = /^(?:text|string)$/i.test(type ?? '') || /\((?:text|string)\)$/i.test(plain);
  if (field !== undefined)
    return field.kind === 'text' || isText ? { ...settled, key, texts: withOne(settled.texts, key) } : null;
  if (isType(label)) return null;
  const more = [
    ...(settled.moreFields === null ? [] : [settled.moreFields]),
    isText ? `${label} (text)` : label,
  ];
  return understandField(label, false).kind === 'field' || isText
    ? { ...settled, key, moreFields: more.join(', ') }
    : null;
}

/** `entry and entries`, or one of the two: routes are named by several, records by one. */
function thingsIn(said: string): { one: string; many: string } | null {
  const names = said
    .replace(CALLING, '')
    .replace(/^(?:only|just)\s+(?:the\s+)?/i, '')
    .split(/\s*(?:,|;|\/|\band\b)\s*/i)
    .map((name) =>
      name
        .replace(/^(?:(?:one|several)\s+(?:is|are)\s+(?:called\s+)?)?(?:an?\s+|the\s+)?/i, '')
        .toLowerCase(),
    );
  const [first = '', second] = names;
  if (names.length > 2 || !names.every((name) => NAME.test(name))) return null;
  if (second !== undefined) return first === second ? null : { one: first, many: second };
  const isMany = singular(first) !== first && !/(?:us|ss|is|news|series)$/.test(first);
  return isMany ? { one: singular(first), many: first } : { one: first, many: plural(first) };
}

/** Whether it may stand in a list of fields: what it is may still be asked. */
function isField(words: string): boolean {
  const read = understandField(words, false);
  return (
    read.kind === 'field' ||
    (read.question.about === 'field' && read.question.label !== null && NAME.test(read.question.label))
  );
}

function choiceIn({ name, fields }: Extract<Question, { about: 'twice' }>, said: string): number | null {
  const plain = withoutLabel(said, name);
  const ordinal = ORDINALS.find(([pattern]) => pattern.test(plain))?.[1];
  if (ordinal !== undefined) return fields.at(ordinal) === undefined ? null : ordinal;
  const read = understandField(`field (${plain.replace(/^an?\s+/i, '')})`, false);
  const matching = fields.flatMap(({ kind, values }, i) =>
    read.kind === 'field' && read.field.kind === kind && read.field.values.join() === values.join()
      ? [i]
      : [],
  );
  return matching.length === 1 ? (matching[0] ?? null) : null;
}
