import { describe, expect, it } from 'vitest';
import { understandWithAnswers } from './apply-answers.ts';

const HABITS = { centsSuffix: false, hasClient: false, takenPaths: ['/orders', '/orders/:number'] };

/** The resource in short, or what is asked. */
function outcome(request: string, ...answers: string[]): string {
  const { resource, questions } = understandWithAnswers(request, answers, HABITS);
  if (resource === null) return `asks: ${questions.join(' ')}`;
  const fields = resource.fields.map(({ name, kind, values }) => `${name} ${[kind, ...values].join(' ')}`);
  return `${resource.names.many} by ${resource.key}: ${fields.join(', ')}`;
}

const INVOICES = 'invoices by number: number text, amount positive integer, due_date date';
const SUPPLIERS = 'suppliers by name: name text, city text';

describe('a request that says all, in the words of', () => {
  it.each([
    ['Add a REST API for invoices with number, amount (positive integer) and due date', INVOICES],
    [
      'Please create a JSON API for invoices having number, amount (integer > 0), due date (ISO date)',
      INVOICES,
    ],
    ["I'd like an HTTP API for invoices with number, amount (int, min 1), due date", INVOICES],
    [
      'We would like to build endpoints for invoices: number, amount (whole number, at least 1), due date',
      INVOICES,
    ],
    ['Add a REST API for invoices with the fields number, amount (positive int), due date', INVOICES],
    [
      'Add a REST API for invoices with the following fields: number, amount (integer >= 1), due date',
      INVOICES,
    ],
    ['Build an invoices API. Fields: number, amount: positive integer, due date: date.', INVOICES],
    [
      'Add an invoices resource. Each invoice has a number, an amount (positive integer) and a due date.',
      INVOICES,
    ],
    ['Add a REST API for invoices. It has a number, amount (positive integer), a due date.', INVOICES],
    [
      'Add a REST API for invoices:\n- number (text)\n- amount (positive integer)\n- due date (date)',
      INVOICES,
    ],
    [
      'Add a REST API for invoices.\nFields:\n  * number\n  * amount (positive integer)\n  * due date\n\nTests.',
      INVOICES,
    ],
    ['Create endpoints to manage suppliers with name and city (text)', SUPPLIERS],
    ['I need a REST service for suppliers with name (string) and city (plain text)', SUPPLIERS],
    [
      'Let us add a /suppliers resource with name (non-empty string), city (text), validation and tests',
      SUPPLIERS,
    ],
    [
      'Add an API for jobs with code, state (enum: open, done)',
      'jobs by code: code text, state one of open done',
    ],
    ['Add an API for jobs with code, state: open | done', 'jobs by code: code text, state one of open done'],
    [
      'Add an API for jobs with code, state (either open or done)',
      'jobs by code: code text, state one of open done',
    ],
    ['Add an API for jobs with code, state (open/done)', 'jobs by code: code text, state one of open done'],
    [
      'Add an API for jobs with code, state (enum of open, done)',
      'jobs by code: code text, state one of open done',
    ],
  ])('"%s"', (request, wanted) => {
    expect(outcome(request)).toBe(wanted);
  });
});

