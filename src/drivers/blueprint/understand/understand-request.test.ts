import { describe, expect, it } from 'vitest';
import { DEMO_REQUEST } from '../../../demo/request.ts';
import { acceptanceCriteria, functionalStatements, readResource } from './requirements.ts';
import { understandWithAnswers } from './apply-answers.ts';
import type { Understanding } from './conclude.ts';
import { understandRequest } from './understand-request.ts';

const HABITS = { centsSuffix: true, hasClient: true, takenPaths: [] };

describe('understandRequest', () => {
  it('understands the request of the demo', () => {
    const { resource, questions } = understandRequest(DEMO_REQUEST, HABITS);
    expect(questions).toEqual([]);
    expect(resource).toMatchObject({
      key: 'number',
      operations: ['create', 'list', 'get'],
      client: true,
      names: { one: 'invoice', kebabMany: 'invoices' },
      fields: [
        { name: 'number', kind: 'text' },
        { name: 'amount_cents', kind: 'positive integer' },
        { name: 'due_date', kind: 'date' },
      ],
    });
  });

  it('understands another resource, with a list of words and without a client', () => {
    const request =
      'Please add credit notes to our billing API. Create one with code, reason (one of damage, delay or other), ' +
      'total (positive integer) and issued on (date). Get a credit note by code.';
    const { resource, questions } = understandRequest(request, {
      centsSuffix: false,
      hasClient: false,
      takenPaths: [],
    });
    expect(questions).toEqual([]);
    expect(resource).toMatchObject({
      key: 'code',
      operations: ['create', 'get'],
      client: false,
      names: {
        camel: 'creditNote',
        kebabMany: 'credit-notes',
        snakeMany: 'credit_notes',
        constant: 'CREDIT_NOTE',
      },
      fields: [
        { name: 'code', kind: 'text' },
        { name: 'reason', kind: 'one of', values: ['damage', 'delay', 'other'] },
        { name: 'total', kind: 'positive integer' },
        { name: 'issued_on', kind: 'date' },
      ],
    });
  });

  it.each([
    ['Make everything faster', /What is to be added/],
    ['Add invoices to the orders service: list them', /With which fields/],
    ['Add invoices to the orders service: create one with number and mood, list them', /What is "mood"/],
    [
      'Add invoices to the orders service: create one with number, send an email when it is due',
      /send an email/,
    ],
    [
      'Add invoices to the orders service: create one with number, delete one by number',
      /delete one by number/,
    ],
    [
      'Add invoices to the orders service: create one with number, fetch one by colour',
      /`colour` is not one/,
    ],
    [
      'Add invoices to the orders service: create one with amount (cents), fetch one by amount',
      /identifies an invoice/,
    ],
  ])('asks about "%s"', (request, question) => {
    const { resource, questions } = understandRequest(request, HABITS);
    expect(resource).toBeNull();
    expect(questions.join('\n')).toMatch(question);
  });

  it.each([
    'Add a REST API for invoices with number, amount (positive integer) and due date, validation, SQLite storage and tests',
    'Please build an HTTP API for invoices with number (text, unique), amount (integer above 0) and due date: POST /invoices, GET /invoices and GET /invoices/:number. Tests.',
    'Implement endpoints for invoices: create one with number, amount (positive integer), due date: date; return all; get a single one by its number; keep them in SQLite.',
  ])('understands "%s"', (request) => {
    const { resource, questions } = understandRequest(request, { ...HABITS, hasClient: false });
    expect(questions).toEqual([]);
    expect(resource).toMatchObject({
      key: 'number',
      operations: ['create', 'list', 'get'],
      names: { kebabMany: 'invoices' },
      fields: [
        { name: 'number', kind: 'text' },
        { name: 'amount', kind: 'positive integer' },
        { name: 'due_date', kind: 'date' },
      ],
    });
  });

  it.each([
    'Create an invoices API with number, amount (positive integer) and due date',
    'Add a new REST invoices endpoint to our service with number, amount (positive integer) and due date',
    'Add a /invoices resource with number, amount (positive integer) and due date',
    'Implement POST /invoices with number, amount (positive integer) and due date, GET /invoices and GET /invoices/:number',
    'Add a `/invoices` endpoint: POST /invoices taking number, amount (positive integer), due date; GET /invoices; GET /invoices/{number}',
  ])('takes the things from "%s"', (request) => {
    const { resource, questions } = understandRequest(request, HABITS);
    expect(questions).toEqual([]);
    expect(resource).toMatchObject({
      names: { one: 'invoice' },
      key: 'number',
      operations: ['create', 'list', 'get'],
    });
    expect(resource?.fields.map(({ name }) => name)).toEqual(['number', 'amount', 'due_date']);
  });

  it.each([
    ['Add CRUD endpoints for products with name', /"update and delete \(CRUD\)"/],
    ['Add a REST API for people with name', /What is one of "people" called/],
    ['Add a REST API for invoice with name', /What is one of "invoice" called/],
    ['Implement DELETE /invoices/:number', /"DELETE \/invoices\/:number"/],
    ['Add a simple API with name', /What is to be added/],
  ])('asks what goes on with "%s"', (request, question) => {
    const { resource, questions } = understandRequest(request, HABITS);
    expect(resource).toBeNull();
    expect(questions.join('\n')).toMatch(question);
  });

  it('takes names that begin with a verb for fields where nothing else can be meant, and asks otherwise', () => {
    const fields = (words: string): string[] | undefined =>
      understandRequest(
        `Add a REST API for books with number, ${words}, due date`,
        HABITS,
      ).resource?.fields.map(({ name }) => name);
    expect(fields('return date, email (text), store name')).toEqual([
      'number',
      'return_date',
      'email',
      'store_name',
      'due_date',
    ]);
    expect(fields('filter: text, list price (positive integer)')).toEqual([
      'number',
      'filter',
      'list_price',
      'due_date',
    ]);
    for (const words of ['email', 'filter', 'update title']) {
      expect(fields(words)).toBeUndefined();
      const { questions } = understandRequest(`Add a REST API for books with number, ${words}`, HABITS);
      expect(questions).toEqual([expect.stringContaining(`Is "${words}" a field, or something to do?`)]);
    }
    for (const words of ['send an email', 'filter by date', 'delete them'])
      expect(
        understandRequest(`Add a REST API for books with number, ${words}`, HABITS).questions.join(),
      ).toContain(`do this: "${words}"`);
  });

  it('says which methods it takes where none are named, and keeps the letters of words', () => {
    const { resource, decisions } = understandRequest(
      'Add a REST API for invoices with number and currency (one of EUR, USD)',
      HABITS,
    );
    expect(decisions.join()).toContain('No methods were named');
    expect(resource?.fields[1]?.values).toEqual(['EUR', 'USD']);
    if (resource === null) throw new Error('not understood');
    expect(readResource(JSON.stringify(functionalStatements(resource)))).toEqual(resource);
  });

  it.each([
    ['note (text, optional)', /What is "note"/],
    ['amount', /What is "amount"/],
    ['sorted by date', /What is "sorted by date"/],
    ['order (positive integer)', /"order" is a word of SQL/],
    ['paid (boolean)', /What is "paid"/],
    ['due date: POST /bills', /"\/bills" is not where/],
    ['due date: POST /invoices, DELETE /invoices/:number', /DELETE \/invoices\/:number/],
    ['due date, Postgres storage', /What is "Postgres storage"/],
    ['optional note', /What is "optional note" to be/],
    ['auto-generated code', /What is "auto-generated code" to be/],
    ['number or code', /What is "number or code"/],
    ['maybe a title', /What is "maybe a title"/],
    ['existing customer', /What is "existing customer"/],
    ['rowid (positive integer)', /"rowid" is a word of SQL/],
    ['title; find them by title', /"find them by title"/],
    ['secret code', /What is "secret code"/],
    ['total number', /What is "total number"/],
    ['a due date after the issue date', /What is "due date after the issue date"/],
    ['code (unique): GET /invoices/:number', /Only one field.*`number` or `code`/],
    ['title; get one by number; get one by title', /Only one field.*`number` or `title`/],
    ['title; list payments', /"list payments"/],
    ['title; return totals', /"return totals"/],
    ['title; fetch a customer by number', /"fetch a customer by number"/],
    ['title; create a payment with code', /"create a payment with code"/],
  ])('asks about "%s" rather than guess', (words, question) => {
    const { resource, questions } = understandRequest(
      `Add a REST API for invoices with number, ${words}`,
      HABITS,
    );
    expect(resource).toBeNull();
    expect(questions.join('\n')).toMatch(question);
  });

  it('asks for another name where the code around it has the word', () => {
    for (const words of ['dates with name', 'requests with number', 'invoices with class (text, unique)'])
      expect(understandRequest(`Add an API for ${words}`, HABITS).questions.join()).toContain(
        'may it be called',
      );
  });

  it('takes "unique" and "required" before a name for what they are, and the things by their own name', () => {
    const { resource, questions } = understandRequest(
      'Add an API for credit notes with title and unique code, list the notes, create a credit note with required name, fetch a note by code',
      HABITS,
    );
    expect(questions).toEqual([]);
    expect(resource).toMatchObject({ key: 'code', operations: ['create', 'list', 'get'] });
    expect(resource?.fields.map(({ name }) => name)).toEqual(['title', 'code', 'name']);
  });

  it.each(['invoices and payments', 'status', 'news'])('asks what the things are in "%s"', (things) => {
    const { resource, questions } = understandRequest(`Add a REST API for ${things} with name`, HABITS);
    expect(resource).toBeNull();
    expect(questions.join()).toContain(`"${things}"`);
  });

  it('asks for the client where there is none', () => {
    const { questions } = understandRequest(DEMO_REQUEST, { ...HABITS, hasClient: false });
    expect(questions.join('\n')).toContain('Which repository holds the client');
  });
});

