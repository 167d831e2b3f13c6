import { describe, expect, it } from 'vitest';
import { notForThisSystem, notInstalled, notWorking } from './wall-lack.ts';
import type { MachineFacts } from './wall-lack.ts';

const PLAIN: MachineFacts = {
  usernsClone: null,
  maxUserNamespaces: '15000',
  apparmorRestricts: null,
  isContainer: false,
  isRoot: false,
  packageManager: 'apt-get',
};

describe('why there is no wall', () => {
  it('is told with the command of this machine that installs it', () => {
    expect(notInstalled(PLAIN).fix).toContain('`sudo apt-get install -y bubblewrap`');
    expect(notInstalled({ ...PLAIN, isRoot: true }).fix).toContain('`apt-get install -y bubblewrap`');
    expect(notInstalled({ ...PLAIN, packageManager: 'dnf' }).fix).not.toContain('apt-get');
    const any = notInstalled({ ...PLAIN, packageManager: null }).fix;
    for (const command of ['apt-get', 'dnf', 'apk', 'pacman', 'zypper']) expect(any).toContain(command);
  });

  it.each<[Partial<MachineFacts>, string]>([
    [{ usernsClone: '0' }, 'sudo sysctl -w kernel.unprivileged_userns_clone=1'],
    [{ maxUserNamespaces: '0' }, 'sudo sysctl -w user.max_user_namespaces=15000'],
    [{ apparmorRestricts: '1' }, 'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0'],
    [{ apparmorRestricts: '1' }, 'sudo apt-get install -y apparmor-profiles'],
    [{ isContainer: true, isRoot: true }, '--security-opt seccomp=unconfined'],
  ])('names the switch that forbids it: %j', (facts, command) => {
    const lack = notWorking('/usr/bin/bwrap', 'No permissions to create a new namespace', {
      ...PLAIN,
      ...facts,
    });
    expect(lack.problem).toContain('No permissions to create a new namespace');
    expect(lack.fix).toContain(command);
  });

  it('names no switch that stands as it should', () => {
    const facts = { ...PLAIN, usernsClone: '1', apparmorRestricts: '0' };
    expect(notWorking('/usr/bin/bwrap', 'x', facts).fix).not.toMatch(/sysctl|security-opt/);
  });

  it('says for macOS and other systems what to do instead', () => {
    expect(notForThisSystem('darwin')).toMatchObject({
      problem: expect.stringContaining('macOS'),
      fix: expect.stringContaining('Linux virtual machine'),
    });
    expect(notForThisSystem('win32').fix).toContain('WSL2');
  });
});
