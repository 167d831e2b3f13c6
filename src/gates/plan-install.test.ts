import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { makeOverlay } from '../workspace/wall/overlays.ts';
import type { GateCommand } from '../definitions/config.ts';
import { writeFiles } from '../workspace/temporary-repository.ts';
import { createInstallCache } from './install-cache.ts';
import { planInstall } from './plan-install.ts';
import { gate } from './testing/gates-rig.ts';

const LOCK = JSON.stringify({
  name: 'a',
  lockfileVersion: 3,
  packages: { 'node_modules/b': { version: '1.0.0', resolved: 'https://registry.test/b-1.0.0.tgz' } },
});
const PLAIN = {
  'package.json': '{"name":"a","workspaces":["tool"],"dependencies":{"b":"^1.0.0"},"scripts":{"test":"x"}}',
  'tool/package.json': '{"name":"tool"}',
  'package-lock.json': LOCK,
  '.npmrc': '# ours\nregistry=https://registry.test/\n//registry.test/:_authToken=${TOKEN}\n',
};

const YARN_QUIET = ['yarn', 'install', '--frozen-lockfile', '--ignore-scripts'];

let dir = '';
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function checkout(files: Record<string, string>): string {
  dir = mkdtempSync(join(tmpdir(), 'baton-install-'));
  writeFiles(dir, files);
  return dir;
}

async function keyFor(
  root: string,
  contents: string,
  command = ['npm', 'ci'],
  { environment = { TOKEN: 'x' }, ...more }: Partial<GateCommand> & { environment?: NodeJS.ProcessEnv } = {},
): Promise<string | null> {
  const setup = { ...gate({ name: 'setup', kind: 'setup', command }), ...more };
  return (await planInstall({ setup, root, module: '.', contents, environment }))?.key ?? null;
}

/** Whether revisions share the install that differ in files which are no inputs of it. */
async function isShared(root: string, command?: string[], more?: object): Promise<boolean> {
  const [one, other] = ['one tree', 'another tree'].map((contents) => keyFor(root, contents, command, more));
  return (await one) === (await other);
}

/** npm's lockfile with one more package, which has a script. */
function lockWith(more: object, text = LOCK): string {
  const lock = JSON.parse(text) as { packages: object }; // ours
  const native = { version: '2.3.3', resolved: 'https://registry.test/n-2.3.3.tgz', hasInstallScript: true };
  return JSON.stringify({
    ...lock,
    packages: { ...lock.packages, 'node_modules/n': { ...native, ...more } },
  });
}

const ELSEWHERE = process.platform === 'darwin' ? 'linux' : 'darwin';

