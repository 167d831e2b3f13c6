import { afterEach, describe, expect, it } from 'vitest';
import { approvalRules } from '../change/approval-parts.ts';
import { gate, NODE_TESTS, openGatesRig, wholeRepo } from '../testing/gates-rig.ts';
import type { GatesRig } from '../testing/gates-rig.ts';

const RED = `const { test } = require('node:test'); test('is red', () => { throw new Error('red'); });\n`;
const GREEN = `const { test } = require('node:test'); test('is red', () => {});\n`;
const PACKAGE = { name: 'service', scripts: { check: 'node check.js' }, dependencies: {} };

let rig: GatesRig | null = null;
afterEach(() => {
  rig?.[Symbol.dispose]();
  rig = null;
});

describe('gate configuration', () => {
  it('PRIV-3: comes from the base, and a change of it is noted for the person who has to approve it', async () => {
    const lint = gate({ name: 'lint', kind: 'lint', command: ['sh', '-c', 'cat eslint.config.js; exit 1'] });
    rig = await openGatesRig(
      { service: { 'eslint.config.js': 'strict\n', 'a.js': '1;\n' } },
      { service: wholeRepo(lint) },
    );
    const revision = await rig.change(rig.git.base, { 'service/eslint.config.js': 'lax\n' });
    const pass = await rig.run(revision);
    expect(pass.logs.join()).toContain('strict');
    expect(pass.logs.join()).not.toContain('lax');
    expect(pass.of('hygiene')).toMatchObject({
      status: 'pass',
      findings: [{ severity: 'note', blocking: false, file: 'eslint.config.js' }],
    });
    expect(pass.of('hygiene').findings[0]?.problem).toContain('The gates ran with the version of the base.');
  });

  it('PRIV-3: added, deleted and renamed configuration is undone', async () => {
    const list = gate({ name: 'list', kind: 'command', command: ['ls', '-A'] });
    rig = await openGatesRig(
      { service: { '.eslintrc.json': '{}\n', 'jest.config.js': 'module.exports = { a: 1, b: 2, c: 3 };\n' } },
      { service: wholeRepo(list) },
    );
    const revision = await rig.change(rig.git.base, {
      'service/.eslintrc.json': null,
      'service/jest.config.js': null,
      'service/other.js': 'module.exports = { a: 1, b: 2, c: 3 };\n',
      'service/.npmrc': 'registry=http://localhost:1\n',
    });
    const pass = await rig.run(revision);
    expect(pass.logs[0]?.split('\n')).toEqual(['.eslintrc.json', 'jest.config.js', 'other.js']);
    const files = pass.of('hygiene').findings.map((finding) => finding.file);
    expect(files).toEqual(['.eslintrc.json', '.npmrc', 'jest.config.js']);
  });

  it('PRIV-3: keeps the dependencies of a changed package.json and takes its scripts from the base', async () => {
    const show = gate({ name: 'show', kind: 'command', command: ['cat', 'package.json'] });
    rig = await openGatesRig(
      { service: { 'package.json': JSON.stringify(PACKAGE) } },
      { service: wholeRepo(show) },
    );
    const cheated = {
      ...PACKAGE,
      scripts: { check: 'true' },
      jest: { bail: 0 },
      dependencies: { left: '1.0.0' },
    };
    const pass = await rig.run(
      await rig.change(rig.git.base, { 'service/package.json': JSON.stringify(cheated) }),
    );
    expect(JSON.parse(pass.logs[0] ?? '')).toEqual({ ...PACKAGE, dependencies: { left: '1.0.0' } });
    expect(pass.of('hygiene').findings[0]?.problem).toContain('(`scripts`, `jest`)');

    const honest = { ...PACKAGE, dependencies: { left: '1.0.0' } };
    const fine = await rig.run(
      await rig.change(rig.git.base, { 'service/package.json': JSON.stringify(honest) }),
    );
    expect(fine.of('hygiene').held_back).toBeUndefined();
    expect(fine.of('hygiene').findings.map(({ problem }) => problem)).toEqual([
      'New dependency `left`: 1.0.0 (dependencies).',
    ]);
  });

  it('PRIV-3: reports every protected path, those of the repository and the built-in ones', async () => {
    rig = await openGatesRig({ service: { 'a.js': '1;\n' } }, { service: wholeRepo(NODE_TESTS) });
    const paths = [
      '.github/workflows/ci.yml',
      'CODEOWNERS',
      '.claude/settings.json',
      '.mcp.json',
      'baton.yaml',
    ];
    const all = [...paths, '.vscode/tasks.json', '.nvmrc', 'secret/key.txt', 'pkg/tsconfig.build.json'];
    const revision = await rig.change(
      rig.git.base,
      Object.fromEntries([...all, 'src/plain.js'].map((path) => [`service/${path}`, 'x\n'])),
    );
    const hygiene = (await rig.run(revision)).of('hygiene');
    expect(new Set(hygiene.findings.map((finding) => finding.file))).toEqual(new Set(all));
    expect(hygiene.findings.some((finding) => finding.blocking)).toBe(false);
    const refuse = { id: 'protected', title: 'Protected files', paths: [], refuse: true };
    const refused = (await rig.run(revision, { approvals: approvalRules([refuse]) })).of('hygiene');
    expect(refused).toMatchObject({ status: 'fail' });
    expect(refused.findings.every((finding) => finding.blocking)).toBe(true);
  });
});

