/** Anthropic's Messages, as a provider speaks them. */
import type { FakeAnswer, FakeCall, FakePart, FakeTurn, FakeUsage } from './fake-model.ts';
import { asObject, type Json } from '../../core/json.ts';
import {
  asList,
  asText,
  countTokens,
  pieces,
  textOf,
  usageOf,
  type FakeWire,
  type WireEvent,
} from './fake-wire.ts';

const ERROR_TYPES: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
};

export const ANTHROPIC_MESSAGES: FakeWire = {
  name: 'anthropic_messages',
  recognise: ({ pathname }) =>
    pathname.endsWith('/messages') ? { framing: 'sse', stream: null, model: null } : null,
  aside: (method, pathname, bytes) =>
    method === 'POST' && pathname.endsWith('/messages/count_tokens')
      ? { input_tokens: countTokens(bytes.toString('utf8')) }
      : null,
  parse: (given) => {
    const body = asObject(given);
    return {
      model: asText(body['model']),
      stream: body['stream'] === true,
      system: textOf(body['system']),
      turns: asList(body['messages']).map(toTurn),
      tools: asList(body['tools']).map((tool) => ({
        name: asText(tool['name']),
        description: asText(tool['description']),
        schema: tool['input_schema'],
      })),
    };
  },
  answer: (call, answer) => ({
    ...message(call),
    content: blocksOf(call, answer),
    stop_reason: stopReason(answer),
    usage: billed(usageOf(call, answer)),
  }),
  events,
  error: ({ status, type, message: text }) => ({
    type: 'error',
    error: { type: type ?? ERROR_TYPES[status] ?? 'api_error', message: text },
    request_id: 'req_fake',
  }),
};

function toTurn(message: Json): FakeTurn {
  const { content } = message;
  const parts =
    typeof content === 'string'
      ? [{ kind: 'text', text: content } as const]
      : asList(content).flatMap(toPart);
  return { role: message['role'] === 'assistant' ? 'assistant' : 'user', parts };
}

function toPart(block: Json): FakePart[] {
  switch (block['type']) {
    case 'text':
      return [{ kind: 'text', text: asText(block['text']) }];
    case 'tool_use':
      return [
        { kind: 'tool_call', id: asText(block['id']), name: asText(block['name']), args: block['input'] },
      ];
    case 'tool_result':
      return [{ kind: 'tool_result', id: asText(block['tool_use_id']), text: textOf(block['content']) }];
    default:
      return [];
  }
}

function message(call: FakeCall): Json {
  return {
    id: `msg_fake_${call.index}`,
    type: 'message',
    role: 'assistant',
    model: call.model,
    stop_sequence: null,
  };
}

function blocksOf(call: FakeCall, { text, reasoning, toolCalls = [] }: FakeAnswer): Json[] {
  return [
    ...(reasoning === undefined ? [] : [{ type: 'thinking', thinking: reasoning, signature: 'fake' }]),
    ...(text === undefined ? [] : [{ type: 'text', text }]),
    ...toolCalls.map(({ name, args }, at) => ({
      type: 'tool_use',
      id: `toolu_fake_${call.index}_${at}`,
      name,
      input: args,
    })),
  ];
}

function stopReason({ tooLong, refuses, toolCalls = [] }: FakeAnswer): string {
  if (refuses === true) return 'refusal';
  if (tooLong === true) return 'max_tokens';
  return toolCalls.length > 0 ? 'tool_use' : 'end_turn';
}

/** Here `input_tokens` are those that no cache had to do with. */
function billed(usage: FakeUsage | null): Json | undefined {
  if (usage === null) return undefined;
  return {
    input_tokens: usage.input - usage.cachedInput - usage.cacheWrites,
    cache_read_input_tokens: usage.cachedInput,
    cache_creation_input_tokens: usage.cacheWrites,
    output_tokens: usage.output,
    ...(usage.reasoning > 0 ? { output_tokens_details: { thinking_tokens: usage.reasoning } } : {}),
  };
}

function events(call: FakeCall, answer: FakeAnswer): WireEvent[] {
  const usage = billed(usageOf(call, answer));
  const started = usage === undefined ? undefined : { ...usage, output_tokens: 1 };
  const named = (data: Json & { type: string }): WireEvent => ({ event: data.type, data });
  return [
    named({
      type: 'message_start',
      message: { ...message(call), content: [], stop_reason: null, usage: started },
    }),
    named({ type: 'ping' }),
    ...blocksOf(call, answer).flatMap((block, index) => [
      named({ type: 'content_block_start', index, content_block: emptied(block) }),
      ...deltasOf(block).map((delta) => named({ type: 'content_block_delta', index, delta })),
      named({ type: 'content_block_stop', index }),
    ]),
    named({
      type: 'message_delta',
      delta: { stop_reason: stopReason(answer), stop_sequence: null },
      usage,
    }),
    named({ type: 'message_stop' }),
  ];
}

function emptied(block: Json): Json {
  switch (block['type']) {
    case 'thinking':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'text':
      return { type: 'text', text: '' };
    default:
      return { ...block, input: {} };
  }
}

function deltasOf(block: Json): Json[] {
  switch (block['type']) {
    case 'thinking':
      return [
        ...pieces(asText(block['thinking'])).map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature: 'fake' },
      ];
    case 'text':
      return pieces(asText(block['text'])).map((text) => ({ type: 'text_delta', text }));
    default:
      return pieces(JSON.stringify(block['input'])).map((partial_json) => ({
        type: 'input_json_delta',
        partial_json,
      }));
  }
}