describe('understandWithAnswers', () => {
  const understand = (request: string, answers: string[]): Understanding =>
    understandWithAnswers(request, answers, HABITS);

  it('takes the type of a field from an answer', () => {
    const request = 'Add pets to the shop service: create one with name and mood, list them';
    expect(understand(request, []).resource).toBeNull();
    expect(understand(request, ['mood is one of happy, sad']).resource?.fields[1]).toMatchObject({
      name: 'mood',
      values: ['happy', 'sad'],
    });
  });

  it.each([
    ['mood is text, age is a positive integer'],
    ['mood is text and age: positive integer'],
    ['mood: text', 'age is a positive integer.'],
  ])('takes several types from "%s"', (...answers) => {
    const { resource } = understand('Add an API for pets with name, mood and age', answers.filter(Boolean));
    expect(resource?.fields.map(({ kind }) => kind)).toEqual(['text', 'text', 'positive integer']);
  });

  it('leaves out what a person says may be left out, and says so', () => {
    const request = 'Add pets to the shop service: create one with name, send an email to the owner';
    expect(understand(request, []).resource).toBeNull();
    const { resource, decisions } = understand(request, ['Leave it out.']);
    expect(resource?.fields).toHaveLength(1);
    expect(decisions.join()).toContain('send an email');
  });

  it('takes a whole new request', () => {
    const { resource } = understand('Do things', ['Add pets to the shop service: create one with name']);
    expect(resource?.names.one).toBe('pet');
    expect(understand('Do things', ['Add an API for cats with name']).resource?.names.one).toBe('cat');
  });

  it('leaves nothing out where a person says that it is not to be', () => {
    const request = 'Add pets to the shop service: create one with name, send an email to the owner';
    expect(understand(request, ['Do not leave it out!']).resource).toBeNull();
  });
});

