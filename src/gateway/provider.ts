/** Who answers calls of models, and what each kind of provider speaks. */
import type { ProviderFacts } from './gateway.ts';
import type { WireName } from './wire.ts';

export const PROVIDER_KINDS = ['anthropic', 'openai', 'google', 'openai_compatible'] as const;
export type ProviderKind = (typeof PROVIDER_KINDS)[number];

/** In dollars for a million tokens. What is left out costs what `input` costs. */
export interface ProviderPrice {
  input: number;
  cachedInput?: number;
  cacheWrites?: number;
  output: number;
}

/** As configured. */
export interface ProviderConfig {
  kind: ProviderKind;
  /** Of the provider; null: where this kind usually is. */
  baseUrl: string | null;
  /** The environment variable that holds its key; null: where this kind usually has it, or no key at all. */
  keyEnv: string | null;
  /** Of all its models; absent: the price table's. */
  price?: ProviderPrice;
  /** How long a conversation its models bear; absent: nobody says so. */
  contextTokens?: number;
}

/** Ready to be called. The key stays in the gateway. */
export interface Provider {
  name: string;
  kind: ProviderKind;
  baseUrl: URL;
  keyEnv: string | null;
  key: string | null;
  price: ProviderPrice | null;
  contextTokens: number | null;
}

interface KindFacts {
  wires: readonly WireName[];
  baseUrl: string | null;
  keyEnv: string | null;
}

const KINDS: Record<ProviderKind, KindFacts> = {
  anthropic: {
    wires: ['anthropic_messages'],
    baseUrl: 'https://api.anthropic.com',
    keyEnv: 'ANTHROPIC_API_KEY',
  },
  openai: {
    wires: ['openai_responses', 'openai_chat'],
    baseUrl: 'https://api.openai.com',
    keyEnv: 'OPENAI_API_KEY',
  },
  google: {
    wires: ['gemini'],
    baseUrl: 'https://generativelanguage.googleapis.com',
    keyEnv: 'GEMINI_API_KEY',
  },
  openai_compatible: { wires: ['openai_chat', 'openai_responses'], baseUrl: null, keyEnv: null },
};

/** Known without being configured; a configured one of the same name takes its place. */
const USUAL: Record<string, ProviderConfig> = {
  anthropic: { kind: 'anthropic', baseUrl: null, keyEnv: null },
  openai: { kind: 'openai', baseUrl: null, keyEnv: null },
  google: { kind: 'google', baseUrl: null, keyEnv: null },
};

/** The usual providers and the configured ones, with their keys. A configured one without an address is left out. */
export function readProviders(
  configured: Readonly<Record<string, ProviderConfig>>,
  environment: Readonly<Record<string, string | undefined>>,
): Provider[] {
  return Object.entries({ ...USUAL, ...configured }).flatMap(([name, { kind, ...given }]) => {
    const baseUrl = given.baseUrl ?? KINDS[kind].baseUrl;
    if (baseUrl === null || !URL.canParse(baseUrl)) return [];
    const keyEnv = given.keyEnv ?? KINDS[kind].keyEnv;
    const key = keyEnv === null ? undefined : environment[keyEnv];
    const { price = null, contextTokens = null } = given;
    return [{ name, kind, baseUrl: new URL(baseUrl), keyEnv, key: key || null, price, contextTokens }];
  });
}

export function wiresOf(kind: ProviderKind): readonly WireName[] {
  return KINDS[kind].wires;
}

/** Whether it can be called: its key is there, or it needs none. */
export function isUsable(provider: Provider): boolean {
  return provider.key !== null || provider.keyEnv === null;
}

/** What callers are told of it. */
export function factsOf(provider: Provider): ProviderFacts {
  const { name, kind, keyEnv, contextTokens } = provider;
  return { name, wires: wiresOf(kind), usable: isUsable(provider), keyEnv, contextTokens };
}

const VERSION = /^v\d[a-z0-9]*$/;

/** Where a call goes. A version stands in it once: the provider's own where its address ends in one, else the caller's. */
export function upstreamUrl(provider: Provider, pathname: string, search: string): URL {
  const url = new URL(provider.baseUrl);
  const own = url.pathname.split('/').filter((part) => part !== '');
  const asked = pathname.split('/').filter((part) => part !== '');
  const versioned = VERSION.test(own.at(-1) ?? '') && VERSION.test(asked[0] ?? '');
  url.pathname = `/${[...own, ...(versioned ? asked.slice(1) : asked)].join('/')}`;
  url.search = search;
  return url;
}
