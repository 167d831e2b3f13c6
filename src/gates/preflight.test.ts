import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GateCommand, ModuleConfig } from '../definitions/config.ts';
import { gate } from './testing/gates-rig.ts';
import { checkBeforeRun } from './preflight.ts';

let dir = '';
beforeAll(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'baton-preflight-')));
  mkdirSync(join(dir, 'node_modules/.bin'), { recursive: true });
  writeFileSync(join(dir, 'node_modules/.bin/tool'), '#!/bin/sh\n');
  chmodSync(join(dir, 'node_modules/.bin/tool'), 0o755);
  writeFileSync(join(dir, 'plain.sh'), 'exit 0\n');
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const check = (
  gates: GateCommand[],
  environment = {},
  module: Partial<ModuleConfig> = {},
): Promise<string[]> =>
  checkBeforeRun(
    [
      {
        name: 'service',
        path: dir,
        config: { modules: [{ path: '.', setup: null, gates, ...module }], protectedPaths: [] },
      },
    ],
    environment,
  );

const run = (command: string[], more: Partial<GateCommand> = {}): GateCommand =>
  gate({ name: 'g', kind: 'command', command, ...more });

describe('preflight', () => {
  it('finds nothing wrong with commands of the system, of node_modules and of the repository', async () => {
    chmodSync(join(dir, 'plain.sh'), 0o755);
    const gates = [run(['node', '--test']), run(['tool'], { name: 'h' }), run(['./plain.sh'], { name: 'i' })];
    expect(await check([...gates, run(['a | b'], { name: 'j', shell: true })])).toEqual([]);
  });

  it('CFG-12: names commands that are empty, absent, not executable, or lines for a shell', async () => {
    chmodSync(join(dir, 'plain.sh'), 0o644);
    const commands = [[], ['no-such-tool'], ['./plain.sh'], ['npm test; rm -rf x']];
    const problems = await check(commands.map((command, at) => run(command, { name: `g${at}` })));
    expect(problems).toEqual([
      expect.stringContaining('gate `g0`: the command is empty'),
      expect.stringContaining('gate `g1`: `no-such-tool` was not found'),
      expect.stringContaining('gate `g2`: `./plain.sh` is there and not executable'),
      expect.stringContaining('gate `g3`: `npm test; rm -rf x` is a line for a shell'),
    ]);
  });

  it('CFG-12: names a script that package.json does not have, and a reporter that cannot read the runner', async () => {
    const scripts = { test: 'vitest run', unit: 'node --test', both: 'node --test && jest', own: './run.sh' };
    writeFileSync(join(dir, 'package.json'), JSON.stringify({ scripts }));
    mkdirSync(join(dir, 'packages/one'), { recursive: true });
    const tests = (command: string, reporter: GateCommand['reporter'], name: string): GateCommand =>
      run(command.split(' '), { kind: 'tests', reporter, name });
    const wrong = [
      tests('npm run tset', 'none', 'g0'),
      tests('npm test', 'jest', 'g1'),
      tests('npm run unit', 'vitest', 'g2'),
      tests('npx vitest run', 'jest', 'g3'),
    ];
    const problems = [
      expect.stringContaining(
        'gate `g0`: `npm run tset` starts the script `tset`, which package.json does not have',
      ),
      expect.stringMatching(
        /gate `g1`: the reporter `jest` cannot read `vitest run`, .* Set `reporter: vitest`/,
      ),
      expect.stringMatching(
        /gate `g2`: the reporter `vitest` cannot read `node --test`, .* Set `reporter: node`/,
      ),
      expect.stringContaining('gate `g3`: the reporter `jest` cannot read `npx vitest run`'),
    ];
    expect(await check(wrong)).toEqual(problems);
    // npm looks for it in the folders above, too.
    expect(await check(wrong, {}, { path: 'packages/one' })).toEqual(problems);
    const fine = [
      tests('npm test', 'vitest', 'h0'),
      tests('npm run both', 'jest', 'h1'),
      tests('npm run own', 'jest', 'h2'),
      tests('npm run tset --if-present', 'none', 'h3'),
      tests('npm --prefix elsewhere run tset', 'none', 'h4'),
      tests('node --test', 'node', 'h5'),
    ];
    expect(await check(fine)).toEqual([]);
    writeFileSync(join(dir, 'package.json'), '{ broken');
    expect(await check([tests('npm test', 'jest', 'g')])).toEqual([]);
    rmSync(join(dir, 'package.json'));
    expect(await check([tests('npm test', 'jest', 'g')])).toEqual([
      expect.stringContaining('package.json does not have'),
    ]);
  });

  it('CFG-17: lists all missing names at once and prints no value', async () => {
    const gates = [run(['true'], { env: ['B_KEY', 'THERE'] }), run(['true'], { name: 'h', env: ['A_KEY'] })];
    const problems = await check(gates, { THERE: 'the-secret' });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('A_KEY, B_KEY.');
    expect(problems.join()).not.toMatch(/THERE|the-secret/);
  });

  it('says what is wrong with reporters, modules and names', async () => {
    const problems = await check([
      run(['true'], { kind: 'tests', reporter: 'junit' }),
      run(['true'], { name: 'h', kind: 'tests', reporter: 'node' }),
      run(['true'], { name: 'h' }),
    ]);
    expect(problems).toHaveLength(3);
    expect(problems[0]).toContain('two gates of the module `.` are called `h`');
    expect(problems[1]).toContain('JUnit needs to know where the report is written');
    expect(problems[2]).toContain('the reporter `node` needs a command');
    expect(await check([], {}, { path: '../other' })).toEqual([
      expect.stringContaining('leads out of the repository'),
    ]);
    expect(await check([], {}, { path: 'absent' })).toEqual([expect.stringContaining('there is no folder')]);
  });
});
