/**
 * Repositories as people have them, for tests: a notes service over HTTP with dozens of tests, and a repository with
 * several packages. No dependencies, so that nothing has to be installed.
 */

/** An HTTP service: routes, validation, a store, one shape for all errors, 40 tests. */
export function notesService(): Record<string, string> {
  return {
    'package.json': json({
      name: 'notes-service',
      version: '1.4.0',
      type: 'module',
      scripts: { test: 'node --test', start: 'node src/main.js', build: 'node --check src/app.js' },
    }),
    'README.md': '# Notes service\n\nGET /notes, GET /notes/:id, POST /notes, DELETE /notes/:id\n',
    'src/errors.js': `export class HttpError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
export const toBody = (error) => ({ error: { code: error.code ?? 'internal', message: error.message } });
`,
    'src/validate.js': `import { HttpError } from './errors.js';

export function parseNote(input) {
  if (input === null || typeof input !== 'object' || Array.isArray(input)) throw new HttpError(400, 'invalid_body', 'a note is an object');
  const { title, text = '' } = input;
  if (typeof title !== 'string' || title.trim() === '') throw new HttpError(400, 'invalid_title', 'title is required');
  if (title.length > 120) throw new HttpError(400, 'invalid_title', 'title has at most 120 characters');
  if (typeof text !== 'string') throw new HttpError(400, 'invalid_text', 'text is a string');
  return { title: title.trim(), text };
}
`,
    'src/store.js': `export function createStore() {
  const notes = new Map();
  let next = 1;
  return {
    add(note) {
      const stored = { id: next++, ...note };
      notes.set(stored.id, stored);
      return stored;
    },
    get: (id) => notes.get(id) ?? null,
    all: () => [...notes.values()],
    remove: (id) => notes.delete(id),
  };
}
`,
    'src/app.js': `import { HttpError, toBody } from './errors.js';
import { parseNote } from './validate.js';

export function createApp(store) {
  const routes = [
    { method: 'GET', path: /^\\/notes$/, run: () => [200, store.all()] },
    { method: 'GET', path: /^\\/notes\\/(\\d+)$/, run: (id) => [200, find(store, id)] },
    { method: 'POST', path: /^\\/notes$/, run: (_id, body) => [201, store.add(parseNote(body))] },
    { method: 'DELETE', path: /^\\/notes\\/(\\d+)$/, run: (id) => (find(store, id), store.remove(Number(id)), [204, null]) },
  ];
  return async function handle({ method, path, body }) {
    try {
      for (const route of routes) {
        const match = route.path.exec(path);
        if (match !== null && route.method === method) {
          const [status, payload] = route.run(match[1], body);
          return { status, body: payload };
        }
      }
      throw new HttpError(404, 'not_found', \`no route \${method} \${path}\`);
    } catch (error) {
      return { status: error.status ?? 500, body: toBody(error) };
    }
  };
}

function find(store, id) {
  const note = store.get(Number(id));
  if (note === null) throw new HttpError(404, 'note_not_found', \`no note \${id}\`);
  return note;
}
`,
    'src/main.js': `import { createServer } from 'node:http';
import { createApp } from './app.js';
import { createStore } from './store.js';

const handle = createApp(createStore());
createServer(async (request, response) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  const { status, body } = await handle({ method: request.method, path: request.url, body: text === '' ? null : JSON.parse(text) });
  response.writeHead(status, { 'content-type': 'application/json' }).end(body === null ? '' : JSON.stringify(body));
}).listen(Number(process.env.PORT ?? 8080), '127.0.0.1');
`,
    'test/validate.test.js': `import { test } from 'node:test';
import assert from 'node:assert/strict';
import { parseNote } from '../src/validate.js';

const bad = [
  ['null', null], ['a number', 7], ['a string', 'x'], ['a list', []], ['no title', {}], ['a null title', { title: null }],
  ['a number as title', { title: 1 }], ['an empty title', { title: '' }], ['a blank title', { title: '   ' }],
  ['a title of 121 characters', { title: 'x'.repeat(121) }], ['a number as text', { title: 'a', text: 1 }],
  ['a list as text', { title: 'a', text: [] }], ['a null text', { title: 'a', text: null }], ['a list as title', { title: [] }],
  ['an object as title', { title: {} }], ['true', true],
];
for (const [name, input] of bad) test(\`refuses \${name}\`, () => assert.throws(() => parseNote(input), { status: 400 }));

const good = [['a title', { title: 'a' }], ['120 characters', { title: 'x'.repeat(120) }], ['a text', { title: 'a', text: 'b' }], ['unicode', { title: 'ü' }]];
for (const [name, input] of good) test(\`takes \${name}\`, () => assert.equal(parseNote(input).title, input.title));
test('trims the title', () => assert.equal(parseNote({ title: ' a ' }).title, 'a'));
test('text is empty by default', () => assert.equal(parseNote({ title: 'a' }).text, ''));
`,
    'test/app.test.js': `import { describe, it, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { createApp } from '../src/app.js';
import { createStore } from '../src/store.js';

describe('notes over HTTP', () => {
  let call;
  beforeEach(() => {
    const handle = createApp(createStore());
    call = (method, path, body = null) => handle({ method, path, body });
  });
  it('starts without notes', async () => assert.deepEqual(await call('GET', '/notes'), { status: 200, body: [] }));
  it('creates a note', async () => assert.equal((await call('POST', '/notes', { title: 'a' })).status, 201));
  it('numbers notes', async () => {
    await call('POST', '/notes', { title: 'a' });
    assert.equal((await call('POST', '/notes', { title: 'b' })).body.id, 2);
  });
  it('reads a note', async () => {
    await call('POST', '/notes', { title: 'a' });
    assert.equal((await call('GET', '/notes/1')).body.title, 'a');
  });
  it('lists notes in order', async () => {
    for (const title of ['a', 'b', 'c']) await call('POST', '/notes', { title });
    assert.deepEqual((await call('GET', '/notes')).body.map((n) => n.title), ['a', 'b', 'c']);
  });
  it('deletes a note', async () => {
    await call('POST', '/notes', { title: 'a' });
    assert.equal((await call('DELETE', '/notes/1')).status, 204);
    assert.equal((await call('GET', '/notes/1')).status, 404);
  });
  for (const path of ['/', '/notes/', '/notes/x', '/note', '/notes/1/2']) {
    it(\`knows no \${path}\`, async () => assert.equal((await call('GET', path)).body.error.code, 'not_found'));
  }
  for (const method of ['PUT', 'PATCH']) {
    it(\`knows no \${method}\`, async () => assert.equal((await call(method, '/notes')).status, 404));
  }
  it('says which note is missing', async () => assert.match((await call('GET', '/notes/9')).body.error.message, /9/));
  it('refuses to delete what is not there', async () => assert.equal((await call('DELETE', '/notes/9')).status, 404));
  it('answers bad notes with one shape of error', async () => {
    const { status, body } = await call('POST', '/notes', {});
    assert.equal(status, 400);
    assert.deepEqual(Object.keys(body), ['error']);
    assert.deepEqual(Object.keys(body.error), ['code', 'message']);
  });
});

describe('the store', () => {
  it('forgets nothing', () => {
    const store = createStore();
    for (let i = 0; i < 100; i++) store.add({ title: String(i) });
    assert.equal(store.all().length, 100);
  });
  it('removes once', () => {
    const store = createStore();
    store.add({ title: 'a' });
    assert.equal(store.remove(1), true);
    assert.equal(store.remove(1), false);
  });
});
`,
  };
}

