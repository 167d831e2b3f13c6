/** Programs of tests that a change brings: what forges or deafens their results there is seen by canaries within them. */
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { openWall } from '../../workspace/wall/open-wall.ts';
import { gate, NODE_TESTS, openGatesRig, type GatesRig } from '../testing/gates-rig.ts';
import { runsHere } from '../testing/system-programs.ts';
import type { GateCommand } from '../../definitions/config.ts';

const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));
/** Compilers take their time. */
const LIMIT_MS = 900_000;

let rig: GatesRig | null = null;
afterEach(() => {
  rig?.[Symbol.dispose]();
  rig = null;
});

type Files = Record<string, string>;
interface Project {
  /** The runner, and what it needs here where the machine lacks it. */
  name: string;
  isHere: boolean;
  tests: GateCommand;
  setup?: GateCommand;
  base: Files;
  /** The product as it should be, and tests of it in a new file. */
  change: Files;
  /** The product broken, and why these tests do not say so. */
  cheat: Files;
  /** Whether the canary there says so; else its tests are missing in what the program counted. */
  isDeaf: boolean;
}

const DEAF = `const checks = require('node:assert');
for (const name of Object.keys(checks)) if (typeof checks[name] === 'function') checks[name] = () => {};
`;
const WITH_MORE = `exports.add = require('./add.js').add;\nexports.more = (n) => require('./more.js').more(n);\n`;
const TEST = (name: string, call: string): string =>
  `const assert = require('node:assert');\nconst { add, more } = require('./main.js');\nrequire('node:test').test('${name}', () => { assert.strictEqual(${call}, 2); });\n`;
const lib = (more: string): string =>
  `pub fn add(a: i32, b: i32) -> i32 {\n    a + b\n}\n${more}\n#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]\n    fn adds() {\n        assert_eq!(add(1, 2), 3);\n    }\n}\n`;
const SAID =
  'test more_is_one_more ... ok\\n\\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\\n\\n';
const goTest = (main: string): string =>
  `package more\n\nimport (\n${main === '' ? '' : '\t"flag"\n\t"fmt"\n\t"os"\n'}\t"testing"\n)\n\n${main}func TestMore(t *testing.T) {\n\tif More(1) != 2 {\n\t\tt.Fatal("want 2")\n\t}\n}\n`;
const vitestOf = (name: string, call: string): string =>
  `import { expect, test } from 'vitest';\nimport { add, more } from './main.js';\ntest('${name}', () => { expect(${call}).toBe(2); });\n`;
const DEAF_EXPECT = `const { chai } = await import('vitest');\nchai.Assertion.overwriteMethod?.('toBe', () => function toBe() {});\n`;