describe('the surroundings of a gate', () => {
  it('SEC-4: hold only what the gate names, and a home of its own', async () => {
    const print = gate({ name: 'print', kind: 'command', command: ['env'], env: ['WANTED'] });
    const environment = {
      WANTED: 'a-wanted-value',
      SECRET: 'a-secret-value',
      NODE_OPTIONS: '--require=/tmp/evil.js',
      LD_PRELOAD: '/tmp/evil.so',
      GIT_SSH_COMMAND: 'evil',
      PATH: '/tmp/evil/bin',
      HOME: '/root',
    };
    rig = await openGatesRig(
      { service: { '.env': 'FROM_FILE=1\n' } },
      { service: wholeRepo(print) },
      environment,
    );
    const log = (await rig.run(rig.git.base)).logs.join();
    expect(log).toContain('WANTED=[WANTED]');
    expect(log).not.toMatch(/a-wanted-value|a-secret-value|evil|FROM_FILE|HOME=\/root$/m);
  });

  it('let `node` be the one that runs Baton', async () => {
    const version = gate({ name: 'version', kind: 'command', command: ['sh', '-c', 'node --version'] });
    rig = await openGatesRig({ service: { 'a.js': '1;\n' } }, { service: wholeRepo(version) });
    expect((await rig.run(rig.git.base)).logs).toEqual([process.version]);
  });

  it('PRIV-5: a gate does not see what the one before it did to the checkout or the home', async () => {
    // A name that does no harm should the gate ever get the home of whoever runs this test.
    const poison = gate({
      name: 'poison',
      kind: 'command',
      command: [
        'echo module.exports=1 > a.test.js; touch "$HOME/left-by-a-gate"; mkdir -p node_modules/.bin; true',
      ],
      shell: true,
    });
    const after = gate({
      name: 'after',
      kind: 'command',
      command: ['ls -A . "$HOME"; cat a.test.js'],
      shell: true,
    });
    rig = await openGatesRig(
      { service: { 'a.test.js': RED } },
      { service: wholeRepo(poison, after, NODE_TESTS) },
    );
    const pass = await rig.run(await rig.change(rig.git.base, { 'service/b.js': '1;\n' }));
    expect(pass.logs.join()).toContain(RED.trim());
    expect(pass.logs.join()).not.toMatch(/left-by-a-gate|node_modules/);
    expect(pass.of('tests').summary).toContain('1 red at the base too');
    const green = await rig.change(rig.git.base, { 'service/a.test.js': GREEN });
    expect((await rig.run(green)).of('tests').summary).toContain('1 passed');
  });
});
