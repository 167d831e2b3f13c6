import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { describe, expect, it } from 'vitest';
import { resultJsonSchema } from '../../definitions/result-schema.ts';
import { checkAgainst } from './check-schema.ts';
import { createOffers } from './offers.ts';
import type { CheckResult } from './offers.ts';
import { openSubmitServer } from './submit-server.ts';
import { SUBMIT_TOOL } from './submit-words.ts';
import type { SubmitServer } from './submit-server.ts';

const BRIDGE = fileURLToPath(new URL('./bridge.ts', import.meta.url));
const schema = { type: 'object', properties: { summary: { type: 'string' } }, required: ['summary'] };
const check = checkAgainst({ resultSchema: () => schema });
const transports = {
  'streamable HTTP': ({ url, token }: SubmitServer) =>
    new StreamableHTTPClientTransport(new URL(url), {
      requestInit: { headers: { authorization: `Bearer ${token}` } },
    }),
  'stdio through the bridge': ({ url, token }: SubmitServer) =>
    new StdioClientTransport({
      command: process.execPath,
      args: [BRIDGE],
      env: { BATON_SUBMIT_URL: url, BATON_SUBMIT_TOKEN: token },
    }),
};

const nested = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);

async function connect(server: SubmitServer, kind: keyof typeof transports) {
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transports[kind](server));
  return {
    client,
    submit: async (result: Record<string, unknown>) => {
      const { content, isError } = await client.callTool({ name: SUBMIT_TOOL, arguments: result });
      return { text: (content[0] as { text: string }).text, isError: isError === true };
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

describe.each(Object.keys(transports) as (keyof typeof transports)[])('submit_result over %s', (kind) => {
  it('shows the schema of this result, and asks agents to show the tool at once', async () => {
    await using server = await openSubmitServer({ schema, offers: createOffers(check) });
    await using agent = await connect(server, kind);
    const { tools } = await agent.client.listTools();
    expect(tools).toHaveLength(1);
    expect(tools[0]).toMatchObject({
      name: 'submit_result',
      inputSchema: schema,
      _meta: { 'anthropic/alwaysLoad': true },
    });
  });

  it('says in the same call what is wrong, takes the mended result, and then no other', async () => {
    const offers = createOffers(check);
    await using server = await openSubmitServer({ schema, offers });
    await using agent = await connect(server, kind);
    const refused = await agent.submit({ summary: 7 });
    expect(refused.isError).toBe(true);
    expect(refused.text).toMatch(/summary must be string.*Mend it/s);
    expect(offers.accepted()).toBeNull();
    expect(await agent.submit({ summary: 'done' })).toMatchObject({ isError: false });
    await offers.closed;
    const late = await agent.submit({ summary: 'other' });
    expect(late).toMatchObject({ isError: true });
    expect(late.text).toContain('accepted already');
    expect(offers.accepted()).toEqual({ result: { summary: 'done' } });
    expect(Buffer.from(offers.raw()).toString()).toBe('{"summary":7}\n{"summary":"done"}\n');
  });

  it('refuses one that is nested too deep, and listens on', async () => {
    const offers = createOffers(check);
    await using server = await openSubmitServer({ schema, offers });
    await using agent = await connect(server, kind);
    const deep = { summary: 'done', covers: nested(2_000) };
    expect(await agent.submit(deep)).toMatchObject({
      isError: true,
      text: expect.stringContaining('more than 100 levels deep') as string,
    });
    expect(await agent.submit({ summary: 'done' })).toMatchObject({ isError: false });
  });
});

describe('the submit server', () => {
  it('PRIV-12: refuses a wrong or missing token, and that of another invocation', async () => {
    await using server = await openSubmitServer({ schema, offers: createOffers(check) });
    await using other = await openSubmitServer({ schema, offers: createOffers(check) });
    for (const token of ['', 'x', other.token]) {
      const response = await fetch(server.url, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: '{}',
      });
      expect(response.status).toBe(401);
    }
    expect((await fetch(server.url, { method: 'POST' })).status).toBe(401);
  });

  it('is gone when it is disposed, also while an agent is connected', async () => {
    const server = await openSubmitServer({ schema, offers: createOffers(check) });
    await using agent = await connect(server, 'streamable HTTP');
    await server[Symbol.asyncDispose]();
    await expect(fetch(server.url)).rejects.toThrow(/fetch failed/);
    await expect(agent.client.listTools()).rejects.toThrow(/fetch failed/);
  });
});

describe('offers', () => {
  it('accept one of two that come at the same time', async () => {
    const offers = createOffers(() => new Promise((resolve) => setImmediate(resolve, [])));
    const replies = await Promise.all([offers.offer({ n: 1 }), offers.offer({ n: 2 })]);
    expect(replies.map(({ kind }) => kind)).toEqual(['accepted', 'refused']);
    expect(offers.accepted()).toEqual({ result: { n: 1 } });
  });

  it('end after twenty that were refused', async () => {
    let asked = 0;
    const refuse: CheckResult = () => Promise.resolve([`no ${(asked += 1)}`]);
    const offers = createOffers(refuse);
    for (let at = 1; at < 20; at += 1) expect(await offers.offer({})).toMatchObject({ final: false });
    expect(await offers.offer({})).toMatchObject({ problems: ['no 20'], final: true });
    await offers.closed;
    expect(await offers.offer({})).toMatchObject({ final: true });
    expect(asked).toBe(20);
    expect(offers.lastProblems()).toEqual(['no 20']);
  });

  it('judge the next one after a check that failed', async () => {
    let first = true;
    const offers = createOffers(async () => {
      if (first) {
        first = false;
        throw new Error('disk');
      }
      return [];
    });
    await expect(offers.offer({})).rejects.toThrow('disk');
    expect(await offers.offer({})).toEqual({ kind: 'accepted' });
  });

  it('refuse what is nested deeper than it could be kept, and ask nobody about it', async () => {
    const offers = createOffers(() => Promise.reject(new Error('asked')));
    const reply = await offers.offer({ covers: nested(50_000) });
    expect(reply).toMatchObject({ kind: 'refused', final: false });
    expect(offers.lastProblems().join()).toMatch('more than 100 levels deep');
  });

  it('OUT-6: check and keep text that can be stored', async () => {
    const offers = createOffers(() => Promise.resolve([]));
    await offers.offer(JSON.parse('{"summary":"\\ud800"}'));
    expect(offers.accepted()).toEqual({ result: { summary: '\ufffd' } });
  });

  it('ask the engine first, and the schema of every kind of result after it', async () => {
    const order = { resultSchema: () => schema, checkResult: () => Promise.resolve(['the engine says no']) };
    expect(await checkAgainst(order)({})).toEqual(['the engine says no']);
    for (const output of ['requirements', 'research', 'plan', 'selection', 'changes', 'review']) {
      const role = output === 'review' ? 'reviewer' : 'specialist';
      const problems = await checkAgainst({ resultSchema: () => resultJsonSchema(output, role) })({});
      expect(problems.join()).toMatch(/status/);
    }
  });
});
