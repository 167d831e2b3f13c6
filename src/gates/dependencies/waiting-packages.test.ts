import { afterEach, describe, expect, it } from 'vitest';
import { DEPENDENCIES_RULE } from '../../core/questions/approvals.ts';
import type { ApprovalPart } from '../../core/results.ts';
import { approvalRules, measureParts } from '../change/approval-parts.ts';
import { gate, openGatesRig, wholeRepo, type GatesRig } from '../testing/gates-rig.ts';

let rig: GatesRig;
afterEach(() => rig[Symbol.dispose]());

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
const place = (name: string, version: string, more: object = {}): object => ({
  [`node_modules/${name}`]: {
    version,
    resolved: `https://registry.npmjs.org/${name}/-/${name}-${version}.tgz`,
    integrity: `sha512-${name}${version}`,
    ...more,
  },
});
const npmLock = (wanted: Record<string, string>, ...places: object[]): string =>
  json({
    name: 'a',
    lockfileVersion: 3,
    packages: { '': { name: 'a', dependencies: wanted }, ...Object.assign({}, ...places) },
  });

/** The part of the rule `dependencies` in what this change leaves, and the change's findings. */
async function look(
  base: Record<string, string>,
  change: Record<string, string>,
): Promise<{ part: ApprovalPart | undefined; problems: string[] }> {
  const inRepo = (files: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(files).map(([path, text]) => [`service/${path}`, text]));
  rig = await openGatesRig({ service: { 'a.txt': '1\n', ...base } }, {});
  const revision = await rig.change(rig.git.base, inRepo(change));
  const { findings } = await rig.run(revision);
  const parts = await partsOf(revision);
  return {
    part: parts.find(({ rule }) => rule === DEPENDENCIES_RULE),
    problems: findings.map(({ problem }) => problem),
  };
}

async function partsOf(revision: Awaited<ReturnType<GatesRig['change']>>): Promise<ApprovalPart[]> {
  const { workspaces, runId, base } = rig.git;
  const rules = approvalRules();
  return measureParts({ runId, base, revision, rules, repos: {}, deploys: {}, workspaces });
}

