import { describe, expect, it } from 'vitest';
import { understandWithAnswers } from './apply-answers.ts';
import type { Understanding } from './conclude.ts';
import { functionalStatements, readResource } from './requirements.ts';

const HABITS = { centsSuffix: true, hasClient: false, takenPaths: ['/orders', '/orders/:number'] };
const understand = (request: string, ...answers: string[]): Understanding =>
  understandWithAnswers(request, answers, HABITS);

const PETS = 'Add an API for pets with name';

/** The fields in short, or what is still asked. */
function outcome({ resource, questions }: Understanding): string {
  if (resource === null) return `asks: ${questions.join(' ')}`;
  const fields = resource.fields.map(({ name, kind, values }) => `${name} ${[kind, ...values].join(' ')}`);
  return `${resource.names.one}, ${resource.names.many} by ${resource.key}: ${fields.join(', ')}`;
}

it.each([
  // What a field is.
  ['amount', 'a positive integer', 'amount positive integer'],
  ['amount', 'Positive integer.', 'amount positive integer'],
  ['amount', 'amount (positive integer)', 'amount positive integer'],
  ['amount', '`amount: positive integer`', 'amount positive integer'],
  ['amount', 'the amount is a positive integer, please', 'amount positive integer'],
  ['amount', 'it is text', 'amount text'],
  ['size', 'one of small, large', 'size one of small large'],
  ['size', 'small or large', 'size one of small large'],
  ['note (text, optional)', 'note is text', 'note text'],
  ['rating (unique)', 'text', 'rating text', 'rating'],
  ['email', 'text', 'email text'],
  ['update title', 'Yes, leave it out', ''],
  // What is more than a name and a type.
  ['optional remark', 'remark is text', 'remark text'],
  ['number or code', 'code', 'code text'],
  ['optional remark', 'Leave it out.', ''],
  // Several at once.
  ['size, amount', 'size is one of small, large, amount is a date', 'size one of small large, amount date'],
  ['size, amount', 'text, a positive integer', 'size text, amount positive integer'],
  ['size and amount', 'both are text', 'size text, amount text'],
] as const)('"%s", answered with "%s", comes to "%s"', (words, answer, fields, key: string = 'name') => {
  expect(outcome(understand(PETS))).toBe('pet, pets by name: name text');
  expect(understand(`${PETS}, ${words}`).questions).not.toEqual([]);
  const said = outcome(understand(`${PETS}, ${words}`, answer));
  expect(said).toBe(`pet, pets by ${key}: name text${fields === '' ? '' : `, ${fields}`}`);
});

it.each([
  'yes',
  'Yes, please.',
  'skip it',
  'left out',
  'It may be left out',
  'leave the email out',
  'Drop it!',
])('leaves a clause out that is answered with "%s", and says so', (answer) => {
  const { resource, decisions } = understand(`${PETS}; send an email to the owner`, answer);
  expect(resource?.fields).toHaveLength(1);
  expect(decisions).toContain('Left out, as was answered: "send an email to the owner".');
});

it.each(['no', 'Do not leave it out!', 'another driver', 'never skip it'])(
  'a clause that is answered with "%s" stays, and is asked about in other words',
  (answer) => {
    const { questions } = understand(`${PETS}; send an email to the owner`, answer);
    expect(questions).toEqual([
      expect.stringContaining('"send an email to the owner" is not to be left out'),
    ]);
  },
);

it('leaves out what was asked about, and nothing that comes up later', () => {
  const request = `${PETS}; send an email to the owner; export them as a sheet`;
  expect(understand(request, 'leave the email out').questions).toEqual([
    expect.stringContaining('export them'),
  ]);
  expect(understand(request, 'leave them out').resource?.fields).toHaveLength(1);
  const other = `${PETS}; print a label`;
  expect(understand(`${PETS}; send an email`, 'leave it out', other).questions.join()).toContain(
    'print a label',
  );
});

describe('an answer is about what it fits, and the rest is asked again:', () => {
  it('"leave it out" goes to the one question that offers it', () => {
    const request = 'Add a REST API for vendors with name, optional note and rating';
    const { resource, questions } = understand(request, 'leave it out');
    expect(resource).toBeNull();
    expect(questions).toEqual([expect.stringMatching(/^What is "rating"/)]);
    expect(outcome(understand(request, 'leave it out', 'a positive integer'))).toBe(
      'vendor, vendors by name: name text, rating positive integer',
    );
    expect(outcome(understand(request, 'leave both out'))).toContain('What is "rating"');
    expect(outcome(understand(request, 'leave the rating out'))).toContain('What is "optional note"');
  });

  it.each([
    ['leave the email out', 'name text, rating positive integer'],
    ['leave the email out, rating is a positive integer', 'name text, rating positive integer'],
    ['rating is text, leave the email out', 'name text, rating text'],
    ['leave the email out and rating is one of low, high', 'name text, rating one of low high'],
    ['email is text', 'name text, email text, rating positive integer'],
    ['email is text, rating is a date', 'name text, email text, rating date'],
    ['leave it out, email is text', 'name text, email text, rating positive integer'],
  ])('a field is taken from the list, and not the fields behind it: "%s"', (answer, fields) => {
    const request = 'Add an API for vendors with name, email and rating (positive integer)';
    expect(outcome(understand(request, answer))).toBe(`vendor, vendors by name: ${fields}`);
  });

  it('a field with its type goes on with the list behind what no rule does', () => {
    expect(understand(`${PETS}, send an email to the owner and weight (positive integer)`).questions).toEqual(
      [expect.stringContaining('I do not know how to do this: "send an email to the owner"')],
    );
  });
});

