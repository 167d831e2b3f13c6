/** The gate in a pass: real repositories, node:test watched by V8. */
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
      status: 'pass',
      summary: '0 of 3 changed functions are run by way of an entry point',
    });
    expect(
      pass
        .of('executed')
        .findings.map(({ problem, line, blocking }) => [line, blocking, problem.slice(0, 74)]),
    ).toEqual([
      [1, false, 'No test runs `add` by way of an entry point. Tests run it, in processes th'],
      [5, false, 'No test runs `open` by way of an entry point. Tests run it, in processes t'],
      [9, false, 'No test runs `list` by way of an entry point. No test runs it at all. (Pro'],
    ]);
  }
}, 120_000);

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
}, 120_000);

it('is unverified where it cannot be told, and says why', async () => {
  await open();
  const revision = await rig.change(rig.git.base, {
    ...change(test('../src/orders.js', 'm.add(1);')),
    'service/test/users.test.js': test('../src/users.js', 'm.users();'),
  });
  const none = await rig.run(revision);
  expect(none.of('executed')).toMatchObject({
    status: 'unverified',
    summary: 'no process of the tests that ended by itself loaded an entry point',
  });
  const other = { ...NODE_TESTS, reporter: 'jest' as const };
  const repos = { service: { modules: wholeRepo(other, EXECUTED), protectedPaths: [] } };
  expect((await rig.run(revision, { repos })).of('executed').summary).toContain(
    'no suite of this module runs with node:test',
  );
  const docs = await rig.run(await rig.change(rig.git.base, { 'service/README.md': '# x\n' }));
  expect(docs.of('executed').status).toBe('not_applicable');
}, 120_000);
