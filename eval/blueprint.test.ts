/**
 * Requests in each layout, with hidden tests: one over the real engine with all gates, the others by what the rules read and write.
 * `npm run blueprint` sends all of them over the engine.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLayout } from '../src/drivers/blueprint/layout/read-layout.ts';
import { datatypeParts } from '../src/drivers/blueprint/parts/datatype-parts.ts';
import { siteOf, type Part } from '../src/drivers/blueprint/parts/part.ts';
import { testParts } from '../src/drivers/blueprint/parts/test-parts.ts';
import { featureParts } from '../src/drivers/blueprint/play/write-parts.ts';
import { understandWithAnswers } from '../src/drivers/blueprint/understand/apply-answers.ts';
import type { Understanding } from '../src/drivers/blueprint/understand/conclude.ts';
import { servedFaults } from './blueprint/acceptance.ts';
import type { AskedRequest, RequestFacts } from './blueprint/facts.ts';
import { fitToRules } from '../src/cli/start/fit-to-rules.ts';
import { readIntake } from '../src/cli/start/intake-here.ts';
import { detectRequest } from '../src/intake/detect-request.ts';
import { generateRequests } from './blueprint/requests.ts';
import { makeService, SERVICE, setupOf } from './blueprint/services.ts';
import { endingOf, tryRequest } from './blueprint/try-request.ts';

const run = promisify(execFile);
const LIMIT_MS = 900_000;
let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-blueprint-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const all = generateRequests(1, 30);
const requestOf = (id: string): AskedRequest => {
  const found = all.find((request) => request.id === id);
  if (found === undefined) throw new Error(`There is no request ${id}.`);
  return found;
};

function understand({ words }: AskedRequest, answers: string[] = []): Understanding {
  return understandWithAnswers(words, answers, { centsSuffix: true, hasClient: false, takenPaths: [] });
}

it('of 600 requests each is understood as it was meant, or what is open is asked and nothing else', () => {
  for (const request of Array.from({ length: 20 }, (_, seed) => generateRequests(seed + 1, 30)).flat()) {
    const { open, answer, facts, words } = request;
    const asked = understand(request);
    const named = open !== null && asked.questions.join().toLowerCase().includes(open.toLowerCase());
    expect({ questions: asked.questions.length, named, isClear: asked.resource !== null }, words).toEqual(
      open === null
        ? { questions: 0, named: false, isClear: true }
        : { questions: 1, named: true, isClear: false },
    );
    if (open !== null && answer === null) continue;
    const { resource } = answer === null ? asked : understand(request, [answer]);
    expect(
      {
        fields: resource?.fields,
        key: resource?.key,
        operations: resource?.operations,
        at: resource?.names.many,
      },
      words,
    ).toEqual({ fields: facts?.fields, key: facts?.key, operations: facts?.operations, at: facts?.plural });
  }
});

it('of 600 requests each that names a resource goes where requirements are written, whatever its form', () => {
  const requests = Array.from({ length: 20 }, (_, seed) => generateRequests(seed + 1, 30)).flat();
  for (const { words, facts } of requests.filter((each) => each.kind !== 'vague')) {
    const fitted = fitToRules(words, { detection: detectRequest(words), refined: null }, undefined);
    const { specialist, effort } = readIntake(words, fitted, {
      effort: undefined,
      chosen: false,
      planned: false,
    });
    expect({ specialist, tier: effort.effort?.tier ?? 'medium' }, `${words} ${facts?.plural}`).toEqual({
      specialist: null,
      tier: expect.stringMatching(/^(?:small|medium|large)$/),
    });
  }
});

it('of 120 requests every kind meets every layout, and of 30 every kind three of them', () => {
  const pairs = (count: number): string[] => [
    ...new Set(generateRequests(1, count).map(({ kind, framework }) => `${kind} ${framework}`)),
  ];
  expect(pairs(120)).toHaveLength(20);
  expect(pairs(30)).toHaveLength(4 + 4 * 3);
});

interface Built {
  cwd: string;
  facts: RequestFacts;
  parts: Part[];
}

/** What the rules write for a request into its service, without the engine. */
function build(request: AskedRequest): Built {
  const cwd = makeService(request.framework, join(dir, request.id));
  const setup = setupOf(request.framework);
  if (setup !== null) execFileSync('/bin/sh', ['-c', setup], { cwd });
  const reading = readLayout([{ name: SERVICE, path: cwd }]);
  if (reading.kind !== 'found') throw new Error(reading.questions.join('\n'));
  const { resource, questions } = understand(request);
  if (resource === null || request.facts === null) throw new Error(questions.join('\n'));
  const site = siteOf(resource, reading.layout);
  const parts = [...datatypeParts(site), ...featureParts(site), ...testParts(site)];
  for (const part of parts) part.apply();
  return { cwd, facts: request.facts, parts };
}

