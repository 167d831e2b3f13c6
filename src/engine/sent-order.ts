/**
 * What an agent was sent, kept with the outcome of its invocation. Texts that the journal has already (instructions,
 * results of others) are named by their hashes and put together again by the functions that made the order.
 */
import { showHidden } from '../core/checks/hidden-characters.ts';
import type { Hash } from '../core/results.ts';
import type { Access, Role } from '../core/words.ts';
import type { ContextItem, WorkOrder } from '../drivers/driver.ts';
import { orderText } from '../drivers/order-text.ts';
import { SUBMIT_TOOL } from '../drivers/submit/submit-server.ts';
import type { Artifact } from '../journal/journal.ts';
import type { RunSnapshot } from './engine.ts';
import { textArtifact } from './hash.ts';
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
  context: SentItem[];
  /** Estimated from characters. */
  tokens: { instructions: number; prompt: number; context: number };
}

export function keepOrder(ctx: Pick<RunContext, 'redactor'>, order: WorkOrder, sent: SentItem[]): Artifact {
  const { agent, role, access, output, round, attempt, model, prompt } = order;
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
    context: sent.map((item) => ('text' in item ? { ...item, text: ctx.redactor.text(item.text) } : item)),
    tokens: {
      instructions: estimateTokens(order.instructions.length),
      prompt: estimateTokens(prompt.length),
      context: estimateTokens(order.context.reduce((sum, { text }) => sum + text.length, 0)),
    },
  };
  return textArtifact('sent', JSON.stringify(kept));
}

/** The instructions and the text behind them, as an agent with tools of ours reads them. */
export async function readOrder(
  kept: SentOrder,
  given: { snapshot: RunSnapshot; readText: (hash: Hash) => Promise<string> },
): Promise<{ instructions: string; text: string }> {
  const agent = given.snapshot.agents.find(({ name }) => name === kept.agent);
  const context = await Promise.all(
    kept.context.map(async (item): Promise<ContextItem> => {
      const { name, kind } = item;
      // Notes of repositories lie in the snapshot.
      const noted = 'text' in item ? undefined : notesOf(given).find(({ hash }) => hash === item.artifact);
      const text =
        'text' in item ? item.text : cut(noted?.text ?? (await given.readText(item.artifact)), item.shown);
      return { name, kind, text: showHidden(text) };
    }),
  );
  const order = {
    prompt: showHidden(kept.prompt),
    access: kept.access,
    output: kept.output,
    context,
    workspace: { dir: '', repos: kept.repos },
  };
  return {
    instructions: agent === undefined ? '' : showHidden(instructionsOf(given, agent)),
    text: orderText(order, {
      tool: `the tool ${SUBMIT_TOOL}`,
      place: ({ name, path }) => `${name}: ${path}`,
    }),
  };
}