describe('what names an install', () => {
  it('is what the lockfile and the manifests say, where nothing of the repository runs', async () => {
    const root = checkout({ ...PLAIN, 'docs/café/package.json': '{}' });
    expect(await isShared(root)).toBe(true);
    const before = await keyFor(root, 'tree');
    writeFileSync(join(root, 'tool/package.json'), '{"name":"tool","bin":"run.js"}');
    expect(await keyFor(root, 'tree')).not.toBe(before);
  });

  it('is what go.mod and go.sum say, with the modules that lie in the home', async () => {
    const root = checkout({
      'go.mod': 'module a\n',
      'go.sum': 'b v1.0.0 h1:x=\n',
      'main.go': 'package main\n',
    });
    const download = ['go', 'mod', 'download'];
    expect(await isShared(root, download)).toBe(true);
    const setup = gate({ name: 'setup', kind: 'setup', command: download });
    const planned = await planInstall({ setup, root, module: '.', contents: 'tree', environment: {} });
    expect(planned?.keepsHome).toBe(true);
    const before = await keyFor(root, 'tree', download);
    writeFileSync(join(root, 'go.sum'), 'b v1.0.1 h1:y=\n');
    expect(await keyFor(root, 'tree', download)).not.toBe(before);
    expect(await keyFor(root, 'tree', ['go', 'mod', 'tidy'])).toBeNull();
  });

  it('is the registries that a setup is lent, too', async () => {
    const root = checkout({ ...PLAIN, 'home/.npmrc': 'registry=https://one.test/\n' });
    const setup = gate({ name: 'setup', kind: 'setup', command: ['npm', 'ci'], network: true });
    const environment = { HOME: join(root, 'home') };
    const key = async () =>
      (await planInstall({ setup, root, module: '.', contents: 'x', environment }))?.key;
    const before = await key();
    writeFileSync(join(root, 'home/.npmrc'), 'registry=https://two.test/\n');
    expect(await key()).not.toBe(before);
  });

  it.each<[string, Record<string, string>]>([
    ['a script of a manifest', { 'tool/package.json': '{"scripts":{"prepare":"node make.js"}}' }],
    [
      'a script of a package',
      { 'package-lock.json': LOCK.replace('"resolved"', '"hasInstallScript": true, "resolved"') },
    ],
    ['what npm builds unasked', { 'binding.gyp': '{}' }],
    ['a folder of the repository as a package', { 'package.json': '{"dependencies":{"lib":"file:lib"}}' }],
    ['the same without a word for it', { 'tool/package.json': '{"dependencies":{"lib":"../lib"}}' }],
    [
      'a package out of a clone',
      {
        'package-lock.json': LOCK.replace('https://registry.test/b-1.0.0.tgz', 'git+ssh://git@host/b.git#1'),
      },
    ],
    ['a setting that names a program', { '.npmrc': 'git=./tools/git.sh\n' }],
    ['a manifest that cannot be read', { 'package.json': '{' }],
  ])('PRIV-5: is the whole tree with %s', async (_what, files) => {
    expect(await isShared(checkout({ ...PLAIN, ...files }))).toBe(false);
  });

  it.each<[string, object]>([
    ['another system', { optional: true, os: [ELSEWHERE] }],
    ['all systems but this one', { optional: true, os: [`!${process.platform}`] }],
    ['another processor', { optional: true, cpu: ['s390x'] }],
    ['another library of C', { optional: true, os: ['linux'], libc: ['bionic'] }],
  ])('is what the lockfile says where a package with a script is for %s', async (_what, more) => {
    expect(await isShared(checkout({ ...PLAIN, 'package-lock.json': lockWith(more) }))).toBe(true);
  });

  it.each<[string, string, object]>([
    ['is for this system, too', lockWith({ os: [ELSEWHERE, process.platform] }), {}],
    ['is for all systems but another one', lockWith({ os: [`!${ELSEWHERE}`] }), {}],
    ['says nothing that can be read', lockWith({ os: [1] }), {}],
    [
      'is for a system that a variable may name',
      lockWith({ os: [ELSEWHERE] }),
      { env: ['npm_config_os'], environment: { npm_config_os: ELSEWHERE } },
    ],
    [
      'may stand in a lockfile that does not tell',
      '{"lockfileVersion":1,"dependencies":{"b":{"version":"1.0.0","resolved":"https://registry.test/b-1.0.0.tgz"}}}',
      {},
    ],
  ])('PRIV-5: is the whole tree where a package with a script %s', async (_what, lock, more) => {
    expect(await isShared(checkout({ ...PLAIN, 'package-lock.json': lock }), ['npm', 'ci'], more)).toBe(
      false,
    );
  });

  it('PRIV-5: is the whole tree where a manifest is a link', async () => {
    const root = checkout({ ...PLAIN, 'real.json': '{}' });
    mkdirSync(join(root, 'linked'));
    symlinkSync('../real.json', join(root, 'linked/package.json'));
    expect(await isShared(root)).toBe(false);
  });

  it.each([[['npm', 'install']], [['npm', 'ci', '--install-links']]])(
    'is the whole tree for %j',
    async (command) => {
      expect(await isShared(checkout(PLAIN), command)).toBe(false);
    },
  );

  const PNPM = {
    'package.json': '{"name":"a","packageManager":"pnpm@10.4.1","dependencies":{"b":"^1.0.0"}}',
    'tool/package.json': '{"name":"tool","dependencies":{"a":"workspace:*"}}',
    'pnpm-workspace.yaml': "packages:\n  - 'tool'\n",
    'pnpm-lock.yaml':
      "lockfileVersion: '9.0'\n\npackages:\n\n  b@1.0.0:\n    resolution: {integrity: sha512-x}\n",
  };
  const YARN = {
    'package.json': '{"name":"a","dependencies":{"b":"^1.0.0"}}',
    'yarn.lock':
      '# yarn lockfile v1\n\nb@^1.0.0:\n  version "1.0.0"\n  resolved "https://registry.test/b-1.0.0.tgz#x"\n',
  };
  const BERRY = '__metadata:\n  version: 8\n\n"b@npm:^1.0.0":\n  version: 1.0.0\n';
  const BUN = { 'package.json': YARN['package.json'], 'bun.lock': '{ "packages": { "b": ["b@1.0.0"] } }\n' };
  const FROZEN = ['pnpm', 'install', '--frozen-lockfile'];
  const QUIET = [...FROZEN, '--ignore-scripts'];

  it.each<[string, Record<string, string>, string[]]>([
    ['npm without scripts', { ...PLAIN, 'binding.gyp': '{}' }, ['npm', 'ci', '--ignore-scripts']],
    ['pnpm without scripts', { ...PNPM, 'package.json': '{"scripts":{"prepare":"x"}}' }, QUIET],
    ['yarn 1 without scripts', YARN, ['yarn', 'install', '--frozen-lockfile', '--ignore-scripts']],
    [
      'yarn without builds',
      { ...YARN, '.yarnrc.yml': 'nodeLinker: node-modules\n', 'yarn.lock': BERRY },
      ['yarn', 'install', '--immutable', '--mode=skip-build'],
    ],
    ['bun without scripts', BUN, ['bun', 'install', '--frozen-lockfile', '--ignore-scripts']],
  ])('is what the lockfile says with %s', async (_what, files, command) => {
    const root = checkout(files);
    expect(await isShared(root, command)).toBe(true);
    const before = await keyFor(root, 'tree', command);
    const lockfile = Object.keys(files).find((name) => name.includes('lock')) ?? '';
    writeFileSync(join(root, lockfile), `${files[lockfile] ?? ''}\n`);
    expect(await keyFor(root, 'tree', command)).not.toBe(before);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['pnpm that may change the lockfile', PNPM, ['pnpm', 'install', '--ignore-scripts']],
    ['pnpm without a lockfile', { 'package.json': '{}' }, QUIET],
    ['scripts of pnpm’s packages, whatever version a manifest names', PNPM, FROZEN],
    ['a program of pnpm’s', { ...PNPM, '.pnpmfile.cjs': 'module.exports = {}' }, QUIET],
    ['a patched package', { ...PNPM, 'package.json': '{"pnpm":{"patchedDependencies":{}}}' }, QUIET],
    ['settings in the workspace', { ...PNPM, 'pnpm-workspace.yaml': 'onlyBuiltDependencies: [b]\n' }, FROZEN],
    ['a folder in the lockfile', { ...PNPM, 'pnpm-lock.yaml': 'packages:\n  b@file:lib:\n' }, QUIET],
    ['a program of a package of the repository', { ...PNPM, 'tool/package.json': '{"bin":"run.js"}' }, QUIET],
    ['a folder of such programs', { ...PNPM, 'tool/package.json': '{"directories":{"bin":"x"}}' }, QUIET],
    ['a yarn of the repository’s own', { ...YARN, '.yarnrc': 'yarn-path "x.js"\n' }, YARN_QUIET],
    [
      'a plugin of yarn’s',
      { ...YARN, 'yarn.lock': BERRY, '.yarnrc.yml': 'plugins:\n  - ./p.cjs\n' },
      ['yarn', 'install', '--immutable', '--mode=skip-build'],
    ],
    ['an option that yarn 1 does not know', YARN, ['yarn', 'install', '--immutable', '--mode=skip-build']],
    ['packages in the repository', { ...YARN, '.yarn/cache/b.zip': 'x' }, YARN_QUIET],
    [
      'a patch in yarn’s lockfile',
      { ...YARN, 'yarn.lock': '# yarn lockfile v1\n"b@patch:b@1#p":\n' },
      YARN_QUIET,
    ],
    ['scripts of yarn’s packages', YARN, ['yarn', 'install', '--frozen-lockfile']],
    ['scripts of bun’s packages', BUN, ['bun', 'install', '--frozen-lockfile']],
    [
      'settings of bun',
      { ...BUN, 'bunfig.toml': '' },
      ['bun', 'install', '--frozen-lockfile', '--ignore-scripts'],
    ],
  ])('PRIV-5: is the whole tree with %s', async (_what, files, command) => {
    expect(await isShared(checkout(files), command)).toBe(false);
  });

  const YARN_4 = { ...YARN, 'yarn.lock': BERRY, '.yarnrc.yml': 'enableScripts: false\n' };
  const TRUSTED = (list: string[]) => ({
    ...BUN,
    'package.json': JSON.stringify({ dependencies: { b: '^1.0.0' }, trustedDependencies: list }),
  });
  // As pnpm 8 writes it: what has scripts says so.
  const PNPM_8 = {
    ...PNPM,
    'package.json': '{"name":"a","dependencies":{"b":"^1.0.0"}}',
    'pnpm-lock.yaml':
      "lockfileVersion: '6.0'\n\npackages:\n\n  /b@1.0.0:\n    resolution: {integrity: sha512-x}\n    engines: {node: '>=12'}\n    dev: false\n",
  };
  const BUN_FROZEN = ['bun', 'install', '--frozen-lockfile'];

  it.each<[string, Record<string, string>, string[]]>([
    ['no package builds anything, by the lockfile of pnpm 8', PNPM_8, FROZEN],
    ['yarn is told to run no scripts', YARN_4, ['yarn', 'install', '--immutable']],
    ['bun trusts no package', TRUSTED([]), BUN_FROZEN],
  ])('is what the lockfile says where %s', async (_what, files, command) => {
    expect(await isShared(checkout(files), command)).toBe(true);
  });

  it.each<[string, Record<string, string>, string[]]>([
    [
      'a package that is built, by the lockfile of pnpm 8',
      { ...PNPM_8, 'pnpm-lock.yaml': `${PNPM_8['pnpm-lock.yaml']}    requiresBuild: true\n` },
      FROZEN,
    ],
    ['a script of its own', { ...PNPM_8, 'tool/package.json': '{"scripts":{"prepare":"x"}}' }, FROZEN],
    [
      'a yarn that may run scripts',
      { ...YARN_4, '.yarnrc.yml': 'enableScripts: true\n' },
      ['yarn', 'install', '--immutable'],
    ],
    ['packages that bun trusts', TRUSTED(['b']), BUN_FROZEN],
    ['scripts of bun’s own package', { ...TRUSTED([]), 'binding.gyp': '{}' }, BUN_FROZEN],
  ])('PRIV-5: is the whole tree with %s and no option against scripts', async (_what, files, command) => {
    expect(await isShared(checkout(files), command)).toBe(false);
  });

  it.each<[string, string, Record<string, string>, boolean]>([
    ['10.4.1', 'no other one', { ...PNPM, 'package.json': '{"name":"a"}' }, true],
    ['10.4.1', 'a later one', { ...PNPM, 'package.json': '{"packageManager":"pnpm@11.0.0+sha512.x"}' }, true],
    ['10.4.1', 'an earlier one', { ...PNPM, 'package.json': '{"packageManager":"pnpm@9.15.0"}' }, false],
    ['10.4.1', 'one elsewhere', { ...PNPM, 'package.json': '{"devEngines":{"packageManager":{}}}' }, false],
    [
      '10.4.1',
      'what may be built',
      { ...PNPM, 'pnpm-workspace.yaml': 'onlyBuiltDependencies: [b]\n' },
      false,
    ],
    ['9.15.0', 'a later one', PNPM, false],
  ])(
    'is what pnpm’s lockfile says by the version that starts: %s, where the manifest names %s',
    async (version, _named, files, shared) => {
      const root = checkout(files);
      const home = mkdtempSync(join(tmpdir(), 'baton-pnpm-'));
      try {
        writeFiles(home, {
          'lib/pnpm/package.json': JSON.stringify({ name: 'pnpm', version }),
          'lib/pnpm/bin/pnpm.cjs': '#!/usr/bin/env node\n',
        });
        chmodSync(join(home, 'lib/pnpm/bin/pnpm.cjs'), 0o755);
        symlinkSync('lib/pnpm/bin/pnpm.cjs', join(home, 'pnpm'));
        const more = { env: ['PATH'], environment: { PATH: home } };
        expect(await isShared(root, FROZEN, more)).toBe(shared);
      } finally {
        rmSync(home, { recursive: true, force: true });
      }
    },
  );

  it('is nothing where a command does more than install', async () => {
    const root = checkout(PLAIN);
    expect(await keyFor(root, 'tree', ['make', 'deps'])).toBeNull();
    expect(await keyFor(root, 'tree', ['npm', 'ci', '&&', 'x'], { shell: true })).toBeNull();
    expect(await keyFor(root, 'tree', ['npm', 'run', 'build'])).toBeNull();
  });

  it('holds the values that the setup gets', async () => {
    const root = checkout(PLAIN);
    const withToken = await keyFor(root, 'tree', ['npm', 'ci'], { env: ['TOKEN'] });
    expect(withToken).not.toBe(await keyFor(root, 'tree'));
    expect(withToken).not.toContain('x'.repeat(2));
  });
});

