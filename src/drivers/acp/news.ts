/**
 * What an agent tells of its work while it works. It may tell anything: what is of no known kind, or of another shape
 * than the protocol's, is left out and stops nothing.
 */
import { z } from 'zod';
import { cutEnd } from '../cut.ts';

export interface NewsEvents {
  text(text: string): void;
  tool(line: string): void;
  plan(line: string): void;
  costUsd(amount: number): void;
}

/** Tools that were told of, by the agent's id of the call. */
export type KnownTools = Map<string, { title: string; kind: string | null }>;

/** Of more the oldest are forgotten: nobody has so many under way. */
const MAX_KNOWN_TOOLS = 1_000;
const MAX_TITLE_CHARS = 2_000;

const words = z.string().nullish();
const tool = { toolCallId: z.string(), title: words, kind: words, status: words };
/** Without an error for what does not fit: an agent that floods would have them made by the hundred thousand. */
const news = z
  .object({
    update: z.discriminatedUnion('sessionUpdate', [
      z.object({
        sessionUpdate: z.literal('agent_message_chunk'),
        content: z.object({ type: z.literal('text'), text: z.string() }),
      }),
      z.object({ sessionUpdate: z.literal('tool_call'), ...tool }),
      z.object({ sessionUpdate: z.literal('tool_call_update'), ...tool }),
      z.object({
        sessionUpdate: z.literal('plan'),
        entries: z.array(z.object({ status: z.string(), content: z.string() })),
      }),
      z.object({
        sessionUpdate: z.literal('usage_update'),
        cost: z.object({ currency: z.string(), amount: z.number().nonnegative() }).nullish(),
      }),
    ]),
  })
  .nullable()
  .catch(null);

/** `told` is what came with `session/update`, as it came. */
export function tellNews(told: unknown, tools: KnownTools, events: NewsEvents): void {
  const parsed = news.parse(told);
  // Thoughts, commands and titles are the agent's own affair.
  if (parsed === null) return;
  const { update } = parsed;
  switch (update.sessionUpdate) {
    case 'agent_message_chunk':
      events.text(update.content.text);
      return;
    case 'tool_call':
    case 'tool_call_update': {
      const known = tools.get(update.toolCallId);
      const title = cutEnd(update.title ?? known?.title ?? update.toolCallId, MAX_TITLE_CHARS);
      const [oldest] = tools.keys();
      if (oldest !== undefined && tools.size >= MAX_KNOWN_TOOLS) tools.delete(oldest);
      tools.set(update.toolCallId, { title, kind: update.kind ?? known?.kind ?? null });
      const isNews = known === undefined || update.status === 'failed';
      if (isNews) events.tool(update.status === 'failed' ? `${title} (failed)` : title);
      return;
    }
    case 'plan': {
      const done = update.entries.filter(({ status }) => status === 'completed').length;
      const now = update.entries.find(({ status }) => status === 'in_progress')?.content ?? '';
      events.plan(`plan ${done} of ${update.entries.length}${now === '' ? '' : `: ${now}`}`);
      return;
    }
    case 'usage_update':
      if (update.cost?.currency === 'USD') events.costUsd(update.cost.amount);
  }
}