/** Three packages in one repository, each with its own tests; the API depends on pricing, which depends on the core. */
export function severalPackages(): Record<string, string> {
  return {
    'package.json': json({
      name: 'acme',
      private: true,
      workspaces: ['packages/*'],
      scripts: { test: 'npm test --workspaces' },
    }),
    'packages/core/package.json': packageJson('core', {}),
    'packages/core/index.js': `export const cents = (euros) => Math.round(euros * 100);

export function euros(cents) {
  const sign = cents < 0 ? '-' : '';
  const whole = Math.abs(cents);
  return \`\${sign}\${Math.floor(whole / 100)}.\${String(whole % 100).padStart(2, '0')}\`;
}
`,
    'packages/core/test/cents.test.js': `import { test } from 'node:test';
import assert from 'node:assert/strict';
import { cents, euros } from '../index.js';

for (const [from, expected] of [[0, 0], [1, 100], [1.1, 110], [0.29, 29], [19.99, 1999], [-2.5, -250]]) test(\`\${from} euros in cents\`, () => assert.equal(cents(from), expected));
for (const [from, expected] of [[0, '0.00'], [5, '0.05'], [110, '1.10'], [-250, '-2.50']]) test(\`\${from} cents in euros\`, () => assert.equal(euros(from), expected));
`,
    'packages/pricing/package.json': packageJson('pricing', { '@acme/core': '1.0.0' }),
    'packages/pricing/index.js': `import { cents } from '@acme/core';

export const netOf = (items) => items.reduce((sum, { price, count }) => sum + cents(price) * count, 0);
export const grossOf = (items, rate = 0.19) => Math.round(netOf(items) * (1 + rate));
`,
    'packages/pricing/test/totals.test.js': `import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { grossOf, netOf } from '../index.js';

describe('totals', () => {
  it('of nothing are nothing', () => assert.equal(netOf([]), 0));
  it('count every item', () => assert.equal(netOf([{ price: 1.5, count: 2 }, { price: 0.1, count: 3 }]), 330));
  it('carry the tax', () => assert.equal(grossOf([{ price: 10, count: 1 }]), 1190));
  it('take another rate', () => assert.equal(grossOf([{ price: 10, count: 1 }], 0.07), 1070));
  it('round half a cent up', () => assert.equal(grossOf([{ price: 0.5, count: 1 }], 0.01), 51));
});
`,
    'packages/api/package.json': packageJson('api', { '@acme/core': '1.0.0', '@acme/pricing': '1.0.0' }),
    'packages/api/index.js': `import { euros } from '@acme/core';
import { grossOf, netOf } from '@acme/pricing';

export function quote({ items }) {
  if (!Array.isArray(items)) return { status: 400, body: { error: { code: 'items_missing' } } };
  return { status: 200, body: { net: euros(netOf(items)), gross: euros(grossOf(items)), currency: 'EUR' } };
}
`,
    'packages/api/test/quote.test.js': `import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { quote } from '../index.js';

const items = [{ price: 19.99, count: 2 }, { price: 0.5, count: 1 }];

describe('a quote', () => {
  it('has both totals and a currency', () => assert.deepEqual(quote({ items }), { status: 200, body: { net: '40.48', gross: '48.17', currency: 'EUR' } }));
  it('of nothing is free', () => assert.equal(quote({ items: [] }).body.gross, '0.00'));
  for (const bad of [undefined, null, 7, {}]) it(\`is refused for \${JSON.stringify(bad)}\`, () => assert.equal(quote({ items: bad }).status, 400));
});
`,
  };
}

function packageJson(name: string, dependencies: Record<string, string>): string {
  return json({
    name: `@acme/${name}`,
    version: '1.0.0',
    type: 'module',
    exports: './index.js',
    scripts: { test: 'node --test' },
    dependencies,
  });
}

function json(data: unknown): string {
  return `${JSON.stringify(data, null, 2)}\n`;
}
