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
import { textArtifact } from './hash.ts';
import { withNothingHidden } from './nothing-hidden.ts';
import { cut, estimateTokens, type SentItem } from './prompt-budget.ts';
import { instructionsOf, notesOf } from './required-reading.ts';
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

export function keepOrder(
  ctx: Pick<RunContext, 'redactor'> & { driver: Pick<Driver, 'name'> },
  order: WorkOrder,
  sent: SentItem[],
): Artifact {
  const { agent, role, access, output, round, attempt, model, prompt, fenceWord } = order;
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
    prompt: ctx.redactor.text(prompt),
    ...(fenceWord !== undefined && { fence_word: fenceWord }),
    context: sent.map((item) => ('text' in item ? { ...item, text: ctx.redactor.text(item.text) } : item)),
    ...(ctx.driver.name === 'command' && { wire: wireOf(ctx, order) }),
    tokens: {
      instructions: estimateTokens(order.instructions.length),
      prompt: estimateTokens(prompt.length),
      context: estimateTokens(order.context.reduce((sum, { text }) => sum + text.length, 0)),
    },
  };
  return textArtifact('sent', JSON.stringify(kept));
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

export interface ShownOrder {
  /** The driver that handed it over. */
  driver: DriverSpec['name'];
  instructions: string;
  /** What a model was told first; of drivers that tell none, the prompt and the texts that came with it. */
  text: string;
  /** The line that a program read; null with other drivers, and in runs of versions that kept no such line. */
  stdin: string | null;
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
  const { wire, fence_word } = kept;
  const order = withNothingHidden({
    ...kept,
    ...(fence_word !== undefined && { fenceWord: fence_word }),
    runId,
    request,
    instructions: agent === undefined ? '' : instructionsOf(given, agent),
    findings: wire?.findings ?? [],
    context: await Promise.all(kept.context.map((item) => readItem(item, given))),
    workspace: { dir: '', repos: kept.repos },
  });
  const shown = { driver: snapshot.driver.name, instructions: order.instructions };
  switch (shown.driver) {
    case 'acp':
      return { ...shown, text: orderText(order, OVER_PROTOCOL), stdin: null };
    case 'in-process':
      return { ...shown, text: orderText(order, IN_PROCESS), stdin: null };
    case 'command':
    case 'blueprint':
    case 'scripted':
      return {
        ...shown,
        text: [order.prompt, ...order.context.map((item) => materialOf(item, fence_word))].join('\n\n'),
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