const refusal = (status: number) => ({ helper: 'refuse', status, body: [] });
const HABITAT = {
  apiFile: 'docs/HTTP.md',
  refusals: { invalid: refusal(400), notFound: refusal(404), conflict: refusal(409) },
};

describe('requirements', () => {
  it('read back to the same resource, as JSON and as text', () => {
    const { resource } = understandRequest(DEMO_REQUEST, HABITS);
    if (resource === null) throw new Error('not understood');
    const statements = functionalStatements(resource);
    expect(readResource(JSON.stringify(statements))).toEqual(resource);
    expect(readResource(statements.map((statement) => `- ${statement.text}`).join('\n'))).toEqual(resource);
    expect(acceptanceCriteria(resource, HABITAT)).toHaveLength(statements.length + 1);
  });

  it('name the document of the service, in a criterion that claims nothing else', () => {
    const { resource } = understandRequest(DEMO_REQUEST, HABITS);
    if (resource === null) throw new Error('not understood');
    const about = acceptanceCriteria(resource, HABITAT).filter(({ text }) => text.includes('.md'));
    expect(about.map(({ text }) => text)).toEqual([
      '`docs/HTTP.md` describes `POST /invoices` with an example that the service answers with 201.',
    ]);
  });

  it('are not read out of other prose', () => {
    expect(readResource('Invoices have a number and an amount.')).toBeNull();
  });
});