describe('packages that a person has to approve', () => {
  const PNPM = (...packages: string[]): string =>
    `lockfileVersion: '6.0'\n\ndependencies:\n  a:\n    specifier: ^1.0.0\n    version: 1.0.0\n\npackages:\n\n${packages.join('\n')}\n`;
  const YARN = (resolved: string): string =>
    `# yarn lockfile v1\n\n\nleft@^1.0.0:\n  version "1.0.0"\n  resolved "${resolved}"\n  integrity sha512-abc==\n`;
  const BERRY = (resolution: string): string =>
    `__metadata:\n  version: 8\n\n"left@npm:^1.0.0":\n  version: 1.0.0\n  resolution: "${resolution}"\n  checksum: 10c0/abc\n  languageName: node\n  linkType: hard\n`;
  const CARGO = (source: string): string =>
    `version = 3\n\n[[package]]\nname = "left"\nversion = "1.0.0"\nsource = "${source}"\nchecksum = "abc"\n`;

  const PACKAGES: [string, Record<string, string>, Record<string, string>, string][] = [
    [
      'a script in an npm lockfile',
      { 'package-lock.json': npmLock({}) },
      { 'package-lock.json': npmLock({}, place('sharp', '1.0.0', { hasInstallScript: true })) },
      '`sharp` 1.0.0 runs a script when it is installed',
    ],
    [
      'a script in a pnpm lockfile',
      {},
      {
        'pnpm-lock.yaml': PNPM(
          '  /sharp@1.0.0:\n    resolution: {integrity: sha512-x==}\n    requiresBuild: true\n',
        ),
      },
      '`sharp` 1.0.0 runs a script when it is installed',
    ],
    [
      'a package that pnpm shall run scripts of',
      { 'pnpm-workspace.yaml': 'packages: [a]\n' },
      { 'pnpm-workspace.yaml': 'packages: [a]\nonlyBuiltDependencies:\n  - sharp\n' },
      '`sharp` is allowed to run scripts when it is installed',
    ],
    [
      'a package that bun shall run scripts of',
      {},
      { 'package.json': json({ name: 'a', trustedDependencies: ['sharp'] }) },
      '`sharp` is allowed to run scripts when it is installed',
    ],
    [
      'a git repository in a pnpm lockfile',
      {},
      {
        'pnpm-lock.yaml': PNPM(
          '  left@https://codeload.github.com/x/left/tar.gz/abc:\n    resolution: {tarball: https://codeload.github.com/x/left/tar.gz/abc}\n    version: 1.0.0\n',
        ),
      },
      '`left` comes from the git repository https://codeload.github.com/x/left/tar.gz/abc',
    ],
    [
      'another host in a yarn lockfile',
      { 'yarn.lock': YARN('https://registry.yarnpkg.com/left/-/left-1.0.0.tgz#aaaa') },
      { 'yarn.lock': YARN('https://npm.evil.test/left/-/left-1.0.0.tgz#aaaa') },
      '`left` comes from the registry npm.evil.test',
    ],
    [
      'an address in a later yarn lockfile',
      { 'yarn.lock': BERRY('left@npm:1.0.0') },
      { 'yarn.lock': BERRY('left@npm:1.0.0::__archiveUrl=https%3A%2F%2Fevil.test%2Fleft.tgz') },
      '`left` comes from the address https://evil.test/left.tgz',
    ],
    [
      'a git repository in a bun lockfile',
      {},
      {
        'bun.lock':
          '{\n  "lockfileVersion": 1,\n  "workspaces": { "": { "name": "a" } },\n  "packages": {\n    "left": ["left@github:x/left#abc", {}, "x-left-abc"],\n  }\n}\n',
      },
      '`left` comes from the git repository github:x/left#abc',
    ],
    [
      'another module in the place of a Go module',
      { 'go.mod': 'module a\n\ngo 1.22\n\nrequire b.test/left v1.0.0\n' },
      {
        'go.mod':
          'module a\n\ngo 1.22\n\nrequire b.test/left v1.0.0\n\nreplace b.test/left => evil.test/left v1.0.1\n',
      },
      '`b.test/left` comes as another package: evil.test/left v1.0.1',
    ],
    [
      'a folder outside of the repository',
      { 'go.mod': 'module a\n\ngo 1.22\n\nrequire (\n\tb.test/left v1.0.0\n)\n' },
      { 'go.mod': 'module a\n\ngo 1.22\n\nrequire b.test/left v1.0.0\nreplace b.test/left => ../left\n' },
      '`b.test/left` comes from ../left, outside of the repository',
    ],
    [
      'a git repository in a Cargo.toml',
      { 'Cargo.toml': '[package]\nname = "a"\n' },
      { 'Cargo.toml': '[package]\nname = "a"\n[dependencies]\nleft = { git = "https://evil.test/left" }\n' },
      '`left` comes from the git repository https://evil.test/left',
    ],
    [
      'another registry in a Cargo.lock',
      { 'Cargo.lock': CARGO('registry+https://github.com/rust-lang/crates.io-index') },
      { 'Cargo.lock': CARGO('registry+https://evil.test/index') },
      '`left` comes from the registry evil.test',
    ],
    [
      'an address in a pyproject.toml',
      { 'pyproject.toml': '[project]\nname = "a"\ndependencies = ["right>=1"]\n' },
      {
        'pyproject.toml':
          '[project]\nname = "a"\ndependencies = ["right>=1", "left @ https://u:secret@evil.test/left.whl"]\n',
      },
      '`left` comes from the address https://evil.test/left.whl',
    ],
    [
      'another index in a requirements file',
      { 'requirements-dev.txt': 'left==1.0\n' },
      { 'requirements-dev.txt': '--extra-index-url https://evil.test/simple\nleft==1.0\n' },
      'packages may come from the registry https://evil.test/simple',
    ],
    [
      'another index in a uv lockfile',
      {},
      {
        'uv.lock':
          'version = 1\n[[package]]\nname = "left"\nversion = "1.0"\nsource = { registry = "https://evil.test/simple" }\n',
      },
      '`left` comes from the registry evil.test',
    ],
    [
      'a git repository in a poetry lockfile',
      {},
      {
        'poetry.lock':
          '[[package]]\nname = "left"\nversion = "1.0"\nfiles = []\n[package.source]\ntype = "git"\nurl = "https://evil.test/left.git"\n',
      },
      '`left` comes from the git repository https://evil.test/left.git',
    ],
  ];
  it.each(PACKAGES)('PRIV-5: %s', async (_, base, change, why) => {
    const { part, problems } = await look(base, change);
    expect(part?.reasons?.join()).toContain(why);
    expect(part).toMatchObject({ title: 'New dependencies', refused: false });
    expect(problems.join('\n')).toContain(`${why}. A person has to approve that, and no gate runs before.`);
  });

  it('are none where packages come from where they came from, and their versions change', async () => {
    const base = {
      'package-lock.json': npmLock({}, place('sharp', '1.0.0', { hasInstallScript: true })),
      'yarn.lock': YARN('https://npm.own.test/left/-/left-1.0.0.tgz'),
      'go.mod': 'module a\n\ngo 1.22\n\nreplace b.test/left => ./left\n',
      'Cargo.toml': '[dependencies]\nleft = { git = "https://own.test/left", rev = "1" }\n',
      'requirements.txt': '--index-url https://own.test/simple\nleft==1.0\n',
    };
    const change = {
      'package-lock.json': npmLock(
        {},
        place('sharp', '2.0.0', { hasInstallScript: true }),
        place('right', '1.0.0'),
      ),
      'yarn.lock': `${YARN('https://npm.own.test/left/-/left-1.1.0.tgz')}\nright@^1:\n  version "1.0.0"\n  resolved "https://npm.own.test/right/-/right-1.0.0.tgz"\n`,
      'go.mod': 'module a\n\ngo 1.22\n\nrequire b.test/right v1.0.0\nreplace b.test/left => ./left\n',
      'Cargo.toml':
        '[dependencies]\nleft = { git = "https://own.test/left", rev = "2" }\nright = "1"\nown = { path = "crates/own" }\n',
      'requirements.txt':
        '--index-url https://own.test/simple\nleft==1.1 ; python_version > "3"\nright\n-r more.txt\n',
      'pyproject.toml':
        '[project]\nname = "a"\ndependencies = ["left[extra]>=1"]\n[tool.uv.sources]\nleft = { workspace = true }\n',
    };
    expect((await look(base, change)).part).toBeUndefined();
  });

  it('PRIV-5: are bound to what they are: another version asks anew, another package beside them does not', async () => {
    rig = await openGatesRig({ service: { 'package-lock.json': npmLock({}) } }, {});
    const hashOf = async (...places: object[]): Promise<string | undefined> => {
      const text = npmLock({}, ...places);
      const revision = await rig.change(rig.git.base, { 'service/package-lock.json': text });
      return (await partsOf(revision)).find(({ rule }) => rule === DEPENDENCIES_RULE)?.hash;
    };
    const script = { hasInstallScript: true };
    const approved = await hashOf(place('sharp', '1.0.0', script));
    expect(await hashOf(place('sharp', '1.0.0', script), place('right', '1.0.0'))).toBe(approved);
    expect(await hashOf(place('sharp', '1.0.1', script))).not.toBe(approved);
    expect(await hashOf(place('sharp', '1.0.0', { ...script, integrity: 'sha512-other' }))).not.toBe(
      approved,
    );
    expect(await hashOf(place('sharp', '1.0.0', script), place('second', '1.0.0', script))).not.toBe(
      approved,
    );
  });

  it('stop the change where they cannot be read, and where a rule refuses them', async () => {
    const base = { 'Cargo.lock': CARGO('registry+https://github.com/rust-lang/crates.io-index') };
    rig = await openGatesRig({ service: base }, {});
    const broken = await rig.change(rig.git.base, { 'service/Cargo.lock': '[[package\n' });
    expect((await rig.run(broken)).of('hygiene')).toMatchObject({
      status: 'fail',
      findings: [{ file: 'Cargo.lock', blocking: true, problem: expect.stringContaining('cannot be read') }],
    });
    const refuse = { id: DEPENDENCIES_RULE, title: 'Dependencies', paths: [], refuse: true };
    const other = await rig.change(rig.git.base, {
      'service/Cargo.lock': CARGO('git+https://evil.test/left'),
    });
    const refused = (await rig.run(other, { approvals: approvalRules([refuse]) })).of('hygiene');
    expect(refused.status).toBe('fail');
    expect(refused.findings).toContainEqual(
      expect.objectContaining({
        blocking: true,
        severity: 'critical',
        problem: expect.stringMatching(/^E_PATH_PROTECTED Cargo.lock: `left` comes/u),
      }),
    );
  });
});

