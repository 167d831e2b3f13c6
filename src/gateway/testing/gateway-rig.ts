/** A gateway in front of the fake model, with one provider of each kind, and clients that are plain requests. */
import { openFakeModel, type FakeModel, type FakeScript } from '../../testing/fake-model/fake-model.ts';
import type { Allowance, Gateway, IssuedAccess } from '../gateway.ts';
import { openGateway, type GatewayOptions } from '../open-gateway.ts';
import { readProviders } from '../provider.ts';
import type { WireName } from '../wire.ts';

export const KEY = 'sk-of-the-provider-0123456789';

export interface GatewayRig extends AsyncDisposable {
  fake: FakeModel;
  gateway: Gateway;
  issue(allowance?: Partial<Allowance>, volatile?: Record<string, string>): IssuedAccess;
}

export async function openGatewayRig(
  script: FakeScript,
  options: Partial<GatewayOptions> & { keys?: Record<string, string> } = {},
): Promise<GatewayRig> {
  const { keys = { KEY }, ...given } = options;
  const fake = await openFakeModel({ script });
  const at = { baseUrl: fake.url, keyEnv: 'KEY' };
  const gateway = await openGateway({
    providers: readProviders(
      {
        anthropic: { kind: 'anthropic', ...at },
        openai: { kind: 'openai', ...at },
        google: { kind: 'google', ...at },
        local: { kind: 'openai_compatible', baseUrl: `${fake.url}/v1`, keyEnv: null },
        keyless: { kind: 'anthropic', baseUrl: fake.url, keyEnv: 'NO_SUCH_KEY' },
      },
      keys,
    ),
    recordings: null,
    environment: {},
    now: () => new Date(),
    retryDelaysMs: [1, 1],
    ...given,
  });
  return {
    fake,
    gateway,
    issue: (allowance = {}, volatile = {}) =>
      gateway.issue({
        invocationId: 'run/step/r1/work/a1',
        allowance: () => ({ tokens: null, costUsd: null, ...allowance }),
        volatile,
      }),
    [Symbol.asyncDispose]: async () => {
      await gateway[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
}

interface CallShape {
  provider: string;
  model: string;
  path: (stream: boolean) => string;
  body: (text: string) => Record<string, unknown>;
  header: (token: string) => [name: string, value: string];
}

/** How each format is called, with a model that the price table knows. */
export const SHAPES: Record<WireName, CallShape> = {
  anthropic_messages: {
    provider: 'anthropic',
    model: 'claude-sonnet-4-5',
    path: () => '/v1/messages',
    body: (content) => ({ max_tokens: 50, messages: [{ role: 'user', content }] }),
    header: (token) => ['x-api-key', token],
  },
  openai_chat: {
    provider: 'openai',
    model: 'gpt-5',
    path: () => '/v1/chat/completions',
    body: (content) => ({
      messages: [{ role: 'user', content }],
      stream_options: { include_usage: true },
    }),
    header: (token) => ['authorization', `Bearer ${token}`],
  },
  openai_responses: {
    provider: 'openai',
    model: 'gpt-5',
    path: () => '/v1/responses',
    body: (input) => ({ input }),
    header: (token) => ['authorization', `Bearer ${token}`],
  },
  gemini: {
    provider: 'google',
    model: 'gemini-2.5-pro',
    path: (stream) =>
      `/v1beta/models/gemini-2.5-pro:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: (text) => ({ contents: [{ role: 'user', parts: [{ text }] }] }),
    header: (token) => ['x-goog-api-key', token],
  },
};

export interface Asking {
  text?: string;
  stream?: boolean;
  model?: string;
  provider?: string;
  token?: string;
  body?: Record<string, unknown>;
}

/** One call through the gateway. */
export async function ask(
  access: Pick<IssuedAccess, 'token' | 'baseUrl'>,
  wire: WireName,
  asking: Asking = {},
): Promise<Response> {
  const shape = SHAPES[wire];
  const { text = 'hello', stream = false, model = shape.model, provider = shape.provider } = asking;
  const [name, value] = shape.header(asking.token ?? access.token);
  return fetch(`${access.baseUrl(provider)}${shape.path(stream)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [name]: value },
    body: JSON.stringify({
      ...(wire === 'gemini' ? {} : { model, stream }),
      ...shape.body(text),
      ...asking.body,
    }),
  });
}
