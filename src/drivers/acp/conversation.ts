/**
 * One conversation with an agent in the Agent Client Protocol. Beside it only `connection.ts` and
 * `session.ts` know the protocol's package.
 *
 *   initialize ─▶ authenticate? ─▶ session/new or resume ─▶ mode, model ─▶ prompt ─▶ … ─▶ stop
 *                                                              └─ nothing handed in ─▶ one nudge ─▶ stop
 */
import {
  methods,
  RequestError,
  type ClientContext,
  type PromptResponse,
} from '@agentclientprotocol/sdk/unstable';
import { cutEnd } from '../cut.ts';
import { connect, initialize, type ConversationEvents, type Pipes } from './connection.ts';
import { firstText, openSession, type ConversationOrder, type OpenedSession } from './session.ts';

/** After a cancellation or an accepted result an agent gets this long to end its turn by itself. */
const SETTLE_MS = 15_000;

export interface Conversation {
  /** Never rejects. */
  ended: Promise<ConversationEnd>;
  /** Asks the agent to end its turn. */
  cancel(): void;
}

export type ConversationEnd =
  /** It ended its last turn like this; `nudged`: which was its second, as it was asked once more. */
  | { kind: 'stopped'; reason: string; nudged: boolean }
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
    const sayLater = (text: string) => {
      order.tellLater(text);
      return say(text);
    };
    let turn = await (order.session === null ? say(firstText(order, opened)) : sayLater(order.goOn));
    tellUsage(turn, events);
    const nudged = !isClosed() && !cancelled && mayNudge(turn);
    if (nudged) {
      turn = await sayLater(order.nudge);
      tellUsage(turn, events);
    }
    return { kind: 'stopped', reason: turn?.stopReason ?? 'unanswered', nudged };
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

function describe(error: unknown): string {
  if (error instanceof RequestError && error.data !== undefined)
    return `${error.message} (${cutEnd(JSON.stringify(error.data), 1_000)})`;
  return error instanceof Error ? error.message : String(error);
}
