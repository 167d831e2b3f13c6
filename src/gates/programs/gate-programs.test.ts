import { afterEach, describe, expect, it } from 'vitest';
import type { ModuleConfig } from '../../definitions/config.ts';
import { approvalRules, measureParts } from '../change/approval-parts.ts';
import { gatePrograms } from './gate-programs.ts';
import { gate, NODE_TESTS, openGatesRig, wholeRepo } from '../testing/gates-rig.ts';
import type { GatesRig } from '../testing/gates-rig.ts';

let rig: GatesRig | null = null;
afterEach(() => {
  rig?.[Symbol.dispose]();
  rig = null;
});

const FILES: Record<string, string> = {
  'package.json': JSON.stringify({
    scripts: {
      lint: 'npm run prepare-lint && node --import ./tools/hook.mjs tools/lint.mjs src',
      'prepare-lint': 'sh ci/prepare.sh',
    },
  }),
  'ci/prepare.sh': '#!/bin/sh\nnode ci/clean.mjs\n',
  'ci/clean.mjs': '',
  'tools/hook.mjs': '',
  'tools/lint.mjs': "import { rules } from './rules/all.mjs';\nimport { product } from '../src/app.mjs';\n",
  'tools/rules/all.mjs': 'export const rules = [];\n',
  'tools/own.json': '{}',
  'src/app.mjs': 'export const product = 1;\n',
  'test/app.test.mjs': '',
};

async function heldBy(
  command: string[],
  more: Partial<Parameters<typeof gate>[0]> = {},
  files: Record<string, string> = FILES,
): Promise<string[]> {
  const modules: ModuleConfig[] = wholeRepo(gate({ name: 'lint', kind: 'lint', command, ...more }));
  const read = (path: string) => Promise.resolve(files[path] ?? null);
  return [...(await gatePrograms({ modules, protectedPaths: [] }, read)).keys()].sort();
}