describe('a type that no rule builds is offered as one that can be built, and a yes takes it:', () => {
  it.each([
    ['email (email)', 'an address', 'email text'],
    ['website: url', 'a link', 'website text'],
    ['token (uuid)', 'its form', 'token text'],
    ['title (max 200 characters)', 'how long it is', 'title text'],
    ['customer id', 'that there is such a one', 'customer_id text'],
    ['customer (references customers)', 'that there is such a one', 'customer text'],
    ['opens (time)', 'that it is a time', 'opens text'],
    ['starts at (datetime)', 'a time of day', 'starts_at date'],
    ['created at', 'a time of day', 'created_at date'],
    ['paid (boolean)', 'true and false', 'paid one of yes no'],
    ['is active', 'true and false', 'is_active one of yes no'],
    ['rating (integer from 1 to 5)', 'no other bounds', 'rating positive integer'],
    ['rating (1-5)', 'no other bounds', 'rating positive integer'],
    ['quantity (number)', 'no other bounds', 'quantity positive integer'],
    ['stock (integer >= 0)', 'no other bounds', 'stock positive integer'],
    ['amount', 'no other bounds', 'amount positive integer'],
    ['weight (decimal)', 'no fractions', 'weight positive integer'],
    ['price (money)', 'whole cents', 'price positive integer'],
    ['price', 'whole cents', 'price positive integer'],
    ['note (optional)', 'No field is optional', 'note text'],
    ['optional note', 'No field is optional', 'note text'],
    ['paid on (date, optional)', 'No field is optional', 'paid_on date'],
    ['mood (happy or sad, optional)', 'No field is optional', 'mood one of happy sad'],
    ['contact (email, nullable)', 'No field is optional', 'contact text'],
  ])('%s', (words, loses, built) => {
    const request = `Add an API for visits with code, ${words}`;
    const asked = outcome(request);
    expect(asked).toMatch(/^asks: .*"yes" takes that/);
    expect(asked).toContain(loses);
    expect(outcome(request, 'Yes, please.')).toBe(`visits by code: code text, ${built}`);
    expect(outcome(request, 'leave it out')).toBe('visits by code: code text');
    expect(outcome(request, 'no')).toContain('asks: I did not understand the answer "no"');
  });

  it('an answer of its own wins over what is offered', () => {
    const request = 'Add an API for visits with code, rating (1-5)';
    expect(outcome(request, 'one of low, high')).toBe('visits by code: code text, rating one of low high');
  });

  it('unique stays with it', () => {
    expect(outcome('Add an API for users with email (email, unique)', 'yes')).toBe(
      'users by email: email text',
    );
  });

  it('is told among the decisions', () => {
    const { decisions } = understandWithAnswers(
      'Add an API for visits with code, paid (boolean)',
      ['yes'],
      HABITS,
    );
    expect(decisions).toContain('"paid (boolean)" is built as `paid`, one of yes, no, as was answered.');
  });
});

describe('what nothing comes near is asked without an offer:', () => {
  it.each([
    ['Add an API for visits with code, tags (list of text)', 'What is "tags"'],
    ['Add an API for visits with code, data (json)', 'What is "data"'],
    ['Add an API for visits with code, status', 'What is "status"'],
    ['Add an API for visits with code, photo (file)', 'What is "photo"'],
    ['Create a CRUD service for tickets with title (string)', 'update and delete (CRUD)'],
    ['Make a search page for suppliers', 'What is to be added?'],
    ['We want to store suppliers: name, city (text)', 'What is to be added?'],
    ['Add an endpoint for suppliers that stores name and city (text)', 'What is to be added?'],
    ['Add an API for suppliers with name. Each order has a supplier.', '"Each order has a supplier"'],
    ['Add an API for suppliers with name, search by city', '"search by city"'],
    ['Add an API for suppliers with name; only admins may create them', '"only admins may create them"'],
    ['Add an API for suppliers with name; page through them', 'page through them'],
    ['Add an API for orders with number', 'There are orders already'],
  ])('"%s"', (request, question) => {
    expect(outcome(request)).toMatch(/^asks: /);
    expect(outcome(request)).toContain(question);
    expect(outcome(request)).not.toContain('"yes" takes that');
  });
});

it('a path that is answered with no is asked about in other words, until it gives way', () => {
  const request = 'Add an API for pets with name: POST /animals';
  expect(outcome(request, 'no')).toContain('"/animals" is not to give way');
  expect(outcome(request, 'no', 'yes')).toBe('pets by name: name text');
});

describe('how something is done is no field:', () => {
  it.each([
    'behind an API key',
    'using bearer tokens',
    'via the gateway',
    'through a queue',
    'only for admins',
    'without authentication',
    'for logged-in users',
    'with rate limiting',
    'protected by a password',
  ])('"%s" is asked as something that no rule does', (words) => {
    const request = `Add a REST API for parcels with code and weight (positive integer), ${words}`;
    expect(outcome(request)).toBe(
      `asks: I do not know how to do this: "${words}". Shall it be left out? (yes; if no, another driver has to do it.)`,
    );
    const built = 'parcels by code: code text, weight positive integer';
    for (const answer of ['yes', 'leave it out']) expect(outcome(request, answer)).toBe(built);
    expect(outcome(request, 'text')).toContain('I did not understand the answer "text"');
    expect(outcome(`${request}, size (text)`, 'yes')).toBe(`${built}, size text`);
  });

  it('nor is it part of a name', () => {
    const request = 'Add a REST API for parcels with weight (positive integer) and code behind an API key';
    expect(outcome(request)).toContain('What is "code behind an API key" to be?');
    expect(outcome(request, 'text')).toContain('I did not understand the answer "text"');
    expect(outcome(request, 'code is text')).toBe('parcels by code: weight positive integer, code text');
  });

  it('but a name that begins so and has a type is one', () => {
    expect(outcome('Add a REST API for parcels with code, for customer (text), with an amount (date)')).toBe(
      'parcels by code: code text, for_customer text, amount date',
    );
  });
});
