/** Gemini's generateContent. */
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

const STATUS_WORDS: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};
const PATH = /\/models\/([^/:]+):(generateContent|streamGenerateContent)$/;

export const GEMINI: FakeWire = {
  name: 'gemini',
  recognise: ({ pathname, searchParams }) => {
    const found = PATH.exec(pathname);
    if (found === null) return null;
    const framing = searchParams.get('alt') === 'sse' ? 'sse' : 'array';
    return { framing, stream: found[2] === 'streamGenerateContent', model: found[1] ?? '' };
  },
  aside: (method, pathname, bytes) =>
    method === 'POST' && pathname.endsWith(':countTokens')
      ? { totalTokens: countTokens(bytes.toString('utf8')) }
      : null,
  parse: (given, { stream, model }) => {
    const body = asObject(given);
    return {
      model: model ?? '',
      stream: stream ?? false,
      system: textOf(asObject(body['systemInstruction'] ?? body['system_instruction'])['parts']),
      turns: asList(body['contents']).map(toTurn),
      tools: asList(body['tools'])
        .flatMap((tool) => asList(tool['functionDeclarations'] ?? tool['function_declarations']))
        .map((tool) => ({
          name: asText(tool['name']),
          description: asText(tool['description']),
          schema: tool['parametersJsonSchema'] ?? tool['parameters'],
        })),
    };
  },
  answer: (call, answer) =>
    part(call, { parts: partsOf(call, answer), finish: finishReason(answer), answer }),
  events,
  error: ({ status, type, message }) => ({
    error: { code: status, message, status: type ?? STATUS_WORDS[status] ?? 'UNKNOWN' },
  }),
};

function toTurn(content: Json): FakeTurn {
  return {
    role: content['role'] === 'model' ? 'assistant' : 'user',
    parts: asList(content['parts']).flatMap(toPart),
  };
}

function toPart(given: Json): FakePart[] {
  if (typeof given['text'] === 'string') return [{ kind: 'text', text: given['text'] }];
  if (given['functionCall'] !== undefined) {
    const called = asObject(given['functionCall']);
    const name = asText(called['name']);
    return [{ kind: 'tool_call', id: asText(called['id']) || name, name, args: called['args'] }];
  }
  if (given['functionResponse'] !== undefined) {
    const answered = asObject(given['functionResponse']);
    const text = JSON.stringify(answered['response'] ?? null);
    return [{ kind: 'tool_result', id: asText(answered['id']) || asText(answered['name']), text }];
  }
  return [];
}

function partsOf(call: FakeCall, { text, reasoning, toolCalls = [] }: FakeAnswer): Json[] {
  return [
    ...(reasoning === undefined ? [] : [{ text: reasoning, thought: true }]),
    ...(text === undefined ? [] : [{ text }]),
    ...toolCalls.map(({ name, args }, at) => ({
      functionCall: { id: `call_fake_${call.index}_${at}`, name, args },
      thoughtSignature: 'ZmFrZQ==',
    })),
  ];
}

function finishReason({ tooLong, refuses }: FakeAnswer): string {
  if (refuses === true) return 'SAFETY';
  return tooLong === true ? 'MAX_TOKENS' : 'STOP';
}

interface PartFacts {
  parts: Json[];
  finish: string | null;
  answer: FakeAnswer;
}

function part(call: FakeCall, { parts, finish, answer }: PartFacts): Json {
  return {
    candidates: [
      {
        content: { role: 'model', parts },
        ...(finish === null ? {} : { finishReason: finish }),
        index: 0,
      },
    ],
    usageMetadata: billed(usageOf(call, answer)),
    modelVersion: call.model,
    responseId: `fake-${call.index}`,
  };
}

/** Here thoughts are counted beside the candidates. */
function billed(usage: FakeUsage | null): Json | undefined {
  if (usage === null) return undefined;
  return {
    promptTokenCount: usage.input,
    cachedContentTokenCount: usage.cachedInput,
    candidatesTokenCount: usage.output - usage.reasoning,
    thoughtsTokenCount: usage.reasoning,
    totalTokenCount: usage.input + usage.output,
  };
}

function events(call: FakeCall, answer: FakeAnswer): WireEvent[] {
  const small = partsOf(call, answer).flatMap((one) =>
    typeof one['text'] === 'string' ? pieces(one['text']).map((text) => ({ ...one, text })) : [one],
  );
  const parts = small.map((one): WireEvent => ({ data: part(call, { parts: [one], finish: null, answer }) }));
  return [...parts, { data: part(call, { parts: [{ text: '' }], finish: finishReason(answer), answer }) }];
}
