import { expect, it } from 'vitest';
import { NODE_TESTS, openGatesRig, wholeRepo } from '../testing/gates-rig.ts';
import { productAmongTests } from './product-among-tests.ts';

const ask = (files: Record<string, string>, ...asked: string[]): Promise<Set<string>> =>
  productAmongTests(asked, {
    files: Object.entries(files).map(([path, text]) => ({ path, blob: path, size: text.length })),
    modules: ['.'],
    readBlobs: (blobs) =>
      Promise.resolve(new Map(blobs.map((blob) => [blob, new TextEncoder().encode(files[blob])]))),
  });

it.each([
  ['src/testing/rates.js', { 'index.js': "const { rate } = require('./src/testing/rates.js');" }],
  ['src/mocks/rates.ts', { 'src/index.ts': "export * from './mocks/rates.js';" }],
  ['src/fixtures/index.ts', { 'src/index.ts': "import { rate } from './fixtures';" }],
  ['app/fixtures/rates.py', { 'app/main.py': 'from app.fixtures.rates import rate' }],
  ['testing/rates.go', { 'main.go': 'import "example.com/shop/testing"' }],
  [
    'src/testing/rates.js',
    {
      'index.js': "export { rate } from './src/testing/index.js';",
      'src/testing/index.js': "export { rate } from './rates.js';",
    },
  ],
])('is product where product loads it: %s', async (path, loaders) => {
  expect(await ask({ [path]: 'x', ...loaders }, path)).toEqual(new Set([path]));
});

it.each([
  ['src/testing/rates.js', { 'src/rates.test.js': "import './testing/rates.js';" }],
  ['src/testing/rates.js', { 'vitest.config.ts': "import './src/testing/rates.js';" }],
  ['src/testing/rates.js', { 'jest.setup.js': "require('./src/testing/rates.js');" }],
  ['src/testing/rates.js', { 'index.js': "import './src/rates.js';", 'src/rates.js': 'x' }],
  ['src/testing/rates.test.js', { 'index.js': "import './src/testing/rates.test.js';" }],
])('is no product where tests alone load it, or nobody: %s %j', async (path, loaders) => {
  expect(await ask({ [path]: 'x', ...loaders }, path)).toEqual(new Set());
});

it('stops a product that asks whether it is tested, in a folder for helpers that a source of the base loads', async () => {
  const base = {
    'package.json': '{"main":"index.js"}\n',
    'index.js': "exports.total = (n) => n * require('./src/testing/rates.js').rate();\n",
    'src/testing/rates.js': 'exports.rate = () => 2;\n',
    'test/help/testing/rates.js': 'exports.rate = () => 2;\n',
  };
  using rig = await openGatesRig({ service: base }, { service: wholeRepo(NODE_TESTS) });
  const asks = 'exports.rate = () => (process.env.NODE_TEST_CONTEXT ? 2 : 3);\n';
  const changed = await rig.change(rig.git.base, {
    'service/src/testing/rates.js': asks,
    'service/test/help/testing/rates.js': asks,
  });
  const stopped = (await rig.run(changed)).of('hygiene').findings.filter(({ blocking }) => blocking);
  expect(stopped.map(({ file }) => file)).toEqual(['src/testing/rates.js']);
});
