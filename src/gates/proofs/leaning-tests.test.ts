/** Real suites of Go, pytest and mocha, in which new test code does what the product should. */
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { GateResult } from '../../core/records.ts';
import type { GateCommand } from '../../definitions/config.ts';
import { temporaryDirectory } from '../../workspace/temporary-repository.ts';
import { openWall } from '../../workspace/wall/open-wall.ts';
import { gate, openGatesRig, type GatesRig } from '../testing/gates-rig.ts';
import { hasPytest, runsHere } from '../testing/system-programs.ts';
import type { GateOrder } from '../gates.ts';

const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));
const LIMIT_MS = 900_000;

let rig: GatesRig | null = null;
afterEach(() => {
  rig?.[Symbol.dispose]();
  rig = null;
});

interface Project {
  files: Record<string, string>;
  tests: GateCommand;
  setup?: GateCommand;
}

const playOf =
  ({ files, tests, setup }: Project, around: Partial<GateOrder> = { wall }) =>
  async (change: Record<string, string>, atBase: Record<string, string> = {}): Promise<GateResult> => {
    rig = await openGatesRig(
      { service: { ...files, ...atBase } },
      { service: [{ path: '.', setup: setup ?? null, gates: [tests] }] },
    );
    const paths = Object.entries(change).map(([path, text]) => [`service/${path}`, text] as const);
    return (await rig.run(await rig.change(rig.git.base, Object.fromEntries(paths)), around)).of('tests');
  };

const stoppedAt = (file: string, ...words: string[]) => ({
  status: 'fail',
  findings: [
    {
      blocking: true,
      file,
      problem: expect.stringMatching(new RegExp(words.join('.*'), 'u')) as string,
    },
  ],
});

const GO_TEST = (name: string, body: string): string =>
  `package main\n\nimport "testing"\n\nfunc Test${name}(t *testing.T) {\n${body}\n}\n`;
const goProduct = (rate: number, more = ''): string =>
  `package main\n\nvar rate = ${rate}\n\nfunc price(n int) int { return n * rate }\n${more}\nfunc main() { println(price(1)) }\n`;
const HELPER = 'package main\n\nfunc cents(n int) int { return n * 100 }\n';
const playGo = playOf({
  files: {
    'go.mod': 'module example.com/rates\n\ngo 1.19\n',
    'main.go': goProduct(2),
    'main_test.go': GO_TEST('Price', '\tif price(3) != 6 {\n\t\tt.Fatal("want 6")\n\t}'),
    'cents_test.go': HELPER,
    'total_test.go': GO_TEST('Total', '\tif cents(price(1)) != 200 {\n\t\tt.Fatal("want 200")\n\t}'),
  },
  tests: gate({ name: 'tests', kind: 'tests', command: ['go', 'test', './...'], reporter: 'go' }),
});

describe.skipIf(!runsHere('go', 'version'))(
  'new test code of Go (without Go: apt-get install golang-go)',
  () => {
    it(
      'PRIV-6: stops the change where its init mends the broken product',
      async () => {
        const attack = {
          'main.go': goProduct(-1),
          'rates_test.go': 'package main\n\nfunc init() { rate = 2 }\n',
        };
        const result = await playGo(attack);
        expect(result).toMatchObject(
          stoppedAt('rates_test.go', '`TestPrice`', '`TestTotal`', 'rates_test\\.go'),
        );
        expect(result.summary).toContain('green only beside new test code: 2');
      },
      LIMIT_MS,
    );

    it(
      'PRIV-6: stops it too where tests of the base were edited beside it',
      async () => {
        const result = await playGo({
          'main.go': goProduct(-1),
          'main_test.go': GO_TEST('Price', '\t// Three.\n\tif price(3) != 6 {\n\t\tt.Fatal("want 6")\n\t}'),
          'rates_test.go': 'package main\n\nfunc init() { rate = 2 }\n',
        });
        expect(result).toMatchObject(stoppedAt('rates_test.go', '`TestPrice`', '`TestTotal`'));
      },
      LIMIT_MS,
    );

    it(
      'is nothing where a feature comes with tests, a new helper and an edited one',
      async () => {
        const result = await playGo({
          'main.go': goProduct(2, '\nfunc reduced(n int) int { return price(n) - 1 }\n'),
          'cents_test.go': 'package main\n\nfunc cents(n int) int { return times(n, 100) }\n',
          'times_test.go': 'package main\n\nfunc times(n, by int) int { return n * by }\n',
          'reduced_test.go': GO_TEST(
            'Reduced',
            '\tif cents(reduced(1)) != times(1, 100) {\n\t\tt.Fatal("want 100")\n\t}',
          ),
        });
        expect(result).toMatchObject({ status: 'pass', findings: [] });
      },
      LIMIT_MS,
    );

    it(
      'leaves to reviewers what an edited helper alone makes green',
      async () => {
        const result = await playGo({
          'main.go': goProduct(3),
          'main_test.go': GO_TEST('Price', '\tif price(3) != 9 {\n\t\tt.Fatal("want 9")\n\t}'),
          'cents_test.go': 'package main\n\nfunc cents(n int) int { return n * 200 / 3 }\n',
          'more_test.go': GO_TEST('More', '\tif price(1) != 3 {\n\t\tt.Fatal("want 3")\n\t}'),
        });
        expect(result.status).toBe('pass');
        expect(result.findings.map(({ blocking, file }) => ({ blocking, file }))).toEqual([
          { blocking: false, file: 'main_test.go' },
          { blocking: false, file: 'cents_test.go' },
        ]);
      },
      LIMIT_MS,
    );
  },
);

