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
    profileFolders: [{ folder, owner: 'user' as const }],
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

  it('CFG-9: is stopped by a broken profile only where that one is used', () => {
    const broken = mkdtempSync(join(folder, 'broken-'));
    const profileFolders = [{ folder: broken, owner: 'user' as const }];
    writeFileSync(join(broken, 'mine.yaml'), 'name: mine\ntitle: Mine\n');
    writeFileSync(join(broken, 'codex.yaml'), 'name: codex\ntitle: Mine\n');
    expect(choose({ profile: 'claude', profileFolders })).toMatchObject({ profile: { name: 'claude' } });
    expect(() => choose({ profile: 'mine', profileFolders })).toThrow(/mine\.yaml:\d/);
    expect(() => choose({ profile: 'codex', profileFolders })).toThrow(/codex\.yaml:\d/);
  });

  it('CFG-9: suggests what was probably meant by a profile, a driver, or a model without a provider', () => {
    const fixOf = (flags: Partial<DriverFlags>): string => {
      try {
        choose(flags);
      } catch (error) {
        return String((error as { fix?: string }).fix);
      }
      return '';
    };
    expect(fixOf({ profile: 'cluade' })).toMatch(/^Did you mean `--profile claude`/);
    expect(fixOf({ driver: 'in-proces' })).toMatch(/^Did you mean `in-process`/);
    const named = (model: string): string => fixOf({ driver: 'in-process', model });
    expect(named('gpt-5')).toMatch(/^Did you mean `--model openai\/gpt-5`/);
    expect(named('claude-sonnet-4-5')).toMatch(/^Did you mean `--model anthropic\/claude-sonnet-4-5`/);
    expect(named('gemini-2.5-pro')).toMatch(/^Did you mean `--model google\/gemini-2.5-pro`/);
    expect(named('qwen3')).toMatch(/^Write it as `--model PROVIDER\/qwen3`/);
    expect(fixOf({ model: 'gpt-5' })).toContain('--driver in-process --model openai/gpt-5');
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
