import { afterEach, describe, expect, it } from 'vitest';
import { openWall } from '../workspace/wall/open-wall.ts';
import { gate, NODE_TESTS, openGatesRig, type GatesRig } from './testing/gates-rig.ts';

const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
const TEST = `require('node:test').test('works', () => {});\n`;
const WORKSPACE = {
  'package.json': '{"name":"service","version":"1.0.0","workspaces":["tool"]}',
  'tool/package.json': '{"name":"tool","version":"1.0.0"}',
  'tool/run.js': '#!/usr/bin/env node\nconsole.log("the tool");\n',
};

let rig: GatesRig;
afterEach(() => rig[Symbol.dispose]());

const node = (name: string, script: string): ReturnType<typeof gate> =>
  gate({ name, kind: 'command', command: ['node', '-e', script] });

describe.skipIf(wall.kind === 'off')('gates of one checkout, behind the wall', () => {
  it('run side by side', async () => {
    const port = 20_000 + Math.floor(Math.random() * 20_000);
    // Each waits for the other: one after the other, the first would never end.
    const serve = `const s = require('net').createServer((c) => { c.end(); s.close(); }).listen(${port}, '127.0.0.1')`;
    const reach = `const go = () => require('net').connect(${port}, '127.0.0.1').on('error', () => setTimeout(go, 50)); go()`;
    const gates = [node('first', serve), node('second', reach)].map((one) => ({ ...one, network: true }));
    rig = await openGatesRig({ service: { 'a.js': '' } }, { service: [{ path: '.', setup: null, gates }] });
    const pass = await rig.run(rig.git.base, { wall });
    expect(pass.results.map(({ gate: name, status }) => `${name} ${status}`)).toContain('first pass');
    expect(pass.of('second').status).toBe('pass');
  });

  it('begin with the longest, and are told in the order of the configuration', async () => {
    const wait = (name: string, ms: number): ReturnType<typeof gate> =>
      node(name, `setTimeout(() => {}, ${ms}); console.log(performance.timeOrigin)`);
    const gates = [wait('short', 1), wait('long', 3_000)].map((one) => ({ ...one, serial: true }));
    rig = await openGatesRig({ service: { 'a.js': '' } }, { service: [{ path: '.', setup: null, gates }] });
    await rig.run(rig.git.base, { wall });
    const pass = await rig.run(await rig.change(rig.git.base, { 'service/b.js': '' }), { wall });
    const [short, long] = pass.logs.map(Number);
    expect(long).toBeLessThan(short ?? 0);
    expect(pass.results.map(({ gate: name }) => name)).toEqual(['hygiene', 'short', 'long']);
  });

  it('run alone where the configuration says so', async () => {
    const port = 20_000 + Math.floor(Math.random() * 20_000);
    const hold = `require('net').createServer().listen(${port}, '127.0.0.1', () => setTimeout(() => process.exit(0), 500))`;
    const gates = ['first', 'second', 'third'].map((name) => ({
      ...node(name, hold),
      network: true,
      serial: true,
    }));
    rig = await openGatesRig({ service: { 'a.js': '' } }, { service: [{ path: '.', setup: null, gates }] });
    const pass = await rig.run(rig.git.base, { wall });
    // Whoever finds the port taken fails.
    for (const { name } of gates) expect(pass.of(name).status).toBe('pass');
  });

  it('never see what another one wrote, nor does the next pass', async () => {
    const write = `require('fs').writeFileSync('left.js', ''); require('fs').rmSync('a.js'); require('fs').writeFileSync(process.env.HOME + '/left', '')`;
    const look = `const fs = require('fs'); if (fs.existsSync('left.js') || !fs.existsSync('a.js') || fs.existsSync(process.env.HOME + '/left')) process.exit(1)`;
    const gates = [node('writes', write), node('looks', look), node('looks again', look)];
    rig = await openGatesRig({ service: { 'a.js': '' } }, { service: [{ path: '.', setup: null, gates }] });
    const changed = await rig.change(rig.git.base, { 'service/b.js': '' });
    for (const revision of [rig.git.base, changed]) {
      const { results } = await rig.run(revision, { wall });
      expect(results.filter(({ status }) => status !== 'pass' && status !== 'not_applicable')).toEqual([]);
    }
    expect(await rig.leftBehind()).toEqual([]);
  });

  it('have their reports and their coverage read from where they wrote them', async () => {
    const report = `<testsuite><testcase classname="a" name="works" file="a.test.js"/></testsuite>`;
    const script = `const fs = require('fs'); fs.mkdirSync('out', { recursive: true }); fs.writeFileSync('out/report.xml', '${report}')`;
    const junit = {
      ...node('tests', script),
      kind: 'tests' as const,
      reporter: 'junit' as const,
      report: 'out/report.xml',
    };
    const silent = { ...junit, name: 'silent tests', command: ['node', '-e', ''] };
    const files = { 'a.js': '', 'out/report.xml': report };
    rig = await openGatesRig(
      { service: files },
      { service: [{ path: '.', setup: null, gates: [junit, silent] }] },
    );
    const changed = await rig.change(rig.git.base, { 'service/b.js': '' });
    const pass = await rig.run(changed, { wall });
    expect(pass.of('tests').tests).toMatchObject({ total: 1 });
    expect(pass.of('silent tests').tests).toBeNull();
  });

  it('count the tests and see the canary red', async () => {
    rig = await openGatesRig(
      { service: { 'test/a.test.js': TEST } },
      { service: [{ path: '.', setup: null, gates: [NODE_TESTS] }] },
    );
    expect((await rig.run(rig.git.base, { wall })).of('tests')).toMatchObject({
      status: 'pass',
      tests: { canary: 'red', total: 1 },
    });
  });
});

