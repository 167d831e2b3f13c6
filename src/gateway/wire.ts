/** The formats in which models are called. Each has one file in `wires/`; everything else here knows none of them. */

export const WIRES = ['anthropic_messages', 'openai_chat', 'openai_responses', 'gemini'] as const;
export type WireName = (typeof WIRES)[number];