describe('gatePrograms', () => {
  it('PRIV-3: names the script that a gate runs with what it loads from its folder, and not the product', async () => {
    expect(await heldBy(['node', 'tools/lint.mjs', 'src/app.mjs'])).toEqual([
      'tools/lint.mjs',
      'tools/rules/all.mjs',
    ]);
    expect(await heldBy(['./tools/lint', '--fix'])).toEqual(['tools/lint.mjs', 'tools/rules/all.mjs']);
  });

  it('PRIV-3: follows scripts of package.json, scripts of a shell, and files that options name', async () => {
    const all = ['ci/clean.mjs', 'ci/prepare.sh', 'tools/hook.mjs', 'tools/lint.mjs', 'tools/rules/all.mjs'];
    expect(await heldBy(['npm', 'run', 'lint'])).toEqual(all);
    expect(await heldBy(['node --run lint'], { shell: true })).toEqual(all);
    expect(await heldBy(['eslint', '--config', 'tools/own.json', 'src/app.mjs'])).toEqual(['tools/own.json']);
    expect(await heldBy(['eslint', '--config=tools/own.json', 'src'])).toEqual(['tools/own.json']);
  });

  it('PRIV-3: holds what reports and resolves for a checker, by the options that name it', async () => {
    expect(await heldBy(['node', '--test', '--test-reporter=tools/lint.mjs', 'test'])).toContain(
      'tools/lint.mjs',
    );
    expect(await heldBy(['mocha', '-r', './tools/hook.mjs'])).toEqual(['tools/hook.mjs']);
    expect(await heldBy(['bash', '-euo', 'pipefail', 'ci/prepare.sh'])).toEqual([
      'ci/clean.mjs',
      'ci/prepare.sh',
    ]);
  });

  it('PRIV-3: holds what a script loads from elsewhere, but for sources and where nobody knows what the product is', async () => {
    const files = {
      'package.json': JSON.stringify({ main: 'lib/start.js' }),
      'lib/start.js': "require('./add.js');\n",
      'lib/add.js': '',
      'lib/rules.js': "require('./words.js');\n",
      'lib/words.js': '',
      'src/routes/users.js': '',
      'tools/lint.js':
        "require('../lib/rules.js');\nrequire('../lib/add.js');\nrequire('../src/routes/users.js');\n",
      'test/run.js': "require('../lib/rules.js');\n",
    };
    const held = ['lib/rules.js', 'lib/words.js', 'tools/lint.js'];
    expect(await heldBy(['node', 'tools/lint.js'], {}, files)).toEqual(held);
    const { 'lib/start.js': _, ...unknown } = files;
    expect(await heldBy(['node', 'tools/lint.js'], {}, unknown)).toEqual(['tools/lint.js']);
    expect(await heldBy(['node', 'test/run.js'], { kind: 'tests' }, files)).toEqual([]);
  });

  it('PRIV-3: holds programs that a script names by their paths, and not those that it only has looked at', async () => {
    const files = {
      Makefile: 'lint: rules\n\tnode tools/lint\nrules:\n\t@sh ci/rules\nother:\n\tsh ci/other.sh\n',
      'ci/rules': 'node ci/clean.mjs\n',
      'ci/clean.mjs':
        "execFileSync('node', ['--check', 'ci/seen.mjs']);\nspawn('eslint', ['ci/seen.mjs', 'src']);\nrun('node_modules/own/run.mjs');\n",
      'ci/seen.mjs': '',
      'node_modules/own/run.mjs': '',
      'ci/other.sh': '',
      'tools/lint':
        "#!/usr/bin/env node\nconst { rules } = load(join(here, './rules'));\nimport('#words');\n",
      'tools/rules.js': '',
      'tools/words.mjs': '',
      'package.json': '{"main":"src/app.mjs","imports":{"#words":"./tools/words.mjs"}}',
      'src/app.mjs': '',
    };
    const held = ['Makefile', 'ci/clean.mjs', 'ci/rules', 'tools/lint', 'tools/rules.js', 'tools/words.mjs'];
    expect(await heldBy(['make', 'lint'], {}, files)).toEqual(held);
    expect(await heldBy(['make'], {}, files)).toEqual(held);
  });

  it('R64, PRIV-3: holds data that lie beside a script, and not what it looks at elsewhere', async () => {
    const files = {
      'tools/lint.js':
        "readFileSync(new URL('./rules.json', import.meta.url)); parse('tools/words.txt', 'api/own.yaml', 'package.json');\n",
      'tools/rules.json': '{}',
      'tools/words.txt': '',
      'api/own.yaml': '',
      'package.json': '{}',
      'all.js': "readFileSync('rules.json');\n",
      'rules.json': '{}',
    };
    const held = ['tools/lint.js', 'tools/rules.json', 'tools/words.txt'];
    expect(await heldBy(['node', 'tools/lint.js'], {}, files)).toEqual(held);
    expect(await heldBy(['node', 'all.js'], {}, files)).toEqual(['all.js']);
  });

  it.each([
    ['node --check tools/lint.mjs && node -c tools/own.json'],
    ['bash -n ci/prepare.sh'],
    ['php -l tools/lint.mjs'],
    ['ruby -wc tools/lint.mjs'],
    ['python3 -m py_compile tools/lint.mjs'],
    ['deno check tools/lint.mjs'],
    ['npx prettier --check tools/lint.mjs'],
    ['npx eslint tools/lint.mjs --ext=tools/own.json'],
    ['pip install -r tools/own.json'],
    ['tsc --noEmit tools/lint.mjs'],
  ])('leaves alone what is only looked at: %s', async (text) => {
    expect(await heldBy([text], { shell: true })).toEqual([]);
  });

  it.each([
    ['what package.json starts with', { main: './lib/start.mjs' }, []],
    ['a command that package.json installs', { bin: { own: 'lib/start.mjs' } }, []],
    ['what `npm start` runs', { scripts: { start: 'node --enable-source-maps lib/start.mjs' } }, []],
    ['nothing that package.json knows', {}, ['lib/own.mjs', 'lib/rules.mjs', 'lib/start.mjs']],
  ])('leaves alone what the product consists of, although a gate runs it: %s', async (_, manifest, held) => {
    const files = {
      'package.json': JSON.stringify(manifest),
      'lib/start.mjs': "import './own.mjs';\n",
      'lib/own.mjs': "import './rules.js';\n",
      'lib/rules.mjs': '',
      'lib/rules.ts': '',
    };
    const all = held.map((path) => path.replace('rules.mjs', 'rules.ts'));
    expect(await heldBy(['node', 'lib/start.mjs', '--selftest'], {}, files)).toEqual(all);
    expect(await heldBy(['node', 'lib/own.mjs'], {}, files)).toEqual(
      all.filter((path) => path !== 'lib/start.mjs'),
    );
  });

  it('leaves alone what a gate looks at: sources, tests, and a program whose help is measured', async () => {
    expect(await heldBy(['eslint', 'src/app.mjs'])).toEqual([]);
    expect(await heldBy(['node', '--test', 'test/app.test.mjs'], { kind: 'tests' })).toEqual([]);
    expect(await heldBy(['node', 'src/app.mjs', '--help'], { kind: 'help' })).toEqual([]);
    expect(await heldBy(['node', '../outside.mjs'])).toEqual([]);
  });
});

