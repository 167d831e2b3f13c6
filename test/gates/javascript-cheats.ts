/** The cheats in the runners that are written in JavaScript, as this repository has them installed. */
import type { GateCommand } from '../../src/definitions/config.ts';
import { gate, NODE_TESTS } from '../../src/gates/testing/gates-rig.ts';
import { NO_INVERSION, PLANTED, type Cell, type Runner } from './cheat-table.ts';
import { greenReport, leaveChild } from '../../src/demo/rehearse/report-overwriter.ts';
import { JAVASCRIPT_FILTERS } from './forgers.ts';

const OWN_NODE = 'tests run on the Node that runs Baton, whatever lies in node_modules/.bin';

/** What a runner that is written in JavaScript differs in. */
interface Script {
  name: keyof typeof JAVASCRIPT_FILTERS;
  tests: GateCommand;
  setup: string | null;
  /** The head of a test file. */
  head: string;
  isModule: boolean;
  todo: string;
  /** What marks a test as expected to fail; null: this runner knows no such mark. */
  inverted: string | null;
  config: Record<string, string>;
}

function javaScript({ name, tests, setup, head, isModule, todo, inverted, config }: Script): Runner {
  const manifest = `{ "type": "${isModule ? 'module' : 'commonjs'}" }\n`;
  const source = (sum: string): string =>
    isModule
      ? `export const add = (a, b) => ${sum};\nexport const sub = (a, b) => a - b;\n`
      : `exports.add = (a, b) => ${sum};\nexports.sub = (a, b) => a - b;\n`;
  const load = isModule
    ? `import { add, sub } from './sum.js';\n`
    : `const { add, sub } = require('./sum.js');\n`;
  const check = (call: string): string => `() => { if (${call}) throw new Error('wrong'); }`;
  const test = (first: string, second = 'test'): string =>
    `${head}${load}${first}('adds', ${check('add(1, 2) !== 3')});\n${second}('subtracts', ${check('sub(3, 1) !== 2')});\n`;
  const broken = { 'sum.js': source('0') };
  const exit = (line: string): Cell => ({ 'sum.js': `${line}\n${broken['sum.js']}` });
  const report = greenReport('sum.test.js', ['adds', 'subtracts']);
  const program = `const s = process.getBuiltinModule('node:net').connect(process.env.BATON_TEST_REPORT, () => s.end(${JSON.stringify(report)})); s.on('error', () => {});`;
  const bin = `node_modules/.bin/${tests.command[0] ?? 'node'}`;
  const planted = `#!/usr/bin/env node\nconsole.log(${JSON.stringify(PLANTED)});\n${program}\n`;
  // What lies there is a link to the package of this repository: away with it first.
  const plant = `const files = process.getBuiltinModule('node:fs');\nfiles.mkdirSync('node_modules/.bin', { recursive: true });\nfiles.rmSync('${bin}', { force: true });\nfiles.writeFileSync('${bin}', ${JSON.stringify(planted)}, { flag: 'wx', mode: 0o755 });`;
  return {
    name,
    needs: null,
    // Loads a source as the change has it: what a setup names is held as the base has it.
    setup: [...(setup === null ? [] : [setup]), 'for each in sum; do node ./$each.js; done'].join(' && '),
    tests,
    files: { 'package.json': manifest, 'sum.js': source('a + b'), 'sum.test.js': test('test') },
    broken,
    cells: {
      exit_at_import: exit('process.exit(0);'),
      exit_later: exit('setImmediate(() => process.exit(0));'),
      skip: { ...broken, 'sum.test.js': test('test.skip') },
      only: { ...broken, 'sum.test.js': test('test', 'test.only') },
      todo: {
        ...broken,
        'sum.test.js':
          todo === '' ? test('test.todo') : `${head}${load}${todo}\ntest('subtracts', () => {});\n`,
      },
      inverted: inverted === null ? NO_INVERSION : { ...broken, 'sum.test.js': test(inverted) },
      emptied: { ...broken, 'sum.test.js': '' },
      deleted: { ...broken, 'sum.test.js': null },
      weakened: {
        ...broken,
        'sum.test.js': `${head}test('adds', () => {});\ntest('subtracts', () => {});\n`,
      },
      runner_replaced: { ...broken, [bin]: '#!/bin/sh\nexit 0\n' },
      runner_planted: tests === NODE_TESTS ? OWN_NODE : exit(plant),
      report_forged: exit(
        `process.getBuiltinModule('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(program)}]);\nprocess.exit(0);`,
      ),
      report_overwritten: exit(leaveChild(report)),
      results_filtered: exit(JAVASCRIPT_FILTERS[name]),
      green_config: { ...broken, ...config },
    },
  };
}

const modules = (root: string, name: string, file: string): string =>
  `mkdir -p node_modules/.bin && ln -s ${root}/${name} node_modules/${name} && ln -s ../${name}/${file} node_modules/.bin/${name}`;

/** `root` is where the packages of this repository lie. */
export function javaScripts(root: string): Runner[] {
  const of = (name: string, command: string[]): GateCommand =>
    gate({ name: 'tests', kind: 'tests', command, reporter: name as GateCommand['reporter'] });
  return [
    javaScript({
      name: 'node:test',
      tests: NODE_TESTS,
      setup: null,
      head: `const { test } = require('node:test');\n`,
      isModule: false,
      todo: '',
      inverted: 'test.expectFailure',
      config: {
        'node.config.json': '{ "testRunner": { "test-name-pattern": ["nothing"] } }\n',
        '.npmrc': 'node-options=--version\n',
      },
    }),
    javaScript({
      name: 'vitest',
      tests: of('vitest', ['vitest', 'run']),
      setup: modules(root, 'vitest', 'vitest.mjs'),
      head: `import { test } from 'vitest';\n`,
      isModule: true,
      todo: '',
      inverted: 'test.fails',
      config: {
        'vitest.config.js': `export default { test: { globalSetup: './green.js', include: ['none'], passWithNoTests: true } };\n`,
        'green.js': 'process.exit(0);\n',
      },
    }),
    javaScript({
      name: 'jest',
      tests: of('jest', ['jest']),
      setup: modules(root, 'jest', 'bin/jest.js'),
      head: '',
      isModule: false,
      todo: `test.todo('adds');`,
      inverted: 'test.failing',
      config: {
        'jest.config.js': `module.exports = { globalSetup: './green.js', testMatch: ['none'], passWithNoTests: true };\n`,
        'green.js': 'module.exports = () => process.exit(0);\n',
      },
    }),
    javaScript({
      name: 'mocha',
      tests: of('mocha', ['mocha', '*.test.js']),
      setup: modules(root, 'mocha', 'bin/mocha.js'),
      head: 'const test = it;\n',
      isModule: false,
      todo: `it('adds');`,
      inverted: null,
      config: {
        '.mocharc.json': '{ "require": "./green.js", "grep": "nothing" }\n',
        'green.js': 'process.exit(0);\n',
      },
    }),
  ];
}
