/** OpenAI's Chat Completions, which many local servers speak as well. */
import type { FakeAnswer, FakeCall, FakePart, FakeTurn, FakeUsage } from './fake-model.ts';
import { asObject, type Json } from '../../core/json.ts';
import {
  argsText,
  asList,
  asText,
  parseArgs,
  pieces,
  textOf,
  usageOf,
  type FakeWire,
  type WireEvent,
} from './fake-wire.ts';

/** So that two answers to the same call are the same. */
const CREATED = 1_700_000_000;

export const OPENAI_CHAT: FakeWire = {
  name: 'openai_chat',
  recognise: ({ pathname }) =>
    pathname.endsWith('/chat/completions') ? { framing: 'sse', stream: null, model: null } : null,
  aside: (method, pathname) =>
    method === 'GET' && pathname.endsWith('/models')
      ? { object: 'list', data: [{ id: 'fake', object: 'model', created: CREATED, owned_by: 'fake' }] }
      : null,
  parse: (given) => {
    const body = asObject(given);
    const turns = asList(body['messages']).map(toTurn);
    return {
      model: asText(body['model']),
      stream: body['stream'] === true,
      system: turns
        .filter((turn) => turn.role === 'system')
        .flatMap((turn) => turn.parts.map((part) => (part.kind === 'text' ? part.text : '')))
        .join('\n'),
      turns: turns.filter((turn) => turn.role !== 'system'),
      tools: asList(body['tools']).map((tool) => {
        const about = asObject(tool['function']);
        return {
          name: asText(about['name']),
          description: asText(about['description']),
          schema: about['parameters'],
        };
      }),
    };
  },
  answer: (call, answer) => ({
    ...completion(call, 'chat.completion'),
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: answer.text ?? null,
          ...(answer.reasoning === undefined ? {} : { reasoning_content: answer.reasoning }),
          ...(answer.toolCalls === undefined ? {} : { tool_calls: toolCallsOf(call, answer) }),
        },
        finish_reason: finishReason(answer),
      },
    ],
    usage: billed(usageOf(call, answer)),
  }),
  events,
  error: ({ status, type, message }) => ({
    error: {
      message,
      type: type ?? (status === 429 ? 'requests' : status >= 500 ? 'server_error' : 'invalid_request_error'),
      param: null,
      code: type ?? (status === 429 ? 'rate_limit_exceeded' : null),
    },
  }),
};

function toTurn(message: Json): FakeTurn {
  const text = textOf(message['content']);
  switch (message['role']) {
    case 'system':
    case 'developer':
      return { role: 'system', parts: [{ kind: 'text', text }] };
    case 'tool':
      return {
        role: 'user',
        parts: [{ kind: 'tool_result', id: asText(message['tool_call_id']), text }],
      };
    case 'assistant':
      return { role: 'assistant', parts: [...textPart(text), ...asList(message['tool_calls']).map(toCall)] };
    default:
      return { role: 'user', parts: textPart(text) };
  }
}

function textPart(text: string): FakePart[] {
  return text === '' ? [] : [{ kind: 'text', text }];
}

function toCall(call: Json): FakePart {
  const about = asObject(call['function']);
  return {
    kind: 'tool_call',
    id: asText(call['id']),
    name: asText(about['name']),
    args: parseArgs(about['arguments']),
  };
}

function completion(call: FakeCall, object: string): Json {
  return { id: `chatcmpl-fake-${call.index}`, object, created: CREATED, model: call.model };
}

function toolCallsOf(call: FakeCall, { toolCalls = [] }: FakeAnswer): Json[] {
  return toolCalls.map(({ name, args }, at) => ({
    id: `call_fake_${call.index}_${at}`,
    type: 'function',
    function: { name, arguments: argsText(args) },
  }));
}

function finishReason({ tooLong, refuses, toolCalls = [] }: FakeAnswer): string {
  if (refuses === true) return 'content_filter';
  if (tooLong === true) return 'length';
  return toolCalls.length > 0 ? 'tool_calls' : 'stop';
}

function billed(usage: FakeUsage | null): Json | undefined {
  if (usage === null) return undefined;
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cachedInput },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
  };
}

/** The usage comes in a part of its own, and only where it was asked for. */
function events(call: FakeCall, answer: FakeAnswer): WireEvent[] {
  const usage = billed(usageOf(call, answer));
  const wanted = asObject(asObject(call.body)['stream_options'])['include_usage'] === true;
  const base = completion(call, 'chat.completion.chunk');
  const part = (delta: Json, finish_reason: string | null = null): WireEvent => ({
    data: { ...base, choices: [{ index: 0, delta, finish_reason }] },
  });
  return [
    part({ role: 'assistant', content: '' }),
    ...pieces(answer.reasoning ?? '').map((reasoning_content) => part({ reasoning_content })),
    ...pieces(answer.text ?? '').map((content) => part({ content })),
    ...toolCallsOf(call, answer).flatMap((toolCall, index) => {
      const about = asObject(toolCall['function']);
      return [
        part({ tool_calls: [{ index, ...toolCall, function: { name: about['name'], arguments: '' } }] }),
        ...pieces(asText(about['arguments'])).map((text) =>
          part({ tool_calls: [{ index, function: { arguments: text } }] }),
        ),
      ];
    }),
    part({}, finishReason(answer)),
    ...(wanted && usage !== undefined ? [{ data: { ...base, choices: [], usage } }] : []),
    { data: '[DONE]' },
  ];
}