describe('without the engine', () => {
  it.concurrent.each(['1/1', '1/2', '1/4', '1/7'].map((id) => requestOf(id)))(
    '$framework: what is written for "$words" passes its own tests and the hidden ones',
    async (request) => {
      const { cwd, facts } = build(request);
      const { NODE_OPTIONS: _, ...env } = process.env;
      const { stdout } = await run(
        process.execPath,
        ['--test', '--test-isolation=none', '--test-reporter=tap'],
        {
          cwd,
          env,
        },
      );
      expect(stdout).toMatch(/^# fail 0$/m);
      expect(stdout).toContain(facts.plural);
      expect(await servedFaults(facts, cwd)).toEqual([]);
    },
    LIMIT_MS,
  );

  it(
    'hidden tests see each part that is missing',
    async () => {
      const { cwd, facts, parts } = build({ ...requestOf('1/12'), framework: 'hono' });
      const seen: Record<string, string[]> = {};
      for (const part of parts.filter(({ id }) => /^(?:validate:|route:|conflict|migration)/.test(id))) {
        part.forget?.();
        seen[part.id] = (await servedFaults(facts, cwd)).slice(0, 1);
        part.apply();
      }
      expect(seen).toMatchObject({
        'validate:quantity': [expect.stringMatching(/^POST \/contracts with quantity: nothing answers/)],
        'validate:mode': [expect.stringMatching(/^POST \/contracts with mode: nothing answers/)],
        'validate:start_date': [expect.stringMatching(/^POST \/contracts with start_date: nothing answers/)],
        'route:create': [expect.stringMatching(/^POST \/contracts answers 404/)],
        'route:list': [expect.stringMatching(/^GET \/contracts answers 404/)],
        'route:get': [expect.stringMatching(/^GET \/contracts\/key-b answers 404/)],
        conflict: [expect.stringMatching(/^a second POST/)],
        migration: [expect.stringMatching(/./)],
      });
      rmSync(join(cwd, 'src/main.js'));
      expect((await servedFaults(facts, cwd)).join()).toMatch(/could not be asked/);
    },
    LIMIT_MS,
  );
});

const clarification = (text: string) => ({ kind: 'clarification' as const, text });

it.each([
  ['1/1', { isSubmitted: true }, 'right'],
  ['1/1', { isSubmitted: true, faults: ['POST answers 500'] }, 'false_success'],
  ['1/1', { isSubmitted: true, questions: [clarification('What is "name"?')] }, 'asked_without_need'],
  ['1/1', { questions: [clarification('What is "name"?')] }, 'asked_without_need'],
  ['1/1', {}, 'stopped'],
  // Something in the words is open: without a question about it a pull request is none, whatever the hidden tests say.
  ['1/3', { isSubmitted: true, questions: [clarification('What is "region"?')] }, 'right'],
  ['1/3', { isSubmitted: true }, 'false_success'],
  ['1/5', { isSubmitted: true }, 'false_success'],
  ['1/5', { questions: [clarification('Shall "send an email when one is created" be left out?')] }, 'asked'],
  ['1/8', { isSubmitted: true, questions: [clarification('What is to be added?')] }, 'false_success'],
  ['1/8', { questions: [clarification('What is to be added?')] }, 'asked'],
] as const)('request %s with %j is taken for %s', (id, seen, ending) => {
  const none = { isSubmitted: false, questions: [], faults: [], stopped: 'failed' };
  expect(endingOf(requestOf(id), { ...none, ...seen }).ending).toBe(ending);
});

it.each([
  ['which names nothing that could be built', requestOf('1/8'), 'refused'],
  ['for a resource', { ...requestOf('1/1'), words: requestOf('1/8').words }, 'stopped'],
] as const)('a refusal of a request %s is no question', async (what, request, ending) => {
  const tried = await tryRequest(request, {
    dir: join(dir, 'refusals', what),
    mutants: 1,
    workflow: 'baton',
  });
  expect(tried).toMatchObject({ ending, isSubmitted: false, questions: [] });
  expect(tried.why.join()).toContain('No rule does this work');
});

it(
  '`npm run blueprint` counts refusals in a column of their own',
  async () => {
    const print = async (...more: string[]): Promise<string> =>
      (
        await run(process.execPath, [
          '--disable-warning=ExperimentalWarning',
          'eval/blueprint/main.ts',
          '--only',
          '1/8',
          ...more,
        ])
      ).stdout;
    const [head, line] = (await print()).split('\n').filter((each) => /^\| (layout|hono) /.test(each));
    expect(head).toBe('| layout | right | asked | refused | asked without need | false success | stopped |');
    expect(line).toBe('| hono | 0 | 0 | 1 | 0 | 0 | 0 |');
    expect(JSON.parse(await print('--json'))).toMatchObject({
      endings: { right: 0, asked: 0, refused: 1, asked_without_need: 0, false_success: 0, stopped: 0 },
      tried: [{ ending: 'refused' }],
    });
  },
  LIMIT_MS,
);

it.concurrent.each([
  // Asked, answered, and carried to a pull request by the default workflow, in a service with packages.
  ['1/3', 'baton', 'right', { tests: 'pass', reach: 'pass', mutation: 'pass', probe: 'pass' }],
  ['1/5', null, 'asked', {}],
] as const)(
  'over the engine %s in the workflow %s ends as %s',
  async (id, workflow, ending, gates) => {
    const tried = await tryRequest(requestOf(id), { dir: join(dir, 'engine', id), mutants: 3, workflow });
    expect(tried, JSON.stringify(tried, null, 1)).toMatchObject({ ending, gates });
    expect(tried.questions).toHaveLength(1);
  },
  LIMIT_MS,
);