describe('what is kept of an install', () => {
  const install = async (files: Record<string, string>) => {
    const root = checkout({ 'tool/run.js': 'same' });
    const made = await makeOverlay(join(root, 'own'), root, []);
    writeFiles(made.written, files);
    const cache = createInstallCache(join(root, 'cache'));
    await cache.keep('key', { root: made.written, home: null }, root);
    return cache.find('key');
  };

  it('is its packages', async () => {
    expect(
      await install({ 'node_modules/b/index.js': '1', 'tool/node_modules/c/index.js': '2' }),
    ).not.toBeNull();
  });

  it('is not what it touched and left as it was', async () => {
    const kept = await install({ 'node_modules/b/index.js': '1', 'tool/run.js': 'same' });
    expect(existsSync(join(kept?.root ?? '', 'node_modules/b/index.js'))).toBe(true);
    expect(existsSync(join(kept?.root ?? '', 'tool/run.js'))).toBe(false);
    expect(await install({ 'node_modules/b/index.js': '1', 'tool/run.js': 'other' })).toBeNull();
  });

  it('PRIV-5: is nothing where it wrote anything else, which would lie over other revisions', async () => {
    expect(await install({ 'node_modules/b/index.js': '1', 'src/generated.js': '2' })).toBeNull();
  });
});
