import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { acceptanceCriteria } from '../understand/requirements.ts';
import { understandRequest } from '../understand/understand-request.ts';
import { readLayout } from './read-layout.ts';
import type { ServiceLayout } from './service-layout.ts';

const DEMO = fileURLToPath(new URL('../../../../examples/demo/orders-service/', import.meta.url));
let dir = '';

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-refusals-'));
  cpSync(DEMO, dir, { recursive: true });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Every occurrence, in each of these files; a text that is in none of them is a mistake of the test. */
function replace(files: string[], from: string | RegExp, to: string): void {
  const texts = files.map((file) => ({ file, text: readFileSync(join(dir, file), 'utf8') }));
  const changed = texts.map(({ file, text }) => ({ file, before: text, text: text.replaceAll(from, to) }));
  expect(
    changed.some(({ before, text }) => before !== text),
    String(from),
  ).toBe(true);
  for (const { file, text } of changed) writeFileSync(join(dir, file), text);
}

const read = (): ReturnType<typeof readLayout> => readLayout([{ name: 'shop', path: dir }]);

function service(): ServiceLayout {
  const reading = read();
  if (reading.kind !== 'found') throw new Error(reading.questions.join('\n'));
  return reading.layout.service;
}

function criteria(): string[] {
  const habits = { centsSuffix: false, hasClient: false, takenPaths: [] };
  const { resource } = understandRequest('Add an API for credit notes with number', habits);
  if (resource === null) throw new Error('not understood');
  return acceptanceCriteria(resource, service()).map(({ text }) => text);
}

const HANDLERS = ['src/handlers/orders.js', 'src/handlers/customers.js'];

it('reads statuses and codes off what the followed resource throws, and says them in the requirements', () => {
  expect(criteria()).toEqual([
    '`POST /credit-notes` answers 422 `invalid_field` and names `number` when it is missing or not text.',
    '`POST /credit-notes` answers 201 with the credit note for a valid body.',
    '`GET /credit-notes` answers 200 with `{ "credit_notes": [...] }` in the order of `number`.',
    '`GET /credit-notes/:number` answers 200 for a credit note that exists, and 404 `credit_note_not_found` for one that does not.',
    'A second `POST /credit-notes` with the same `number` answers 409 `credit_note_exists`.',
    '`API.md` describes `POST /credit-notes` with an example that the service answers with 201.',
  ]);
});

it('reads a flat body that the server makes, and a message that names the field', () => {
  replace(['src/errors.js'], /\n {2}toBody\(\) \{[\s\S]*?\n {2}\}\n/g, '');
  replace(['src/errors.js'], "422, 'invalid_field'", "400, 'bad_field'");
  replace(['src/errors.js'], '404, `${type.name}_not_found`', "410, 'gone'");
  replace(['src/server.js'], 'known.toBody()', '{ error: known.code, message: known.message }');
  expect(service().refusals).toMatchObject({
    invalid: { helper: 'invalid', status: 400 },
    notFound: { status: 410, body: [{ path: ['error'], words: ['gone'] }, { path: ['message'] }] },
  });
  expect(criteria()).toEqual(
    expect.arrayContaining([
      '`POST /credit-notes` answers 400 `bad_field` and names `number` when it is missing or not text.',
      '`GET /credit-notes/:number` answers 200 for a credit note that exists, and 410 `gone` for one that does not.',
    ]),
  );
});

it('names no field where nothing in the body does', () => {
  replace(['src/errors.js'], '`\\`${field}\\` must be ${rule}.`, field', "'Something is wrong.'");
  expect(criteria()[0]).toBe(
    '`POST /credit-notes` answers 422 `invalid_field` when `number` is missing or not text.',
  );
});

it('follows any name of what is thrown', () => {
  const files = [...HANDLERS, 'src/errors.js', 'src/validators.js', 'src/server.js'];
  for (const [from, to] of [
    [/\bnotFound\b/g, 'missing'],
    [/\bconflict\b/g, 'duplicate'],
    [/\binvalid\b(?=[( ,])/g, 'badField'],
    [/\bApiError\b/g, 'HttpError'],
  ] as const)
    replace(files, from, to);
  expect(service().refusals).toMatchObject({
    invalid: { helper: 'badField', status: 422 },
    notFound: { helper: 'missing', status: 404 },
    conflict: { helper: 'duplicate', status: 409 },
  });
});

it.each([
  [
    'a handler that throws in another form',
    HANDLERS,
    /throw notFound\(\w+, /g,
    "throw notFound('it', ",
    /in `getOrder` of `src\/handlers\/orders.js` what refuses one that is not there, as `throw notFound\(TYPE, key\);` \(any name will do\)/,
  ],
  [
    'no type in capitals',
    HANDLERS,
    /\b(?:ORDER|CUSTOMER)(?:_STATUS)?\b/g,
    'kind',
    /the type of a resource as a constant in capitals \(`ORDER`\) among the imports of `src\/handlers\/orders.js`/,
  ],
  [
    'a status that is not written as a number',
    ['src/errors.js'],
    '(409,',
    '(CONFLICT,',
    /the status of `conflict` in `src\/errors.js`/,
  ],
  [
    'a property that types here do not have',
    ['src/errors.js'],
    '${type.name}_exists',
    '${type.label}_exists',
    /`conflict` of `src\/errors.js` with the name, table or key of a type \(it takes `type.label`/,
  ],
  [
    'validators that throw different things',
    ['src/validators.js'],
    "throw invalid(field, 'a positive integer')",
    "throw wrong(field, 'a positive integer')",
    /one function that every validator of `src\/validators.js` throws/,
  ],
  [
    'bodies of two forms',
    ['src/errors.js'],
    '  toBody() {',
    '  short() {\n    return { error: this.code };\n  }\n\n  toBody() {',
    /one form of the body of errors/,
  ],
])('says which link breaks, and where: %s', (_, files, from, to, said) => {
  replace(files, from, to);
  const reading = read();
  expect(reading.kind === 'unknown' && reading.questions[0]).toMatch(said);
});
