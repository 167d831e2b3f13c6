/**
 * What an agent was sent, kept with the outcome of its invocation. Texts that the journal has already (instructions,
 * results of others) are named by their hashes and put together again by the functions that made the order.
 */
import type { Reading } from '../core/records.ts';
import type { Hash } from '../core/results.ts';
import type { Access, Role } from '../core/words.ts';
import { toCommandOrder } from '../drivers/command-order.ts';
import type { ContextItem, Driver, FindingForAgent, WorkOrder } from '../drivers/driver.ts';
import { IN_PROCESS, materialOf, orderText, OVER_PROTOCOL } from '../drivers/order-text.ts';
import type { DriverSpec } from '../drivers/spec.ts';
import type { Artifact } from '../journal/journal.ts';
import type { RunSnapshot } from './engine.ts';
import { hashBytes } from '../journal/hash.ts';
import { textArtifact } from './hash.ts';
import { withNothingHidden } from './nothing-hidden.ts';
import { cut, estimateTokens, type SentItem } from './prompt-budget.ts';
import { assembleInstructions, readingKey, readingsNamed } from './chosen-reading.ts';
import { notesOf } from './required-reading.ts';
import type { RunContext } from './run-context.ts';

export interface SentOrder {
  agent: string;
  role: Role;
  access: Access;
  output: string;
  round: number;
  attempt: number;
  model: string | null;
  repos: { name: string; path: string }[];
  prompt: string;
  /** Absent in runs of versions that had none. */
  fence_word?: string;
  context: SentItem[];
  /** Keys of what it read before its instructions; absent in older runs: all that it could be given. */
  readings?: string[];
  /** Of drivers that tell it with the tool that takes the result; absent in older runs. */
  result_schema?: object;
  /** What it was told after its first prompt: that nothing was handed in, or that its process was started again. */
  later?: string[];
  /** Of all that was handed over, as `handedHash` makes it; absent in older runs. */
  handed?: Hash;
  /** Of the driver `command`, whose programs read them: what else stood in the line on their stdin. */
  wire?: {
    invocation_id: string;
    findings: FindingForAgent[];
    readings: Pick<Reading, 'kind' | 'name' | 'repo' | 'hash'>[];
    result_schema: object;
  };
  /** Estimated from characters. */
  tokens: { instructions: number; prompt: number; context: number };
}

/** `later`: what the driver told the agent after its first prompt, in order. */
export function keepOrder(
  ctx: Pick<RunContext, 'redactor'> & { driver: Pick<Driver, 'name'> },
  order: WorkOrder,
  { sent, later = [] }: { sent: SentItem[]; later?: readonly string[] },
): Artifact {
  const { agent, role, access, output, round, attempt, model, fenceWord, instructions } = order;
  const { redactor, driver } = ctx;
  const prompt = redactor.text(order.prompt);
  const wire = driver.name === 'command' ? wireOf(ctx, order) : undefined;
  const schema = TELLS_SCHEMA.includes(driver.name) ? order.resultSchema() : undefined;
  const items = sent.map((item) => ('text' in item ? { ...item, text: redactor.text(item.text) } : item));
  const context = items.map(({ name, kind, ...item }, i) => ({
    name,
    kind,
    text: 'text' in item ? item.text : (order.context[i]?.text ?? ''),
  }));
  const told = later.map((text) => redactor.text(text));
  const handed = handedHash({
    ...assembleOrder({ ...order, prompt, context, instructions }, driver.name, wire),
    schema: schema ?? null,
    later: told,
  });
  const kept: SentOrder = {
    agent,
    role,
    access,
    output,
    round,
    attempt,
    model,
    repos: order.workspace.repos,
    // All other words are names that the engine chose.
    prompt,
    ...(fenceWord !== undefined && { fence_word: fenceWord }),
    context: items,
    readings: order.readings.map((reading) => readingKey(reading)),
    ...(schema !== undefined && { result_schema: schema }),
    ...(told.length > 0 && { later: told }),
    handed,
    ...(wire !== undefined && { wire }),
    tokens: {
      instructions: estimateTokens(instructions.length),
      prompt: estimateTokens(order.prompt.length),
      context: estimateTokens(order.context.reduce((sum, { text }) => sum + text.length, 0)),
    },
  };
  return textArtifact('sent', JSON.stringify(kept));
}

/** Drivers whose agents learn the schema from the tool that takes their result. */
const TELLS_SCHEMA: readonly string[] = ['acp', 'in-process'];

