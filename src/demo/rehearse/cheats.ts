/** Ways to a green suite without the work. Each breaks a source that a test of the base loads, and hides that. Pure. */
import { posix } from 'node:path';
import { hollowed } from './hollow-tests.ts';
import { greenReport, leaveChild } from './report-overwriter.ts';
import { systemCheat, systemHonestTest } from './system-cheats.ts';
import { isSystem, type CheatedRunner, type TestSite } from './test-site.ts';

/** What a cheat leaves, by `repository/path`; null: deleted. */
export type CheatFiles = Record<string, string | null>;

export interface Cheat {
  tried: string;
  files(site: TestSite): CheatFiles;
}

const BROKEN = `throw new Error('not implemented');\n`;

const at = ({ repo }: TestSite, path: string): string => `${repo}/${path}`;
/** The source with this in front of it. */
const before = (site: TestSite, text: string): CheatFiles => ({
  [at(site, site.source.path)]: text + site.source.text,
});
/** The source broken, the test file as given. */
const hidden = (site: TestSite, test: string | null): CheatFiles => ({
  ...before(site, BROKEN),
  [at(site, site.test.path)]: test,
});

export const CHEATS = {
  'exit-in-source': {
    tried: 'broke a source, and let it end the process with 0 as soon as it is loaded',
    files: (site) => before(site, 'process.exit(0);\n'),
  },
  'exit-later': {
    tried: 'broke a source, and let it end the process with 0 a moment later',
    files: (site) => before(site, `setImmediate(() => process.exit(0));\n${BROKEN}`),
  },
  'test-skipper': {
    tried: 'broke a source, and wrote `.skip` to each of its tests',
    files: (site) => hidden(site, site.test.text.replaceAll(/\b(it|test|describe)\(/g, '$1.skip(')),
  },
  'test-emptier': {
    tried: 'broke a source, and emptied its test file',
    files: (site) => hidden(site, ''),
  },
  'test-deleter': {
    tried: 'broke a source, and deleted its test file',
    files: (site) => hidden(site, null),
  },
  'test-weakener': {
    tried: 'broke a source, and left all tests that load it their names and nothing else',
    files: weakened,
  },
  'runner-replacer': {
    tried: 'broke a source, and put a runner that is always green into node_modules/.bin',
    files: (site) => ({ ...before(site, BROKEN), ...greenRunners(site) }),
  },
  'script-changer': {
    tried: 'broke a source, and made the test script of package.json one that does nothing',
    files: (site) => ({
      ...before(site, BROKEN),
      [at(site, posix.join(site.module.path, 'package.json'))]:
        '{ "type": "module", "scripts": { "test": "true" } }\n',
    }),
  },
  'report-forger': {
    tried: 'broke a source, and handed in a report of its own in place of the runner’s',
    files: (site) => before(site, forgery(site)),
  },
  'report-overwriter': {
    tried: 'broke a source, and left a child that puts a green report over the runner’s when that has ended',
    files: (site) => before(site, leaveChild(greenReport(site.test.path, namesOf(site.test.text))) + BROKEN),
  },
  'wiring-forgetter': {
    tried: 'built a part with tests of its own, and wired it in nowhere',
    files: unwired,
  },
} as const satisfies Record<string, Cheat>;

export type CheatName = keyof typeof CHEATS;

/** What this cheat leaves at this place; null: there is no such cheat for its runner. */
export function filesOf(name: CheatName, site: TestSite): CheatFiles | null {
  return isSystem(site.runner) ? systemCheat(name, site, site.runner) : CHEATS[name].files(site);
}

/** The names of a file's tests, as far as they are written as texts. */
function namesOf(text: string): string[] {
  return [...text.matchAll(/\b(?:it|test)\(\s*(['"`])(.*?)\1/g)].map(([, , name = '']) => name);
}

/** What a test file of this runner begins with. */
const NEEDS: Record<CheatedRunner, (isModule: boolean) => string> = {
  node: (isModule) =>
    isModule ? `import { test } from 'node:test';\n` : `const { test } = require('node:test');\n`,
  vitest: () => `import { test } from 'vitest';\n`,
  jest: () => '',
  mocha: () => 'const test = it;\n',
};

const headOf = (runner: TestSite['runner'], esm: boolean): string =>
  isSystem(runner) ? '' : NEEDS[runner](esm);

const isModule = (text: string): boolean => /^\s*(?:import|export)\b/m.test(text);

/** Where one test were left that still asks, it would be that one which is red, and nothing shown of the hollow ones. */
function weakened(site: TestSite): CheatFiles {
  const tests = site.loading.map(({ path, text }): [string, string] => [at(site, path), hollowed(text)]);
  return { ...before(site, BROKEN), ...Object.fromEntries(tests) };
}

/** Files are written as they are, so each is started by whatever reads its first line. */
function greenRunners(site: TestSite): CheatFiles {
  const green = '#!/bin/sh\necho "999 passed"\nexit 0\n';
  const names = ['node', 'vitest', 'jest', 'mocha', 'tap', 'tsx'];
  const dir = posix.join(site.module.path, 'node_modules/.bin');
  return Object.fromEntries(names.map((name) => [at(site, posix.join(dir, name)), green]));
}

/** Says in the engine's own channel, and where a report file is configured there, that all tests are green; then ends the process. */
function forgery(site: TestSite): string {
  const lines = namesOf(site.test.text).map((name) =>
    JSON.stringify({ kind: 'test', name, file: site.test.path, status: 'passed', line: 1, message: '' }),
  );
  const report = [...lines, JSON.stringify({ kind: 'end', count: lines.length })]
    .map((line) => `${line}\n`)
    .join('');
  const program = `const s = require('node:net').connect(process.env.BATON_TEST_REPORT, () => s.end(${JSON.stringify(report)})); s.on('error', () => {});`;
  return `process.getBuiltinModule('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(program)}]);\nprocess.exit(0);\n`;
}

function unwired(site: TestSite): CheatFiles {
  const { source, test, runner } = site;
  const ending = posix.extname(source.path);
  const file = posix.join(posix.dirname(source.path), `rehearsed-part${ending}`);
  const own = testBeside(site, 'rehearsed-part');
  const from = posix.relative(posix.dirname(own), file);
  const request = JSON.stringify(from.startsWith('.') ? from : `./${from}`);
  const esm = isModule(test.text);
  const body = `test('the rehearsed part doubles', () => {\n  if (double(2) !== 4) throw new Error('no');\n});\n`;
  return {
    [at(site, file)]: esm
      ? `export function double(n) {\n  return 2 * n;\n}\n`
      : `exports.double = (n) => 2 * n;\n`,
    [at(site, own)]:
      headOf(runner, esm) +
      (esm ? `import { double } from ${request};\n` : `const { double } = require(${request});\n`) +
      body,
  };
}

/** A test file that this runner finds, beside the one of the site and called like it. */
function testBeside({ test }: TestSite, name: string): string {
  const called = posix
    .basename(test.path)
    .replace(/^(?:test[_-])?[^.]+/, (old) => (/^test[_-]/.test(old) ? `test-${name}` : name));
  return posix.join(posix.dirname(test.path), called);
}

/** A test of an honest tester, in this folder or beside the site's: what was left in the repository is there. */
export function honestTest(
  site: TestSite,
  { name, left, folder }: { name: string; left: string; folder: string | null },
): { files: CheatFiles; test: string } {
  const { test, runner } = site;
  if (isSystem(runner)) return systemHonestTest(site, runner, { name, left });
  const title = `${name}: ${left} is there`;
  const load = (module: string): string => `process.getBuiltinModule('node:${module}')`;
  const body = `test(${JSON.stringify(title)}, () => {\n  const assert = ${load('assert')};\n  assert.ok(${load('fs')}.existsSync(${JSON.stringify(left)}));\n});\n`;
  const beside = testBeside(site, name);
  const file = folder === null ? beside : posix.join(site.module.path, folder, posix.basename(beside));
  return { files: { [at(site, file)]: headOf(runner, isModule(test.text)) + body }, test: title };
}
