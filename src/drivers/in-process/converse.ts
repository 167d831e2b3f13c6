/**
 * The conversation with a model: it is told its order, calls tools, and goes on until a result was accepted.
 *
 *   call ──tool calls──▶ (shorten, sum up) ──▶ call ──▶ … ──result accepted──▶ done
 *     ├──no tool call──▶ one nudge ──▶ call ──no tool call──▶ it ended without a result
 *     └──it declines──▶ it ended, without being asked again
 */
import { APICallError, streamText, type LanguageModel, type ModelMessage, type ToolSet } from 'ai';
import type { Offers } from '../submit/offers.ts';
import { reliefFor, shortenOld, NO_SUMMARY, startAnew, SUM_UP, type Relief } from './context.ts';

/** Statuses by which providers say that a conversation is too long, among other things. */
const MAYBE_TOO_LONG = [400, 413, 422];

const MAX_ATTEMPTS = 3;

export interface ConversationOrder {
  model: LanguageModel;
  instructions: string;
  order: string;
  nudge: string;
  /** Hears the nudge when it is said. */
  tellLater: (text: string) => void;
  tools: ToolSet;
  offers: Offers;
  /** Told before each call of the model. */
  newAnswer: () => void;
  /** How much it is to think, in the provider's words; null: as it likes. */
  reasoning: string | null;
  maxSteps: number;
  /** What the model bears, in tokens. */
  contextTokens: number;
  signal: AbortSignal;
}

export interface ConversationEvents {
  /** Something came from the model. */
  alive(): void;
  text(piece: string): void;
  tool(name: string, input: unknown): void;
  /** A call that did nothing: of a tool that is not there, with what it does not take, or refused by it. */
  toolRefused(name: string, input: unknown, error: unknown): void;
  /** What was done to the conversation itself. */
  relief(kind: Exclude<Relief, 'none'>): void;
}

export type ConversationEnd =
  | { kind: 'accepted' }
  /** It stopped calling tools, also after the nudge. */
  | { kind: 'ended' }
  /** It, or a filter of its provider, declined to answer. */
  | { kind: 'declined' }
  | { kind: 'too_many_steps' }
  | { kind: 'too_long' }
  /** Twenty results were refused. */
  | { kind: 'refused' };

/** Throws what the provider's client throws; an aborted signal ends it in the same way. */
export async function converse(
  order: ConversationOrder,
  events: ConversationEvents,
): Promise<ConversationEnd> {
  const { offers } = order;
  let messages: ModelMessage[] = [{ role: 'user', content: order.order }];
  let tokens: number | null = 0;
  let nudged = false;
  let closed = false;
  void offers.closed.then(() => (closed = true));
  for (let step = 0; step < order.maxSteps; step += 1) {
    messages = await relieve(order, messages, {
      events,
      relief: reliefFor(messages, tokens, order.contextTokens),
    });
    let answer = await callModel(order, messages, events);
    if (answer === 'too_long') {
      messages = await relieve(order, messages, { events, relief: 'sum_up' });
      answer = await callModel(order, messages, events);
    }
    if (answer === 'too_long') return { kind: 'too_long' };
    messages.push(...answer.messages);
    tokens = answer.tokens;
    order.signal.throwIfAborted();
    if (offers.accepted() !== null) return { kind: 'accepted' };
    if (closed) return { kind: 'refused' };
    if (answer.toolCalls > 0) continue;
    if (answer.declined) return { kind: 'declined' };
    if (nudged) return { kind: 'ended' };
    nudged = true;
    order.tellLater(order.nudge);
    messages.push({ role: 'user', content: order.nudge });
  }
  return { kind: 'too_many_steps' };
}

interface Answer {
  messages: ModelMessage[];
  toolCalls: number;
  text: string;
  tokens: number | null;
  declined: boolean;
}

