import { describe, expect, test } from 'vitest';
import type { FindingDraft } from '../findings.ts';
import type { Judgement } from '../suites/judge-tests.ts';
import { judgeReach } from './judge-reach.ts';
import { loadParser } from './parse.ts';
import { readSide, type KnownFacts } from './read-graph.ts';

type Files = Record<string, string>;

/** A change of these files on top of that base; null takes a file away. */
async function judge(
  base: Files,
  change: Record<string, string | null>,
  globs: string[] = [],
): Promise<Judgement> {
  const known: KnownFacts = new Map();
  const { signal } = new AbortController();
  const given = { parse: await loadParser(), known, globs, withTests: true, signal };
  const head = Object.entries({ ...base, ...change }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  return judgeReach({
    repo: 'service',
    isHere: () => true,
    base: await readSide(new Map(Object.entries(base)), given),
    head: await readSide(new Map(head), given),
  });
}

const placesOf = ({ drafts }: Judgement): string[] => drafts.map(({ file, line }) => `${file}:${line}`);
const onlyDraft = ({ drafts }: Judgement): FindingDraft => {
  expect(drafts).toHaveLength(1);
  return drafts[0] as FindingDraft;
};

const EXPRESS: Files = {
  'package.json': '{"name":"shop","type":"module","main":"src/server.js"}',
  'src/server.js':
    "import express from 'express';\nimport { users } from './routes/users.js';\nconst app = express();\napp.use('/users', users);\napp.listen(1);\n",
  'src/routes/users.js': "import { Router } from 'express';\nexport const users = Router();\n",
};
const ORDERS =
  "import { Router } from 'express';\n\nexport const orders = Router();\norders.get('/', list);\nfunction list() {}\n";
const server = (imports: string, body: string): string =>
  `import express from 'express';\nimport { users } from './routes/users.js';\n${imports}\nconst app = express();\napp.use('/users', users);\n${body}\napp.listen(1);\n`;

describe('a router of Express', () => {
  test('that is mounted is reached', async () => {
    const mounted = server("import { orders } from './routes/orders.js';", "app.use('/orders', orders);");
    const result = await judge(EXPRESS, { 'src/routes/orders.js': ORDERS, 'src/server.js': mounted });
    expect(result).toMatchObject({ status: 'pass', drafts: [], summary: '1 new exports, all reached' });
  });

  test('that nobody imports is one finding on its file', async () => {
    const result = await judge(EXPRESS, { 'src/routes/orders.js': ORDERS });
    expect(result.status).toBe('fail');
    expect(onlyDraft(result)).toMatchObject({
      severity: 'major',
      blocking: true,
      repo: 'service',
      file: 'src/routes/orders.js',
      line: 3,
      problem: expect.stringContaining('(exports orders) is loaded by nothing'),
      fix: expect.stringContaining('entries'),
    });
  });

  test('that is imported and not mounted is a finding on the export', async () => {
    const imported = server("import { orders } from './routes/orders.js';", '');
    const result = await judge(EXPRESS, {
      'src/routes/orders.js': ORDERS.replace("orders.get('/', list);\n", ''),
      'src/server.js': imported,
    });
    expect(onlyDraft(result)).toMatchObject({
      file: 'src/routes/orders.js',
      line: 3,
      problem: expect.stringMatching(/^`orders` is new.*Nothing uses it\.$/s),
    });
  });

  test('that only a test uses names the test', async () => {
    const result = await judge(EXPRESS, {
      'src/routes/orders.js': ORDERS,
      'test/orders.test.js': "import { orders } from '../src/routes/orders.js';\norders();\n",
    });
    expect(onlyDraft(result).problem).toContain('Only tests use it (`test/orders.test.js`)');
  });
});

describe('other ways to wire', () => {
  test('a folder whose files a framework loads by their place takes new ones', async () => {
    const fastify: Files = {
      'package.json': '{"main":"src/app.js"}',
      'src/app.js':
        "const path = require('node:path');\nrequire('fastify')().register(require('@fastify/autoload'), { dir: path.join(__dirname, 'routes') });\n",
      'src/routes/users.js': 'module.exports = async (app) => app.get("/users", () => []);\n',
      'src/routes/carts.js': 'module.exports = async (app) => app.get("/carts", () => []);\n',
    };
    const orders = 'module.exports = async (app) => app.get("/orders", () => []);\n';
    expect((await judge(fastify, { 'src/routes/orders.js': orders })).status).toBe('pass');
    const elsewhere = await judge(fastify, { 'src/services/orders.js': orders });
    expect(placesOf(elsewhere)).toEqual(['src/services/orders.js:1']);
  });

  test('folders that each hold a file of one name take new folders', async () => {
    const base: Files = {
      'package.json': '{"main":"src/app.js"}',
      'src/app.js': 'start();\n',
      'src/routes/users/index.js': 'export default 1;\n',
      'src/routes/carts/index.js': 'export default 1;\n',
    };
    expect((await judge(base, { 'src/routes/orders/index.js': 'export default 1;\n' })).status).toBe('pass');
  });

  test('a provider of NestJS is reached through its module, a forgotten one is not', async () => {
    const module = (providers: string, imports = ''): string =>
      `import { Module } from '@nestjs/common';\nimport { UsersService } from './users.service';\n${imports}\n@Module({ providers: [${providers}] })\nexport class AppModule {}\n`;
    const nest: Files = {
      'package.json': '{"scripts":{"start:prod":"node dist/main"}}',
      'src/main.ts':
        "import { NestFactory } from '@nestjs/core';\nimport { AppModule } from './app.module';\nawait NestFactory.create(AppModule);\n",
      'src/app.module.ts': module('UsersService'),
      'src/users.service.ts': '@Injectable()\nexport class UsersService {}\n',
    };
    const service =
      '@Injectable()\nexport class OrdersService { constructor(private readonly users: UsersService) {} }\n';
    const wired = module('UsersService, OrdersService', "import { OrdersService } from './orders.service';");
    const good = await judge(nest, { 'src/orders.service.ts': service, 'src/app.module.ts': wired });
    expect(good).toMatchObject({ status: 'pass', summary: '1 new exports, all reached' });
    const forgotten = await judge(nest, { 'src/orders.service.ts': service });
    expect(placesOf(forgotten)).toEqual(['src/orders.service.ts:2']);
  });

  test('a barrel passes on only what somebody asks it for', async () => {
    const base: Files = {
      'package.json': '{"main":"src/main.ts"}',
      'src/main.ts': "import { a } from './parts/index.js';\na();\n",
      'src/parts/index.ts': "export * from './a.js';\n",
      'src/parts/a.ts': 'export function a() {}\n',
    };
    const added = {
      'src/parts/index.ts': "export * from './a.js';\nexport { b, default as c } from './b.js';\n",
      'src/parts/b.ts': 'export const b = () => 1;\nexport default class C {}\n',
    };
    const unused = await judge(base, added);
    expect(placesOf(unused)).toEqual(['src/parts/b.ts:1', 'src/parts/b.ts:2']);
    const used = await judge(base, {
      ...added,
      'src/main.ts': "import { a, b, c as C } from './parts/index.js';\na(b(), new C());\n",
    });
    expect(used.drafts).toEqual([]);
    const ofPackage = await judge({ ...base, 'package.json': '{"main":"dist/parts/index.js"}' }, added);
    expect(ofPackage.drafts).toEqual([]);
  });

  test('names of a namespace count one by one, a namespace that is passed around counts whole', async () => {
    const base: Files = {
      'package.json': '{"main":"main.ts"}',
      'main.ts': "import * as all from './all.ts';\nall.first();\n",
      'all.ts': 'export const first = () => 1;\n',
    };
    const two = 'export const first = () => 1;\nexport const second = () => 2;\n';
    expect(placesOf(await judge(base, { 'all.ts': two }))).toEqual(['all.ts:2']);
    const around = "import * as all from './all.ts';\nregister(all);\n";
    expect((await judge(base, { 'all.ts': two, 'main.ts': around })).status).toBe('pass');
  });

  test('a default export is reached by whatever name it is imported', async () => {
    const base: Files = {
      'package.json': '{"bin":{"tool":"./bin/tool"}}',
      'bin/tool': '#!/usr/bin/env node\n',
      'src/index.ts': '',
      'tool.ts': '#!/usr/bin/env node\nrun();\n',
    };
    const job = 'export default function cleanUp() {}\n';
    const wired = "#!/usr/bin/env node\nimport job from './job';\nrun(job);\n";
    expect((await judge(base, { 'job.ts': job, 'tool.ts': wired })).status).toBe('pass');
    expect(placesOf(await judge(base, { 'job.ts': job }))).toEqual(['job.ts:1']);
  });

  test('CommonJS is read export by export', async () => {
    const base: Files = {
      'package.json': '{}',
      'index.js':
        "const { total } = require('./lib/sums');\nconst tax = require('./lib/tax');\nserve(total, tax.rate);\n",
      'lib/sums.js': 'function total() {}\nmodule.exports = { total };\n',
      'lib/tax.js': 'exports.rate = 1;\n',
    };
    const result = await judge(base, {
      'lib/sums.js':
        'function total() {}\nfunction mean() {}\nfunction help() {}\nmodule.exports = { total, mean, help };\nmean.more = help();\n',
      'lib/tax.js': 'exports.rate = 1;\nexports.vat = () => 2;\n',
    });
    expect(placesOf(result)).toEqual(['lib/tax.js:2']);
    const wired = await judge(base, {
      'lib/tax.js': 'exports.rate = 1;\nexports.vat = () => 2;\n',
      'index.js':
        "const { total } = require('./lib/sums');\nconst tax = require('./lib/tax');\nserve(total, tax.rate, tax.vat());\n",
    });
    expect(wired.status).toBe('pass');
  });

  test('packages of a workspace reach each other by name, tsconfig paths and #imports', async () => {
    const base: Files = {
      'package.json': '{"workspaces":["packages/*"],"private":true}',
      'packages/api/package.json':
        '{"name":"@shop/api","main":"dist/main.js","imports":{"#log":"./src/log.ts"},"dependencies":{"@shop/core":"*"}}',
      'packages/api/tsconfig.json':
        '{ // of the service\n "extends": "@tsconfig/node22", "compilerOptions": { "paths": { "@api/*": ["./src/*"] }, }, }',
      'packages/api/src/main.ts': 'serve();\n',
      'packages/core/package.json': '{"name":"@shop/core","private":true}',
      'packages/core/src/orders.ts': 'export const list = 1;\n',
    };
    const files = {
      'packages/core/src/orders.ts': 'export const list = 1;\nexport const orders = 1;\n',
      'packages/core/src/prices.ts': 'export const prices = 1;\n',
      'packages/api/src/log.ts': 'export const log = 1;\n',
      'packages/api/src/routes/health.ts': 'export const health = 1;\n',
    };
    const main = [
      "import { prices } from '@shop/core/prices';",
      "import { log } from '#log';",
      "import { health } from '@api/routes/health';",
      'serve(prices, log, health);',
    ];
    const wired = await judge(base, { ...files, 'packages/api/src/main.ts': main.join('\n') });
    expect(wired.drafts).toEqual([]);
    const result = await judge(base, files);
    // What a package names as its own is offered; the others are not.
    expect(placesOf(result)).toEqual([
      'packages/core/src/prices.ts:1',
      'packages/api/src/routes/health.ts:1',
    ]);
  });

  test('an alias is what the tsconfig says, also one that is inherited, or else whatever ends like it', async () => {
    const base: Files = {
      'package.json': '{"main":"src/main.ts","dependencies":{"lodash":"1"}}',
      'tsconfig.base.json': '{"compilerOptions":{"baseUrl":".","paths":{"$db":["src/store/database.ts"],}}}',
      'tsconfig.json': '{"extends":["@tsconfig/node22","./tsconfig.base.json"]}',
      'src/main.ts': 'serve();\n',
    };
    const files = {
      'src/store/database.ts': 'export const db = 1;\n',
      'src/parts/menu.ts': 'export const menu = 1;\n',
      'src/get.ts': 'export const get = 1;\n',
    };
    const main = [
      "import { db } from '$db';",
      "import { menu } from '@/parts/menu';",
      "import { get } from 'lodash/get';",
      'serve(db, menu, get);',
    ];
    const result = await judge(base, { ...files, 'src/main.ts': main.join('\n') });
    expect(placesOf(result)).toEqual(['src/get.ts:1']);
  });

  test('a handler of a Lambda is what serverless.yml names, export by export', async () => {
    const yaml = (names: string[]): string =>
      `service: shop\nfunctions:\n${names.map((name) => `  ${name}:\n    handler: src/handlers/orders.${name}\n`).join('')}`;
    const base: Files = {
      'package.json': '{}',
      'serverless.yml': yaml(['create']),
      'src/handlers/orders.ts': 'export const create = async () => ({});\n',
    };
    const orders = 'export const create = async () => ({});\nexport const cancel = async () => ({});\n';
    expect(placesOf(await judge(base, { 'src/handlers/orders.ts': orders }))).toEqual([
      'src/handlers/orders.ts:2',
    ]);
    const named = { 'src/handlers/orders.ts': orders, 'serverless.yml': yaml(['create', 'cancel']) };
    expect((await judge(base, named)).status).toBe('pass');
  });

  test('a template says in one place where the code lies and in another what is called', async () => {
    const template = (handler: string): string =>
      `Resources:\n  F:\n    Properties:\n      CodeUri: functions/\n      Handler: ${handler}\n`;
    const base: Files = {
      'package.json': '{}',
      'template.yaml': template('users.handler'),
      'functions/users.js': 'exports.handler = () => 1;\n',
    };
    const more = { 'functions/orders.js': 'exports.handler = () => 1;\n' };
    const wired = `${template('users.handler')}${template('orders.handler')}`;
    expect((await judge(base, { ...more, 'template.yaml': wired })).status).toBe('pass');
    expect((await judge(base, more)).status).toBe('fail');
  });

  test('what is imported while the program runs, started as a worker or named by a path is reached', async () => {
    const base: Files = {
      'package.json': '{"scripts":{"start":"node src/main.js"}}',
      'src/main.js': 'start();\n',
    };
    const job = 'export function run() {}\n';
    const files = {
      'src/a.js': job,
      'src/b.js': job,
      'src/jobs/c.js': job,
      'src/d.js': `${job}export const other = 1;\n`,
    };
    const main = [
      "import('./a.js').then((job) => job.run());",
      "new Worker(new URL('./b.js', import.meta.url));",
      'await import(`./jobs/${name}.js`);',
      "const { run } = await import('./d.js');",
      'run();',
    ];
    const result = await judge(base, { ...files, 'src/main.js': main.join('\n') });
    expect(placesOf(result)).toEqual(['src/d.js:2']);
  });

  test('an image that starts a file, a page that loads one and a file with a shebang are entry points', async () => {
    const base: Files = { 'package.json': '{"main":"main.js"}', 'main.js': 'x();\n' };
    const job = 'export const job = 1;\n';
    const files = {
      Dockerfile: 'FROM node\nCMD ["node", "dist/worker.js"]\n',
      'src/worker.ts': job,
      'web/index.html': '<script type="module" src="./page.ts"></script>\n',
      'web/page.ts': job,
      'tools/do': '',
      'tools/repair.mjs': `#!/usr/bin/env node\n${job}`,
    };
    expect((await judge(base, files)).drafts).toEqual([]);
  });
});

describe('what is no finding', () => {
  const base: Files = {
    'package.json': '{"main":"src/main.ts"}',
    'src/main.ts': "import { a } from './a.ts';\na();\n",
    'src/a.ts': 'export const a = () => 1;\n',
    'src/forgotten.ts': "import { never } from './never.ts';\n",
    'src/never.ts': "import './forgotten.ts';\nexport const never = 1;\nexport const called = () => 1;\n",
  };

  test('types, declarations, tests and their helpers', async () => {
    const result = await judge(base, {
      'src/types.ts':
        "export interface Order { id: string }\nexport type Id = string;\nexport type { a } from './a.ts';\n",
      'src/globals.d.ts': 'export declare const x: number;\n',
      'src/surroundings.ts':
        'export declare const injected: string;\nexport declare function made(): void;\n',
      'test/helpers/make.ts': 'export const make = 1;\n',
      'src/a.test.ts': 'export const x = 1;\n',
    });
    expect(result).toMatchObject({ status: 'pass', summary: '0 new exports, all reached' });
  });

  test('an export that its own file uses', async () => {
    const own = 'export const a = () => b();\nexport function b() { return 1; }\n';
    expect((await judge(base, { 'src/a.ts': own })).status).toBe('pass');
    const itself = 'export const a = () => 1;\nexport function b() { return b(); }\n';
    expect(placesOf(await judge(base, { 'src/a.ts': itself }))).toEqual(['src/a.ts:2']);
  });

  test('an export that nothing reached before and that only moved', async () => {
    const moved = {
      'src/never.ts': null,
      'src/other.ts': "import './forgotten.ts';\nexport const never = 1;\n",
      'src/forgotten.ts': "import { never } from './other.ts';\n",
    };
    expect((await judge(base, moved)).drafts).toEqual([]);
  });

  test('a file that the configuration names', async () => {
    const plugin = { 'src/plugins/tax.ts': 'export const tax = 1;\n' };
    expect((await judge(base, plugin)).status).toBe('fail');
    expect((await judge(base, plugin, ['src/plugins/**'])).status).toBe('pass');
  });

  test('a file that cannot be parsed is taken to use all that it names', async () => {
    const broken = {
      'src/main.ts': "import { b } from './b.ts';\nb(; // not finished\n",
      'src/b.ts': 'export const b = 1;\n',
    };
    expect((await judge(base, broken)).drafts).toEqual([]);
  });
});

test('a program that asks whether it was started is at work, and each of its exports has to be', async () => {
  const base: Files = { 'package.json': '{"main":"main.js"}', 'main.js': 'x();\n' };
  const due = (started: string): string =>
    `export function due() {}\nexport function other() {}\nif (${started}) {\n  due();\n}\n`;
  const byUrl = 'import.meta.url === pathToFileURL(process.argv[1]).href';
  for (const started of [byUrl, 'import.meta.main', 'require.main === module'])
    expect(placesOf(await judge(base, { 'due.js': due(started) }))).toEqual(['due.js:2']);
});

test('a program that nothing starts is shown and stops nothing', async () => {
  const base: Files = { 'package.json': '{"main":"main.js"}', 'main.js': 'x();\n' };
  const result = await judge(base, { 'backfill.js': 'run();\n' });
  expect(result.status).toBe('pass');
  expect(onlyDraft(result)).toMatchObject({ severity: 'minor', blocking: false, file: 'backfill.js' });
});

test('a base without an entry point is unverified and says what to write', async () => {
  const base: Files = { 'package.json': '{}', 'src/a.js': 'export const a = 1;\n' };
  const result = await judge(base, { 'src/b.js': 'export const b = 1;\n' });
  expect(result).toMatchObject({
    status: 'unverified',
    drafts: [],
    summary: expect.stringContaining('`entries`'),
  });
});

test('no more than twenty findings, and the summary says how many there are', async () => {
  const base: Files = { 'package.json': '{"main":"main.js"}', 'main.js': "import './a.js';\n", 'a.js': '' };
  const many = Array.from({ length: 25 }, (_, at) => `export const name${at} = ${at};\n`).join('');
  const result = await judge(base, { 'a.js': many });
  expect(result.drafts).toHaveLength(20);
  expect(result.summary).toBe(
    "25 of the change's files and exports are reached by nothing, 5 of them not shown",
  );
});
