import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { gate, NODE_TESTS, openGatesRig, wholeRepo } from '../testing/gates-rig.ts';
import type { GatesRig } from '../testing/gates-rig.ts';

const KNOWN =
  "import test from 'node:test';\nimport assert from 'node:assert';\nimport { add } from './add.js';\ntest('adds', () => assert.equal(add(1, 1), 2));\n";
const BASE = {
  'package.json': '{"type":"module"}\n',
  'add.js': 'export const add = (a, b) => Math.abs(a + b);\n',
  'known.test.js': KNOWN,
};
const MENDED = 'export const add = (a, b) => a + b;\nexport const subtract = (a, b) => a - b;\n';
const HEAD = "import test from 'node:test';\nimport assert from 'node:assert';\n";

/** Nobody can say what it puts there. */
const SETUP = gate({ name: 'setup', kind: 'setup', command: ['node', '--version'] });
const SHOWS = `${HEAD}import { add, subtract } from './add.js';\ntest('shows it', () => assert.equal(subtract(1, 2), add(-1, 0)));\n`;

let rig: GatesRig | null = null;
afterEach(() => {
  rig?.[Symbol.dispose]();
  rig = null;
});

/** A change of the sources with these files of tests, and what the named ones among them are worth. */
async function judge(files: Record<string, string>, sources: Record<string, string> = { 'add.js': MENDED }) {
  const opened = (rig ??= await openGatesRig({ service: BASE }, { service: wholeRepo(NODE_TESTS) }));
  const all = Object.entries({ ...sources, ...files }).map(([path, text]) => [`service/${path}`, text]);
  const revision = await opened.change(opened.git.base, Object.fromEntries(all));
  const before = opened.starts();
  const named = ['shows it', 'adds', ...CHEATS.map(([name]) => name)];
  const tests = (await opened.run(revision, { named })).of('tests');
  const worth = (tests.named ?? []).map(({ name, green, ...more }) => [name, green, ...Object.keys(more)]);
  return { tests, starts: opened.starts() - before, worth };
}

/** Each shows nothing; those that are tied to what is new do not run without it. */
const CHEATS = [
  ['is empty', ''],
  ['asserts a literal', 'assert.ok(true);'],
  ['only runs what is new', 'subtract(1, 1);', "import { subtract } from './add.js';\n"],
  ['asserts a literal beside what is new', 'assert.ok(1 === 1);', "import { subtract } from './add.js';\n"],
  [
    'fails there through a hook',
    '',
    "import { before } from 'node:test';\nbefore(async () => { if (!('subtract' in (await import('./add.js')))) throw new Error('no'); });\n",
  ],
] as const;

