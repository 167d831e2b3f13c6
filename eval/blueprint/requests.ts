/** Requests from a seed: what is wanted is drawn first, and then put into words. */
import { FRAMEWORKS } from '../../src/drivers/blueprint/layout/handler-style.ts';
import { createRandom, shuffle, type Random } from '../../src/testing/random.ts';
import type { AskedRequest, FactField, RequestFacts, RequestKind } from './facts.ts';

const PLURALS = [
  'invoices',
  'shipments',
  'credit notes',
  'suppliers',
  'warehouses',
  'delivery notes',
  'contracts',
  'vouchers',
  'addresses',
  'categories',
  'price lists',
  'boxes',
];
const ONES: Readonly<Record<string, string>> = { addresses: 'address', categories: 'category', boxes: 'box' };
const KEYS = ['number', 'code', 'name'] as const;
const TEXTS = ['title', 'description', 'carrier', 'contact name', 'delivery address', 'colour'];
const INTEGERS = ['amount', 'quantity', 'weight', 'seats', 'discount'];
const DATES = ['due date', 'start date', 'issued on', 'closing day', 'valid until'];
const WORDS: Readonly<Record<string, readonly string[]>> = {
  status: ['open', 'paid', 'overdue'],
  priority: ['low', 'high'],
  currency: ['EUR', 'USD', 'CHF'],
  mode: ['air', 'sea', 'road', 'rail'],
};
/** Whose type the name alone says. */
const PLAIN_NAMES = /(?:date|day|on|number|code|name|title|description|carrier|address)$/;
/** What nobody can build from these rules, as somebody would write it. */
const BEYOND = [
  'send an email when one is created',
  'delete one by KEY',
  'export them as a spreadsheet',
  'notify the warehouse of each',
  'DELETE /PATH/:KEY',
  'PATCH /PATH/:KEY',
  'list the oldest first',
  'show the totals',
  'fetch a customer by number',
  'only admins may delete them',
];
/** Fields that are more than a name and a kind. */
const TRAPS = [
  'optional remark',
  'auto-generated reference code',
  'encrypted title',
  'contact name per region',
  'last five carriers',
  'closing day after the start date',
  'total number',
];
const LEFT_OUT = ['Leave it out.', 'skip it', 'It may be left out', 'Yes, leave it out', 'Drop it, please'];
const VAGUE = [
  'Make the orders faster',
  'The customers page is broken, please have a look',
  'Add a webhook for the shop',
  'Move the service to Postgres',
];

/** Of ten requests: six are clear, three leave something open, and one says too little. */
const KINDS: readonly RequestKind[] = [
  'clear',
  'clear',
  'type_missing',
  'clear',
  'beyond',
  'clear',
  'clear',
  'vague',
  'trap',
  'clear',
];

/** The same requests for the same seed. Layouts take turns, one further after each ten, so that four tens have every kind in every layout. */
export function generateRequests(seed: number, count: number): AskedRequest[] {
  return Array.from({ length: count }, (_, index) => {
    const random = createRandom(seed * 1_000 + index);
    const framework =
      FRAMEWORKS[(index + Math.floor(index / KINDS.length)) % FRAMEWORKS.length] ?? 'node:http';
    const kind = KINDS[index % KINDS.length] ?? 'clear';
    return { id: `${seed}/${index + 1}`, framework, kind, ...wordsOf(kind, random) };
  });
}

type Worded = Pick<AskedRequest, 'words' | 'facts' | 'open' | 'answer'>;

function wordsOf(kind: RequestKind, random: Random): Worded {
  if (kind === 'vague')
    return { words: pick(VAGUE, random), facts: null, open: 'What is to be added', answer: null };
  const facts = drawFacts(random);
  switch (kind) {
    case 'clear':
      return { words: sayAll(facts, null, null, random), facts, open: null, answer: null };
    case 'type_missing':
      return withoutType(facts, random);
    case 'beyond':
      return withBeyond(facts, random);
    case 'trap':
      return withTrap(facts, random);
  }
}

/** One field more, whose type its name does not say; a person says it when asked. */
function withoutType(facts: RequestFacts, random: Random): Worded {
  const label = pick(['rating', 'reference', 'region', 'size'], random);
  const types: FactField[] = [
    { name: label, kind: 'positive integer', values: [] },
    { name: label, kind: 'text', values: [] },
    { name: label, kind: 'one of', values: ['first', 'second', 'third'] },
  ];
  const field = pick(types, random);
  const all = { ...facts, fields: [...facts.fields, field] };
  const words = sayAll(all, label, null, random);
  const type = typeOf(field);
  const withArticle = field.kind === 'positive integer' ? `a ${type}` : type;
  const answers = [
    `${label} is ${withArticle}`,
    `${label}: ${type}`,
    `${label} (${type})`,
    `It is ${withArticle}.`,
    withArticle,
    type,
  ];
  return { words, facts: all, open: label, answer: pick(answers, random) };
}

