/**
 * A model for tests: a server on loopback that speaks the wire formats of the real ones and answers what a script
 * says. The script sees what the caller said: its conversation, its tools, its headers. Agents and clients of
 * providers cannot tell it from a model that is very sure of itself.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WireName } from '../../gateway/wire.ts';
import { ANTHROPIC_MESSAGES } from './anthropic-messages.ts';
import type { FakeWire, RecognisedCall } from './fake-wire.ts';
import { GEMINI } from './gemini.ts';
import { OPENAI_CHAT } from './openai-chat.ts';
import { OPENAI_RESPONSES } from './openai-responses.ts';
import { sendReply } from './send-reply.ts';

export interface FakeCall {
  /** From 0, over all wires. */
  index: number;
  wire: WireName;
  path: string;
  model: string;
  stream: boolean;
  system: string;
  turns: FakeTurn[];
  /** What the caller lets the model call. */
  tools: FakeTool[];
  headers: Record<string, string>;
  /** As it came, parsed; and as it came. */
  body: unknown;
  bytes: Buffer;
}

export interface FakeTurn {
  role: 'system' | 'user' | 'assistant';
  parts: FakePart[];
}

export type FakePart =
  | { kind: 'text'; text: string }
  | { kind: 'tool_call'; id: string; name: string; args: unknown }
  | { kind: 'tool_result'; id: string; text: string };

export interface FakeTool {
  name: string;
  description: string;
  schema: unknown;
  /** `custom` takes a text where functions take an object; `namespace` is the group it was offered in. */
  custom?: boolean;
  namespace?: string;
}

/** As providers bill it: `input` includes what was cached, `output` includes reasoning. */
export interface FakeUsage {
  input: number;
  cachedInput: number;
  cacheWrites: number;
  output: number;
  reasoning: number;
}

export interface FakeAnswer {
  kind: 'answer';
  text?: string;
  reasoning?: string;
  toolCalls?: { name: string; args: unknown }[];
  /** What is left out is counted at four characters each. `none`: the answer says nothing of its usage. */
  usage?: Partial<FakeUsage> | 'none';
  /** The answer stops because it is long enough. */
  tooLong?: boolean;
  /** The model, or a filter of its provider, declines to answer. */
  refuses?: boolean;
  /** Between the parts of a stream. */
  paceMs?: number;
  headers?: Record<string, string>;
}

export type FakeReply =
  | FakeAnswer
  /** `body` replaces what the wire would say. */
  | {
      kind: 'error';
      status: number;
      message?: string;
      type?: string;
      headers?: Record<string, string>;
      body?: unknown;
    }
  /** The connection breaks after so many parts of the stream; without a stream, in the middle of the body. */
  | { kind: 'cut'; answer: FakeAnswer; afterParts: number }
  /** Nothing comes until the caller gives up. */
  | { kind: 'hang' };

export type FakeScript = (call: FakeCall) => FakeReply | Promise<FakeReply>;

export interface FakeModel extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`: all wires, told apart by their paths. */
  url: string;
  /** Every call that a script was asked about, in order. */
  calls: FakeCall[];
  /** `METHOD path` of what no wire knows. */
  strays: string[];
}

const FAKE_WIRES: readonly FakeWire[] = [ANTHROPIC_MESSAGES, OPENAI_CHAT, OPENAI_RESPONSES, GEMINI];
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** One reply after the other; the last one again and again. */
export function inSequence(...replies: [FakeReply, ...FakeReply[]]): FakeScript {
  const queue = [...replies];
  return () => (queue.length > 1 ? queue.shift() : queue[0]) ?? { kind: 'hang' };
}

/** The last thing that a tool gave back, if the caller's turn is just that. */
export function lastToolResult(call: FakeCall): string | null {
  const last = call.turns.at(-1)?.parts.at(-1);
  return last?.kind === 'tool_result' ? last.text : null;
}

/** Listens on loopback until it is disposed. What a script throws is answered as a 500 that says so. */
export async function openFakeModel(options: { script: FakeScript }): Promise<FakeModel> {
  const calls: FakeCall[] = [];
  const strays: string[] = [];
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await readBody(request);
    const url = new URL(request.url ?? '/', 'http://localhost');
    for (const wire of FAKE_WIRES) {
      const aside = wire.aside(request.method ?? 'GET', url.pathname, bytes);
      if (aside !== null) return sendJson(response, aside);
      const recognised = request.method === 'POST' ? wire.recognise(url) : null;
      if (recognised === null) continue;
      const call = toCall(wire, recognised, { index: calls.length, request, bytes });
      calls.push(call);
      const reply = await askScript(options.script, call);
      return sendReply(response, { wire, call, framing: recognised.framing, reply });
    }
    strays.push(`${request.method} ${url.pathname}`);
    response.statusCode = 404;
    return sendJson(response, { error: { message: `no wire knows ${request.method} ${url.pathname}` } });
  }

  const url = await listen(server);
  return {
    url,
    calls,
    strays,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function askScript(script: FakeScript, call: FakeCall): Promise<FakeReply> {
  try {
    return await script(call);
  } catch (error) {
    return { kind: 'error', status: 500, message: `the script failed: ${String(error)}` };
  }
}

function toCall(
  wire: FakeWire,
  recognised: RecognisedCall,
  facts: { index: number; request: IncomingMessage; bytes: Buffer },
): FakeCall {
  const { index, request, bytes } = facts;
  const body: unknown = bytes.length === 0 ? {} : JSON.parse(bytes.toString('utf8'));
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(', ')]),
  );
  const path = request.url ?? '/';
  return { index, wire: wire.name, path, headers, body, bytes, ...wire.parse(body, recognised) };
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new Error('the body is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // listening on TCP
}
