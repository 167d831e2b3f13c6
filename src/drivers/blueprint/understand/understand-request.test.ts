import { describe, expect, it } from 'vitest';
import { DEMO_REQUEST } from '../../../demo/request.ts';
import { acceptanceCriteria, functionalStatements, readResource } from './requirements.ts';
import { applyAnswers } from './apply-answers.ts';
import { understandRequest } from './understand-request.ts';

const HABITS = { centsSuffix: true, hasClient: true, leaveOut: false };

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
      leaveOut: false,
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

  it('asks for the client where there is none', () => {
    const { questions } = understandRequest(DEMO_REQUEST, { ...HABITS, hasClient: false });
    expect(questions.join('\n')).toContain('Which repository holds the client');
  });
});

describe('applyAnswers', () => {
  const understand = (request: string, answers: string[]): ReturnType<typeof understandRequest> => {
    const answered = applyAnswers(request, answers);
    return understandRequest(answered.request, { ...HABITS, leaveOut: answered.leaveOut });
  };

  it('takes the type of a field from an answer', () => {
    const request = 'Add pets to the shop service: create one with name and mood, list them';
    expect(understand(request, []).resource).toBeNull();
    expect(understand(request, ['mood is one of happy, sad']).resource?.fields[1]).toMatchObject({
      name: 'mood',
      values: ['happy', 'sad'],
    });
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
  });
});

describe('requirements', () => {
  it('read back to the same resource, as JSON and as text', () => {
    const { resource } = understandRequest(DEMO_REQUEST, HABITS);
    if (resource === null) throw new Error('not understood');
    const statements = functionalStatements(resource);
    expect(readResource(JSON.stringify(statements))).toEqual(resource);
    expect(readResource(statements.map((statement) => `- ${statement.text}`).join('\n'))).toEqual(resource);
    expect(acceptanceCriteria(resource)).toHaveLength(statements.length);
  });

  it('are not read out of other prose', () => {
    expect(readResource('Invoices have a number and an amount.')).toBeNull();
  });
});
