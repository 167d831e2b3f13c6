/** Agents that speak the Agent Client Protocol, in real runs: what the engine tells them while they are at work. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openCli } from '../../src/cli/testing/captured-context.ts';
import { sideLogFile } from '../../src/engine/side-log.ts';
import { profileSchema } from '../../src/definitions/profile-schema.ts';
import { createAcpDriver } from '../../src/drivers/acp/create-acp-driver.ts';
import { driveRig, openRig, sequenceGraph, type RigStep } from '../../src/testing/rig.ts';
import { configOf, eventsOf, gate } from './plays.ts';
import { startWalled } from './programs.ts';

const AGENT = fileURLToPath(new URL('../../src/testing/agents/acp-agent.mjs', import.meta.url));
const BUILD: RigStep = { id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' };

it('R87: says in the same turn what git and the rules contradict, so that one attempt is enough', async () => {
  const profile = profileSchema.parse({
    name: 'fake',
    title: 'Fake agent',
    command: [process.execPath, AGENT, 'engine'],
  });
  const environment = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' };
  const driver = createAcpDriver({ profile, auth: 'key', env: [], environment, graceMs: 500 });
  await using rig = await openRig(driver);
  const api = rig.repository('api', { 'README.md': '# api\n', 'src/app.txt': 'one\n' });
  const config = {
    ...configOf([gate(['true'])]),
    agents: {
      profile: null,
      auth: 'key' as const,
      roles: { specialist: { model: 'small', reasoning: 'high' } },
      names: { writer: { model: 'large', reasoning: null } },
    },
  };
  const graph = sequenceGraph([BUILD], { submit: false, limits: {} });
  const runId = await startWalled(rig, { ...graph, repos: [api], config }, 'auto');
  const { events, status } = await driveRig(rig.engine, runId);
  expect(status).toBe('done');
  const [work, ...more] = eventsOf(events, 'invocation_ended');
  expect(more).toEqual([]);
  expect(work?.outcome).toMatchObject({
    kind: 'submitted',
    changed_files: 1,
    result: { summary: expect.stringContaining('src/never.txt was not changed') as string },
  });
  expect(JSON.stringify(work?.outcome)).toContain('vendor/large-1');
  expect(JSON.stringify(work?.outcome)).toContain('high');
  expect(eventsOf(events, 'claim_mismatch')).toEqual([]);
  expect(eventsOf(events, 'invocation_started')[0]?.identity).toMatchObject({
    driver: 'acp',
    label: 'model, fake',
    model: 'large',
  });
  const notes = readFileSync(sideLogFile(rig.stateDir, runId), 'utf8').trim().split('\n');
  expect(notes.map((line) => JSON.parse(line) as object)).toContainEqual(
    expect.objectContaining({ kind: 'tool', text: 'mcp__baton__submit_result' }),
  );
  using cli = openCli({ BATON_HOME: rig.stateDir });
  expect((await cli.run('log', runId, '--notes')).out).toMatch(
    /^\d\d:\d\d:\d\d {2}\S+ {2}tool: mcp__baton__submit_result\n/,
  );
  const [review] = eventsOf(events, 'review_ended');
  expect(review?.outcome).toMatchObject({
    kind: 'verdict',
    review: { verdict: 'pass', summary: expect.stringContaining('no earlier finding') as string },
  });
});

it('DOS-8: waits until the plan of an agent with a login starts anew, and spends no retry on it', async () => {
  const scratch = mkdtempSync(join(tmpdir(), 'baton-plan-'));
  const profile = {
    ...profileSchema.parse({
      name: 'fake',
      title: 'Fake agent',
      command: [process.execPath, AGENT, 'used_up_once', join(scratch, 'asked')],
      quota: { phrases: ['hit your limit'] },
    }),
    auth: { key: { env: [], method: null }, login: { files: ['login.json'], method: null } },
  };
  try {
    writeFileSync(join(scratch, 'login.json'), '{}');
    const environment = { PATH: process.env['PATH'] ?? '', HOME: scratch };
    const driver = createAcpDriver({ profile, auth: 'login', env: [], environment, graceMs: 500 });
    await using rig = await openRig(driver);
    const slept: number[] = [];
    const clock = { ...rig.engine.clock, sleep: async (ms: number) => void slept.push(ms) };
    const now = () => new Date(Date.now() + slept.reduce((sum, ms) => sum + ms, 0));
    const engine = { ...rig.engine, clock: { ...clock, now } };
    const api = rig.repository('api', { 'README.md': '# api\n', 'src/app.txt': 'one\n' });
    const graph = sequenceGraph([BUILD], { submit: false, limits: { max_retries: 0 } });
    const run = { ...graph, repos: [api], config: configOf([gate(['true'])]) };
    const runId = await startWalled({ ...rig, engine }, run, 'off');
    const { events, status } = await driveRig(engine, runId);
    expect(status).toBe('done');
    const [refused, worked] = eventsOf(events, 'invocation_ended');
    expect(refused?.outcome).toMatchObject({ kind: 'failed', reason: 'quota_exceeded' });
    expect(worked?.outcome).toMatchObject({ kind: 'submitted' });
    const waits = eventsOf(events, 'wait_started').map(({ wait_ms }) => wait_ms);
    expect(waits).toEqual([expect.closeTo(9_000_000, -4)]);
    expect(eventsOf(events, 'question_asked')).toEqual([]);
    expect(eventsOf(events, 'rework_requested')).toEqual([]);
  } finally {
    rmSync(scratch, { recursive: true });
  }
});
