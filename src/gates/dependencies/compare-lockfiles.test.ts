import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openGatesRig, type GatesRig } from '../testing/gates-rig.ts';
import { readPackageLock } from './lockfiles/npm.ts';
import { readPackageJson } from './manifests/npm.ts';

let rig: GatesRig;
afterEach(() => rig?.[Symbol.dispose]());

type Files = Record<string, string | null>;

/** What the change's own findings about lockfiles say: whether each blocks, and the beginning of it. */
async function look(base: Record<string, string>, change: Files): Promise<[boolean, string][]> {
  rig = await openGatesRig({ service: { 'a.txt': '1\n', ...base } }, {});
  const inRepo = Object.entries(change).map(([path, text]) => [`service/${path}`, text]);
  const revision = await rig.change(rig.git.base, Object.fromEntries(inRepo));
  const { findings } = (await rig.run(revision)).of('hygiene');
  return findings
    .filter(({ problem }) => !/^(?:New dependency|Dependency)/u.test(problem))
    .map(({ blocking, problem }) => [blocking, problem]);
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
const manifest = (dependencies: Record<string, string>, more: object = {}): string =>
  json({ name: 'root', dependencies, ...more });

const NPM = (ranges: Record<string, string>, left: object = {}): string =>
  json({
    name: 'root',
    lockfileVersion: 3,
    packages: {
      '': { name: 'root', dependencies: ranges },
      'node_modules/left': {
        version: '1.3.0',
        resolved: 'https://registry.npmjs.org/left/-/left-1.3.0.tgz',
        integrity: 'sha512-AAAA',
        ...left,
      },
      'node_modules/inner': { resolved: 'packages/inner', link: true },
      'packages/inner': { name: 'inner', version: '1.0.0', dependencies: { left: '~1.3.0' } },
    },
  });
const PNPM = (specifier: string): string =>
  `lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      left:\n        specifier: ${specifier}\n        version: 1.3.0\n\n  packages/inner:\n    dependencies:\n      left:\n        specifier: ~1.3.0\n        version: 1.3.0\n\npackages:\n\n  left@1.3.0:\n    resolution: {integrity: sha512-AAAA==}\n`;
const YARN = (range: string, sum = 'AAAA'): string =>
  `# yarn lockfile v1\n\n\nleft@${range}:\n  version "1.3.0"\n  resolved "https://registry.yarnpkg.com/left/-/left-1.3.0.tgz#14a278ce74dd33993f2c4e5dd614760728c0fba8"\n  integrity sha512-${sum}==\n`;
const BERRY = (range: string): string =>
  `__metadata:\n  version: 10\n  cacheKey: 10c0\n\n"inner@workspace:packages/inner":\n  version: 0.0.0-use.local\n  resolution: "inner@workspace:packages/inner"\n  languageName: unknown\n  linkType: soft\n\n"left@npm:${range}, left@npm:~1.3.0":\n  version: 1.3.0\n  resolution: "left@npm:1.3.0"\n  checksum: 10c0/075f\n  languageName: node\n  linkType: hard\n`;
const BUN = (range: string): string =>
  `{\n  "lockfileVersion": 1,\n  "workspaces": {\n    "": {\n      "name": "root",\n      "dependencies": {\n        "left": "${range}",\n      },\n    },\n  },\n  "packages": {\n    "left": ["left@1.3.0", "", {}, "sha512-AAAA=="],\n  }\n}\n`;
const GO_SUM = (version: string, sum = 'AAAA='): string =>
  `b.test/left ${version} h1:${sum}\nb.test/left ${version}/go.mod h1:BBBB=\n`;
const GO_MOD = (version: string): string => `module a.test/a\n\ngo 1.22\n\nrequire b.test/left ${version}\n`;
const CARGO_LOCK = `version = 4\n\n[[package]]\nname = "root"\nversion = "0.1.0"\ndependencies = ["left"]\n\n[[package]]\nname = "left"\nversion = "1.3.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "aaaa"\n`;
const CARGO = (dependencies: string): string =>
  `[package]\nname = "root"\nversion = "0.1.0"\n\n[dependencies]\n${dependencies}\n`;
const UV_LOCK = `version = 1\n\n[[package]]\nname = "left"\nversion = "1.3.0"\nsource = { registry = "https://pypi.org/simple" }\nsdist = { url = "https://files.pythonhosted.org/packages/aa/left-1.3.0.tar.gz", hash = "sha256:aaaa" }\n\n[[package]]\nname = "root"\nversion = "0.1.0"\nsource = { virtual = "." }\n`;
const PYPROJECT = (...dependencies: string[]): string =>
  `[build-system]\nrequires = ["hatchling"]\n\n[project]\nname = "root"\ndependencies = ${JSON.stringify(dependencies)}\n`;

describe('a manifest and its lockfile', () => {
  const CASES: [string, Record<string, string>, string, string][] = [
    [
      'package-lock.json',
      { 'package.json': manifest({ left: '^1.2.0' }), 'package-lock.json': NPM({ left: '^1.2.0' }) },
      manifest({ left: '^1.3.0' }),
      '`left` ^1.3.0',
    ],
    [
      'pnpm-lock.yaml',
      { 'package.json': manifest({ left: '^1.2.0' }), 'pnpm-lock.yaml': PNPM('^1.2.0') },
      manifest({ left: '^1.3.0' }),
      '`left` ^1.3.0',
    ],
    [
      'yarn.lock',
      { 'package.json': manifest({ left: '^1.2.0' }), 'yarn.lock': YARN('^1.2.0') },
      manifest({ left: '^1.3.0' }),
      '`left` ^1.3.0',
    ],
    [
      'yarn.lock',
      { 'package.json': manifest({ left: '^1.2.0' }), 'yarn.lock': BERRY('^1.2.0') },
      manifest({ left: '^1.3.0' }),
      '`left` ^1.3.0',
    ],
    [
      'bun.lock',
      { 'package.json': manifest({ left: '^1.2.0' }), 'bun.lock': BUN('^1.2.0') },
      manifest({ left: '^1.2.0', right: '1' }),
      '`right` 1',
    ],
    [
      'go.sum',
      { 'go.mod': GO_MOD('v1.3.0'), 'go.sum': GO_SUM('v1.3.0') },
      GO_MOD('v1.4.0'),
      '`b.test/left` v1.4.0',
    ],
    [
      'Cargo.lock',
      { 'Cargo.toml': CARGO('left = "1"'), 'Cargo.lock': CARGO_LOCK },
      CARGO('left = "1"\nright = "2"'),
      '`right` 2',
    ],
    [
      'uv.lock',
      { 'pyproject.toml': PYPROJECT('left'), 'uv.lock': UV_LOCK },
      PYPROJECT('left', 'right>=2'),
      '`right` >=2',
    ],
  ];

  it.each(CASES)('stop the change where %s does not follow', async (lock, base, changed, asked) => {
    const path = Object.keys(base)[0] ?? '';
    expect(await look(base, { [path]: changed })).toEqual([
      [true, `${path} asks for what ${lock} was not made for: ${asked}.`],
    ]);
  });

  it.each(CASES)('stop no change of anything else, with %s', async (_, base) => {
    const path = Object.keys(base)[0] ?? '';
    const text = base[path] ?? '';
    const other = text.startsWith('{')
      ? json({ ...(JSON.parse(text) as object), version: '1.0.1' })
      : `${text}\n# a comment\n`.replace('# a', path === 'go.mod' ? '// a' : '# a');
    expect(await look(base, { [path]: other })).toEqual([]);
  });

  const FINE: [string, Record<string, string>, Files][] = [
    [
      'both follow',
      { 'package.json': manifest({ left: '^1.2.0' }), 'package-lock.json': NPM({ left: '^1.2.0' }) },
      { 'package.json': manifest({ left: '^1.3.0' }), 'package-lock.json': NPM({ left: '^1.3.0' }) },
    ],
    [
      'a lockfile comes for the first time',
      { 'package.json': manifest({ left: '^1.2.0' }) },
      {
        'package-lock.json': NPM({ left: '^1.2.0' }),
        'package.json': manifest({ left: '^1.2.0' }, { private: true }),
      },
    ],
    [
      'a package of the workspace asks for what the lockfile knows of it',
      { 'packages/inner/package.json': manifest({}), 'pnpm-lock.yaml': PNPM('^1.2.0') },
      { 'packages/inner/package.json': manifest({ left: '~1.3.0' }) },
    ],
    [
      'a folder is no package of the workspace',
      { 'package.json': manifest({}), 'yarn.lock': YARN('^1.2.0') },
      { 'examples/one/package.json': manifest({ right: '1' }) },
    ],
    [
      'another version is put in its place',
      { 'package.json': manifest({}, { resolutions: { 'up/right': '2' } }), 'yarn.lock': YARN('^1.2.0') },
      { 'package.json': manifest({ right: '1' }, { resolutions: { 'up/right': '2' } }) },
    ],
    [
      'modules of one workspace ask for each other',
      { 'go.work': 'go 1.22\nuse ./a\n', 'a/go.mod': 'module a.test/a\n', 'a/go.sum': '' },
      { 'a/go.mod': 'module a.test/a\n\nrequire a.test/b v0.0.0\n' },
    ],
    [
      'a manifest asks for itself, and for what builds it',
      { 'pyproject.toml': PYPROJECT('left'), 'uv.lock': UV_LOCK },
      { 'pyproject.toml': PYPROJECT('left', 'root[extra]').replace('hatchling', 'flit-core') },
    ],
    [
      'a lockfile of another tool takes its place',
      { 'package.json': manifest({ left: '1' }), 'yarn.lock': YARN('1') },
      { 'yarn.lock': null, 'bun.lockb': 'x' },
    ],
  ];
  it.each(FINE)('stop no change where %s', async (_, base, change) => {
    expect((await look(base, change)).filter(([blocking]) => blocking)).toEqual([]);
  });

  it('stop the change where the lockfile was written for another manifest, or is gone', async () => {
    const base = {
      'package.json': manifest({ left: '^1.2.0' }),
      'package-lock.json': NPM({ left: '^1.2.0' }),
    };
    expect(await look(base, { 'package-lock.json': NPM({ left: '^2.0.0' }) })).toEqual([
      [true, 'package.json asks for what package-lock.json was not made for: `left` ^1.2.0.'],
    ]);
    expect(await look(base, { 'package-lock.json': null })).toContainEqual([
      true,
      expect.stringContaining('each installation would choose anew'),
    ]);
  });

  it('are shown where a lockfile changes alone, keeps what is not asked for any more, or may be behind', async () => {
    const base = {
      'package.json': manifest({ left: '^1.2.0' }),
      'package-lock.json': NPM({ left: '^1.2.0' }),
    };
    const newer = NPM(
      { left: '^1.2.0' },
      {
        version: '1.4.0',
        integrity: 'sha512-BBBB',
        resolved: 'https://registry.npmjs.org/left/-/left-1.4.0.tgz',
      },
    );
    expect(await look(base, { 'package-lock.json': newer })).toEqual([
      [false, 'package-lock.json changed although no manifest did: `left` 1.3.0 → 1.4.0.'],
    ]);
    expect(await look(base, { 'package.json': manifest({}) })).toEqual([
      [false, expect.stringContaining('package-lock.json does not show it')],
    ]);
    const cargo = { 'Cargo.toml': CARGO('left = "1"'), 'Cargo.lock': CARGO_LOCK };
    expect(await look(cargo, { 'Cargo.toml': CARGO('left = "1.3"') })).toEqual([
      [false, expect.stringContaining('Cargo.lock does not show it')],
    ]);
  });

  it('are in step in this repository', () => {
    const read = (path: string): string => readFileSync(join(import.meta.dirname, '../../..', path), 'utf8');
    const asked = readPackageJson(read('package.json'), '');
    const lock = readPackageLock(read('package-lock.json'));
    expect(asked?.wanted.length).toBeGreaterThan(20);
    expect(asked?.wanted.filter((each) => lock?.answers({ folder: '', name: '' }, each) !== true)).toEqual(
      [],
    );
    expect(lock?.locked.filter(({ source }) => source.kind === 'registry' && source.where !== '')).toEqual(
      [],
    );
    expect(lock?.locked.some(({ scripts }) => scripts)).toBe(true);
  });
});

describe('an entry of a lockfile', () => {
  const url = (host: string, version = '1.3.0'): object => ({
    resolved: `https://${host}/left/-/left-${version}.tgz`,
  });
  const npm = (left: object): Record<string, string> => ({ 'package-lock.json': NPM({}, left) });

  const REWRITTEN: [string, Record<string, string>, Record<string, string>, string][] = [
    ['another checksum', npm({}), npm({ integrity: 'sha512-BBBB' }), 'its checksum is another one'],
    [
      'another checksum beside the same',
      npm({ integrity: 'sha1-A sha512-A' }),
      npm({ integrity: 'sha1-A sha512-B' }),
      'its checksum is another one',
    ],
    ['a weaker checksum', npm({}), npm({ integrity: 'sha1-BBBB' }), 'its checksum is of a weaker kind'],
    [
      'the package of another version',
      npm({}),
      npm(url('registry.npmjs.org', '1.0.0')),
      'it is fetched from another address',
    ],
    [
      'another checksum, yarn',
      { 'yarn.lock': YARN('1') },
      { 'yarn.lock': YARN('1', 'BBBB') },
      'its checksum is another one',
    ],
    [
      'another checksum, later yarn',
      { 'yarn.lock': BERRY('1') },
      { 'yarn.lock': BERRY('1').replace('075f', '075e') },
      'its checksum is another one',
    ],
    [
      'another checksum, pnpm',
      { 'pnpm-lock.yaml': PNPM('1') },
      { 'pnpm-lock.yaml': PNPM('1').replace('AAAA', 'BBBB') },
      'its checksum is another one',
    ],
    [
      'another checksum, bun',
      { 'bun.lock': BUN('1') },
      { 'bun.lock': BUN('1').replace('AAAA', 'BBBB') },
      'its checksum is another one',
    ],
    [
      'another sum, Go',
      { 'go.sum': GO_SUM('v1.0.0') },
      { 'go.sum': GO_SUM('v1.0.0', 'CCCC=') },
      'its checksum is another one',
    ],
    [
      'another checksum, Cargo',
      { 'Cargo.lock': CARGO_LOCK },
      { 'Cargo.lock': CARGO_LOCK.replace('aaaa', 'bbbb') },
      'its checksum is another one',
    ],
    [
      'another hash of a file, uv',
      { 'uv.lock': UV_LOCK },
      { 'uv.lock': UV_LOCK.replace('aaaa"', 'bbbb"') },
      'its checksum is another one',
    ],
  ];
  it.each(REWRITTEN)(
    'PRIV-5: stops the change where the same version gets %s',
    async (_, base, change, why) => {
      const found = await look(base, change);
      expect(found).toHaveLength(1);
      expect(found[0]?.[0]).toBe(true);
      expect(found[0]?.[1]).toContain(`was rewritten although its version is the same: ${why}`);
    },
  );

  const KEPT: [string, Record<string, string>, Record<string, string>][] = [
    ['a stronger checksum', npm({ integrity: 'sha1-A' }), npm({ integrity: 'sha512-A' })],
    ['the other usual registry', npm(url('registry.npmjs.org')), npm(url('registry.yarnpkg.com'))],
    ['no checksum any more', npm({}), npm({ integrity: undefined })],
    [
      'one more file',
      { 'uv.lock': UV_LOCK },
      {
        'uv.lock': UV_LOCK.replace(
          '\n\n[[package]]\nname = "root"',
          '\nwheels = [{ url = "https://files.pythonhosted.org/packages/bb/left-1.3.0-py3-none-any.whl", hash = "sha256:bbbb" }]\n\n[[package]]\nname = "root"',
        ),
      },
    ],
    [
      'another commit',
      {
        'Cargo.lock': CARGO_LOCK.replace(
          /source.*\nchecksum.*\n/u,
          'source = "git+https://own.test/left#aaaa"\n',
        ),
      },
      {
        'Cargo.lock': CARGO_LOCK.replace(
          /source.*\nchecksum.*\n/u,
          'source = "git+https://own.test/left#bbbb"\n',
        ),
      },
    ],
    [
      'a cache of another form',
      { 'yarn.lock': BERRY('1') },
      { 'yarn.lock': BERRY('1').replace('10c0/075f', '11c0/0aaa') },
    ],
  ];
  it.each(KEPT)('stops no change where the same version gets %s', async (_, base, change) => {
    expect((await look(base, change)).filter(([blocking]) => blocking)).toEqual([]);
  });
});
