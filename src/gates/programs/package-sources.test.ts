import { afterEach, describe, expect, it } from 'vitest';
import { holdSections } from './config-sections.ts';
import { gate, openGatesRig, type GatesRig } from '../testing/gates-rig.ts';

let rig: GatesRig | null = null;
afterEach(() => {
  rig?.[Symbol.dispose]();
  rig = null;
});

const text = (value: object): string => JSON.stringify(value);
const MANIFEST = {
  scripts: { lint: 'eslint .' },
  dependencies: { left: '^1.0.0' },
  devDependencies: { eslint: '^9.0.0', own: 'file:./own' },
};
const url = (name: string, host = 'registry.npmjs.org'): string =>
  `https://${host}/${name}/-/${name}-9.0.0.tgz`;
const place = (resolved: string, more: object = {}) => ({ version: '9.0.0', resolved, ...more });
const LOCK = {
  lockfileVersion: 3,
  packages: {
    '': { dependencies: MANIFEST.dependencies, devDependencies: MANIFEST.devDependencies },
    'node_modules/eslint': place(url('eslint')),
    'node_modules/left': place(url('left')),
  },
};

async function held(path: string, base: object | null, head: object) {
  const { names, text: result } = await holdSections(path, base === null ? null : text(base), text(head));
  return { names, value: JSON.parse(result) as unknown };
}

describe('where packages come from', () => {
  it.each([
    'file:./tools/lint',
    './tools/lint',
    'npm:other@1',
    'github:a/b',
    'a/b',
    'https://a.test/b.tgz',
    'workspace:*',
  ])('PRIV-3: keeps the tool of a gate that would come from %s', async (source) => {
    const dependencies = { left: '^2.0.0', eslint: source };
    const { names, value } = await held('package.json', MANIFEST, {
      ...MANIFEST,
      dependencies,
      devDependencies: { own: 'file:./own' },
    });
    expect(names).toEqual(['source of eslint']);
    expect(value).toEqual({ ...MANIFEST, dependencies: { left: '^2.0.0' } });
  });

  it('PRIV-3: keeps a new folder, an override, and what came from a folder', async () => {
    const own = { ...MANIFEST, devDependencies: { eslint: '^9.0.0', own: '1.0.0' } };
    expect((await held('package.json', MANIFEST, own)).names).toEqual(['source of own']);
    const added = { ...MANIFEST, dependencies: { left: '^1.0.0', shim: 'file:./shim' } };
    const kept = await held('a/package.json', MANIFEST, added);
    expect(kept).toEqual({ names: ['source of shim'], value: MANIFEST });
    const overrides = { ...MANIFEST, overrides: { eslint: { espree: 'file:./espree' }, left: '1.0.1' } };
    expect(await held('package.json', MANIFEST, overrides)).toEqual({
      names: ['source of overrides eslint espree'],
      value: MANIFEST,
    });
  });

  it('leaves versions, new packages of the registry and of the repository itself to the change', async () => {
    const head = {
      ...MANIFEST,
      dependencies: { left: '2.x || ^3', right: 'latest', shared: 'workspace:*' },
      devDependencies: { eslint: '^10.0.0', own: 'file:./own' },
      overrides: { left: '3.0.0' },
    };
    expect(await held('package.json', MANIFEST, head)).toEqual({ names: [], value: head });
    expect((await held('package.json', null, { name: 'new', dependencies: { left: '1' } })).names).toEqual(
      [],
    );
  });

  it.each([
    ['a folder', { resolved: 'tools/lint', link: true }],
    ['a file', place('file:tools/lint.tgz')],
    ['another package', place(url('other'))],
    ['another host', place(url('eslint', 'a.test'))],
  ])('PRIV-3: keeps the place of a tool in a lockfile that would be %s', async (_, entry) => {
    const packages = {
      ...LOCK.packages,
      'node_modules/eslint': entry,
      'node_modules/right': place(url('right')),
    };
    const root = { ...LOCK.packages[''], devDependencies: { eslint: 'file:tools/lint', own: 'file:./own' } };
    const { names, value } = await held('package-lock.json', LOCK, {
      ...LOCK,
      packages: { ...packages, '': root },
    });
    expect(names).toEqual(['source of node_modules/eslint']);
    expect(value).toEqual({
      ...LOCK,
      packages: { ...LOCK.packages, 'node_modules/right': place(url('right')) },
    });
  });

  it('leaves versions and new packages in a lockfile to the change, also of a registry that the base uses', async () => {
    const base = { packages: { 'node_modules/@a/b': place('https://npm.a.test/@a%2fb/-/b-1.tgz') } };
    const packages = {
      'node_modules/@a/b': place('https://npm.a.test/@a%2fb/-/b-2.tgz'),
      'node_modules/c': place(url('c', 'npm.a.test')),
      'node_modules/shared': { resolved: 'packages/shared', link: true },
      'packages/shared': { version: '1.0.0' },
    };
    expect((await held('package-lock.json', base, { packages })).names).toEqual([]);
  });
});

describe('a gate whose tool is a package', () => {
  it('R64, PRIV-3: runs the one of the base, however the change swaps it or rewrites it', async () => {
    const tool = (exit: number) => ({
      'package.json': text({ name: 'own-lint', version: '1.0.0', bin: 'cli.js' }),
      'cli.js': `#!/usr/bin/env node\nconst text = require('fs').readFileSync('a.js', 'utf8');\nif (text.includes('bad')) process.exitCode = ${exit};\n`,
    });
    const at = (folder: string, files: Record<string, string>) =>
      Object.fromEntries(Object.entries(files).map(([path, body]) => [`${folder}/${path}`, body]));
    const manifest = (source: string) => text({ name: 'a', devDependencies: { 'own-lint': source } });
    const setup = gate({
      name: 'install',
      kind: 'setup',
      command: ['npm', 'install', '--offline', '--no-audit', '--no-fund', '--no-package-lock'],
    });
    const lint = gate({
      name: 'lint',
      kind: 'command',
      command: ['npm', 'exec', '--no', 'own-lint', 'a.js'],
    });
    rig = await openGatesRig(
      {
        service: {
          'a.js': '1;\n',
          'package.json': manifest('file:tools/lint'),
          ...at('tools/lint', tool(1)),
        },
      },
      { service: [{ path: '.', setup, gates: [lint] }] },
    );
    const swapped = await rig.change(rig.git.base, {
      'service/a.js': 'bad;\n',
      'service/package.json': manifest('file:tools/lenient'),
      ...at('service/tools/lenient', tool(0)),
    });
    const pass = await rig.run(swapped);
    expect(pass.of('lint')).toMatchObject({ status: 'fail' });
    expect(pass.of('hygiene').held_back).toEqual(['service/package.json']);
    expect(pass.findings.map(({ problem }) => problem).join()).toContain('`source of own-lint`');
    expect((await rig.run(swapped, { approvedConfig: true })).of('lint').status).toBe('pass');
    const rewritten = await rig.change(rig.git.base, {
      'service/a.js': 'bad;\n',
      'service/tools/lint/cli.js': tool(0)['cli.js'],
    });
    expect((await rig.run(rewritten)).of('lint').status).toBe('fail');
  });
});