describe('a gate whose script is in the repository', () => {
  const LINT = gate({ name: 'lint', kind: 'lint', command: ['node', 'tools/lint.mjs'] });
  const CHECK =
    "import { rules } from './rules.mjs';\nprocess.exitCode = rules.length === 0 ? 0 : 1;\nconsole.log('a.js:1:1 error wrong', rules.length);\n";

  it('R64, PRIV-3: runs as the base has it, however the change empties it, until a person approved that', async () => {
    rig = await openGatesRig(
      {
        service: {
          'tools/lint.mjs': 'process.exitCode = 0;\n',
          'tools/rules.mjs': 'export const rules = [];\n',
        },
      },
      { service: wholeRepo(LINT) },
    );
    const changed = {
      'service/tools/lint.mjs': CHECK,
      'service/tools/rules.mjs': 'export const rules = [1];\n',
    };
    const revision = await rig.change(rig.git.base, changed);
    const held = await rig.run(revision);
    expect(held.of('lint')).toMatchObject({ status: 'pass' });
    expect(held.of('hygiene')).toMatchObject({ held_back: ['service/tools/lint.mjs'], status: 'pass' });
    expect(held.of('hygiene').findings[0]?.problem).toBe(
      'A protected file was modified: the gate `lint` runs it. What it ran was the version of the base.',
    );
    const { base, runId, workspaces } = rig.git;
    const repos = { service: { modules: wholeRepo(LINT), protectedPaths: [] } };
    const rules = approvalRules();
    const parts = await measureParts({ runId, base, revision, rules, repos, deploys: {}, workspaces });
    expect(parts).toMatchObject([
      { paths: ['service/tools/lint.mjs'], reasons: ['the gate `lint` runs it'] },
    ]);
    const own = await rig.run(revision, { approvedConfig: true });
    expect(own.of('lint')).toMatchObject({ status: 'fail', cached: false });
    expect(own.of('hygiene').held_back).toBeUndefined();
    expect(own.of('hygiene').findings[0]?.problem).toContain(
      'What it ran was this version, which a person approved',
    );
  });

  it('is held for that gate alone: others see it as the change has it, and so does what comes after', async () => {
    const show = (name: string) =>
      gate({ name, kind: 'command', command: ['sh', '-c', 'grep -c changed tools/lint.mjs'] });
    rig = await openGatesRig(
      { service: { 'tools/lint.mjs': 'process.exitCode = 0;\n' } },
      { service: wholeRepo(show('before'), LINT, show('after')) },
    );
    const revision = await rig.change(rig.git.base, {
      'service/tools/lint.mjs': 'process.exitCode = 1; // changed\n',
    });
    const pass = await rig.run(revision);
    expect(['before', 'lint', 'after'].map((name) => pass.of(name).status)).toEqual(['pass', 'pass', 'pass']);
  });

  it('is put back by the setup that ran it, and a deleted one is gone again', async () => {
    const setup = gate({ name: 'prepare', kind: 'setup', command: ['sh', 'ci/prepare.sh'] });
    const look = gate({ name: 'look', kind: 'command', command: ['sh', '-c', 'test ! -e ci/prepare.sh'] });
    rig = await openGatesRig(
      { service: { 'ci/prepare.sh': 'exit 0\n' } },
      { service: [{ path: '.', setup, gates: [look] }] },
    );
    const revision = await rig.change(rig.git.base, { 'service/ci/prepare.sh': null, 'service/x.txt': 'x' });
    expect((await rig.run(revision)).of('look').status).toBe('pass');
  });
});

describe('source that a gate only checks', () => {
  it('is what the change makes of it, in every gate', async () => {
    const lint = gate({ name: 'lint', kind: 'lint', command: ['npm', 'run', 'lint'] });
    const lintScript = 'node --check src/server.js && node --check src/app.js';
    const app = (answer: number) => `exports.answer = ${answer};\n`;
    const test = (answer: number) =>
      `require('node:test').test('answers', () => require('node:assert').equal(require('../src/app.js').answer, ${answer}));\n`;
    rig = await openGatesRig(
      {
        service: {
          'package.json': JSON.stringify({ scripts: { lint: lintScript } }),
          'src/server.js': "require('./app.js');\n",
          'src/app.js': app(1),
          'test/app.test.js': test(1),
        },
      },
      { service: wholeRepo(lint, NODE_TESTS) },
    );
    const revision = await rig.change(rig.git.base, {
      'service/src/app.js': app(2),
      'service/test/app.test.js': test(2),
    });
    const pass = await rig.run(revision);
    expect([pass.of('lint').status, pass.of('tests').status]).toEqual(['pass', 'pass']);
    expect(pass.of('hygiene').held_back).toBeUndefined();
  });
});
