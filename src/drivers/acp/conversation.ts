/**
 * One conversation with an agent in the Agent Client Protocol. The only file that knows the protocol's package.
 *
 *   initialize ─▶ authenticate? ─▶ session/new or resume ─▶ mode, model ─▶ prompt ─▶ … ─▶ stop
 *                                                              └─ nothing handed in ─▶ one nudge ─▶ stop
 */
import {
  client,
  methods,
  ndJsonStream,
  RequestError,
  type ClientContext,
  type InitializeResponse,
  type McpServer,
  type NewSessionRequest,
  type NewSessionResponse,
  type PromptResponse,
  type RequestPermissionRequest,
  type RequestPermissionResponse,
  type Stream,
} from '@agentclientprotocol/sdk/unstable';
import { findChoice, findListedModel } from './choices.ts';
import { tellNews, type KnownTools, type NewsEvents } from './news.ts';
import type { PermissionAnswer, AskedPermission } from './permission.ts';

const PROTOCOL_VERSION = 1;
/** After a cancellation or an accepted result an agent gets this long to end its turn by itself. */
const SETTLE_MS = 15_000;
/** Of an agent, within one process. Each takes an answer, which waits where the agent does not read it. */
const MAX_REQUESTS = 5_000;

export interface ConversationOrder {
  cwd: string;
  submit: { name: string; url: string; token: string; bridge: { command: string; args: string[] } };
  /** The protocol's authentication method; null: none is asked for. */
  method: string | null;
  mode: string | null;
  meta: Readonly<Record<string, unknown>>;
  /** Whether instructions go into the system prompt, and how. */
  systemPrompt: 'append' | 'override' | 'none';
  instructions: string;
  prompt: string;
  nudge: string;
  model: string | null;
  reasoning: string | null;
  /** Of an earlier process of the same attempt, to go on in. */
  session: string | null;
  goOn: string;
}

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

export interface Conversation {
  /** Never rejects. */
  ended: Promise<ConversationEnd>;
  /** Asks the agent to end its turn. */
  cancel(): void;
}

export type ConversationEnd =
  /** It ended its last turn like this. */
  | { kind: 'stopped'; reason: string }
  /** It could not be prepared: no session was opened. */
  | { kind: 'not_opened'; detail: string }
  /** It answered with an error. */
  | { kind: 'failed'; detail: string }
  /** It is gone. */
  | { kind: 'broken'; detail: string };

/** What was said of itself in `initialize`. */
export interface AgentFacts {
  name: string;
  version: string | null;
}

interface Pipes {
  input: ReadableStream<Uint8Array>;
  output: WritableStream<Uint8Array>;
}

/** Asks an agent who it is, and nothing more. */
export async function introduce(pipes: Pipes): Promise<AgentFacts> {
  return connect(pipes, null, async (agent) => {
    const { agentInfo } = await initialize(agent);
    return { name: agentInfo?.title ?? agentInfo?.name ?? 'agent', version: agentInfo?.version ?? null };
  });
}

/** Talks until a result was handed in (`closed`) or the agent has had its nudge. */
export function converse(
  pipes: Pipes,
  order: ConversationOrder,
  options: { events: ConversationEvents; closed: Promise<void>; isClosed: () => boolean },
): Conversation {
  let cancel = (): void => undefined;
  let cancelled = false;
  let isOpened = false;
  const talk = async (agent: ClientContext): Promise<ConversationEnd> => {
    const { events, closed, isClosed } = options;
    let opened: OpenedSession;
    try {
      opened = await openSession(agent, order, events);
    } catch (error) {
      return { kind: 'not_opened', detail: describe(error) };
    }
    isOpened = true;
    const sessionId = opened.id;
    cancel = () => {
      cancelled = true;
      void agent.notify(methods.agent.session.cancel, { sessionId }).catch(() => undefined); // it has ended already
    };
    const say = (text: string) => runTurn(agent, { sessionId, text }, { closed, cancel: () => cancel() });
    let turn = await say(order.session === null ? firstText(order, opened) : order.goOn);
    tellUsage(turn, events);
    if (!isClosed() && !cancelled && mayNudge(turn)) {
      turn = await say(order.nudge);
      tellUsage(turn, events);
    }
    return { kind: 'stopped', reason: turn?.stopReason ?? 'unanswered' };
  };
  const ended = connect(
    pipes,
    onceOpened(options.events, () => isOpened),
    talk,
  ).catch((error: unknown): ConversationEnd => {
    const kind = !isOpened ? 'not_opened' : error instanceof RequestError ? 'failed' : 'broken';
    return { kind, detail: describe(error) };
  });
  return { ended, cancel: () => cancel() };
}

/** What an agent says before it was asked anything (of its mode, or a session again that it loaded) is none of its work. */
function onceOpened(events: ConversationEvents, isOpened: () => boolean): ConversationEvents {
  const heard = (tell: (text: string) => void) => (text: string) => {
    if (isOpened()) tell(text);
  };
  return { ...events, text: heard(events.text), tool: heard(events.tool), plan: heard(events.plan) };
}

/** Advertises nothing: an agent reads and writes through its own tools, behind the wall, where it can be held. */
function initialize(agent: ClientContext): Promise<InitializeResponse> {
  return agent.request(methods.agent.initialize, {
    protocolVersion: PROTOCOL_VERSION,
    clientCapabilities: {},
    clientInfo: { name: 'baton', version: '1' },
  });
}