/** Half of the people say that it may be left out; the others do not answer. */
function withBeyond(facts: RequestFacts, random: Random): Worded {
  const clause = pick(BEYOND, random)
    .replace('KEY', facts.key)
    .replace('PATH', facts.plural.replaceAll(' ', '-'));
  const isAnswered = random() < 0.5;
  const words = sayAll(facts, null, clause, random);
  return { words, facts, open: clause, answer: isAnswered ? pick([...LEFT_OUT, 'yes'], random) : null };
}

/** A field that cannot be had by a name and a kind alone: half of the people leave it out. */
function withTrap(facts: RequestFacts, random: Random): Worded {
  const label = pick(TRAPS, random);
  const all = { ...facts, fields: [...facts.fields, { name: label, kind: 'text' as const, values: [] }] };
  const words = sayAll(all, label, null, random);
  return random() < 0.5
    ? { words, facts, open: label, answer: pick(LEFT_OUT, random) }
    : { words, facts: null, open: label, answer: null };
}

function drawFacts(random: Random): RequestFacts {
  const key = pick(KEYS, random);
  const others: FactField[] = [
    ...TEXTS.map((name): FactField => ({ name, kind: 'text', values: [] })),
    ...INTEGERS.map((name): FactField => ({ name, kind: 'positive integer', values: [] })),
    ...DATES.map((name): FactField => ({ name, kind: 'date', values: [] })),
    ...Object.entries(WORDS).map(([name, values]): FactField => ({ name, kind: 'one of', values })),
  ];
  const drawn = shuffle(others, random).slice(0, 1 + Math.floor(random() * 4));
  const fields = [{ name: key, kind: 'text' as const, values: [] }, ...drawn];
  return {
    plural: pick(PLURALS, random),
    fields: fields.map((field) => ({ ...field, name: field.name.replaceAll(' ', '_') })),
    key,
    operations: ['create', 'list', 'get'],
  };
}

const typeOf = ({ kind, values }: FactField): string =>
  kind === 'one of' ? `one of ${values.join(', ')}` : kind;

/** The words of a person. `untyped` is named without its type, `beyond` is one clause more. */
function sayAll(facts: RequestFacts, untyped: string | null, beyond: string | null, random: Random): string {
  const { plural, key } = facts;
  const names = facts.fields.map((field) => {
    const label = field.name.replaceAll('_', ' ');
    const isPlain = field.kind !== 'one of' && PLAIN_NAMES.test(label) && random() < 0.6;
    return field.name === untyped || isPlain ? label : `${label} (${typeOf(field)})`;
  });
  const fields = `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  const path = `/${plural.replaceAll(' ', '-')}`;
  const forms = [
    `Add ${plural} to the orders service: create one with ${fields}, list them, fetch one by ${key}${beyond === null ? '' : `, ${beyond}`}; reject bad input.`,
    `Add a REST API for ${plural} with ${fields}, validation, SQLite storage and tests${beyond === null ? '' : `; ${beyond}`}.`,
    `Please build an HTTP API for ${plural} with ${fields}: POST ${path}, GET ${path} and GET ${path}/:${key}${beyond === null ? '' : `, ${beyond}`}. Input validation, tests.`,
    `Implement endpoints for ${plural}: create one with ${fields}; return all; get a single one by its ${key}${beyond === null ? '' : `; ${beyond}`}; keep them in SQLite.`,
    `We need a small JSON API for our ${plural} with ${fields}, storage in SQLite, documentation and unit tests${beyond === null ? '' : `; ${beyond}`}.`,
    `Implement POST ${path} with ${fields}, GET ${path} and GET ${path}/:${key}${beyond === null ? '' : `; ${beyond}`}.`,
    `Add a ${path} resource with ${fields}, validation and tests${beyond === null ? '' : `; ${beyond}`}.`,
    `Could you add endpoints for ${plural} with ${fields}${beyond === null ? '' : `; ${beyond}`}?`,
    `Please build routes for ${plural} with ${fields}, SQLite storage${beyond === null ? '' : `; ${beyond}`}.`,
    `Could you add ${plural} to our orders service? Create ${withArticle(plural)} with ${fields}. Show all ${plural}, find one by its ${key}${beyond === null ? '' : `, ${beyond}`}. Validate the input.`,
  ];
  return pick(forms, random);
}

/** One of them, as a person would say it. */
function withArticle(plural: string): string {
  const one = ONES[plural] ?? plural.replace(/s$/, '');
  return `${/^[aeiou]/.test(one) ? 'an' : 'a'} ${one}`;
}

function pick<T>(items: readonly T[], random: Random): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('There is nothing to pick from.');
  return item;
}
