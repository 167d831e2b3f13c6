/** The bench's workloads; see `steps.ts` for what they are and how they are reported. */
import { join } from 'node:path';
import type { EventOf, EventType } from '../src/core/events.ts';
import type { AgentSummary, Graph, Step } from '../src/core/graph.ts';
import { DEFAULT_LIMITS } from '../src/core/limits.ts';
import type { AgentDefinition } from '../src/definitions/agent.ts';
import { UNKNOWN_USAGE, type Driver, type WorkOrder } from '../src/drivers/driver.ts';
import { drive } from '../src/engine/drive.ts';
import type { DriveListener, Engine } from '../src/engine/engine.ts';
import { hashData, textArtifact } from '../src/engine/hash.ts';
import { openEngine } from '../src/engine/open-engine.ts';
import { startMeter, type Measured } from './meter.ts';

/** 16 agents in 7 groups. With a review each, one rework and its review: 34 steps. */
const GROUPS = [1, 2, 6, 2, 2, 2, 1];
const STEPS_PER_BLOCK = 34;
const PADDING = 'x'.repeat(2_000);

const STEPS_PER_WINDOW = 3 * STEPS_PER_BLOCK;
/** So many steps of a long run are not measured: its start wrote and folded the whole graph, and that is collected in them. */
const STEPS_BEFORE_FIRST = 10 * STEPS_PER_BLOCK;

/** Some runs of 34 steps, after others that are not measured. */
export async function measureRuns(
  engine: Engine,
  name: string,
  counts: { warmup: number; runs: number },
): Promise<Measured> {
  for (let i = 0; i < counts.warmup; i++) await runWorkload(engine, 1, NO_ONE);
  const meter = startMeter(name);
  for (let i = 0; i < counts.runs; i++) await runWorkload(engine, 1, NO_ONE);
  return meter(STEPS_PER_BLOCK * counts.runs);
}

/** One run of `steps` steps, block after block: what 102 early steps and its last 102 cost, in a process that is warm. */
export async function measureLong(
  engine: Engine,
  counts: { warmup: number; steps: number },
): Promise<{ first: Measured; last: Measured }> {
  for (let i = 0; i < counts.warmup; i++) await runWorkload(engine, 1, NO_ONE);
  const blocks = Math.ceil(counts.steps / STEPS_PER_BLOCK);
  const first = openWindow('first', STEPS_BEFORE_FIRST);
  const last = openWindow('last', blocks * STEPS_PER_BLOCK - STEPS_PER_WINDOW);
  let ended = 0;
  await runWorkload(engine, blocks, {
    events: (news) => {
      ended += news.filter(({ event }) => STEP_ENDS.has(event.type)).length;
      first.pass(ended);
      last.pass(ended);
    },
    note: () => {},
  });
  return { first: first.measured(), last: last.measured() };
}

const STEP_ENDS = new Set<EventType>(['invocation_ended', 'review_ended']);
const NO_ONE: DriveListener = { events: () => {}, note: () => {} };

/** Measures 102 steps from the step `from` on; it is told after every transaction how many have ended. */
function openWindow(name: string, from: number): { pass(ended: number): void; measured(): Measured } {
  let begun = 0;
  let stop: ReturnType<typeof startMeter> | null = null;
  let result: Measured | null = null;
  return {
    pass(ended) {
      if (stop === null && ended >= from) [begun, stop] = [ended, startMeter(name)];
      else if (ended >= from + STEPS_PER_WINDOW) result ??= stop?.(ended - begun) ?? null;
    },
    measured() {
      if (result === null) throw new Error(`the window "${name}" did not end`);
      return result;
    },
  };
}

