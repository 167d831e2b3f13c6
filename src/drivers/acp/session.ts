/** A session of an agent: opened anew or gone on in, with its mode, its model, and where its instructions are said. */
import {
  methods,
  type ClientContext,
  type McpServer,
  type NewSessionRequest,
  type NewSessionResponse,
} from '@agentclientprotocol/sdk/unstable';
import { findChoice, findListedModel } from './choices.ts';
import { initialize, type ConversationEvents } from './connection.ts';

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
  /** Hears the two of them when they are said. */
  tellLater: (text: string) => void;
}

export interface OpenedSession {
  id: string;
  /** Whether the instructions still have to be said. */
  inPrompt: boolean;
}

export async function openSession(
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

export function firstText({ instructions, prompt }: ConversationOrder, { inPrompt }: OpenedSession): string {
  return inPrompt && instructions !== '' ? `${instructions}\n\n${prompt}` : prompt;
}
