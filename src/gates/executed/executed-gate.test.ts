/** The gate in a pass: real repositories, node:test watched by V8. */
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { NO_WALL, openWall } from '../../workspace/wall/open-wall.ts';
import { gate, NODE_TESTS, openGatesRig, wholeRepo, type GatesRig } from '../testing/gates-rig.ts';

const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
const EXECUTED = gate({ name: 'executed', kind: 'executed', command: [], set: 'full' });
const test = (from: string, body: string): string =>
  `import test from 'node:test';\nimport { spawnSync } from 'node:child_process';\nimport * as m from '${from}';\ntest('works', () => { ${body} });\n`;
const BASE = {
  'package.json': '{"type":"module","main":"src/index.js"}\n',
  'src/index.js': "export { users } from './users.js';\n",
  'src/users.js': 'export const users = () => [];\n',
  'test/users.test.js': test('../src/index.js', 'm.users();'),
};
const ORDERS = `export function add(order) {
  return [order];
}
export class Book {
  static async open() {
    return new Book();
  }
}
export const list = () => [];
`;
const WIRED = `${BASE['src/index.js']}export * from './orders.js';\n`;
const change = (tests: string, index = WIRED): Record<string, string> => ({
  'service/src/orders.js': ORDERS,
  'service/src/index.js': index,
  'service/test/orders.test.js': tests,
});

let rig: GatesRig;
afterEach(() => rig[Symbol.dispose]());

const open = async (tests = NODE_TESTS, base: Record<string, string> = BASE): Promise<void> => {
  rig = await openGatesRig({ service: base }, { service: wholeRepo(tests, EXECUTED) });
};

it('names the functions of a change that no test runs by way of an entry point', async () => {
  await open();
  for (const each of [wall, NO_WALL]) {
    const direct = change(test('../src/orders.js', `m.add(1); m.Book.open(); /* ${each.kind} */`));
    const pass = await rig.run(await rig.change(rig.git.base, direct), { wall: each });
    expect(pass.of('executed')).toMatchObject({
      status: 'fail',
      summary: '0 of 3 changed functions are run by way of an entry point, 1 by no test at all',
    });
    expect(
      pass
        .of('executed')
        .findings.map(({ problem, line, blocking }) => [line, blocking, problem.slice(0, 74)]),
    ).toEqual([
      [9, true, 'No test runs `list` by way of an entry point. No test runs it at all.'],
      [1, false, 'No test runs `add` by way of an entry point. Tests run it, in processes th'],
      [5, false, 'No test runs `open` by way of an entry point. Tests run it, in processes t'],
    ]);
  }
});

it('finds nothing where tests begin at the entry, in their own process or in one that they start', async () => {
  await open();
  const through = await rig.run(
    await rig.change(rig.git.base, change(test('../src/index.js', 'm.add(1); m.Book.open(); m.list();'))),
  );
  expect(through.of('executed')).toMatchObject({
    status: 'pass',
    summary: '3 of 3 changed functions are run by way of an entry point',
    findings: [],
  });
  const main =
    "#!/usr/bin/env node\nimport { add, Book, list } from './index.js';\nadd(1); Book.open(); list();\n";
  const started = test('node:fs', "spawnSync(process.execPath, ['src/main.js']);");
  const files = { ...change(started), 'service/src/main.js': main };
  expect((await rig.run(await rig.change(rig.git.base, files))).of('executed')).toMatchObject({
    status: 'pass',
    findings: [],
  });
});

it('asks nothing about other words in comments and logs, in code that no test runs, and asks about what is done there', async () => {
  const orders = `export function warn(id) {\n  console.error('Helo', id);\n}\n`;
  await open(NODE_TESTS, { ...BASE, 'src/index.js': WIRED, 'src/orders.js': orders });
  const after = async (text: string) => {
    const pass = await rig.run(await rig.change(rig.git.base, { 'service/src/orders.js': text }));
    return pass.of('executed');
  };
  const worded = orders.replace('Helo', 'Hello').replace('export', '// Says so.\nexport');
  expect(await after(worded)).toMatchObject({ status: 'not_applicable', findings: [] });
  expect(await after(orders.replace('id);', 'id + 1);'))).toMatchObject({
    status: 'fail',
    findings: [{ line: 1, blocking: true }],
  });
}, 120_000);

