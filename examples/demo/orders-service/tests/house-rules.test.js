import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { routes } from '../src/routes.js';
import { startService } from './support/service.js';

const root = new URL('../', import.meta.url);
const api = readFileSync(new URL('API.md', root), 'utf8');

/** The sections of API.md, by `METHOD /path`. */
const sections = new Map(
  api
    .split(/^(?=##+ )/m)
    .map((section) => [/^### ([A-Z]+ \S+)$/m.exec(section)?.[1], section])
    .filter(([name]) => name !== undefined),
);

async function importFolder(folder) {
  const files = readdirSync(new URL(folder, root)).filter((file) => file.endsWith('.js'));
  return Promise.all(files.map((file) => import(new URL(folder + file, root).href)));
}

function assertShape({ status, body }, request) {
  assert.ok(status >= 400 && status < 500, `${request} must be refused, and answers ${status}`);
  assert.deepEqual(Object.keys(body), ['error'], `${request} has not the documented error shape`);
  assert.deepEqual(
    Object.keys(body.error).sort(),
    ['code', 'field', 'message'],
    `${request} has not the documented error shape`,
  );
}

describe('house rules', () => {
  let service;
  before(async () => {
    service = await startService();
  });
  after(() => service.close());

  it('every route is described in API.md', () => {
    const missing = routes.map(({ method, path }) => `${method} ${path}`).filter((name) => !sections.has(name));
    assert.deepEqual(missing, [], `not described in API.md: ${missing.join(', ')}`);
  });

  it('every description in API.md has a route', () => {
    const known = new Set(routes.map(({ method, path }) => `${method} ${path}`));
    const missing = [...sections.keys()].filter((name) => !known.has(name));
    assert.deepEqual(missing, [], `described in API.md, but not a route: ${missing.join(', ')}`);
  });

  it('every example in API.md is a request that works', async () => {
    for (const [name, section] of sections) {
      if (!name.startsWith('POST ')) continue;
      const example = /```json\n([^`]*)```/.exec(section)?.[1];
      assert.ok(example !== undefined, `${name} has no example in API.md`);
      const { status } = await service.send('POST', name.slice('POST '.length), example);
      assert.equal(status, 201, `the example of ${name} in API.md answers ${status}`);
    }
  });

  it('every handler is reached by a route', async () => {
    const handlers = (await importFolder('src/handlers/')).flatMap((module) => Object.values(module));
    const reached = new Set(routes.map((route) => route.handler));
    const missing = handlers.filter((handler) => !reached.has(handler)).map((handler) => handler.name);
    assert.deepEqual(missing, [], `not in src/routes.js: ${missing.join(', ')}`);
  });

  it('every error has the documented shape', async () => {
    for (const { method, path } of routes) {
      const url = path.replaceAll(/:\w+/g, 'there-is-none');
      if (method === 'POST') {
        for (const text of ['{}', '[]', 'no json', '']) {
          assertShape(await service.send('POST', url, text), `POST ${path} with ${JSON.stringify(text)}`);
        }
      } else if (url !== path) {
        assertShape(await service.get(url), `${method} ${path} for nothing`);
      }
    }
  });

  it('every type has a table with its columns', async () => {
    for (const type of await typesOfService()) {
      const columns = service.database.prepare('SELECT name FROM pragma_table_info(?)').all(type.table);
      const names = columns.map((column) => column.name);
      assert.deepEqual(names, type.columns, `no migration gives table ${type.table} the columns of its type`);
    }
  });

  it('every table has a type', async () => {
    const tables = service.database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all()
      .map((table) => table.name);
    const typed = new Set((await typesOfService()).map((type) => type.table));
    const missing = tables.filter((table) => table !== 'migrations' && !typed.has(table));
    assert.deepEqual(missing, [], `no type in src/types for: ${missing.join(', ')}`);
  });

  async function typesOfService() {
    return (await importFolder('src/types/')).flatMap((module) => Object.values(module)).filter((type) => type.table);
  }
});
