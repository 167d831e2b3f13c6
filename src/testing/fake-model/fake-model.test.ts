import { describe, expect, it } from 'vitest';
import { inSequence, lastToolResult, openFakeModel, type FakeReply } from './fake-model.ts';

const TOOL = { name: 'read_file', description: 'reads', schema: { type: 'object' } };
/** The same conversation in every format: a question, a call of a tool, and what the tool gave back. */
const CALLS = {
  anthropic_messages: {
    path: '/v1/messages',
    body: {
      model: 'm',
      system: 'be brief',
      messages: [
        { role: 'user', content: 'what is in a.txt?' },
        {
          role: 'assistant',
          content: [{ type: 'tool_use', id: 'c1', name: 'read_file', input: { path: 'a.txt' } }],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content: 'hello' }] },
      ],
      tools: [{ name: TOOL.name, description: TOOL.description, input_schema: TOOL.schema }],
    },
  },
  openai_chat: {
    path: '/v1/chat/completions',
    body: {
      model: 'm',
      messages: [
        { role: 'system', content: 'be brief' },
        { role: 'user', content: 'what is in a.txt?' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'read_file', arguments: '{"path":"a.txt"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'hello' },
      ],
      tools: [
        {
          type: 'function',
          function: { name: TOOL.name, description: TOOL.description, parameters: TOOL.schema },
        },
      ],
      stream_options: { include_usage: true },
    },
  },
  openai_responses: {
    path: '/v1/responses',
    body: {
      model: 'm',
      instructions: 'be brief',
      input: [
        { role: 'user', content: 'what is in a.txt?' },
        { type: 'function_call', call_id: 'c1', name: 'read_file', arguments: '{"path":"a.txt"}' },
        { type: 'function_call_output', call_id: 'c1', output: 'hello' },
      ],
      tools: [{ type: 'function', name: TOOL.name, description: TOOL.description, parameters: TOOL.schema }],
    },
  },
  gemini: {
    path: '/v1beta/models/m:generateContent',
    body: {
      systemInstruction: { parts: [{ text: 'be brief' }] },
      contents: [
        { role: 'user', parts: [{ text: 'what is in a.txt?' }] },
        {
          role: 'model',
          parts: [{ functionCall: { id: 'c1', name: 'read_file', args: { path: 'a.txt' } } }],
        },
        {
          role: 'user',
          parts: [{ functionResponse: { id: 'c1', name: 'read_file', response: { output: 'hello' } } }],
        },
      ],
      tools: [
        {
          functionDeclarations: [{ name: TOOL.name, description: TOOL.description, parameters: TOOL.schema }],
        },
      ],
    },
  },
} as const;
type Wire = keyof typeof CALLS;
const WIRES = Object.keys(CALLS) as Wire[];

function ask(url: string, wire: Wire, stream = false): Promise<Response> {
  const { path, body } = CALLS[wire];
  const streamed = wire === 'gemini' ? path.replace(':generate', ':streamGenerate') : path;
  return fetch(`${url}${stream ? `${streamed}${wire === 'gemini' ? '?alt=sse' : ''}` : path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': 'k' },
    body: JSON.stringify(wire === 'gemini' ? body : { ...body, stream }),
  });
}

describe.each(WIRES)('the fake model as %s', (wire) => {
  it('shows the script the conversation, the instructions and the tools of the caller', async () => {
    await using fake = await openFakeModel({ script: () => ({ kind: 'answer', text: 'ok' }) });
    await ask(fake.url, wire);
    expect(fake.calls[0]).toMatchObject({
      wire,
      model: 'm',
      stream: false,
      system: 'be brief',
      tools: [TOOL],
      turns: [
        { role: 'user', parts: [{ kind: 'text', text: 'what is in a.txt?' }] },
        {
          role: 'assistant',
          parts: [{ kind: 'tool_call', id: 'c1', name: 'read_file', args: { path: 'a.txt' } }],
        },
        { role: 'user', parts: [{ kind: 'tool_result', id: 'c1' }] },
      ],
    });
    expect(fake.calls[0] && lastToolResult(fake.calls[0])).toContain('hello');
    expect(fake.calls[0]?.headers['x-api-key']).toBe('k');
  });

  it('answers with texts, tool calls and usage, streamed in parts and whole', async () => {
    const answer: FakeReply = {
      kind: 'answer',
      text: 'I look at it once more, slowly and carefully.',
      toolCalls: [{ name: 'read_file', args: { path: 'b.txt' } }],
      usage: { input: 4_711, output: 815 },
    };
    await using fake = await openFakeModel({ script: inSequence(answer) });
    const whole = await (await ask(fake.url, wire)).text();
    const streamed = await (await ask(fake.url, wire, true)).text();
    for (const said of [whole, streamed]) {
      expect(said).toContain('I look at it once more,');
      expect(said).toContain('b.txt');
      expect(said).toContain('4711');
      expect(said).toContain('815');
    }
    expect(streamed.split('\n\n').length).toBeGreaterThan(3);
  });

  it('refuses with a status and headers, breaks streams off and says nothing, as the script wants', async () => {
    const answer: FakeReply = { kind: 'answer', text: 'a long text that is cut off in the middle' };
    await using fake = await openFakeModel({
      script: inSequence(
        { kind: 'error', status: 429, message: 'slow down', headers: { 'retry-after': '7' } },
        { kind: 'cut', answer, afterParts: 1 },
        { kind: 'hang' },
      ),
    });
    const refused = await ask(fake.url, wire);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '7']);
    expect(await refused.text()).toContain('slow down');
    const cut = await ask(fake.url, wire, true);
    await expect(cut.text()).rejects.toThrow();
    const silent = ask(fake.url, wire);
    await expect.poll(() => fake.calls.length, { timeout: 60_000 }).toBe(3);
    await fake[Symbol.asyncDispose]();
    await expect(silent).rejects.toThrow();
  });
});

it('says 500 for a script that throws, and keeps what no format knows', async () => {
  await using fake = await openFakeModel({
    script: () => {
      throw new Error('never mind');
    },
  });
  const failed = await ask(fake.url, 'openai_chat');
  expect([failed.status, await failed.text()]).toEqual([500, expect.stringContaining('never mind')]);
  expect((await fetch(`${fake.url}/v1/nothing`)).status).toBe(404);
  expect(fake.strays).toEqual(['GET /v1/nothing']);
});

it('finds the tools that a conversation of Responses names itself', async () => {
  await using fake = await openFakeModel({ script: inSequence({ kind: 'answer', text: 'yes' }) });
  const exec = { type: 'custom', name: 'exec', description: 'runs' };
  const tools = [{ type: 'namespace', name: 'functions', tools: [exec] }];
  const input = [
    { type: 'additional_tools', role: 'developer', tools },
    { role: 'user', content: 'go' },
  ];
  await fetch(`${fake.url}/v1/responses`, { method: 'POST', body: JSON.stringify({ model: 'm', input }) });
  expect(fake.calls[0]?.tools).toMatchObject([{ name: 'exec', custom: true, namespace: 'functions' }]);
  expect(fake.calls[0]?.turns).toEqual([{ role: 'user', parts: [{ kind: 'text', text: 'go' }] }]);
});