/** sha256 over everything that was handed over, each part behind its length. */
function handedHash(handed: Assembled & { schema: object | null; later: readonly string[] }): Hash {
  const { instructions, text, stdin, schema, later } = handed;
  const parts = [instructions, text, stdin ?? '', schema === null ? '' : JSON.stringify(schema), ...later];
  return hashBytes(parts.map((part) => `${part.length}:${part}`).join('\n'));
}

function wireOf(
  { redactor }: Pick<RunContext, 'redactor'>,
  { invocationId, findings, readings, resultSchema }: WorkOrder,
): SentOrder['wire'] {
  return {
    invocation_id: invocationId,
    findings: redactor.value(findings) as FindingForAgent[], // texts are replaced by texts
    readings: readings.map(({ kind, name, repo, hash }) => ({ kind, name, repo, hash })),
    result_schema: resultSchema(),
  };
}

interface Assembled {
  instructions: string;
  /** What a model was told first; of drivers that tell none, the prompt and the texts that came with it. */
  text: string;
  /** The line that a program read; null with other drivers, and in runs of versions that kept no such line. */
  stdin: string | null;
}

export interface ShownOrder extends Assembled {
  /** The driver that handed it over. */
  driver: DriverSpec['name'];
  /** What the tool that takes the result told of it; null where no tool does, and in older runs. */
  schema: object | null;
  later: string[];
  /** sha256 of what was handed over then; null in older runs. */
  handed: Hash | null;
  /** Whether what is shown is that, byte by byte but for secrets; null: nobody can say. */
  is_as_sent: boolean | null;
}

/** What the run's driver handed to its agent, from what is kept of it. */
export async function readOrder(
  kept: SentOrder,
  given: {
    runId: string;
    request: string;
    snapshot: RunSnapshot;
    readText: (hash: Hash) => Promise<string>;
  },
): Promise<ShownOrder> {
  const { snapshot, runId, request } = given;
  const agent = snapshot.agents.find(({ name }) => name === kept.agent);
  const { wire, fence_word, handed, later = [], result_schema: schema = null } = kept;
  const readings = readingsNamed(given, kept.agent, kept.readings);
  const order = {
    ...kept,
    ...(fence_word !== undefined && { fenceWord: fence_word }),
    runId,
    request,
    instructions: agent === undefined ? '' : assembleInstructions(agent, readings).text,
    context: await Promise.all(kept.context.map((item) => readItem(item, given))),
    workspace: { dir: '', repos: kept.repos },
  };
  const assembled = assembleOrder(order, snapshot.driver.name, wire);
  return {
    driver: snapshot.driver.name,
    ...assembled,
    schema,
    later,
    handed: handed ?? null,
    is_as_sent: handed === undefined ? null : handedHash({ ...assembled, schema, later }) === handed,
  };
}

/** The parts as the driver puts them together; used when it is kept and when it is shown. */
function assembleOrder(
  given: Parameters<typeof orderText>[0] &
    Omit<Parameters<typeof toCommandOrder>[0], 'findings' | 'readings' | 'resultSchema' | 'invocationId'>,
  driver: string,
  wire: SentOrder['wire'],
): Assembled {
  const order = withNothingHidden({ ...given, findings: wire?.findings ?? [] });
  const { instructions, fenceWord } = order;
  if (driver === 'acp') return { instructions, text: orderText(order, OVER_PROTOCOL), stdin: null };
  if (driver === 'in-process') return { instructions, text: orderText(order, IN_PROCESS), stdin: null };
  return {
    instructions,
    text: [order.prompt, ...order.context.map((item) => materialOf(item, fenceWord))].join('\n\n'),
    stdin:
      wire === undefined
        ? null
        : toCommandOrder({
            ...order,
            invocationId: wire.invocation_id,
            readings: wire.readings,
            resultSchema: () => wire.result_schema,
          }),
  };
}

async function readItem(
  item: SentItem,
  given: { snapshot: RunSnapshot; readText: (hash: Hash) => Promise<string> },
): Promise<ContextItem> {
  const { name, kind } = item;
  if ('text' in item) return { name, kind, text: item.text };
  // Notes of repositories lie in the snapshot.
  const noted = notesOf(given).find(({ hash }) => hash === item.artifact);
  return { name, kind, text: cut(noted?.text ?? (await given.readText(item.artifact)), item.shown) };
}