type CallOrder = Pick<
  ConversationOrder,
  'model' | 'instructions' | 'tools' | 'newAnswer' | 'reasoning' | 'signal'
>;

/** A call whose answer breaks off is made again. `too_long`: refused, and that may be the reason. */
async function callModel(
  order: CallOrder,
  messages: ModelMessage[],
  events: ConversationEvents,
): Promise<Answer | 'too_long'> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await callOnce(order, messages, events);
    } catch (error) {
      order.signal.throwIfAborted();
      if (mayBeTooLong(error) && messages.length > 2) return 'too_long';
      if (!isBroken(error) || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

/** One call, and the tools that it asks for. Those run when the answer is whole: what broke off did nothing. */
async function callOnce(
  order: CallOrder,
  messages: ModelMessage[],
  events: ConversationEvents,
): Promise<Answer> {
  order.newAnswer();
  const result = streamText({
    model: order.model,
    instructions: order.instructions,
    messages,
    tools: order.tools,
    abortSignal: order.signal,
    // Also makes tools wait for the end of an answer.
    streamRetries: 2,
    ...(isReasoning(order.reasoning) ? { reasoning: order.reasoning } : {}),
    providerOptions: {
      // A long conversation is sent again with every call: what is the same is to be paid once.
      anthropic: { cacheControl: { type: 'ephemeral' } },
      // Nothing of a run is to stay with the provider.
      openai: { store: false },
    },
    onError: () => undefined, // it comes as a part of the stream, too
  });
  const answer: Answer = { messages: [], toolCalls: 0, text: '', tokens: null, declined: false };
  for await (const part of result.stream) {
    events.alive();
    switch (part.type) {
      case 'text-delta':
        answer.text += part.text;
        events.text(part.text);
        break;
      case 'tool-call':
        answer.toolCalls += 1;
        events.tool(part.toolName, part.input);
        break;
      case 'tool-error':
        events.toolRefused(part.toolName, part.input, part.error);
        break;
      case 'error':
        throw part.error;
      case 'abort':
        order.signal.throwIfAborted();
        break;
      default:
    }
  }
  answer.messages = (await result.response).messages;
  answer.declined = (await result.finishReason) === 'content-filter';
  const { inputTokens, outputTokens } = await result.usage;
  // Some say 0, or nothing that is a number, where they did not count.
  answer.tokens = (inputTokens ?? 0) > 0 ? (inputTokens ?? 0) + (outputTokens ?? 0) : null;
  return answer;
}

async function relieve(
  order: ConversationOrder,
  messages: ModelMessage[],
  { relief, events }: { relief: Relief; events: ConversationEvents },
): Promise<ModelMessage[]> {
  if (relief === 'none') return messages;
  events.relief(relief);
  const shorter = shortenOld(messages);
  if (relief === 'shorten') return shorter;
  const asked: ModelMessage[] = [...shorter, { role: 'user', content: SUM_UP }];
  // Providers want to see the tools of a conversation that called some; without a way to run they stay unused.
  const tools: ToolSet = Object.fromEntries(
    Object.entries(order.tools).map(([name, tool]) => [name, { ...tool, execute: undefined }]),
  );
  const answer = await callModel({ ...order, tools }, asked, { ...events, tool: () => undefined });
  // Where even that is too long, the files show what was done.
  return startAnew(order.order, answer === 'too_long' ? NO_SUMMARY : answer.text);
}

/** It had begun, or nobody was there. Refusals that may pass are asked again by the client itself. */
function isBroken(error: unknown): boolean {
  return !APICallError.isInstance(error) || error.statusCode === 200 || error.statusCode === undefined;
}

function mayBeTooLong(error: unknown): boolean {
  return APICallError.isInstance(error) && MAYBE_TOO_LONG.includes(error.statusCode ?? 0);
}

const REASONING = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;

function isReasoning(word: string | null): word is (typeof REASONING)[number] {
  return (REASONING as readonly (string | null)[]).includes(word);
}
