/** Setups that fail: whose fault that is. */
import { afterEach, describe, expect, it } from 'vitest';
import { gate, NODE_TESTS, openGatesRig } from './testing/gates-rig.ts';
import type { GatesRig } from './testing/gates-rig.ts';

const SETUP = gate({ name: 'setup', kind: 'setup', command: ['sh', 'install.sh'], network: true });
const FILES = { 'a.test.js': `require('node:test').test('works', () => {});\n`, 'package.json': '{}\n' };

let rig: GatesRig | null = null;
afterEach(() => {
  rig?.[Symbol.dispose]();
  rig = null;
});

async function openWith(install: string, environment: Record<string, string> = {}): Promise<GatesRig> {
  rig = await openGatesRig(
    { service: { ...FILES, 'install.sh': install } },
    { service: [{ path: '.', setup: SETUP, gates: [NODE_TESTS] }] },
    environment,
  );
  return rig;
}

describe('a setup that fails', () => {
  it('at the base as on the change is nobody’s rework: it ends the pass with its output and what it does not see', async () => {
    const { run, change, git } = await openWith('echo cannot reach https://registry.test/a/b; exit 1\n', {
      HTTPS_PROXY: 'http://user:c4nary@proxy.test',
      HOME: '/home/ada',
    });
    const changed = await change(git.base, { 'service/b.js': '1;\n' });
    const thrown = await run(changed).catch((error: unknown) => error);
    expect(thrown).toMatchObject({
      code: 'E_SETUP',
      message: expect.stringContaining('cannot reach https://registry.test/a/b'),
      fix: expect.stringContaining('env: [HTTPS_PROXY]'),
    });
    expect(JSON.stringify(thrown)).not.toContain('c4nary');
    expect(JSON.stringify(thrown)).not.toContain('HOME');
  });

  it('is nobody’s rework also where it names its places and the time, and the change touches what is installed', async () => {
    const { run, change, git } = await openWith(
      'echo "no such version in $PWD/lock"; echo "A complete log: $HOME/.npm/_logs/$(date +%s%N)-debug.log"; exit 1\n',
    );
    const changed = await change(git.base, { 'service/package.json': '{"scripts":{"test":"true"}}\n' });
    await expect(run(changed)).rejects.toMatchObject({
      code: 'E_SETUP',
      message: expect.stringContaining('no such version in lock\nA complete log: ~/.npm/_logs/'),
    });
  });

  it('in another way on a change of what is installed is the rework of its author', async () => {
    const { run, change, git } = await openWith('cat package.json; exit 1\n');
    const changed = await change(git.base, {
      'service/package.json': '{"dependencies":{"a":"no such version"}}\n',
    });
    expect((await run(changed)).of('setup')).toMatchObject({ status: 'fail' });
  });

  it('only on the change is the rework of its author', async () => {
    const { run, change, git } = await openWith('grep -q broken package.json && exit 1; exit 0\n');
    const changed = await change(git.base, { 'service/package.json': '{"name":"broken"}\n' });
    expect((await run(changed)).of('setup')).toMatchObject({ status: 'fail' });
  });
});
