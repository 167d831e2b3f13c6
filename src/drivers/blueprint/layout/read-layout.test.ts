import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readLayout } from './read-layout.ts';

const DEMO = fileURLToPath(new URL('../../../../examples/demo/', import.meta.url));
let dir = '';

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'baton-layout-'));
  await cp(DEMO, dir, { recursive: true });
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const repos = (): { name: string; path: string }[] =>
  ['orders-client', 'orders-service'].map((name) => ({ name, path: join(dir, name) }));

it('finds service and client among the checkouts, by what they hold', () => {
  const reading = readLayout(repos());
  if (reading.kind !== 'found') throw new Error(reading.questions.join('\n'));
  expect(reading.layout.service).toMatchObject({
    routesFile: 'src/routes.js',
    apiFile: 'API.md',
    typesDir: 'src/types',
    storesDir: 'src/stores',
    handlersDir: 'src/handlers',
    errorsFile: 'src/errors.js',
    validators: ['text', 'positiveInteger', 'date', 'oneOf'],
    migrationsDir: 'migrations',
    testSupport: 'tests/support/service.js',
    startCommand: ['src/main.js'],
    centsSuffix: true,
  });
  expect(reading.layout.client).toMatchObject({
    clientFile: 'src/client.js',
    contractFile: 'contract/routes.json',
  });
});

it('follows other places than those of the demo', async () => {
  const service = join(dir, 'orders-service');
  await rename(join(service, 'src/handlers'), join(service, 'src/endpoints'));
  await rename(join(service, 'API.md'), join(service, 'HTTP.md'));
  const routes = await readFile(join(service, 'src/routes.js'), 'utf8');
  await writeFile(join(service, 'src/routes.js'), routes.replaceAll('./handlers/', './endpoints/'));
  const reading = readLayout(repos());
  if (reading.kind !== 'found') throw new Error(reading.questions.join('\n'));
  expect(reading.layout.service).toMatchObject({ handlersDir: 'src/endpoints', apiFile: 'HTTP.md' });
});

it('asks which service is meant where there are two', async () => {
  await cp(join(dir, 'orders-service'), join(dir, 'billing-service'), { recursive: true });
  const reading = readLayout([...repos(), { name: 'billing-service', path: join(dir, 'billing-service') }]);
  expect(reading.kind === 'unknown' && reading.questions[0]).toMatch(
    /^Which of orders-service, billing-service/,
  );
});

it('says what it looked for and did not find', async () => {
  await rm(join(dir, 'orders-service/migrations'), { recursive: true });
  const reading = readLayout(repos());
  expect(reading.kind === 'unknown' && reading.questions[0]).toMatch(
    /^This layout is not known: in orders-client I do not find a table of routes.*in orders-service I do not find numbered SQL migrations/,
  );
});

it('says of node:http without a table of routes that no answer helps, and what does', async () => {
  const path = join(dir, 'plain-service');
  await mkdir(join(path, 'src'), { recursive: true });
  await writeFile(join(path, 'package.json'), '{ "name": "plain-service", "type": "module" }');
  await writeFile(
    join(path, 'src/main.js'),
    "import { createServer } from 'node:http';\ncreateServer((request, response) => response.end()).listen(0);\n",
  );
  const reading = readLayout([{ name: 'plain-service', path }]);
  expect(reading.kind === 'unknown' && [reading.questions[0], reading.open]).toEqual([
    'This layout is not known: in plain-service I do not find a table of routes (`export const routes = [`). (No answer makes up for that: another driver is needed, or another service, with --repo PATH.)',
    null,
  ]);
});