/** Reads what the agent says until the connection is done with. */
function connect<T>(
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

interface OpenedSession {
  id: string;
  /** Whether the instructions still have to be said. */
  inPrompt: boolean;
}

async function openSession(
  agent: ClientContext,
  order: ConversationOrder,
  events: ConversationEvents,
): Promise<OpenedSession> {
  const { agentCapabilities } = await initialize(agent);
  if (order.method !== null) await agent.request(methods.agent.authenticate, { methodId: order.method });
  const can = agentCapabilities?.sessionCapabilities ?? {};
  const mcpServers = [mcpServer(order, agentCapabilities?.mcpCapabilities?.http === true)];
  const hasSystem = order.systemPrompt !== 'none' && can.systemPrompt != null && order.instructions !== '';
  const request: NewSessionRequest = {
    cwd: order.cwd,
    mcpServers,
    ...(Object.keys(order.meta).length === 0 ? {} : { _meta: { ...order.meta } }),
    ...(hasSystem
      ? {
          systemPrompt: {
            mode: order.systemPrompt,
            content: [{ type: 'text' as const, text: order.instructions }],
          },
        }
      : {}),
  };
  const resumable = can.resume != null || agentCapabilities?.loadSession === true;
  if (order.session !== null) {
    const method = can.resume != null ? methods.agent.session.resume : methods.agent.session.load;
    await agent.request(method, { ...request, sessionId: order.session });
    events.session(order.session, false);
    return { id: order.session, inPrompt: false };
  }
  const opened = await agent.request(methods.agent.session.new, request);
  events.session(opened.sessionId, resumable);
  await prepareSession(agent, opened, order, events);
  return { id: opened.sessionId, inPrompt: !hasSystem };
}

function mcpServer({ submit }: ConversationOrder, overHttp: boolean): McpServer {
  const { name, url, token, bridge } = submit;
  if (overHttp)
    return { type: 'http', name, url, headers: [{ name: 'Authorization', value: `Bearer ${token}` }] };
  const env = [
    { name: 'BATON_SUBMIT_URL', value: url },
    { name: 'BATON_SUBMIT_TOKEN', value: token },
  ];
  return { name, ...bridge, env };
}

/** Mode, model and reasoning, where the agent offers them; a model that it does not offer is said and left out. */
async function prepareSession(
  agent: ClientContext,
  opened: NewSessionResponse,
  order: ConversationOrder,
  events: ConversationEvents,
): Promise<void> {
  const { sessionId, modes } = opened;
  if (order.mode !== null && order.mode !== modes?.currentModeId)
    await agent.request(methods.agent.session.setMode, { sessionId, modeId: order.mode });
  for (const [category, wanted] of [
    ['model', order.model],
    ['thought_level', order.reasoning],
  ] as const) {
    if (wanted === null) continue;
    const chosen = findChoice(opened.configOptions ?? [], category, wanted);
    const listed = category === 'model' && chosen === null ? findListedModel(opened, wanted) : null;
    if (listed !== null) await agent.request('session/set_model', { sessionId, modelId: listed });
    else if (chosen === null)
      events.text(`(it offers no ${category.replace('_', ' ')} "${wanted}": its own choice holds)\n`);
    else await agent.request(methods.agent.session.setConfigOption, { sessionId, ...chosen });
  }
}

function firstText({ instructions, prompt }: ConversationOrder, { inPrompt }: OpenedSession): string {
  return inPrompt && instructions !== '' ? `${instructions}\n\n${prompt}` : prompt;
}

/** One turn; once a result is in, the agent has a little while to end it by itself, and is then told to. */
async function runTurn(
  agent: ClientContext,
  { sessionId, text }: { sessionId: string; text: string },
  { closed, cancel }: { closed: Promise<void>; cancel: () => void },
): Promise<PromptResponse | null> {
  const answered = agent.request(methods.agent.session.prompt, {
    sessionId,
    prompt: [{ type: 'text', text }],
  });
  let isAnswered = false;
  const answer = answered.finally(() => {
    isAnswered = true;
  });
  const settled = async (): Promise<null> => {
    await closed;
    await within(answer, SETTLE_MS);
    if (!isAnswered) cancel();
    return null;
  };
  return Promise.race([answer, settled()]);
}

/** Waits until it is settled, or no longer. */
async function within(promise: Promise<unknown>, ms: number): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([promise.catch(() => undefined), late]);
  clearTimeout(timer);
}

/** Who refuses has said what it has to say. */
function mayNudge(turn: PromptResponse | null): boolean {
  return turn !== null && turn.stopReason !== 'refusal' && turn.stopReason !== 'cancelled';
}

function tellUsage(turn: PromptResponse | null, events: ConversationEvents): void {
  const usage = turn?.usage;
  if (usage == null) return;
  const cached = (usage.cachedReadTokens ?? 0) + (usage.cachedWriteTokens ?? 0);
  events.usage({ inputTokens: usage.inputTokens + cached, outputTokens: usage.outputTokens });
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

function describe(error: unknown): string {
  if (error instanceof RequestError && error.data !== undefined)
    return `${error.message} (${JSON.stringify(error.data).slice(0, 1_000)})`;
  return error instanceof Error ? error.message : String(error);
}