it.each([
  // Which field identifies it.
  [
    'Add an API for pets with weight (positive integer)',
    'tag is text',
    'pet, pets by tag: weight positive integer, tag text',
  ],
  [
    'Add an API for pets with weight (positive integer)',
    'number',
    'pet, pets by number: weight positive integer, number text',
  ],
  [
    'Add an API for pets with colour (text), size (text)',
    'by its colour',
    'pet, pets by colour: colour text, size text',
  ],
  [
    'Add an API for pets with tag (positive integer): POST /pets, GET /pets/:tag',
    'tag is text',
    'pet, pets by tag: tag text',
  ],
  [
    'Add an API for pets with name and code (unique): POST /pets, GET /pets/:name',
    'code',
    'pet, pets by code: name text, code text',
  ],
  // Another name.
  [
    `${PETS}, order (positive integer)`,
    'position',
    'pet, pets by name: name text, position positive integer',
  ],
  [
    `${PETS}, order (positive integer)`,
    'call it position',
    'pet, pets by name: name text, position positive integer',
  ],
  [
    'Add an API for pets with class (text, unique): POST /pets, GET /pets/:class',
    'species',
    'pet, pets by species: species text',
  ],
  ['Add an API for dates with name', 'days', 'day, days by name: name text'],
  ['Add an API for orders with name', 'purchases', 'purchase, purchases by name: name text'],
  [
    'Add an API for orders with name: POST /orders, GET /orders, list orders',
    'purchase',
    'purchase, purchases by name: name text',
  ],
  // One and several.
  ['Add an API for news with name', 'entry and entries', 'entry, entries by name: name text'],
  [
    'Add an API for status with name',
    'one is a status, several are statuses',
    'status, statuses by name: name text',
  ],
  ['Add an API for invoices and payments with name', 'invoices', 'invoice, invoices by name: name text'],
  ['Add an API for people with name', 'person and people', 'person, people by name: name text'],
  ['Add CRUD endpoints for pets with name', 'yes', 'pet, pets by name: name text'],
  // A path, fields, the same name twice, the client, and a whole new request.
  ['Add an API for pets with name: POST /animals, GET /animals', 'Yes', 'pet, pets by name: name text'],
  [
    'Add an API for pets',
    'with name and weight (positive integer)',
    'pet, pets by name: name text, weight positive integer',
  ],
  [`${PETS}, size (text), size (date)`, 'the last one', 'pet, pets by name: name text, size date'],
  [`${PETS}, size (text), size (date)`, 'size is text', 'pet, pets by name: name text, size text'],
  [`${PETS}; add it to the client`, 'leave it out', 'pet, pets by name: name text'],
  [`${PETS}; add it to the client`, 'there is none', 'pet, pets by name: name text'],
  ['Do things', 'Add an API for cats with name', 'cat, cats by name: name text'],
])('"%s", answered with "%s", comes to "%s"', (request, answer, wanted) => {
  expect(understand(request).resource).toBeNull();
  expect(outcome(understand(request, answer))).toBe(wanted);
});

describe('an answer that is not understood', () => {
  it.each([
    ['Do things', 'quickly'],
    ['Add an API for news with name', 'whatever you like, as long as it is short'],
    [`${PETS}; send an email`, 'perhaps'],
    ['Add an API for pets with name: POST /animals', 'at /beasts'],
    [`${PETS}, mood`, 'an integer'],
    [`${PETS}, optional remark`, 'a date'],
    [`${PETS}, order (positive integer)`, 'yes'],
    ['Add an API for pets with weight (positive integer)', 'weight'],
    ['Add an API for pets with name and code (unique): POST /pets, GET /pets/:name', 'colour'],
    ['Add an API for pets', "I don't know"],
    [`${PETS}, size (text), size (date)`, 'the third'],
    [`${PETS}; add it to the client`, 'the one in the cellar'],
    // It could be said of either.
    [`${PETS}, mood, size`, 'text'],
    [`${PETS}; send an email; export them as a sheet`, 'leave it out'],
    [`${PETS}, mood, size`, 'leave it out'],
  ])('about "%s" is quoted before the question that is asked again: "%s"', (request, answer) => {
    const asked = understand(request).questions;
    expect(understand(request, answer).questions).toEqual([
      `I did not understand the answer "${answer}". ${asked[0]}`,
      ...asked.slice(1),
    ]);
  });

  it('is asked about by itself where nothing else is open, until it is said to be left out', () => {
    const answers = ['mood is text', 'ring a bell'];
    const { questions } = understand(`${PETS}, mood`, ...answers);
    expect(questions).toEqual([expect.stringContaining('"ring a bell" in the answer')]);
    expect(understand(`${PETS}, mood`, ...answers, 'no').resource).toBeNull();
    const { resource, decisions } = understand(`${PETS}, mood`, ...answers, 'yes');
    expect(resource?.fields).toHaveLength(2);
    expect(decisions.join()).toContain('"ring a bell"');
  });

  it('is told among the decisions where a later one was understood', () => {
    const { resource, decisions } = understand(`${PETS}, mood`, 'happy?', 'text');
    expect(resource?.fields).toHaveLength(2);
    expect(decisions.join()).toContain('not understood changed nothing: "happy?"');
  });
});

it('a singular of its own is read back from the requirements', () => {
  const { resource } = understand('Add an API for status with name', 'status and statuses');
  if (resource === null) throw new Error('not understood');
  expect(readResource(JSON.stringify(functionalStatements(resource)))).toEqual(resource);
});
