/** What is asked about a service in another layout, and how the rules go on with the answer. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Framework } from '../src/drivers/blueprint/layout/handler-style.ts';
import type { Order, Result } from '../src/drivers/blueprint/order.ts';
import { play } from '../src/drivers/blueprint/players.ts';
import { makeService, SERVICE } from './blueprint/services.ts';

let dir = '';
let path = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-questions-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const serviceIn = (framework: Framework): void => {
  path = makeService(framework, dir);
};
const edit = (file: string, change: (text: string) => string): void =>
  writeFileSync(join(path, file), change(readFileSync(join(path, file), 'utf8')));
const write = (file: string, text: string): void => {
  mkdirSync(dirname(join(path, file)), { recursive: true });
  writeFileSync(join(path, file), text);
};

function order(agent: string, answers: readonly string[], context: Order['context'] = []): Order {
  const said = `## Answers of people to your questions\n\`\`\`word\n${answers.join('\n')}\n\`\`\`word`;
  return {
    protocol: 1,
    invocation_id: 'run/s/r1/work/a1',
    agent,
    role: agent === 'code-review' ? 'reviewer' : 'specialist',
    attempt: 1,
    round: 1,
    access: 'write',
    workspace: {
      repos: [{ name: SERVICE, path }, ...more.map((name) => ({ name, path: join(dir, name) }))],
    },
    request: 'Add an API for pets with name and age (positive integer)',
    prompt: answers.length === 0 ? '' : `Review what backend-task-summarizer handed in:\n\n${said}`,
    context,
    findings: [],
  };
}

let more: string[] = [];
beforeEach(() => {
  more = [];
});
const summarize = async (...answers: string[]): Promise<Result> =>
  play(order('backend-task-summarizer', answers), null);

/** The requirements pass their review, and who works later reads the choice from them. */
async function goesOn(...answers: string[]): Promise<string> {
  const result = await summarize(...answers);
  expect(result).toMatchObject({ status: 'complete' });
  const text = JSON.stringify(result);
  const judged = [{ name: 'judged', kind: 'requirements', text }];
  expect(await play(order('code-review', answers, judged), null)).toMatchObject({ verdict: 'pass' });
  const context = [{ name: 'backend-task-summarizer', kind: 'requirements', text }];
  for (const agent of ['datatypes-agent', 'feature-implementation-agent'])
    expect(await play(order(agent, [], context), null)).toMatchObject({ status: 'complete' });
  return text;
}

describe('a layout that an answer can settle', () => {
  it('is asked which service is meant, and built in that one', async () => {
    serviceIn('express');
    cpSync(path, join(dir, 'billing-service'), { recursive: true });
    more = ['billing-service'];
    const asked = await summarize();
    expect(asked).toMatchObject({ status: 'needs_clarification' });
    expect(asked.summary).toContain('Which of orders-service, billing-service is it for?');
    expect((await summarize('both')).summary).toContain('I did not understand the answer "both". Which of');
    expect(await goesOn('the billing-service, please')).toContain('The service is `billing-service`');
    expect(readFileSync(join(dir, 'billing-service/src/app.js'), 'utf8')).toContain("app.post('/pets'");
    expect(readFileSync(join(path, 'src/app.js'), 'utf8')).not.toContain('/pets');
  });

  it('is asked which framework counts, and built with that one', async () => {
    serviceIn('hono');
    edit('package.json', (text) => text.replace('"hono"', '"express": "5.1.0",\n    "hono"'));
    expect((await summarize()).summary).toMatch(
      /depends on express and hono.*Which is meant\? \(express or hono\.\)/,
    );
    await goesOn('Hono.');
    expect(readFileSync(join(path, 'src/handlers/pets.js'), 'utf8')).toContain('return context.json(');
  });

  it('is asked whether new routes may go without what others have', async () => {
    serviceIn('express');
    edit('src/app.js', (text) =>
      text.replace("'/orders', createOrder", "'/orders', requireUser, createOrder"),
    );
    expect((await summarize()).summary).toMatch(
      /requireUser, createOrder.*Shall the new routes go without that\?/,
    );
    expect((await summarize('no')).summary).toContain('I did not understand the answer "no"');
    expect(await goesOn('without it')).toContain('New routes have their handler alone, as was answered.');
  });

  it('is told in the requirements, or their review does not pass', async () => {
    serviceIn('express');
    edit('src/app.js', (text) =>
      text.replace("'/orders', createOrder", "'/orders', requireUser, createOrder"),
    );
    const text = JSON.stringify(await summarize('yes')).replaceAll(
      'New routes have their handler alone',
      'Yes',
    );
    const judged = [{ name: 'judged', kind: 'requirements', text }];
    const review = await play(order('code-review', ['yes'], judged), null);
    expect(review).toMatchObject({ verdict: 'fail' });
    expect(review.summary).toContain('New routes have their handler alone');
  });

  it('leaves answers about the request to the request', async () => {
    serviceIn('express');
    edit('src/app.js', (text) =>
      text.replace("'/orders', createOrder", "'/orders', requireUser, createOrder"),
    );
    const result = await play(
      {
        ...order('backend-task-summarizer', ['without it', 'text']),
        request: 'Add an API for pets with name, mood',
      },
      null,
    );
    expect(result).toMatchObject({ status: 'complete', summary: expect.stringContaining('2 fields') });
  });
});

