/** What is read of a service in each framework, and what is written there. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readLayout } from '../src/drivers/blueprint/layout/read-layout.ts';
import type { Order } from '../src/drivers/blueprint/order.ts';
import { datatypeParts } from '../src/drivers/blueprint/parts/datatype-parts.ts';
import { siteOf } from '../src/drivers/blueprint/parts/part.ts';
import { validate } from '../src/drivers/blueprint/play/validate.ts';
import { featureParts } from '../src/drivers/blueprint/play/write-parts.ts';
import { reviewValidation } from '../src/drivers/blueprint/review/review-outcome.ts';
import { reviewHandlers } from '../src/drivers/blueprint/review/review-handlers.ts';
import {
  acceptanceCriteria,
  functionalStatements,
  readStatements,
} from '../src/drivers/blueprint/understand/requirements.ts';
import { understandRequest } from '../src/drivers/blueprint/understand/understand-request.ts';
import { makeService, SERVICE, setupOf } from './blueprint/services.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-layouts-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it.each([
  ['express', "  app.post('/pets', createPet);", '  response.status(201).json(pet);', '({ message:'],
  ['fastify', "  app.post('/pets', createPet);", '  reply.code(201).send(pet);', '({ message:'],
  ['hono', "  app.post('/pets', createPet);", '  return context.json(pet, 201);', '({ message:'],
  [
    'node:http',
    "path: '/pets', handler: createPet",
    '  return { status: 201, body: pet };',
    'body: { message:',
  ],
] as const)('on %s it writes routes and handlers as they are there, and mends each part', (...given) => {
  const [framework, route, answer, own] = given;
  const path = makeService(framework, dir);
  const reading = readLayout([{ name: SERVICE, path }]);
  if (reading.kind !== 'found') throw new Error(reading.questions.join('\n'));
  const habits = { centsSuffix: true, hasClient: false, takenPaths: [] };
  const { resource } = understandRequest('Add an API for pets with name and age (positive integer)', habits);
  if (resource === null) throw new Error('not understood');
  const site = siteOf(resource, reading.layout);
  const parts = featureParts(site);
  for (const part of parts) part.apply();
  const { routesFile } = reading.layout.service;
  const written = (): string =>
    readFileSync(join(path, routesFile), 'utf8') + readFileSync(join(path, site.handlersFile), 'utf8');
  const whole = written();
  expect(whole).toContain(route);
  expect(whole).toContain(answer);
  expect(reviewHandlers(site)).toEqual([]);
  for (const part of parts.filter(({ id }) => /^(?:route:|validate:|conflict|error-shape)/.test(id))) {
    part.forget?.();
    expect(part.id !== 'error-shape' || written().includes(own), part.id).toBe(true);
    expect(reviewHandlers(site).length, part.id).toBeGreaterThan(0);
    part.apply();
    expect(written(), part.id).toBe(whole);
  }
});

it('a validation without the packages of the service tries nothing and says so; with them it sees each criterion', async () => {
  const path = makeService('fastify', dir);
  const reading = readLayout([{ name: SERVICE, path }]);
  const habits = { centsSuffix: true, hasClient: false, takenPaths: [] };
  const { resource } = understandRequest('Add an API for pets with name and age (positive integer)', habits);
  if (resource === null || reading.kind !== 'found') throw new Error('not understood');
  const site = siteOf(resource, reading.layout);
  for (const part of [...datatypeParts(site), ...featureParts(site)]) part.apply();
  const requirements = {
    functional: functionalStatements(resource),
    acceptance_criteria: acceptanceCriteria(resource, site.layout.service),
  };
  const text = JSON.stringify({ requirements });
  const order = {
    workspace: { repos: [{ name: SERVICE, path }] },
    context: [{ name: 'summarizer', kind: 'requirements', text }],
  } as unknown as Order; // the rest of an order says nothing to a validation
  const criteria = readStatements(text, 'A');
  const reviewed = (result: object) => reviewValidation(JSON.stringify(result), criteria, site);
  const without = await validate(order);
  expect(without).toMatchObject({
    status: 'complete',
    summary: expect.stringContaining('fastify is not installed here'),
  });
  const outcomes = (result: object) =>
    (result as { validation: { checks: { outcome: string }[] } }).validation.checks.map(
      ({ outcome }) => outcome,
    );
  expect(new Set(outcomes(without))).toEqual(new Set(['not_tried']));
  expect(reviewed(without)).toEqual([]);

  execFileSync('/bin/sh', ['-c', setupOf('fastify') ?? ''], { cwd: path });
  const tried = await validate(order);
  expect(new Set(outcomes(tried))).toEqual(new Set(['met']));
  expect(reviewed(tried)).toEqual([]);
  // Where it can be started, nothing is an excuse.
  expect(reviewed(without)).toHaveLength(criteria.length);
});

it('asks which framework it is where the package depends on two', () => {
  const path = makeService('express', dir);
  const file = join(path, 'package.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"express"', '"hono": "4.0.0", "express"'));
  const reading = readLayout([{ name: SERVICE, path }]);
  expect(reading.kind === 'unknown' && reading.questions.join()).toMatch(/one framework alone/);
});

it.each([
  [
    'node:http',
    'src/routes.js',
    'handler: listOrders }',
    'handler: listOrders, role: "clerk" }',
    /handler alone/,
  ],
  ['express', 'src/app.js', "'/orders', listOrders", "'/orders', requireUser, listOrders", /requireUser/],
  [
    'express',
    'src/app.js',
    "'/orders', listOrders",
    "'/orders', requireRole('a'), listOrders",
    /requireRole/,
  ],
  ['fastify', 'src/app.js', "'/orders', listOrders", "'/orders', { schema }, listOrders", /\{ schema \}/],
  [
    'hono',
    'src/handlers/orders.js',
    'import',
    "import { audit } from '../audit.js';\nimport",
    /not `..\/audit.js`/,
  ],
  [
    'express',
    'src/handlers/orders.js',
    'import',
    "import crypto from 'node:crypto';\nimport",
    /not `node:crypto`/,
  ],
] as const)('asks where the %s service does more in %s than the rules would write: %s → %s', (...given) => {
  const [framework, at, before, after, question] = given;
  const path = makeService(framework, dir);
  const file = join(path, at);
  const source = readFileSync(file, 'utf8');
  expect(source).toContain(before);
  writeFileSync(file, source.replace(before, after));
  const reading = readLayout([{ name: SERVICE, path }]);
  expect(reading.kind === 'unknown' && reading.questions.join()).toMatch(question);
});

it("reads on where another route's function is written on the spot", () => {
  const path = makeService('express', dir);
  const file = join(path, 'src/app.js');
  const health = "  app.get('/health', (request, response) => response.json({}));\n  app.post('/orders'";
  writeFileSync(file, readFileSync(file, 'utf8').replace("  app.post('/orders'", health));
  expect(readLayout([{ name: SERVICE, path }]).kind).toBe('found');
});

it('asks where handlers take what they need in a form that it does not know', () => {
  const path = makeService('express', dir);
  const file = join(path, 'src/handlers/orders.js');
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replaceAll('const { database } = request.app.locals;', 'pool();'),
  );
  const customers = join(path, 'src/handlers/customers.js');
  writeFileSync(
    customers,
    readFileSync(customers, 'utf8').replaceAll('const { database }', 'let { database }'),
  );
  const reading = readLayout([{ name: SERVICE, path }]);
  expect(reading.kind === 'unknown' && reading.questions.join()).toMatch(/that begin with `const … = …;`/);
});
