/** From a wire's name to the wire. */
import type { Wire, WireName } from '../wire.ts';
import { ANTHROPIC_MESSAGES } from './anthropic-messages.ts';
import { GEMINI } from './gemini.ts';
import { OPENAI_CHAT } from './openai-chat.ts';
import { OPENAI_RESPONSES } from './openai-responses.ts';

const BY_NAME: Record<WireName, Wire> = {
  anthropic_messages: ANTHROPIC_MESSAGES,
  openai_chat: OPENAI_CHAT,
  openai_responses: OPENAI_RESPONSES,
  gemini: GEMINI,
};

export function findWire(name: WireName): Wire {
  return BY_NAME[name];
}
