import { afterEach, describe, expect, it } from 'vitest';
import type { ModuleConfig } from '../definitions/config.ts';
import { gatePrograms } from './gate-programs.ts';
import { gate, openGatesRig, wholeRepo } from './gates-rig.ts';
import type { GatesRig } from './gates-rig.ts';

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

async function heldBy(command: string[], more: Partial<Parameters<typeof gate>[0]> = {}): Promise<string[]> {
  const modules: ModuleConfig[] = wholeRepo(gate({ name: 'lint', kind: 'lint', command, ...more }));
  const read = (path: string) => Promise.resolve(FILES[path] ?? null);
  return [...(await gatePrograms({ modules, protectedPaths: [] }, read))].sort();
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

  it('PRIV-3: runs as the base has it, however the change empties it, until a person approved that', async () => {
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
      'A protected file was modified: a gate runs it. The gates ran with the version of the base.',
    );
    const own = await rig.run(revision, { approvedConfig: true });
    expect(own.of('lint')).toMatchObject({ status: 'fail', cached: false });
    expect(own.of('hygiene').held_back).toBeUndefined();
    expect(own.of('hygiene').findings[0]?.problem).toContain('with this version, which a person approved');
  });
});
