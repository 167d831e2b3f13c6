import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadProfiles } from '../../definitions/load-profiles.ts';
import type { ModelAccess } from '../../gateway/gateway.ts';
import { openPrivateFolder } from '../private-folder.ts';
import { createAcpDriver } from './create-acp-driver.ts';
import { furnish } from './place.ts';

const ELSEWHERE = 'https://elsewhere.example';
/** What a user's shell, or a tool that fills it, may hold. */
const SHELL = {
  ANTHROPIC_BASE_URL: ELSEWHERE,
  ANTHROPIC_AUTH_TOKEN: 'token-of-elsewhere',
  CLAUDE_CONFIG_DIR: '/elsewhere',
  CLAUDE_CODE_USE_BEDROCK: '1',
  CODEX_HOME: '/elsewhere',
  CODEX_CONFIG: ELSEWHERE,
  OPENAI_BASE_URL: ELSEWHERE,
  OPENCODE_CONFIG_CONTENT: ELSEWHERE,
  GOOGLE_GEMINI_BASE_URL: ELSEWHERE,
  HTTPS_PROXY: ELSEWHERE,
  https_proxy: ELSEWHERE,
  NODE_OPTIONS: '--require=/elsewhere.js',
  LD_PRELOAD: '/elsewhere.so',
  GIT_SSH_COMMAND: '/elsewhere',
};
const PROFILES = [...loadProfiles([]).profiles.values()];
const gateway: ModelAccess = {
  token: 'token-of-the-gateway',
  providers: (['anthropic_messages', 'openai_responses', 'gemini'] as const).map((wire) => ({
    name: wire,
    wires: [wire],
    usable: true,
    keyEnv: null,
    contextTokens: null,
  })),
  baseUrl: (provider) => `http://127.0.0.1:47111/${provider}`,
  usage: () => ({ input_tokens: null, output_tokens: null, cost_usd: null }),
  stopped: new AbortController().signal,
  stop: () => null,
  varies: () => undefined,
  idle: () => Promise.resolve(),
};

it.each(PROFILES)(
  'SEC-4: $name calls the gateway and reads its own settings, whatever the shell says',
  async (profile) => {
    await using folder = await openPrivateFolder();
    const environment = { PATH: process.env['PATH'] ?? '', ...SHELL };
    const place = { profile, auth: 'key', access: 'write', environment, folder, model: gateway } as const;
    const { env } = await furnish({ ...place, env: [] });
    const text = JSON.stringify(env);
    expect(text).not.toContain('elsewhere');
    expect(text).toContain('http://127.0.0.1:47111/');
    expect(text).toContain('token-of-the-gateway');
  },
);

it('SEC-4: names that lead past the gateway are refused before a run, each by name, and stay a matter of the user with a login', async () => {
  const home = mkdtempSync(join(tmpdir(), 'place-'));
  try {
    const [profile] = PROFILES.filter(({ name }) => name === 'claude');
    if (profile === undefined) throw new Error('there is no such profile');
    const environment = { PATH: process.env['PATH'] ?? '', HOME: home, ...SHELL };
    const options = { profile, env: Object.keys(SHELL), environment };
    const refused = await createAcpDriver({ ...options, auth: 'key' }).preflight();
    for (const name of Object.keys(SHELL))
      expect(refused).toContainEqual(expect.stringMatching(new RegExp(`^${name} is (not|never) passed on`)));
    expect(refused.join('\n')).not.toContain('elsewhere');
    const login = await createAcpDriver({ ...options, auth: 'login' }).preflight();
    expect(login.filter((each) => each.startsWith('ANTHROPIC_BASE_URL'))).toEqual([]);
    expect(login).toContainEqual(expect.stringMatching(/^NODE_OPTIONS is never/));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
