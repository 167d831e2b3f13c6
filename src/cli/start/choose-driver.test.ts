import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { chooseDriver, type DriverFlags } from './choose-driver.ts';
import { openCli } from '../testing/captured-context.ts';

const folder = mkdtempSync(join(tmpdir(), 'baton-choose-'));
writeFileSync(join(folder, 'mine.yaml'), 'name: mine\ntitle: Mine\ncommand: [mine]\n');
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function choose(flags: Partial<DriverFlags>) {
  const none = {
    driver: undefined,
    agentCommand: undefined,
    agentEnv: [],
    model: undefined,
    profile: undefined,
    auth: undefined,
    configured: undefined,
    profileFolders: [folder],
  };
  using cli = openCli();
  return chooseDriver({ ...none, ...flags }, cli.context);
}

describe('choosing a driver', () => {
  it('takes the named profile whole, so that editing its file changes no run', () => {
    expect(choose({ driver: 'acp', profile: 'claude' })).toMatchObject({
      name: 'acp',
      auth: 'key',
      profile: { name: 'claude', command: ['claude-agent-acp'] },
    });
    expect(choose({ profile: 'mine', auth: 'login' })).toMatchObject({
      auth: 'login',
      profile: { name: 'mine' },
    });
  });

  it('takes what baton.yaml says where no flag does', () => {
    const configured = { profile: 'codex', auth: 'login' } as const;
    expect(choose({ configured })).toMatchObject({ name: 'acp', auth: 'login', profile: { name: 'codex' } });
    expect(choose({ configured, profile: 'gemini', auth: 'key' })).toMatchObject({
      auth: 'key',
      profile: { name: 'gemini' },
    });
    expect(choose({ configured, driver: 'blueprint' })).toMatchObject({ name: 'blueprint' });
    expect(choose({ configured, agentCommand: 'sh agent' })).toMatchObject({ name: 'command' });
  });

  it('takes a model in this process, as a flag or baton.yaml says, unless a flag is about another driver', () => {
    expect(choose({ driver: 'in-process', model: 'local/small' })).toEqual({
      name: 'in-process',
      model: 'local/small',
      env: [],
    });
    const configured = { driver: 'in-process', profile: 'codex', auth: 'key' } as const;
    expect(choose({ configured })).toMatchObject({ name: 'in-process', model: null });
    expect(choose({ configured, profile: 'claude' })).toMatchObject({ profile: { name: 'claude' } });
    expect(choose({ configured, agentCommand: 'sh agent' })).toMatchObject({ name: 'command' });
  });

  it.each([
    [{ driver: 'acp' }, 'needs to know the profile'],
    [{ driver: 'acp', profile: 'cloud' }, 'no profile "cloud"'],
    [{ driver: 'acp', profile: 'claude', agentCommand: 'x' }, '--agent-command'],
    [{ driver: 'blueprint', profile: 'claude' }, 'driver "acp"'],
    [{ driver: 'command', agentCommand: 'sh x', auth: 'login' as const }, 'driver "acp"'],
    [{}, 'none is chosen for you'],
  ])('refuses %j', (flags, said) => {
    expect(() => choose(flags)).toThrow(said);
  });
});