/** The real engine on a new store, with the agents below. */
export async function openBench(dir: string): Promise<Engine> {
  const engine = await openEngine({
    stateDir: join(dir, '.baton'),
    workDir: join(dir, 'work'),
    environment: process.env,
  });
  return {
    ...engine,
    openDriver: async () => DRIVER,
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
}

/** Answers at once: the first agent of each block is sent back once, everything else passes. */
const DRIVER: Driver = {
  name: 'bench',
  labelFor: () => 'script',
  preflight: async () => [],
  async run(order) {
    return { kind: 'submitted', result: answer(order), raw: new Uint8Array(), usage: UNKNOWN_USAGE };
  },
};

function answer(order: WorkOrder): unknown {
  if (order.role !== 'reviewer')
    return { status: 'complete', summary: `done ${order.invocationId}`, handoff: PADDING };
  const sentBack = order.round === 1 && order.invocationId.includes('/g0a0/');
  const resolved = order.findings.map((finding) => finding.id);
  return sentBack
    ? { status: 'complete', summary: 'not yet', verdict: 'fail', resolved, findings: [FINDING] }
    : { status: 'complete', summary: 'fine', verdict: 'pass', resolved, findings: [] };
}

const FINDING = {
  severity: 'major',
  blocking: true,
  file: null,
  line: null,
  problem: 'a part is missing',
  fix: 'add it',
};

async function runWorkload(engine: Engine, blocks: number, listener: DriveListener): Promise<void> {
  const runId = `bench-${Math.random().toString(36).slice(2)}`;
  await startBench(engine, runId, blocks);
  const result = await drive(engine, runId, {
    takeOver: false,
    signal: new AbortController().signal,
    listener,
  });
  if (result.status !== 'done') throw new Error(`the bench's run ended ${result.status}: ${result.reason}`);
  const invocations = blocks * STEPS_PER_BLOCK;
  if (result.state.invocations !== invocations)
    throw new Error(`${result.state.invocations} invocations instead of ${invocations}`);
}

/** A function of its own, so that nobody keeps its copy of the graph while the run is driven. */
async function startBench(engine: Engine, runId: string, blocks: number): Promise<void> {
  const graph = benchGraph(blocks);
  const snapshot = textArtifact(
    'snapshot',
    JSON.stringify({
      agents: AGENTS,
      config: { repos: {}, limits: {}, agentEnv: [] },
      driver: { name: 'scripted', file: '' },
    }),
  );
  await engine.journal.createRun({
    runId,
    workflow: graph.workflow,
    request: 'bench',
    at: new Date().toISOString(),
  });
  {
    await using hold = await engine.journal.hold(runId, { takeOver: false });
    const summary = {
      status: 'running',
      reason: '',
      phase: null,
      progress: { settled: 0, total: graph.steps.length },
    } as const;
    await engine.journal.append({
      hold,
      expectedSeq: 0,
      events: [started(runId, graph, snapshot.hash)],
      artifacts: [snapshot],
      consumed: [],
      summary,
    });
  }
}

function started(runId: string, graph: Graph, snapshot: string): EventOf<'run_started'> {
  return {
    type: 'run_started',
    run_id: runId,
    request: 'bench',
    rules_version: 1,
    baton_version: 'bench',
    graph,
    graph_hash: hashData(graph),
    snapshot,
    repos: [],
    base: { id: hashData([]), repos: [] },
    driver: 'bench',
    forge: 'local',
    sandbox: 'off',
    actor: { kind: 'engine' },
    confirmed: true,
    notes: [],
  };
}

const AGENTS = ['worker', 'judge'].map((name): AgentDefinition => ({
  name,
  title: name,
  description: '',
  role: name === 'judge' ? 'reviewer' : 'planner',
  access: 'read',
  capabilities: [],
  tools: null,
  model: null,
  instructions: '',
  hash: hashData(name),
  source: 'bench',
  extra: {},
}));

function benchGraph(blocks: number): Graph {
  const steps: Step[] = [];
  const phases: Graph['phases'] = [];
  let needs: string[] = [];
  for (let block = 0; block < blocks; block++) {
    const phase = `p${block}`;
    for (const [group, size] of GROUPS.entries()) {
      const ids = Array.from({ length: size }, (_, agent) => `${phase}/g${group}a${agent}`);
      steps.push(...ids.map((id) => benchStep(id, phase, needs)));
      needs = ids;
    }
    phases.push({ id: phase, title: phase, deliverable: '', steps: steps.slice(-16).map((s) => s.id) });
  }
  const agents = Object.fromEntries(
    AGENTS.map(({ name, title, role, access, hash }): [string, AgentSummary] => [
      name,
      { name, title, role, access, definition_hash: hash },
    ]),
  );
  const limits = { ...DEFAULT_LIMITS, max_invocations: 100_000, max_parallel: 8 };
  return {
    workflow: 'bench',
    version: 1,
    start: 'launch',
    pause: 'never',
    context: 'needs',
    phases,
    steps,
    agents,
    limits,
  };
}

function benchStep(id: string, phase: string, needs: string[]): Step {
  const work: Step['work'] = {
    kind: 'agent',
    agent: 'worker',
    output: 'note',
    changes: 'forbidden',
    scopes: [],
  };
  return {
    id,
    phase,
    title: id,
    work,
    needs,
    tree_from: null,
    when: null,
    gates: 'none',
    reviewers: ['judge'],
  };
}
