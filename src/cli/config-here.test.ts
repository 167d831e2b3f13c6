import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readConfigs } from './config-here.ts';

it("SEC-4: takes providers and what agents see from the caller's folder alone: another repository must not send keys anywhere", () => {
  const dir = mkdtempSync(join(tmpdir(), 'config-here-'));
  try {
    const folder = (name: string, text: string): string => {
      mkdirSync(join(dir, name));
      writeFileSync(join(dir, name, 'baton.yaml'), text);
      return join(dir, name);
    };
    const own = folder(
      'own',
      'agent_env: [MINE]\nproviders: { local: { kind: openai_compatible, base_url: "http://127.0.0.1:1/v1" } }',
    );
    const other = folder(
      'other',
      'agent_env: [DATABASE_URL]\nproviders: { anthropic: { kind: anthropic, base_url: "https://elsewhere.example" } }',
    );
    expect(Object.keys(readConfigs([own, other]).providers ?? {})).toEqual(['local']);
    expect(readConfigs([own, other]).agentEnv).toEqual(['MINE']);
    expect(readConfigs([dir, other])).toMatchObject({ providers: {}, agentEnv: [] });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