describe('a layout that no answer can settle is named as it is:', () => {
  const ways = 'No answer makes up for that: another driver is needed, or another service, with --repo PATH';

  it.each<[what: string, framework: Framework, change: () => void, said: string]>([
    [
      'TypeScript',
      'express',
      () => renameSync(join(path, 'src/app.js'), join(path, 'src/app.ts')),
      'routes in TypeScript (`src/app.ts`)',
    ],
    [
      'TypeScript with a table of routes',
      'node:http',
      () => {
        renameSync(join(path, 'src/routes.js'), join(path, 'src/routes.ts'));
        edit('src/routes.ts', (text) => text.replace('const routes = [', 'const routes: Route[] = ['));
      },
      'routes in TypeScript (`src/routes.ts`)',
    ],
    [
      'CommonJS',
      'express',
      () => {
        rmSync(join(path, 'src/app.js'));
        write(
          'src/app.cjs',
          "const app = require('express')();\napp.get('/orders', (request, response) => response.json([]));\n",
        );
      },
      'routes in a CommonJS module (`src/app.cjs`)',
    ],
    [
      'CommonJS under the usual name',
      'express',
      () =>
        edit('src/app.js', (text) =>
          text
            .replaceAll(/^import (\{.*\}|\w+) from '(.*)';$/gm, "const $1 = require('$2');")
            .replace('export function createApp', 'module.exports.createApp = function'),
        ),
      'routes in a CommonJS module (`src/app.js`)',
    ],
    [
      'every route with something before its handler',
      'express',
      () =>
        edit('src/app.js', (text) => text.replaceAll(/(app\.(?:get|post)\('\/[^']*', )/g, '$1requireUser, ')),
      'routes in `src/app.js` with more than their handler (`app.post(',
    ],
    [
      'handlers on the spot',
      'fastify',
      () =>
        edit('src/app.js', (text) =>
          text.replaceAll(
            /app\.(get|post)\(('[^']+'), \w+\);/g,
            'app.$1($2, async (request) => request.body);',
          ),
        ),
      'routes in `src/app.js` whose handlers are written on the spot',
    ],
  ])('%s', async (_what, framework, change, said) => {
    serviceIn(framework);
    change();
    const { status, summary } = await summarize();
    expect(status).toBe('needs_clarification');
    expect(summary).toContain(said);
    expect(summary).toContain(ways);
    expect((await summarize('go on')).summary).toContain(ways);
  });

  it.each<[framework: Framework, mount: string, maker: string]>([
    [
      'express',
      "  app.use('/orders', orders);",
      "import { Router } from 'express';\nexport const orders = Router();\n",
    ],
    ['fastify', "  app.register(orders, { prefix: '/orders' });", 'export const orders = async (app) => {\n'],
    [
      'hono',
      "  app.route('/orders', orders);",
      "import { Hono } from 'hono';\nexport const orders = new Hono();\n",
    ],
  ])('a router in a folder of its own, mounted (%s)', async (framework, mount, maker) => {
    serviceIn(framework);
    const owner = framework === 'fastify' ? '  app' : 'orders';
    const routes = `${owner}.post('/', createOrder);\n${owner}.get('/', listOrders);\n`;
    write(
      'src/a-routers/orders.js',
      `import { createOrder, listOrders } from '../handlers/orders.js';\n${maker}${routes}${framework === 'fastify' ? '};\n' : ''}`,
    );
    edit('src/app.js', (text) =>
      `import { orders } from './a-routers/orders.js';\n${text}`
        .replaceAll(/^ {2}app\.(?:get|post)\('\/orders.*\n/gm, '')
        .replace(/^( {2}app\.post\('\/customers')/m, `${mount}\n$1`),
    );
    const { status, summary } = await summarize();
    expect(status).toBe('needs_clarification');
    expect(summary).toContain('those of `src/a-routers/orders.js` are put under `/orders` by another file');
  });
});

it.each<[framework: Framework, head: string, foot: string, mount: string]>([
  [
    'express',
    "import { Router } from 'express';\nexport const router = Router();\n",
    '',
    '  app.use(router);',
  ],
  ['fastify', 'export const router = async (router) => {\n', '};\n', '  app.register(router);'],
])(
  'a router in a folder of its own with whole paths is built on (%s)',
  async (framework, head, foot, mount) => {
    serviceIn(framework);
    const names = (text: string): string =>
      [...text.matchAll(/^import .* from '\.\/handlers\/.*\n/gm)]
        .join('')
        .replaceAll('./handlers', '../handlers');
    const app = readFileSync(join(path, 'src/app.js'), 'utf8');
    const calls = [...app.matchAll(/^ {2}app\.(?:get|post)\('\/.*\n/gm)]
      .join('')
      .replaceAll('  app.', 'router.');
    write('src/http/router.js', names(app) + head + calls + foot);
    edit('src/app.js', (text) =>
      `import { router } from './http/router.js';\n${text}`
        .replaceAll(/^import .* from '\.\/handlers\/.*\n/gm, '')
        .replace(/^ {2}app\.post\('\/customers'.*$/m, mount)
        .replaceAll(/^ {2}app\.(?:get|post)\('\/.*\n/gm, ''),
    );
    await goesOn();
    const router = readFileSync(join(path, 'src/http/router.js'), 'utf8');
    expect(router).toContain("router.post('/pets', createPet);");
    expect(router).toContain("from '../handlers/pets.js'");
  },
);