it('shows what no test runs, and stops nothing, where the gate says so or a process left no trace', async () => {
  await open();
  const revision = await rig.change(rig.git.base, change(test('../src/index.js', 'm.add(1);')));
  const shown = { ...EXECUTED, unrun: 'shown' as const };
  const repos = { service: { modules: wholeRepo(NODE_TESTS, shown), protectedPaths: [] } };
  const problems = (pass: Awaited<ReturnType<GatesRig['run']>>) =>
    pass.of('executed').findings.map(({ blocking, line }) => [blocking, line]);
  const unrun = [
    [false, 5],
    [false, 9],
  ];
  const asked = await rig.run(revision, { repos });
  expect(asked.of('executed').status).toBe('pass');
  expect(problems(asked)).toEqual(unrun);
  expect(problems(await rig.run(revision))).toEqual(unrun.map(([, line]) => [true, line]));
  const killed = `m.add(1); spawnSync(process.execPath, ['-e', 'require("child_process").execSync("kill -9 " + process.pid)']);`;
  const silent = await rig.run(await rig.change(rig.git.base, change(test('../src/index.js', killed))));
  expect(problems(silent)).toEqual(unrun);
  expect(silent.of('executed').summary).toContain(
    '1 processes left no trace, so that nothing stops the change',
  );
});

it.each([
  ['SIGTERM', `service.kill('SIGTERM')`],
  ['SIGKILL', `service.kill('SIGKILL')`],
  // As runners do that lose their patience: it is still about to report then.
  ['SIGTERM, again and again', `setInterval(() => service.kill('SIGTERM'), 1).unref()`],
])(
  'sees what a program ran that its test ended by %s, in an environment of its own',
  async (_what, ending) => {
    await open();
    const main = `#!/usr/bin/env node
import { add, Book, list } from './index.js';
add(1); Book.open(); list();
console.log('ready');
process.stdin.resume();
`;
    const tests = `import test from 'node:test';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
test('serves', async () => {
  const service = spawn(process.execPath, ['src/main.js'], { env: { PORT: '0' } });
  await once(service.stdout, 'data');
  ${ending};
  await once(service, 'close');
});
`;
    const pass = await rig.run(
      await rig.change(rig.git.base, { ...change(tests), 'service/src/main.js': main }),
    );
    expect(pass.of('executed')).toMatchObject({
      status: 'pass',
      summary: '3 of 3 changed functions are run by way of an entry point',
      findings: [],
    });
  },
);

const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));
const RUNNERS: readonly Runner[] = [
  {
    reporter: 'vitest',
    command: ['vitest', 'run'],
    program: 'vitest/vitest.mjs',
    type: 'module',
    name: 'orders.test.ts',
    head: `import { test } from 'vitest';\nimport * as m from `,
    source: 'ts',
  },
  {
    reporter: 'jest',
    command: ['jest'],
    program: 'jest/bin/jest.js',
    type: 'commonjs',
    name: 'orders.test.js',
    head: 'const m = require',
    source: 'js',
  },
  {
    reporter: 'mocha',
    command: ['mocha', 'test/*.test.js'],
    program: 'mocha/bin/mocha.js',
    type: 'commonjs',
    name: 'orders.test.js',
    head: 'const test = it;\nconst m = require',
    source: 'js',
  },
];
interface Runner {
  reporter: 'vitest' | 'jest' | 'mocha';
  command: string[];
  program: string;
  type: 'module' | 'commonjs';
  name: string;
  head: string;
  source: 'ts' | 'js';
}
const TYPED = `export interface Order {
  id: string;
}
export const routes: Record<string, (order: Order) => number> = {};
export function add(order: Order): Order[] {
  return [order];
}
routes['GET /'] = ({ id }: Order): number => {
  return id.length;
};
export const list = (): string[] => [];
`;
const PLAIN = `const routes = {};
exports.routes = routes;


exports.add = function add(order) {
  return [order];
};
routes['GET /'] = ({ id }) => {
  return id.length;
};
exports.list = () => [];
`;

