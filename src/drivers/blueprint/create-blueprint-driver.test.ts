import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDemoRepositories } from '../../demo/repositories.ts';
import { DEMO_REQUEST } from '../../demo/request.ts';
import { NO_WALL, openWall } from '../../workspace/wall/open-wall.ts';
import { describeDriver } from '../driver.contract.ts';
import type { Driver, WorkOrder } from '../driver.ts';
import type { DriverSpec } from '../spec.ts';
import { createBlueprintDriver } from './create-blueprint-driver.ts';

let dir = '';
let order: WorkOrder;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'baton-blueprint-'));
  const repos = (await createDemoRepositories(dir, process.env['PATH'] ?? '')).map(({ name, path }) => ({
    name,
    path,
  }));
  order = {
    runId: 'run',
    invocationId: `run/summarize/r1/${dir}`,
    agent: 'backend-task-summarizer',
    role: 'planner',
    attempt: 1,
    round: 1,
    access: 'read',
    workspace: { dir, repos },
    request: DEMO_REQUEST,
    readings: [],
    instructions: '',
    prompt: '',
    context: [],
    findings: [],
    output: 'requirements',
    resultSchema: () => ({}),
    model: null,
    network: false,
    wall,
    idleTimeoutMs: 30_000,
    totalTimeoutMs: 30_000,
    maxOutputBytes: 1_000_000,
    modelAccess: null,
    handed: new Map(),
  };
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function createDriver(spec: Partial<Extract<DriverSpec, { name: 'blueprint' }>> = {}): Driver {
  return createBlueprintDriver({
    spec: { name: 'blueprint', careless: [], rogues: {}, seed: 1, paceMs: 0, ...spec },
    environment: process.env,
  });
}

async function resultOf(driver: Driver, given: WorkOrder): Promise<Record<string, unknown>> {
  const outcome = await driver.run(given, () => {}, new AbortController().signal);
  if (outcome.kind === 'failed') throw new Error(`${outcome.reason}: ${outcome.detail}`);
  return outcome.result as Record<string, unknown>;
}

const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
for (const used of wall.kind === 'off' ? [NO_WALL] : [wall, NO_WALL]) {
  describeDriver({
    name: `blueprint, wall ${used.kind}`,
    wall: used,
    behaviours: ['submit', 'hang'],
    played: {
      agent: 'documentation-agent',
      result: { status: 'complete', summary: 'The documents of the resource came with the feature.' },
    },
    create: (behaviour) => createDriver(behaviour === 'hang' ? { paceMs: 600_000 } : {}),
  });
}

it('runs the rules as a program of its own, behind the wall where there is one', async () => {
  const result = await resultOf(createDriver(), order);
  expect(result).toMatchObject({ status: 'complete', requirements: { functional: expect.any(Array) } });
});

it('says in its label who is careless and who is a rogue', () => {
  const driver = createDriver({ careless: ['a'], rogues: { b: 'liar' } });
  expect(['a', 'b', 'c'].map((agent) => driver.labelFor(agent))).toEqual([
    'rules, careless',
    'rules, rogue: liar',
    'rules',
  ]);
});

it('plays a trick in the first attempt of the first round only', async () => {
  const driver = createDriver({ rogues: { 'backend-task-summarizer': 'skipper' } });
  const keysOf = async (extra: Partial<WorkOrder>): Promise<boolean> =>
    'requirements' in (await resultOf(driver, { ...order, ...extra }));
  expect(await keysOf({})).toBe(false);
  expect(await keysOf({ attempt: 2 })).toBe(true);
  expect(await keysOf({ round: 2 })).toBe(true);
});

it('is careful where it is not told to be careless', async () => {
  const careless = createDriver({ careless: ['backend-task-summarizer'] });
  const criteria = async (driver: Driver): Promise<number> => {
    const { requirements } = await resultOf(driver, order);
    const { functional, acceptance_criteria } = requirements as Record<string, unknown[]>;
    return (functional?.length ?? 0) + (acceptance_criteria?.length ?? 0);
  };
  expect(await criteria(careless)).toBe((await criteria(createDriver())) - 2);
});

it('refuses before a run a trick that no rogue knows', async () => {
  const problems = await createDriver({ rogues: { a: 'teleport' } }).preflight();
  expect(problems.join()).toContain('"teleport"');
  expect(await createDriver().preflight()).toEqual([]);
});