describe('gates of a change with such a package', () => {
  it('PRIV-5: install nothing of it before a person approved it', async () => {
    const setup = gate({ name: 'install', kind: 'setup', command: ['true'] });
    const check = gate({ name: 'check', kind: 'command', command: ['true'] });
    rig = await openGatesRig(
      { service: { 'package-lock.json': npmLock({}) }, other: { 'a.txt': '1\n' } },
      { service: [{ path: '.', setup, gates: [check] }], other: wholeRepo(check) },
    );
    const revision = await rig.change(rig.git.base, {
      'service/package-lock.json': npmLock({}, place('sharp', '1.0.0', { hasInstallScript: true })),
      'other/a.txt': '2\n',
    });
    const pass = await rig.run(revision);
    expect(pass.results.map(({ repo, gate: name, status }) => [repo, name, status])).toEqual([
      ['*', 'hygiene', 'pass'],
      ['other', 'check', 'pass'],
      ['service', 'tests', 'error'],
    ]);
    expect(pass.of('tests').summary).toContain('not run before a person approved');
    expect(pass.of('hygiene').held_back).toEqual(['service/package-lock.json']);
    expect(rig.starts()).toBe(1);
    const approved = await rig.run(revision, { approvedDependencies: true });
    expect(approved.of('hygiene').held_back).toBeUndefined();
    expect(rig.starts()).toBeGreaterThan(1);
  });
});
