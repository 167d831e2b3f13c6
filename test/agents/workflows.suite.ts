/**
 * Whole runs with a real agent program: engine, gates, reviews, rework, merges and pull requests as everywhere, the gateway in
 * front of a model that plays the prepared answers of the rehearsal with the agent's own tools.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { completeConfig } from '../../src/cli/config-here.ts';
import { chooseWorkflow, requireDefinitions } from '../../src/cli/start/definitions-here.ts';
import { openCli } from '../../src/cli/testing/captured-context.ts';
import { createDemoRepositories } from '../../src/demo/repositories.ts';
import { PREPARED_ANSWERS, REHEARSAL_EFFORT, rehearse } from '../../src/demo/rehearsal.ts';
import { loadRehearsal } from '../../src/drivers/rehearsal/load-rehearsal.ts';
import { openDriver } from '../../src/engine/open-driver.ts';
import { openEngine } from '../../src/engine/open-engine.ts';
import { startRun } from '../../src/engine/start-run.ts';
import { driveRig } from '../../src/testing/rig.ts';
import { eventsOf } from '../engine/plays.ts';
import { readPlace } from './place.ts';
import { createPlayer } from './player.ts';
import { KEY_NAME, KEY, openStage, providersAt } from './stage.ts';

const LIMIT_MS = 1_200_000;
const place = readPlace();
const dir = mkdtempSync(join(tmpdir(), 'baton-agents-'));
afterAll(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));

/** From the request to pull requests, with a person's approval of the infrastructure. */
async function runWorkflow(name: string) {
  const player = createPlayer(loadRehearsal(PREPARED_ANSWERS).script);
  await using stage = await openStage(place);
  stage.play(player.script);
  const environment = { ...process.env, PATH: `${place.bin}:${process.env['PATH'] ?? ''}`, [KEY_NAME]: KEY };
  const stateDir = join(dir, name, '.baton');
  await using engine = await openEngine({ stateDir, workDir: join(dir, name, 'work'), environment });
  const played = {
    ...engine,
    openDriver: async (spec: Parameters<typeof openDriver>[0]) =>
      player.wrap(await openDriver(spec, environment)),
  };
  const made = await createDemoRepositories(join(dir, name, 'repos'), environment.PATH);
  const repos = made.map(({ path }) => ({ path, ref: null }));
  const { graph, agents } = requireDefinitions(chooseWorkflow(name, dir));
  const none = { repos: {}, limits: {}, agentEnv: [] };
  const { config } = await completeConfig(none, (await engine.workspaces.inspect(repos)).repos);
  const { runId } = await startRun(played, {
    ...rehearse(PREPARED_ANSWERS),
    effort: REHEARSAL_EFFORT,
    driver: { name: 'acp', profile: stage.profile, auth: 'key', env: [] },
    repos,
    graph,
    agents,
    config: { ...config, providers: providersAt(stage.fake.url) },
    forge: 'local',
    sandbox: 'auto',
    confirmed: true,
    actor: { kind: 'human', name: 'ada', via: 'flag' },
  });
  const first = await driveRig(played, runId);
  const questionId = first.questions[0]?.id ?? '';
  const kinds = first.questions.map(({ kind }) => kind);
  expect({ status: first.status, kinds, troubles: player.troubles }).toEqual({
    status: 'waiting_human',
    kinds: ['approval'],
    troubles: [],
  });
  await engine.journal.post(runId, {
    kind: 'answer',
    questionId,
    option: 'approve',
    text: '',
    name: 'ada',
    via: 'cli',
  });
  const last = await driveRig(played, runId);
  expect({ status: last.status, troubles: player.troubles }).toEqual({ status: 'done', troubles: [] });
  using cli = openCli({ BATON_HOME: stateDir });
  return { events: last.events, verified: await cli.run('verify', runId) };
}

it.each(['review-gated', 'baton'])(
  'carries %s from the request to pull requests, through gates, reviews and rework',
  async (name) => {
    const { events, verified } = await runWorkflow(name);
    expect(verified).toMatchObject({ code: 0, err: '' });
    const [ended] = eventsOf(events, 'run_ended');
    expect(ended?.pull_requests.map(({ repo }) => repo).sort()).toEqual(['orders-client', 'orders-service']);
    const labels = eventsOf(events, 'invocation_started').map(({ identity }) => identity.label);
    expect(new Set(labels)).toEqual(new Set([`model, ${place.name}`]));
    // The first try of the feature is found by a test gate, that of the tests by a reviewer.
    expect(eventsOf(events, 'rework_requested')).toHaveLength(2);
    // Who handed something in has called its model; what it took is unknown where the program broke off a call of its own.
    const submitted = eventsOf(events, 'invocation_ended').filter(({ outcome }) => outcome.kind !== 'failed');
    expect(submitted.filter(({ usage }) => (usage.model_calls ?? 0) === 0)).toEqual([]);
    const known = submitted.flatMap(({ usage }) => usage.input_tokens ?? []);
    expect(known.length).toBeGreaterThan(submitted.length / 2);
    expect(Math.min(...known)).toBeGreaterThan(0);
  },
  LIMIT_MS,
);