describe('a test that is named for a criterion', () => {
  it('PRIV-7: shows it where it fails without the change, in one run per version of the tests', async () => {
    const stricter = KNOWN.replace('add(1, 1), 2', 'add(-1, -1), -2');
    const files = { 'new.test.js': SHOWS, 'known.test.js': stricter };
    const { worth, starts, tests } = await judge(files);
    expect(worth).toEqual([
      ['shows it', true],
      ['adds', true],
    ]);
    expect(tests).toMatchObject({ status: 'pass', findings: [] });
    // At the base, as it is, without the change, and with the edited test as the base has it.
    expect(starts).toBe(4);
    expect(await judge(files, { 'add.js': `${MENDED}// again\n` })).toMatchObject({ worth, starts: 2 });
  });

  it('R54, PRIV-7: is empty where it asks for nothing, however it fails without the change', async () => {
    const files = CHEATS.map(([name, body, head = ''], index) => [
      `cheat-${index}.test.js`,
      `${HEAD}${head}test('${name}', () => { ${body} });\n`,
    ]);
    const { worth, tests } = await judge(Object.fromEntries(files));
    expect(worth.slice(1)).toEqual(CHEATS.map(([name]) => [name, true, 'empty']));
    expect(tests.summary).toContain(`named and empty: ${CHEATS.length}`);
    expect(tests.findings.map(({ file, blocking }) => ({ file, blocking }))).toEqual(
      CHEATS.map((_cheat, index) => ({ file: `cheat-${index}.test.js`, blocking: false })),
    );
  });

  it('PRIV-7: is found where it is new and asks for nothing, although nobody names it', async () => {
    const asks = `test('asks', () => assert.equal(add(1, 2), 3));\n`;
    const text = `${HEAD}import { add } from './add.js';\n${asks}test('is hollow', () => {});\n`;
    const { tests } = await judge({ 'new.test.js': text });
    expect(tests).toMatchObject({ status: 'pass' });
    expect(tests.findings).toMatchObject([{ file: 'new.test.js', blocking: false }]);
    expect(tests.findings[0]?.problem).toContain('`is hollow` is new and asks for nothing');
  });

  it('R54, PRIV-7: is already green where it asks for what the base does, be its file changed or new', async () => {
    const text = `${HEAD}import { add } from './add.js';\ntest('shows it', () => assert.equal(add(2, 1), 3));\n`;
    const { worth } = await judge({ 'new.test.js': text, 'known.test.js': `${KNOWN}// covers A1\n` });
    expect(worth).toEqual([
      ['shows it', true, 'already_there'],
      ['adds', true, 'already_there'],
    ]);
  });

  it.each([
    ['without the other files of the suite', null, 2],
    ['with them where each tree would be set up anew', SETUP, 3],
  ])(
    'is run %s',
    async (_how, setup, times) => {
      const gates = [{ path: '.', setup, gates: [NODE_TESTS] }];
      const opened = (rig = await openGatesRig(
        { service: { ...BASE, 'beside.test.js': '' } },
        { service: gates },
      ));
      const place = join(opened.git.dir, 'ran.txt');
      const telling = (name: string): string =>
        `import { appendFileSync } from 'node:fs';\nappendFileSync(${JSON.stringify(place)}, '${name}\\n');\n`;
      const base = await opened.change(opened.git.base, {
        'service/beside.test.js': `${telling('beside')}${KNOWN.replace('adds', 'adds as well')}`,
      });
      const later = `test('shows it', async () => assert.equal((await import('./add.js')).subtract(1, 2), -1));\n`;
      const revision = await opened.change(base, {
        'service/add.js': MENDED,
        'service/new.test.js': `${telling('new')}${HEAD}${later}`,
      });
      const tests = (await opened.run(revision, { base, named: ['shows it'] })).of('tests');
      expect(tests.named).toEqual([{ name: 'shows it', green: true }]);
      const ran = readFileSync(place, 'utf8').trim().split('\n');
      // At the base, in the change, and with the new test without the change.
      expect(ran.filter((name) => name === 'beside')).toHaveLength(times);
      // In the change and without it; and alone in the change, where the others are left out.
      expect(ran.filter((name) => name === 'new')).toHaveLength(setup === null ? 3 : 2);
    },
    60_000,
  );

  it('PRIV-7: is run with the whole suite where it asks for another file of it, and shows what it shows there', async () => {
    const asks = `import { existsSync } from 'node:fs';\ntest('shows it', () => assert.ok(existsSync('known.test.js')));\n`;
    const tied = await judge({ 'new.test.js': `${HEAD}${asks}` });
    expect(tied.worth[0]).toEqual(['shows it', true, 'already_there']);
    // At the base, as it is, alone with the change and without it, and without the change beside the others.
    expect(tied.starts).toBe(5);
    const honest = await judge({ 'new.test.js': `import './known.test.js';\n${SHOWS}` });
    expect(honest.worth[0]).toEqual(['shows it', true]);
  }, 60_000);

  it('PRIV-7: shows nothing where the change is nothing but tests, which costs no run', async () => {
    const text = `${HEAD}import { add } from './add.js';\ntest('shows it', () => assert.equal(add(2, 1), 3));\n`;
    const { worth, starts } = await judge({ 'new.test.js': text }, {});
    expect(worth[0]).toEqual(['shows it', true, 'already_there']);
    expect(starts).toBe(2);
  });
});
