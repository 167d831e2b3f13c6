import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRedactor } from '../drivers/redact.ts';
import { environmentSecrets } from '../engine/known-secrets.ts';
import type { ModuleConfig } from '../definitions/config.ts';
import { NO_WALL, openWall } from '../workspace/wall/open-wall.ts';
import { registryFiles, registrySecrets } from './registry-files.ts';
import { NODE_TESTS, gate, openGatesRig, type GatesRig } from './testing/gates-rig.ts';

const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
const TOKEN = 'private-registry-token-0123456789';

let dir: string;
let registry: Server;
let port: number;
let refused: number;
let tarball: Buffer;
let rig: GatesRig | null = null;

/** A registry with one package, which it gives to nobody without the token. */
beforeEach(async () => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'baton-registry-')));
  mkdirSync(join(dir, 'package'));
  mkdirSync(join(dir, 'home'));
  writeFileSync(join(dir, 'package/package.json'), '{"name":"@private/greeter","version":"1.0.0"}');
  writeFileSync(join(dir, 'package/index.js'), `module.exports = 'hello';\n`);
  execFileSync('tar', ['-czf', join(dir, 'greeter.tgz'), '-C', dir, 'package']);
  tarball = readFileSync(join(dir, 'greeter.tgz'));
  refused = 0;
  registry = createServer((request, reply) => {
    if (request.headers.authorization === `Bearer ${TOKEN}`) return reply.end(tarball);
    refused += 1;
    return reply.writeHead(401).end('{}');
  });
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  const address = registry.address();
  port = typeof address === 'object' ? (address?.port ?? 0) : 0;
});
afterEach(async () => {
  rig?.[Symbol.dispose]();
  rig = null;
  await new Promise((resolve) => registry.close(resolve));
  rmSync(dir, { recursive: true });
});

const TEST = `const { test } = require('node:test');
const { existsSync } = require('node:fs');
const { join } = require('node:path');
test('uses the private package and sees no login', () => {
  if (require('@private/greeter') !== 'hello') throw new Error('another package');
  for (const name of ['.npmrc', '.config/pip/pip.conf', '.yarnrc.yml'])
    if (existsSync(join(process.env.HOME, name))) throw new Error('there is ' + name);
  if (existsSync(USER_RC)) throw new Error('the user has a file here');
  if (JSON.stringify(process.env).includes('TOKEN')) throw new Error(Object.keys(process.env).join());
});
`;

function lockfile(): string {
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  const dependencies = { '@private/greeter': '1.0.0' };
  const greeter = {
    version: '1.0.0',
    resolved: `http://127.0.0.1:${port}/@private/greeter/-/greeter-1.0.0.tgz`,
    integrity,
  };
  return JSON.stringify({
    name: 'api',
    lockfileVersion: 3,
    requires: true,
    packages: { '': { name: 'api', dependencies }, 'node_modules/@private/greeter': greeter },
  });
}

async function pass(
  environment: Record<string, string>,
  { walled = true, setup = {} }: { walled?: boolean; setup?: Partial<ModuleConfig['setup'] & object> } = {},
) {
  const files = {
    'package.json': '{"name":"api","dependencies":{"@private/greeter":"1.0.0"}}',
    'package-lock.json': lockfile(),
    'a.test.js': TEST.replace('USER_RC', JSON.stringify(walled ? join(dir, 'home/.npmrc') : '/nowhere')),
  };
  const line = 'npm ci --no-audit --no-fund && env && cat "$HOME/.npmrc" "$HOME/.config/pip/pip.conf"';
  const install = gate({
    name: 'setup',
    kind: 'setup',
    command: [line],
    shell: true,
    network: true,
    ...setup,
  });
  rig = await openGatesRig(
    { api: files },
    { api: [{ path: '.', setup: install, gates: [NODE_TESTS] }] },
    environment,
  );
  const { text: redact } = createRedactor(environmentSecrets(environment, {}));
  return rig.run(rig.git.base, { wall: walled ? wall : NO_WALL, redact });
}

function writeHome(npmrc: string): { HOME: string } {
  writeFileSync(join(dir, 'home/.npmrc'), npmrc);
  mkdirSync(join(dir, 'home/.config/pip'), { recursive: true });
  const pip = `[global]\nindex-url = https://me:${TOKEN}@pypi.example.com/simple\nrequire-virtualenv = true\n`;
  writeFileSync(join(dir, 'home/.config/pip/pip.conf'), pip);
  return { HOME: join(dir, 'home') };
}

