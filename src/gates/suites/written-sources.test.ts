/** PRIV-9: what tests saw has to be what would be submitted. */
import { describe, expect, it } from 'vitest';
import { NO_WALL, openWall } from '../../workspace/wall/open-wall.ts';
import { NODE_TESTS, openGatesRig, wholeRepo } from '../testing/gates-rig.ts';

const behind = (await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' })).wall;

const RIGHT = 'exports.total = (a, b) => a + b;\n';
const BROKEN = 'exports.total = (a, b) => a - b;\n';
const TOTAL_TEST = `const { test } = require('node:test');
const assert = require('node:assert');
const { total } = require('../src/total.js');
test('adds', () => assert.equal(total(1, 2), 3));
`;
/** Puts the right source in the place of the broken one, before the test of the base loads it. */
const MENDS = `const fs = require('node:fs');
const { test } = require('node:test');
fs.writeFileSync(__dirname + '/../src/total.js', ${JSON.stringify(RIGHT)});
test('is harmless', () => require('node:assert').equal(1, 1));
`;
/** One file after the other, so that the first one mends in time. */
const IN_TURN = { ...NODE_TESTS, command: [...NODE_TESTS.command, '--test-concurrency=1'] };
const BASE = { 'package.json': '{}\n', 'src/total.js': RIGHT, 'test/total.test.js': TOTAL_TEST };

describe.each([
  ['without a wall', NO_WALL],
  ['in an overlay behind the wall', behind],
])('a suite that writes to the sources, %s', (_, wall) => {
  it.skipIf(wall === behind && wall.kind === 'off')(
    'PRIV-9: is red, with the file that it wrote to',
    async () => {
      using rig = await openGatesRig({ service: BASE }, { service: wholeRepo(IN_TURN) });
      const mended = await rig.change(rig.git.base, {
        'service/src/total.js': BROKEN,
        'service/test/a-first.test.js': MENDS,
      });
      const result = (await rig.run(mended, { wall })).of('tests');
      expect(result.tests).toMatchObject({ failed: 0 });
      expect(result.status).toBe('fail');
      expect(result.findings).toMatchObject([
        { file: 'src/total.js', blocking: true, problem: expect.stringContaining('written to') as string },
      ]);
    },
  );

  it.skipIf(wall === behind && wall.kind === 'off')(
    'PRIV-9: is red where what it wrote is put back before the end',
    async () => {
      using rig = await openGatesRig({ service: BASE }, { service: wholeRepo(IN_TURN) });
      const mended = await rig.change(rig.git.base, {
        'service/src/total.js': BROKEN,
        'service/test/a-first.test.js': MENDS,
        'service/test/z-last.test.js': MENDS.replace(JSON.stringify(RIGHT), JSON.stringify(BROKEN)),
      });
      const files = (await rig.run(mended, { wall })).of('tests').findings.map(({ file }) => file);
      expect(files).toEqual(['src/total.js']);
    },
  );

  it.skipIf(wall === behind && wall.kind === 'off')(
    'is green where it writes elsewhere, and where the suite of the base wrote there, too',
    async () => {
      const writes = `const fs = require('node:fs');
require('node:test').test('keeps a counter', () => {
  fs.writeFileSync(__dirname + '/../counter.json', '1');
  fs.writeFileSync(__dirname + '/../made.js', '1;');
  require('node:assert').ok(true);
});
`;
      const files = { ...BASE, 'counter.json': '0\n', 'test/counter.test.js': writes };
      using rig = await openGatesRig({ service: files }, { service: wholeRepo(IN_TURN) });
      const change = await rig.change(rig.git.base, { 'service/src/total.js': `${RIGHT}\n` });
      expect((await rig.run(change, { wall })).of('tests')).toMatchObject({ status: 'pass', findings: [] });
    },
  );

  it.skipIf(wall === behind && wall.kind === 'off')(
    'PRIV-9: is red where the folder around what it wrote is gone, made anew, or another one',
    async () => {
      const removes = `${MENDS}fs.rmSync(__dirname + '/../src', { recursive: true });\n`;
      const ends = {
        removed: removes,
        'made anew': `${removes}fs.mkdirSync(__dirname + '/../src');\n`,
        linked: `${removes}fs.symlinkSync('test', __dirname + '/../src');\n`,
      };
      for (const [how, test] of Object.entries(ends)) {
        using rig = await openGatesRig({ service: BASE }, { service: wholeRepo(IN_TURN) });
        const mended = await rig.change(rig.git.base, {
          'service/src/total.js': BROKEN,
          'service/test/a-first.test.js': MENDS,
          'service/test/z-last.test.js': test,
        });
        const files = (await rig.run(mended, { wall })).of('tests').findings.map(({ file }) => file);
        expect(files, how).toEqual(['src/total.js']);
      }
    },
    60_000,
  );

  it.skipIf(wall === behind && wall.kind === 'off')(
    'PRIV-9: is red where the product lies in a folder that is called as what builds make',
    async () => {
      for (const folder of ['coverage', 'target']) {
        const path = `src/${folder}/total.js`;
        const [asked, mends] = [TOTAL_TEST, MENDS].map((text) =>
          text.replace('/src/total.js', `/${path}`),
        ) as [string, string];
        const files = { 'package.json': '{}\n', [path]: RIGHT, 'test/total.test.js': asked };
        using rig = await openGatesRig({ service: files }, { service: wholeRepo(IN_TURN) });
        const mended = await rig.change(rig.git.base, {
          [`service/${path}`]: BROKEN,
          'service/test/a-first.test.js': mends,
        });
        const found = (await rig.run(mended, { wall })).of('tests').findings;
        expect(found.map(({ file }) => file)).toEqual([path]);
      }
    },
    60_000,
  );
});
