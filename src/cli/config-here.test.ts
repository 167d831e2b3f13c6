import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadConfig } from '../definitions/load-config.ts';
import type { RepoBase } from '../core/records.ts';
import { completeConfig, readConfigs } from './config-here.ts';

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

it('says why gates are detected, and which names in the file are no repository of the run', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'config-here-'));
  try {
    const repo: RepoBase = { name: 'shop', path: dir, base_ref: 'main', commit: 'c', tree: 't' };
    const notesOf = async (text: string | null): Promise<string[]> => {
      rmSync(join(dir, 'baton.yaml'), { force: true });
      if (text !== null) writeFileSync(join(dir, 'baton.yaml'), text);
      return (await completeConfig(readConfigs([dir]), [repo])).notes;
    };
    const detected = ': gates detected there are none; `baton init` writes them down';
    expect(await notesOf(null)).toEqual([`shop has no baton.yaml${detected}`]);
    for (const empty of ['', '# later\n---\n'])
      expect(await notesOf(empty)).toEqual([`baton.yaml of shop is empty${detected}`]);
    expect(await notesOf('limits: { max_rework: 1 }\n')).toEqual([
      `baton.yaml of shop says nothing of it${detected}`,
    ]);
    expect(await notesOf('repos: { shop: { modules: [] } }\n')).toEqual([]);
    expect(await notesOf('repos: { shop: { modules: [] }, web: { modules: [] } }\n')).toEqual([
      'baton.yaml names web, and the run is about shop: what stands there is not used',
    ]);
    expect(await notesOf('repos: { shpo: { modules: [] } }\n')).toEqual([
      'baton.yaml names shpo, and this repository is called shop: what stands there is taken for it, as the only entry',
    ]);
    expect(await notesOf('repos: { shpo: { modules: [] }, web: { modules: [] } }\n')).toEqual([
      `baton.yaml of shop says nothing of it${detected}`,
      'baton.yaml names shpo, web, and the run is about shop: what stands there is not used',
    ]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