describe.skipIf(wall.kind === 'off')('what a setup installed', () => {
  const setup = { ...gate({ name: 'install', kind: 'setup', command: ['npm', 'ci'] }) };
  const look = node('looks', `process.exit(require('fs').existsSync('node_modules/evil.js') ? 1 : 0)`);
  const tool = node('tool', `require('tool/run.js')`);
  const ownCommand = gate({ name: 'own command', kind: 'command', command: ['tool'] });
  const spoil = node('spoils', `require('fs').writeFileSync('node_modules/evil.js', '')`);
  const open = async (files: Record<string, string>, gates = [spoil, tool, look]): Promise<void> => {
    rig = await openGatesRig(
      { service: { ...WORKSPACE, ...files, 'package-lock.json': lockOf(files) } },
      { service: [{ path: '.', setup, gates }] },
    );
  };

  it('PRIV-5: is taken again for the same lockfile, and no gate can change it', async () => {
    await open({});
    const first = await rig.run(rig.git.base, { wall });
    expect(first.of('install').summary).toBe('exit code 0');
    const changed = await rig.change(rig.git.base, { 'service/tool/more.js': '' });
    const second = await rig.run(changed, { wall });
    expect(second.of('install').summary).toBe('installed before, from the same files');
    for (const name of ['spoils', 'tool', 'looks']) expect(second.of(name).status).toBe('pass');
    expect(second.logs.join('\n')).toContain('the tool');
    const other = await rig.change(changed, {
      'service/package.json': '{"name":"service","version":"1.0.1","workspaces":["tool"]}',
    });
    expect((await rig.run(other, { wall, base: other })).of('install').summary).toBe('exit code 0');
  });

  it('brings commands that gates name', async () => {
    await open({ 'tool/package.json': '{"name":"tool","version":"1.0.0","bin":{"tool":"run.js"}}' }, [
      ownCommand,
    ]);
    const pass = await rig.run(rig.git.base, { wall });
    expect(pass.of('own command').status).toBe('pass');
    expect(pass.logs.join('\n')).toContain('the tool');
  });

  it('is taken for the same tree alone where scripts of the repository may read it', async () => {
    await open({
      'package.json':
        '{"name":"service","version":"1.0.0","workspaces":["tool"],"scripts":{"prepare":"true"}}',
    });
    await rig.run(rig.git.base, { wall });
    const changed = await rig.change(rig.git.base, { 'service/tool/more.js': '' });
    expect((await rig.run(changed, { wall })).of('install').summary).toBe('exit code 0');
  });
});

/** As npm writes it for a repository whose packages are all its own. */
function lockOf(files: Record<string, string>): string {
  const { name, version, workspaces } = JSON.parse(
    files['package.json'] ?? WORKSPACE['package.json'],
  ) as Record<string, unknown>;
  const packages = {
    '': { name, version, workspaces },
    'node_modules/tool': { resolved: 'tool', link: true },
    tool: { version: '1.0.0', ...(JSON.parse(files['tool/package.json'] ?? '{}') as object) },
  };
  return JSON.stringify({ name, version, lockfileVersion: 3, requires: true, packages });
}