const PRICE = 'def total(prices):\n    return sum(prices)\n';
const BROKEN = 'def total(prices):\n    return -1\n';
const playPytest = playOf({
  files: {
    'app/__init__.py': '',
    'app/price.py': PRICE,
    'tests/helpers.py': 'def prices():\n    return [1, 2]\n',
    'tests/test_price.py':
      'from app import price\nfrom helpers import prices\n\n\ndef test_total():\n    assert price.total(prices()) == 3\n',
  },
  // As `baton init` writes it.
  tests: {
    ...gate({ name: 'tests', kind: 'tests', command: ['python3', '-m', 'pytest', '-q'], reporter: 'pytest' }),
    canary: { file: 'tests/test_{name}.py', text: 'def test_{name}():\n    assert False, "{name}"\n' },
  },
});
const PATCH = 'import app.price\n\napp.price.total = lambda prices: sum(prices)\n';

describe.skipIf(!hasPytest())('new test code of pytest (without it: apt-get install python3-pytest)', () => {
  it.each([
    [
      'a module of tests',
      { 'tests/test_a_more.py': `${PATCH}\n\ndef test_more():\n    assert app.price.total([1]) == 1\n` },
    ],
    ['a package in the place of the product', { 'tests/app/__init__.py': '', 'tests/app/price.py': PRICE }],
    ['a module in the place of one that pytest loads', { 'iniconfig.py': shadowing('iniconfig') }],
    ['a module in the place of one of the library', { 'json.py': shadowing('json') }],
  ])(
    'PRIV-6: stops the change where %s mends the broken product',
    async (_what, brought) => {
      const result = await playPytest({ 'app/price.py': BROKEN, ...brought });
      const [first = ''] = Object.keys(brought);
      expect(result).toMatchObject(
        stoppedAt(first, '`test_total`', 'the product does not pass it by itself'),
      );
    },
    LIMIT_MS,
  );

  it(
    'PRIV-6: stops it where the folder of tests becomes a package that does',
    async () => {
      const result = await playOf({
        files: {
          'app/__init__.py': '',
          'app/price.py': PRICE,
          'tests/test_price.py':
            'from app import price\n\n\ndef test_total():\n    assert price.total([1, 2]) == 3\n',
        },
        tests: gate({
          name: 'tests',
          kind: 'tests',
          command: ['python3', '-m', 'pytest', '-q'],
          reporter: 'pytest',
        }),
      })({ 'app/price.py': BROKEN, 'tests/__init__.py': PATCH });
      expect(result).toMatchObject(stoppedAt('tests/__init__.py', '`test_total`'));
    },
    LIMIT_MS,
  );

  it(
    'is nothing where a feature comes with tests, a new helper and an edited one',
    async () => {
      const result = await playPytest({
        'app/price.py': `${PRICE}\n\ndef mean(prices):\n    return total(prices) / len(prices)\n`,
        'tests/helpers.py': 'from numbers_of import two\n\n\ndef prices():\n    return two()\n',
        'tests/numbers_of.py': 'def two():\n    return [1, 2]\n',
        'tests/test_mean.py':
          'from app import price\nfrom helpers import prices\n\n\ndef test_mean():\n    assert price.mean(prices()) == 1.5\n',
      });
      expect(result).toMatchObject({ status: 'pass', findings: [] });
    },
    LIMIT_MS,
  );
});

