/** OpenAI's Responses. */
import type { FakeAnswer, FakeCall, FakeTool, FakeTurn, FakeUsage } from './fake-model.ts';
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

const CREATED = 1_700_000_000;

export const OPENAI_RESPONSES: FakeWire = {
  name: 'openai_responses',
  recognise: ({ pathname }) =>
    pathname.endsWith('/responses') ? { framing: 'sse', stream: null, model: null } : null,
  aside: () => null,
  parse: (given) => {
    const body = asObject(given);
    const input = body['input'];
    const turns =
      typeof input === 'string'
        ? [{ role: 'user', parts: [{ kind: 'text', text: input }] } satisfies FakeTurn]
        : asList(input).flatMap(toTurn);
    const system = turns
      .filter((turn) => turn.role === 'system')
      .flatMap((turn) => turn.parts.map((part) => (part.kind === 'text' ? part.text : '')));
    return {
      model: asText(body['model']),
      stream: body['stream'] === true,
      system: [asText(body['instructions']), ...system].filter((text) => text !== '').join('\n'),
      turns: turns.filter((turn) => turn.role !== 'system'),
      tools: [...asList(body['tools']), ...toolsInInput(input)].flatMap((tool) => toTools(tool)),
    };
  },
  answer: (call, answer) => responseOf(call, answer, 'completed'),
  events,
  error: ({ status, type, message }) => ({
    error: {
      message,
      type:
        type ??
        (status === 429 ? 'rate_limit_error' : status >= 500 ? 'server_error' : 'invalid_request_error'),
      param: null,
      code: type ?? (status === 429 ? 'rate_limit_exceeded' : null),
    },
  }),
};

/** Callers may say what can be called in the conversation itself, so that what stands before it stays as it was. */
function toolsInInput(input: unknown): Json[] {
  return asList(input).flatMap((item) => (item['type'] === 'additional_tools' ? asList(item['tools']) : []));
}

/** Functions, tools that take a text, and both in groups. Tools that the provider runs itself are no business of a script. */
function toTools(tool: Json, namespace?: string): FakeTool[] {
  const about = {
    name: asText(tool['name']),
    description: asText(tool['description']),
    schema: tool['parameters'] ?? tool['format'],
    ...(namespace === undefined ? {} : { namespace }),
  };
  switch (tool['type']) {
    case 'function':
      return [about];
    case 'custom':
      return [{ ...about, custom: true }];
    case 'namespace':
      return asList(tool['tools']).flatMap((inner) => toTools(inner, about.name));
    default:
      return [];
  }
}

function toTurn(item: Json): FakeTurn[] {
  const text = textOf(item['content']);
  switch (item['type'] ?? 'message') {
    case 'message': {
      const said = item['role'];
      const role = said === 'assistant' ? 'assistant' : said === 'user' ? 'user' : 'system';
      return [{ role, parts: [{ kind: 'text', text }] }];
    }
    case 'function_call':
    case 'custom_tool_call': {
      const args = item['type'] === 'function_call' ? parseArgs(item['arguments']) : item['input'];
      const [id, name] = [asText(item['call_id']), asText(item['name'])];
      return [{ role: 'assistant', parts: [{ kind: 'tool_call', id, name, args }] }];
    }
    case 'function_call_output':
    case 'custom_tool_call_output':
      return [
        {
          role: 'user',
          parts: [{ kind: 'tool_result', id: asText(item['call_id']), text: textOf(item['output']) }],
        },
      ];
    default:
      return [];
  }
}

function responseOf(call: FakeCall, answer: FakeAnswer | null, status: string): Json {
  const usage = answer === null ? null : billed(usageOf(call, answer));
  const short = answer === null ? null : whyIncomplete(answer);
  const done = short !== null && status === 'completed' ? 'incomplete' : status;
  return {
    id: `resp_fake_${call.index}`,
    object: 'response',
    created_at: CREATED,
    status: done,
    error: null,
    incomplete_details: done === 'incomplete' ? { reason: short } : null,
    instructions: null,
    metadata: {},
    model: call.model,
    output: answer === null ? [] : itemsOf(call, answer),
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    usage,
  };
}

