/** Asks one agent one thing before there is a run: texts in, data out. It gets an empty folder, may only read, and leaves nothing behind. */
import { randomUUID } from 'node:crypto';
import { showHidden } from '../core/checks/hidden-characters.ts';
import type { Identity } from '../core/records.ts';
import type { AgentDefinition } from '../definitions/agent.ts';
import type { Config } from '../definitions/config.ts';
import type { ContextItem, Driver, DriverOutcome, WorkOrder } from '../drivers/driver.ts';
import { openPrivateFolder } from '../drivers/private-folder.ts';
import type { Redactor } from '../drivers/redact.ts';
import { withoutSecrets, type Handed } from '../drivers/without-secrets.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Wall } from '../workspace/wall.ts';
import { drawFenceWord } from './fence-word.ts';
import { chooseModel } from './choose-model.ts';

/** It reads two texts and hands in a few words: more is a model that ran away. */
const MAX_TOKENS = 200_000;
const MAX_OUTPUT_BYTES = 8 * 1024 * 1024;

export interface Asking {
  agent: AgentDefinition;
  driver: Driver;
  /** For a driver that calls models; null: it calls none. */
  gateway: Gateway | null;
  wall: Wall;
  /** Of what its caller knows and nobody may see. */
  redactor: Redactor;
  config: Config;
  request: string;
  prompt: string;
  context: ContextItem[];
  /** What kind of answer it is, in one word. */
  output: string;
  schema: () => object;
  /** What is wrong with an answer, in sentences; an agent that can be told so at work is. */
  check: (answer: unknown) => string[];
  deadlineMs: number;
}

/** Who is asked, as every view shows it. */
export function whoIsAsked({ agent, driver, config }: Pick<Asking, 'agent' | 'driver' | 'config'>): Identity {
  const { model, reasoning } = chooseModel(agent, 0, { choices: config.agents, driver });
  return {
    agent: agent.name,
    role: agent.role,
    definition_hash: agent.hash,
    driver: driver.name,
    label: driver.labelFor(agent.name, model),
    model,
    ...(reasoning === null ? {} : { reasoning }),
  };
}

/** Fails like any invocation; what it answers is not checked yet. */
export async function askAgent(asking: Asking, signal: AbortSignal): Promise<DriverOutcome> {
  const unheard = (): void => undefined;
  return await withoutSecrets(asking.redactor, unheard, (handed) => ask(asking, handed, signal));
}

async function ask(asking: Asking, handed: Handed, signal: AbortSignal): Promise<DriverOutcome> {
  const { driver, gateway } = asking;
  await using folder = await openPrivateFolder();
  const order = { ...orderOf(asking, folder.temporary), handed };
  if (gateway === null) return await driver.run(order, () => {}, signal);
  await using access = gateway.issue({
    invocationId: order.invocationId,
    allowance: () => ({ tokens: MAX_TOKENS, costUsd: null }),
    volatile: { workspace: order.workspace.dir, run: order.runId, fence: order.fenceWord ?? '' },
  });
  const ends = AbortSignal.any([signal, access.stopped]);
  const done = await driver.run({ ...order, modelAccess: access }, () => {}, ends);
  const stop = access.stop();
  const usage = access.usage();
  return stop === null || done.kind === 'submitted'
    ? { ...done, usage: usage.model_calls === 0 ? done.usage : usage }
    : { ...done, detail: stop.detail, usage };
}

function orderOf(asking: Asking, dir: string): WorkOrder {
  const { agent, driver, config, check } = asking;
  const runId = `before-${randomUUID()}`;
  return {
    runId,
    invocationId: `${runId}/${agent.name}`,
    agent: agent.name,
    role: agent.role,
    attempt: 1,
    round: 1,
    access: 'read',
    workspace: { dir, repos: [] },
    request: asking.request,
    instructions: agent.instructions,
    readings: [],
    prompt: showHidden(asking.prompt),
    fenceWord: drawFenceWord(),
    context: asking.context.map((item) => ({ ...item, text: showHidden(item.text) })),
    findings: [],
    output: asking.output,
    resultSchema: asking.schema,
    checkResult: (answer) => Promise.resolve(check(answer)),
    ...chooseModel(agent, 0, { choices: config.agents, driver }),
    capabilities: agent.capabilities,
    wall: asking.wall,
    network: config.agentNetwork ?? false,
    modelAccess: null,
    handed: new Map(),
    idleTimeoutMs: asking.deadlineMs,
    totalTimeoutMs: asking.deadlineMs,
    maxOutputBytes: MAX_OUTPUT_BYTES,
  };
}