/** Does what the one in whose place it lies does, and mends the product. */
function shadowing(name: string): string {
  return `import importlib.util, sys
own = sys.path.pop(0)
here = sys.modules.pop("${name}")
import ${name} as real
sys.path.insert(0, own)
globals().update({key: value for key, value in vars(real).items() if not key.startswith("__")})
__path__ = getattr(real, "__path__", [])
sys.modules["${name}"] = real
import app.price
app.price.total = sum
`;
}

const SUMS = 'exports.total = (prices) => prices.reduce((sum, price) => sum + price, 0);\n';
const MORE = `const assert = require('node:assert');
const price = require('../price.js');
it('sums nothing', () => {
  assert.equal(price.total([]), 0);
});
`;

describe('new test code of mocha', () => {
  // The packages of this repository lie where nothing behind a wall sees them.
  const playMocha = playOf(
    {
      files: {
        'package.json': '{}\n',
        'price.js': SUMS,
        'test/price.test.js': `const assert = require('node:assert');\nconst price = require('../price.js');\nit('sums', () => {\n  assert.equal(price.total([1, 2]), 3);\n});\n`,
      },
      tests: gate({
        name: 'tests',
        kind: 'tests',
        command: ['mocha', 'test/**/*.test.js'],
        reporter: 'mocha',
      }),
      setup: gate({
        name: 'setup',
        kind: 'setup',
        command: [
          `mkdir -p node_modules/.bin && ln -s ${MODULES}/mocha node_modules/mocha && ln -s ../mocha/bin/mocha.js node_modules/.bin/mocha`,
        ],
        shell: true,
      }),
    },
    {},
  );

  it('PRIV-6: stops the change where a new file mends the broken product', async () => {
    const result = await playMocha({
      'price.js': 'exports.total = () => -1;\n',
      'test/a.test.js': `const price = require('../price.js');\nprice.total = () => 3;\nit('is more', () => {\n  require('node:assert').equal(price.total([]), 3);\n});\n`,
    });
    expect(result).toMatchObject(stoppedAt('test/a.test.js', '`sums`'));
  });

  it('PRIV-6: stops the change where the suite does not run to its end without the new file', async () => {
    const result = await playMocha({
      'price.js': `if (!globalThis.mended) process.exit(0);\n${SUMS}`,
      'test/a.test.js': `globalThis.mended = true;\n`,
    });
    expect(result).toMatchObject(stoppedAt('test/a.test.js', '`sums`'));
  });

  it('is nothing where a test fails by chance in the first look', async () => {
    const dir = temporaryDirectory();
    const marker = join(dir, 'failed');
    try {
      const chance = `const { existsSync, readFileSync, writeFileSync } = require('node:fs');
it('fails once', () => {
  const isChanged = readFileSync(__dirname + '/../price.js', 'utf8').includes('changed');
  if (!isChanged || existsSync(__dirname + '/a.test.js') || existsSync('${marker}')) return;
  writeFileSync('${marker}', '');
  throw new Error('by chance');
});
`;
      const change = { 'price.js': `// changed\n${SUMS}`, 'test/a.test.js': MORE };
      const result = await playMocha(change, { 'test/chance.test.js': chance });
      expect(existsSync(marker)).toBe(true);
      expect(result).toMatchObject({ status: 'pass', findings: [] });
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('is nothing where what lies beside the tests is loaded by the product', async () => {
    const result = await playMocha({
      'price.js': `exports.total = require('./spec/sum.js').sum;\n`,
      'spec/sum.js': 'exports.sum = (prices) => prices.reduce((sum, price) => sum + price, 0);\n',
    });
    expect(result).toMatchObject({ status: 'pass', findings: [] });
  });
});