function itemsOf(call: FakeCall, { text, reasoning, toolCalls = [] }: FakeAnswer): Json[] {
  return [
    ...(reasoning === undefined
      ? []
      : [
          {
            type: 'reasoning',
            id: `rs_fake_${call.index}`,
            summary: [{ type: 'summary_text', text: reasoning }],
          },
        ]),
    ...(text === undefined
      ? []
      : [
          {
            type: 'message',
            id: `msg_fake_${call.index}`,
            role: 'assistant',
            status: 'completed',
            content: [{ type: 'output_text', text, annotations: [] }],
          },
        ]),
    ...toolCalls.map(({ name, args }, at) => toolItem(call, { name, args, at })),
  ];
}

function toolItem(call: FakeCall, { name, args, at }: { name: string; args: unknown; at: number }): Json {
  const tool = call.tools.find((one) => one.name === name);
  const shared = {
    call_id: `call_fake_${call.index}_${at}`,
    name,
    status: 'completed',
    ...(tool?.namespace === undefined ? {} : { namespace: tool.namespace }),
  };
  return tool?.custom === true
    ? { type: 'custom_tool_call', id: `ctc_fake_${call.index}_${at}`, ...shared, input: argsText(args) }
    : { type: 'function_call', id: `fc_fake_${call.index}_${at}`, ...shared, arguments: argsText(args) };
}

function billed(usage: FakeUsage | null): Json | null {
  if (usage === null) return null;
  return {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: usage.cachedInput },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: usage.input + usage.output,
  };
}

/** null: it is whole. */
function whyIncomplete({ tooLong, refuses }: FakeAnswer): string | null {
  if (refuses === true) return 'content_filter';
  return tooLong === true ? 'max_output_tokens' : null;
}

function events(call: FakeCall, answer: FakeAnswer): WireEvent[] {
  const begun = responseOf(call, null, 'in_progress');
  const parts: Json[] = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    ...itemsOf(call, answer).flatMap((item, output_index) => itemEvents(item, output_index)),
    {
      type: whyIncomplete(answer) !== null ? 'response.incomplete' : 'response.completed',
      response: responseOf(call, answer, 'completed'),
    },
  ];
  return parts.map((part, sequence_number) => ({
    event: asText(part['type']),
    data: { ...part, sequence_number },
  }));
}

function itemEvents(item: Json, output_index: number): Json[] {
  const at = { item_id: item['id'], output_index };
  const frame = (begun: Json, inner: Json[]): Json[] => [
    { type: 'response.output_item.added', output_index, item: begun },
    ...inner,
    { type: 'response.output_item.done', output_index, item },
  ];
  switch (item['type']) {
    case 'reasoning': {
      const text = textOf(item['summary']);
      const of = { ...at, summary_index: 0 };
      const part = (words: string): Json => ({ type: 'summary_text', text: words });
      return frame({ ...item, summary: [] }, [
        { type: 'response.reasoning_summary_part.added', ...of, part: part('') },
        ...pieces(text).map((delta) => ({ type: 'response.reasoning_summary_text.delta', ...of, delta })),
        { type: 'response.reasoning_summary_text.done', ...of, text },
        { type: 'response.reasoning_summary_part.done', ...of, part: part(text) },
      ]);
    }
    case 'message': {
      const text = textOf(item['content']);
      const of = { ...at, content_index: 0 };
      const part = (words: string): Json => ({ type: 'output_text', text: words, annotations: [] });
      return frame({ ...item, status: 'in_progress', content: [] }, [
        { type: 'response.content_part.added', ...of, part: part('') },
        ...pieces(text).map((delta) => ({ type: 'response.output_text.delta', ...of, delta, logprobs: [] })),
        { type: 'response.output_text.done', ...of, text, logprobs: [] },
        { type: 'response.content_part.done', ...of, part: part(text) },
      ]);
    }
    default: {
      const [field, name] =
        item['type'] === 'custom_tool_call'
          ? (['input', 'response.custom_tool_call_input'] as const)
          : (['arguments', 'response.function_call_arguments'] as const);
      const text = asText(item[field]);
      return frame({ ...item, status: 'in_progress', [field]: '' }, [
        ...pieces(text).map((delta) => ({ type: `${name}.delta`, ...at, delta })),
        { type: `${name}.done`, ...at, name: item['name'], [field]: text },
      ]);
    }
  }
}
