/** The line to an agent in the Agent Client Protocol: who it is, what is answered to it, and what of it is told on. */
import {
  client,
  methods,
  ndJsonStream,
  RequestError,
  type ClientContext,
  type InitializeResponse,
  type RequestPermissionRequest,
  type RequestPermissionResponse,
  type Stream,
} from '@agentclientprotocol/sdk/unstable';
import { tellNews, type KnownTools, type NewsEvents } from './news.ts';
import type { AskedPermission, PermissionAnswer } from './permission.ts';

const PROTOCOL_VERSION = 1;
/** Of an agent, within one process. Each takes an answer, which waits where the agent does not read it. */
const MAX_REQUESTS = 5_000;

export interface ConversationEvents extends NewsEvents {
  permission(asked: AskedPermission): PermissionAnswer;
  /** The session, and whether the agent can go on in it after its process has ended. */
  session(id: string, resumable: boolean): void;
  usage(usage: TurnUsage): void;
  /** It asked for more than anybody answers: nothing further is heard. */
  overflow(detail: string): void;
}

export interface TurnUsage {
  inputTokens: number;
  outputTokens: number;
}

export interface Pipes {
  input: ReadableStream<Uint8Array>;
  output: WritableStream<Uint8Array>;
}

/** Advertises nothing: an agent reads and writes through its own tools, behind the wall, where it can be held. */
export function initialize(agent: ClientContext): Promise<InitializeResponse> {
  return agent.request(methods.agent.initialize, {
    protocolVersion: PROTOCOL_VERSION,
    clientCapabilities: {},
    clientInfo: { name: 'baton', version: '1' },
  });
}

/** Reads what the agent says until the connection is done with. */
export function connect<T>(
  pipes: Pipes,
  events: ConversationEvents | null,
  talk: (agent: ClientContext) => Promise<T>,
): Promise<T> {
  const tools: KnownTools = new Map();
  const messages = messagesOf(pipes, {
    news: (news) => {
      if (events !== null) tellNews(news, tools, events);
    },
    overflow: () => events?.overflow(`It asked for more than ${MAX_REQUESTS} things.`),
  });
  return client({ name: 'baton' })
    .onRequest(methods.client.session.requestPermission, ({ params }) => answer(params, tools, events))
    .onRequest('*', () => {
      throw RequestError.methodNotFound('this client offers none of its own files or terminals');
    })
    .onNotification('*', () => undefined)
    .connectWith(messages, talk);
}

/**
 * The messages of both sides. News are told here, and answers to what nobody asked are dropped: of those that the package
 * cannot read it would tell the terminal, partly in the agent's words.
 */
function messagesOf(pipes: Pipes, tell: { news: (news: unknown) => void; overflow: () => void }): Stream {
  const { readable, writable } = ndJsonStream(pipes.output, pipes.input);
  const asked = new Set<unknown>();
  let requests = 0;
  type Message = typeof readable extends ReadableStream<infer M> ? M : never;
  const sent = new TransformStream<Message, Message>({
    transform: (message, out) => {
      if ('method' in message && 'id' in message) asked.add(message.id);
      out.enqueue(message);
    },
  });
  const heard = new TransformStream<Message, Message>({
    transform: (message, out) => {
      const isNews = 'method' in message && message.method === methods.client.session.update;
      if (isNews) return tell.news(message.params);
      if ('method' in message) requests += 1;
      if (requests === MAX_REQUESTS + 1) tell.overflow();
      if (requests > MAX_REQUESTS) return;
      const isAnswer = 'id' in message && !('method' in message);
      if (!isAnswer || asked.delete(message.id)) out.enqueue(message);
    },
  });
  void sent.readable.pipeTo(writable).catch(() => undefined); // the agent is gone: what reads from it hears that
  return { writable: sent.writable, readable: readable.pipeThrough(heard) };
}

function answer(
  { toolCall, options }: RequestPermissionRequest,
  tools: KnownTools,
  events: ConversationEvents | null,
): RequestPermissionResponse {
  const known = tools.get(toolCall.toolCallId);
  const title = toolCall.title ?? known?.title ?? toolCall.toolCallId;
  const kind = toolCall.kind ?? known?.kind ?? null;
  const optionId = events?.permission({ title, kind, options }).optionId ?? null;
  return optionId === null
    ? { outcome: { outcome: 'cancelled' } }
    : { outcome: { outcome: 'selected', optionId } };
}
