/** A run of a program that calls its model through the gateway, recorded once and replayed elsewhere with nobody to ask. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { profileSchema } from '../../src/definitions/profile-schema.ts';
import { createAcpDriver } from '../../src/drivers/acp/create-acp-driver.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openGateway } from '../../src/gateway/open-gateway.ts';
import { readProviders } from '../../src/gateway/provider.ts';
import { openFakeModel } from '../../src/testing/fake-model/fake-model.ts';
import { driveRig, openRig, sequenceGraph, type RigStep } from '../../src/testing/rig.ts';
import { configOf, eventsOf, gate } from './plays.ts';
import { startWalled } from './programs.ts';

const AGENT = fileURLToPath(new URL('../../src/testing/agents/acp-agent.mjs', import.meta.url));
const BUILD: RigStep = { id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' };

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-replay-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A run in a store of its own, by an agent that says what day it is. */
async function runOnce(mode: 'record' | 'replay', baseUrl: string, today: string) {
  const profile = profileSchema.parse({
    name: 'fake',
    title: 'Fake agent',
    command: [process.execPath, AGENT, 'asks_model', today],
    model_access: { wire: 'openai_chat', env: { FAKE_URL: '{base_url}', FAKE_KEY: '{token}' } },
  });
  const environment = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' };
  const driver = createAcpDriver({ profile, auth: 'key', env: [], environment, graceMs: 500 });
  await using rig = await openRig(driver);
  const price = { input: 1, output: 2 };
  const config = {
    ...configOf([gate(['true'])]),
    providers: { local: { kind: 'openai_compatible' as const, baseUrl, keyEnv: null, price } },
  };
  const recordings = { mode, dir };
  const engine: Engine = {
    ...rig.engine,
    recordings,
    openGateway: ({ providers = {} }) =>
      openGateway({
        providers: readProviders(providers, {}),
        recordings,
        environment: {},
        now: () => new Date(),
        retryDelaysMs: [1],
      }),
  };
  const api = rig.repository('api', { 'README.md': '# api\n' });
  const graph = sequenceGraph([BUILD], { submit: false, limits: { max_retries: 0 } });
  const runId = await startWalled({ ...rig, engine }, { ...graph, repos: [api], config }, 'auto');
  const { status, events } = await driveRig(engine, runId);
  const [work] = eventsOf(events, 'invocation_ended');
  return { status, work, stateDir: rig.stateDir };
}

it('replays an agent that tells its model its home, folders, session, token and the day, in other places on another day', async () => {
  const asked: string[] = [];
  const fake = await openFakeModel({
    script: ({ bytes, index }) => {
      asked.push(bytes.toString());
      const folder = /Working directory: (\S+)/.exec(bytes.toString())?.[1] ?? '';
      return { kind: 'answer', text: `call ${index}: write to ${folder}/model.txt` };
    },
  });
  const { url } = fake;
  const first = await runOnce('record', url, 'Saturday, November 21, 2026');
  expect(first.status).toBe('done');
  expect(asked).toHaveLength(2);
  await fake[Symbol.asyncDispose]();
  const recorded = readdirSync(dir).map((name) => readFileSync(join(dir, name), 'utf8'));
  expect(recorded).toHaveLength(2);
  const [folder = ''] = /\/\S*baton-agent-[^/\s]+/.exec(asked[0] ?? '') ?? [];
  const [workspace = ''] = /Working directory: (\S+)/.exec(asked[0] ?? '')?.slice(1) ?? [];
  for (const varying of [
    folder,
    workspace,
    'Bearer '.concat(/Bearer (\S{20})/.exec(asked[0] ?? '')?.[1] ?? ''),
  ]) {
    expect(varying.length).toBeGreaterThan(20);
    expect(recorded.join()).not.toContain(varying);
  }
  await expect(fetch(url)).rejects.toThrow('fetch failed');
  const second = await runOnce('replay', url, 'Tuesday, December 1, 2026');
  expect(second.work?.outcome).toMatchObject({ kind: 'submitted', changed_files: 1 });
  expect(second.status).toBe('done');
  expect(second.work?.usage).toEqual(first.work?.usage);
  expect(second.stateDir).not.toBe(first.stateDir);
});