describe('registries of the user', () => {
  it.each([
    ['behind the wall', true],
    ['without a wall', false],
  ])('PRIV-11: are seen by the setup and by no test, %s', async (_, walled) => {
    const environment = writeHome(`//127.0.0.1:${port}/:_authToken=${TOKEN}\nscript-shell=/bin/false\n`);
    const { of, logs } = await pass(environment, { walled });
    expect(of('setup')).toMatchObject({ status: 'pass' });
    expect(of('tests')).toMatchObject({ status: 'pass', tests: { passed: 1, failed: 0, canary: 'red' } });
    expect(refused).toBe(0);
    // The setup printed the file: what says no registry is not lent, and the login is stored nowhere.
    const log = logs.join('\n');
    expect(log).toContain(`//127.0.0.1:${port}/:_authToken=[.npmrc]`);
    expect(log).toContain('index-url = https://me:[');
    expect(log).not.toContain(TOKEN);
    expect(log).not.toContain('script-shell');
    expect(log).not.toContain('require-virtualenv');
    expect(readFileSync(join(dir, 'home/.npmrc'), 'utf8')).toContain('script-shell');
  });

  it('are found where NPM_CONFIG_USERCONFIG says, with the variables that the file names', async () => {
    const file = join(dir, 'elsewhere');
    writeFileSync(file, `//127.0.0.1:${port}/:_authToken=\${REGISTRY_TOKEN}\n`);
    const home = writeHome('registry=http://127.0.0.1:1/\n');
    const environment = {
      ...home,
      NPM_CONFIG_USERCONFIG: file,
      REGISTRY_TOKEN: TOKEN,
      OTHER_TOKEN: 'other-token-000111222',
    };
    const { of, logs } = await pass(environment);
    expect(of('tests')).toMatchObject({ status: 'pass', tests: { passed: 1, failed: 0 } });
    expect(logs.join('\n')).toContain('REGISTRY_TOKEN=[REGISTRY_TOKEN]');
    expect(logs.join('\n')).not.toContain('OTHER_TOKEN');
  });

  it.each([
    ['that says so', { registries: false }],
    ['without network', { network: false }],
  ])('are not lent to a setup %s', async (_, setup) => {
    const environment = writeHome(`//127.0.0.1:${port}/:_authToken=${TOKEN}\n`);
    const command = ['test ! -e "$HOME/.npmrc"'];
    const { of } = await pass(environment, { setup: { command, ...setup } });
    expect(of('setup')).toMatchObject({ status: 'pass' });
    rig?.[Symbol.dispose]();
    await expect(pass(environment, { setup: { command } })).rejects.toMatchObject({ code: 'E_SETUP' });
  });

  it('of each file only what says how a registry is reached is taken', () => {
    const home = join(dir, 'home');
    mkdirSync(join(home, '.config/go'), { recursive: true });
    writeFileSync(
      join(home, '.npmrc'),
      'omit=dev\n@us:registry=https://r.example.com/\nprefix=/usr\nca=abc\n',
    );
    writeFileSync(join(home, '.yarnrc'), 'registry "https://r.example.com"\nyarn-path "evil.js"\n');
    const yarn = 'yarnPath: evil.cjs\nnpmScopes:\n  us:\n    npmRegistryServer: https://r.example.com\n';
    writeFileSync(join(home, '.yarnrc.yml'), yarn);
    const bun =
      'preload = ["evil.ts"]\n[install]\nregistry = "https://r.example.com"\ncache = "x"\n[install.scopes]\nus = { token = "$T" }\n[run]\nbun = true\n';
    writeFileSync(join(home, '.bunfig.toml'), bun);
    writeFileSync(join(home, '.config/go/env'), 'GOPRIVATE=example.com\nGOFLAGS=-toolexec=evil\n');
    expect(Object.fromEntries(registryFiles({ HOME: home }).map(({ path, text }) => [path, text]))).toEqual({
      '.npmrc': '@us:registry=https://r.example.com/\nca=abc\n',
      '.yarnrc': 'registry "https://r.example.com"\n',
      '.yarnrc.yml': 'npmScopes:\n  us:\n    npmRegistryServer: https://r.example.com\n',
      '.bunfig.toml':
        '[install]\nregistry = "https://r.example.com"\n[install.scopes]\nus = { token = "$T" }\n',
      '.config/go/env': 'GOPRIVATE=example.com\n',
    });
    expect(registryFiles({})).toEqual([]);
  });

  it('SEC-1: their logins are known secrets, also as they are when decoded', () => {
    const password = 'a-long-password-0123';
    const auth = Buffer.from(`me:${password}`).toString('base64');
    const environment = writeHome(`//r.example.com/:_auth=${auth}\n`);
    writeFileSync(join(dir, 'home/.yarnrc.yml'), `npmAuthToken: "yarn-token-0123456789"\n`);
    const secrets = registrySecrets(environment).map(([, value]) => value);
    expect(secrets).toEqual(expect.arrayContaining([auth, password, TOKEN, 'yarn-token-0123456789']));
    expect([...environmentSecrets(environment, {}).values()]).toEqual(expect.arrayContaining([auth, TOKEN]));
  });
});
