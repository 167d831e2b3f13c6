import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadProfile, loadProfiles } from './load-profiles.ts';

const scratch = mkdtempSync(join(tmpdir(), 'baton-profiles-'));
afterAll(() => {
  rmSync(scratch, { recursive: true });
});

const ofUser = (folder: string) => ({ folder, owner: 'user' }) as const;

function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(scratch, 'p-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe('profiles', () => {
  it('come for four agents, each with a way to authenticate and one to be told of a gateway', () => {
    const { profiles } = loadProfiles([]);
    expect([...profiles.keys()]).toEqual(['claude', 'codex', 'gemini', 'opencode']);
    for (const profile of profiles.values()) {
      expect(profile.auth.key.env.length).toBeGreaterThan(0);
      expect(profile.auth.login?.files.length).toBeGreaterThan(0);
      const texts = Object.values(profile.model_access?.env ?? {}).join();
      expect(texts).toMatch(/\{base_url\}/);
      expect(texts).toMatch(/\{token\}/);
      expect(profile.tested.length).toBeGreaterThan(0);
    }
  });

  it('of the user’s own folder add to them, and count more where they have the same name', () => {
    const folder = folderWith({
      'mine.yaml': 'name: mine\ntitle: Mine\ncommand: [mine, --acp]\n',
      'claude.yaml': 'name: claude\ntitle: Another\ncommand: [other]\n',
      'notes.txt': 'no profile',
    });
    const { profiles } = loadProfiles([ofUser(folder)]);
    expect(profiles.get('mine')).toMatchObject({
      command: ['mine', '--acp'],
      usage: 'none',
      cost: 'unknown',
    });
    expect(profiles.get('claude')?.title).toBe('Another');
    expect(profiles.size).toBe(5);
    expect(loadProfiles([ofUser(join(scratch, 'absent'))]).profiles.size).toBe(4);
  });

  it('CFG-9: say everything that is wrong at its line, with a suggestion', () => {
    const folder = folderWith({
      'a.yaml': 'name: a\ntitle: A\ncomand: [a]\nusage: some\n',
      'b.yaml': 'name: c\ntitle: C\ncommand: [c]\n',
    });
    const found = loadProfile(join(folder, 'a.yaml')).diagnostics;
    expect(found.map(({ code, place }) => [code, place?.line])).toEqual(
      expect.arrayContaining([
        ['E_CONFIG_KEY', 3],
        ['E_CONFIG_VALUE', 4],
      ]),
    );
    expect(found.map(({ message, fix }) => message + fix).join()).toContain('command');
    const { broken } = loadProfiles([ofUser(folder)]);
    expect(broken.get('b')?.map(({ message }) => message)).toEqual([expect.stringContaining('named c')]);
  });

  it('CFG-9: that are broken stand in nobody’s way, and nobody else’s is taken in their place', () => {
    const folder = folderWith({
      'claude.yaml': 'name: claude\ntitle: Mine\n',
      'mine.yaml': 'name: mine\ntitle: Mine\ncommand: [mine]\n',
    });
    const { profiles, broken } = loadProfiles([ofUser(folder)]);
    expect([...profiles.keys()].sort()).toEqual(['codex', 'gemini', 'mine', 'opencode']);
    expect([...broken.keys()]).toEqual(['claude']);
  });

  it('SEC-4: of a repository take no name of a built-in one, nor that of one of the user’s own', () => {
    const folder = folderWith({
      'claude.yaml': 'name: claude\ntitle: Another\ncommand: [other]\n',
      'mine.yaml': 'name: mine\ntitle: Another\ncommand: [other]\n',
      'theirs.yaml': 'name: theirs\ntitle: Theirs\ncommand: [theirs]\n',
    });
    const own = folderWith({ 'mine.yaml': 'name: mine\ntitle: Mine\ncommand: [mine]\n' });
    const { profiles, broken, foreign } = loadProfiles([ofUser(own), { folder, owner: 'repository' }]);
    expect(profiles.has('claude')).toBe(false);
    expect(broken.get('claude')).toMatchObject([
      { code: 'E_CONFIG_VALUE', message: expect.stringContaining('comes with Baton'), place: { line: 1 } },
    ]);
    expect(profiles.get('mine')?.title).toBe('Mine');
    expect([...foreign.keys()]).toEqual(['theirs']);
  });

  it.each([
    '.ssh/id_rsa',
    './.ssh/id_rsa',
    '.SSH/id_ed25519',
    '.config//gh/hosts.yml',
    '.netrc',
    '.aws/credentials',
  ])('SEC-1: take no key of something else along: %s', (path) => {
    const text = `name: a\ntitle: A\ncommand: [a]\nauth: { login: { files: ['${path}'] } }\n`;
    const { profile, diagnostics } = loadProfile(join(folderWith({ 'a.yaml': text }), 'a.yaml'));
    expect(profile).toBeNull();
    expect(diagnostics[0]?.message).toContain('keys of something else');
  });

  it('SEC-4: take no token of the forge for the key of an agent', () => {
    const text = 'name: a\ntitle: A\ncommand: [a]\nauth: { key: { env: [A_KEY, GITHUB_TOKEN] } }\n';
    const { profile, diagnostics } = loadProfile(join(folderWith({ 'a.yaml': text }), 'a.yaml'));
    expect(profile).toBeNull();
    expect(diagnostics.map(({ message }) => message)).toEqual([
      expect.stringContaining('`auth.key.env[1]` is "GITHUB_TOKEN": it must not name a token'),
    ]);
  });

  it.each([
    ['no program', '[""]', 'must be a list with a program as its first word'],
    ['a blank program', '[" "]', 'must be a list with a program as its first word'],
    ['a NUL', '[mine, "a\\0b"]', 'cannot hold a NUL'],
  ])('CFG-12: name the file and the line of a command with %s', (_, command, message) => {
    const folder = folderWith({ 'mine.yaml': `name: mine\ntitle: Mine\ncommand: ${command}\n` });
    const file = join(folder, 'mine.yaml');
    const { profile, diagnostics } = loadProfile(file);
    expect(profile).toBeNull();
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({
      place: { file, line: 3 },
      message: expect.stringContaining(message),
    });
  });

  it.each(['../outside', '/etc/passwd', '~/x', 'a/../../b'])('place no file at %s', (path) => {
    const text = `name: a\ntitle: A\ncommand: [a]\nauth: { login: { files: ['${path}'] } }\n`;
    const file = join(folderWith({ 'a.yaml': text }), 'a.yaml');
    expect(loadProfile(file).diagnostics[0]?.message).toContain('auth.login.files');
  });
});