it.each(RUNNERS)(
  'tells of suites of $reporter what of a change no test runs, also where it is compiled',
  async ({ reporter, command, program, type, name, head, source }) => {
    const file = reporter === 'vitest' ? '../src/index.ts' : '../src/index.js';
    const from = reporter === 'vitest' ? `'${file}';\n` : `('${file}');\n`;
    const asks = (body: string): string => `${head}${from}test('works', () => { ${body} });\n`;
    const index =
      source === 'ts' ? `export * from './orders.ts';\n` : `module.exports = require('./orders.js');\n`;
    const setup = gate({
      name: 'setup',
      kind: 'setup',
      command: [
        `mkdir -p node_modules/.bin && ln -s ${MODULES}/${reporter} node_modules/${reporter} && ln -s ${MODULES}/${program} node_modules/.bin/${reporter}`,
      ],
      shell: true,
    });
    const tests = gate({ name: 'tests', kind: 'tests', command, reporter });
    const base = {
      'package.json': JSON.stringify({ type, main: `src/index.${source}` }),
      [`src/index.${source}`]: '',
      [`test/${name}`]: asks(''),
    };
    rig = await openGatesRig(
      { service: base },
      { service: [{ path: '.', setup, gates: [tests, EXECUTED] }] },
    );
    const changed = async (body: string) => {
      const files = {
        [`service/src/orders.${source}`]: source === 'ts' ? TYPED : PLAIN,
        [`service/src/index.${source}`]: index,
        [`service/test/${name}`]: asks(body),
      };
      return (await rig.run(await rig.change(rig.git.base, files))).of('executed');
    };
    const some = await changed(`m.add({ id: 'a' });`);
    expect(some.summary).toBe(
      '1 of 3 changed functions are run by way of an entry point, 2 by no test at all',
    );
    expect(some.findings.map(({ line, blocking }) => [line, blocking])).toEqual([
      [8, true],
      [11, true],
    ]);
    const whole = await changed(`m.add({ id: 'a' }); m.routes['GET /']({ id: 'a' }); m.list();`);
    expect(whole).toMatchObject({
      status: 'pass',
      summary: '3 of 3 changed functions are run by way of an entry point',
    });
  },
);

/** No test loads the entry point: neither those of the base nor the one of the change. */
const past = (body: string): Record<string, string> => ({
  ...change(test('../src/orders.js', body)),
  'service/test/users.test.js': test('../src/users.js', 'm.users();'),
});

it('stops what no test runs at all, also where no test loads an entry point', async () => {
  await open();
  const { status, summary, findings } = (
    await rig.run(await rig.change(rig.git.base, past('m.add(1); m.list();')))
  ).of('executed');
  expect([status, summary]).toEqual([
    'fail',
    '2 of 3 changed functions are run by tests; no process of theirs that ended by itself loaded an entry point',
  ]);
  expect(findings.map(({ blocking, line }) => [blocking, line])).toEqual([[true, 5]]);
});

it('is unverified where it cannot be told, and says why', async () => {
  await open();
  const revision = await rig.change(rig.git.base, past('m.add(1); m.Book.open(); m.list();'));
  const none = await rig.run(revision);
  expect(none.of('executed')).toMatchObject({
    status: 'unverified',
    summary:
      '3 of 3 changed functions are run by tests; no process of theirs that ended by itself loaded an entry point',
    findings: [],
  });
  const other = { ...NODE_TESTS, reporter: 'junit' as const, report: 'r.xml' };
  const repos = { service: { modules: wholeRepo(other, EXECUTED), protectedPaths: [] } };
  expect((await rig.run(revision, { repos })).of('executed').summary).toContain(
    'no suite of this module runs with node:test, vitest, jest or mocha',
  );
  const docs = await rig.run(await rig.change(rig.git.base, { 'service/README.md': '# x\n' }));
  expect(docs.of('executed').status).toBe('not_applicable');
});

it('shows what no test runs where whoever writes the tests has its turn later, and stops it afterwards', async () => {
  await open();
  const revision = await rig.change(rig.git.base, change(test('../src/index.js', 'm.users();')));
  const verdictOf = async (testsToCome: boolean): Promise<[string, boolean[]]> => {
    const { status, findings } = (await rig.run(revision, { testsToCome })).of('executed');
    return [status, [...new Set(findings.map(({ blocking }) => blocking))]];
  };
  expect(await verdictOf(true)).toEqual(['pass', [false]]);
  expect(await verdictOf(false)).toEqual(['fail', [true]]);
});
