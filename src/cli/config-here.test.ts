import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadConfig } from '../definitions/load-config.ts';
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

it("takes all that the caller's file says, and of another repository's what it may ask for", () => {
  const example = new URL('../../examples/github/', import.meta.url).pathname;
  const { config } = loadConfig(join(example, 'baton.yaml'));
  const read = readConfigs([example]);
  expect(read).toEqual({
    ...config,
    deploy: {},
    agentNetwork: false,
    providers: {},
    budget: {},
    approvals: [],
  });
  expect(read.pullRequests?.labels).toEqual(['baton', 'needs review']);
  expect(read.commits?.author?.name).toBe('Ada Lovelace');
  const dir = mkdtempSync(join(tmpdir(), 'config-here-'));
  try {
    writeFileSync(join(dir, 'baton.yaml'), 'limits: { max_rework: 1 }\n');
    const other = readConfigs([dir, example]);
    expect([other.pullRequests, other.commits, other.limits]).toEqual([
      undefined,
      undefined,
      { max_rework: 1 },
    ]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