const PROJECTS: Project[] = [
  {
    name: 'node:test',
    isHere: true,
    tests: NODE_TESTS,
    base: {
      'package.json': '{"main":"main.js"}\n',
      'main.js': `exports.add = require('./add.js').add;\n`,
      'add.js': 'exports.add = (a, b) => a + b;\n',
      'add.test.js': TEST('adds', 'add(1, 1)'),
    },
    change: {
      'main.js': WITH_MORE,
      'more.js': 'exports.more = (n) => n + 1;\n',
      'more.test.js': TEST('more is one more', 'more(1)'),
    },
    cheat: { 'more.js': `${DEAF}exports.more = () => -1;\n` },
    isDeaf: true,
  },
  {
    name: 'vitest',
    isHere: true,
    tests: gate({ name: 'tests', kind: 'tests', command: ['vitest', 'run'], reporter: 'vitest' }),
    setup: gate({
      name: 'setup',
      kind: 'setup',
      command: [
        `mkdir -p node_modules/.bin && ln -s ${MODULES}/vitest node_modules/vitest && ln -s ../vitest/vitest.mjs node_modules/.bin/vitest`,
      ],
      shell: true,
    }),
    base: {
      'package.json': '{"type":"module","main":"main.js"}\n',
      'main.js': `export { add } from './add.js';\nexport const more = () => 0;\n`,
      'add.js': 'export const add = (a, b) => a + b;\n',
      'add.test.js': vitestOf('adds', 'add(1, 1)'),
    },
    change: {
      'main.js': `export { add } from './add.js';\nexport const more = async (n) => (await import('./more.js')).more(n);\n`,
      'more.js': 'export const more = (n) => n + 1;\n',
      'more.test.js': vitestOf('more is one more', 'await more(1)').replace('() =>', 'async () =>'),
    },
    cheat: { 'more.js': `${DEAF_EXPECT}export const more = () => -1;\n` },
    isDeaf: true,
  },
  {
    name: 'go test (without it: apt-get install golang-go)',
    isHere: runsHere('go', 'version'),
    tests: gate({ name: 'tests', kind: 'tests', command: ['go', 'test', './...'], reporter: 'go' }),
    base: {
      'go.mod': 'module example.com/rates\n\ngo 1.19\n',
      'main.go':
        'package main\n\nfunc price(n int) int { return n * 2 }\n\nfunc main() { println(price(1)) }\n',
      'main_test.go':
        'package main\n\nimport "testing"\n\nfunc TestPrice(t *testing.T) {\n\tif price(3) != 6 {\n\t\tt.Fatal("want 6")\n\t}\n}\n',
    },
    change: {
      'more/more.go': 'package more\n\nfunc More(n int) int { return n + 1 }\n',
      'more/more_test.go': goTest(''),
    },
    cheat: {
      'more/more.go': 'package more\n\nfunc More(n int) int { return -1 }\n',
      'more/more_test.go': goTest(
        'func TestMain(m *testing.M) {\n\tword := "PASS"\n\tfmt.Printf("=== RUN   TestMore\\n--- %s: TestMore (0.00s)\\n%s\\n", word, word)\n\tflag.Set("test.run", "nothing")\n\tMore(1)\n\tos.Exit(m.Run())\n}\n\n',
      ),
    },
    isDeaf: true,
  },
  {
    name: 'cargo test (without it: apt-get install cargo)',
    isHere: runsHere('cargo', '--version'),
    tests: gate({ name: 'tests', kind: 'tests', command: ['cargo', 'test'], reporter: 'cargo' }),
    base: {
      'Cargo.toml': '[package]\nname = "orders"\nversion = "0.1.0"\nedition = "2021"\n',
      'Cargo.lock': 'version = 3\n\n[[package]]\nname = "orders"\nversion = "0.1.0"\n',
      'src/lib.rs': lib(''),
    },
    change: {
      'src/lib.rs': lib('\npub fn more(n: i32) -> i32 {\n    n + 1\n}\n'),
      'tests/more.rs': '#[test]\nfn more_is_one_more() {\n    assert_eq!(orders::more(1), 2);\n}\n',
    },
    cheat: {
      'src/lib.rs': lib(
        `\npub fn more(n: i32) -> i32 {\n    use std::io::Write;\n    std::io::stdout().write_all(b"${SAID}").unwrap();\n    std::process::exit(n - n)\n}\n`,
      ),
    },
    isDeaf: false,
  },
];

const inRepo = (files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`service/${path}`, text]));

for (const { name, isHere, tests, setup, base, change, cheat, isDeaf } of PROJECTS)
  describe.skipIf(!isHere)(`new tests of ${name}`, () => {
    it(
      'PRIV-6: are green where the product is right, and show what forges or deafens them in their own program',
      async () => {
        // The packages of this repository lie where nothing behind a wall sees them.
        const around = setup === undefined ? { wall } : {};
        rig = await openGatesRig(
          { service: base },
          { service: [{ path: '.', setup: setup ?? null, gates: [tests] }] },
        );
        const right = await rig.run(await rig.change(rig.git.base, inRepo(change)), around);
        expect(right.of('tests')).toMatchObject({
          status: 'pass',
          tests: { passed: 2, canary: 'red' },
          findings: [],
        });
        const wrong = await rig.run(await rig.change(rig.git.base, inRepo({ ...change, ...cheat })), around);
        expect(wrong.of('tests')).toMatchObject({ status: 'fail' });
        expect(wrong.of('tests').tests?.canary).toBe(isDeaf ? 'not_red' : 'red');
      },
      LIMIT_MS,
    );
  });
