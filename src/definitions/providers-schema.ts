/** `providers:` of `baton.yaml`: who answers calls of models. Keys are named, never written down. */
import { z } from 'zod';
import { PROVIDER_KINDS, type ProviderConfig } from '../gateway/provider.ts';
import { handedName } from './command-schema.ts';
import { closedObject } from './schema-issues.ts';

const urlRule =
  'must be an address that begins with http:// or https://, without a user, a query or a fragment';
const baseUrl = z.string({ error: urlRule }).refine(isPlainUrl, { error: urlRule });
const priceRule = 'must be an amount of US dollars for a million tokens, 0 or more';
const amount = z.number({ error: priceRule }).min(0, { error: priceRule });
const nameRule = 'must be a name of small letters, digits and `-`';

/** Below that an order alone may be too long. */
const MIN_CONTEXT_TOKENS = 4_096;

const price = closedObject({
  input: amount,
  cached_input: amount.optional(),
  cache_writes: amount.optional(),
  output: amount,
}).meta({
  description: 'Of all its models, in place of the price table; what is left out costs what `input` costs.',
});

const provider = closedObject({
  kind: z.enum(PROVIDER_KINDS).meta({ description: 'What it speaks.' }),
  base_url: baseUrl.optional().meta({ description: 'Where it is; openai_compatible needs it.' }),
  key_env: handedName
    .optional()
    .meta({ description: "The variable that holds its key, in Baton's environment." }),
  price: price.optional(),
  context_tokens: z
    .int()
    .min(MIN_CONTEXT_TOKENS)
    .optional()
    .meta({ description: 'How long a conversation its models bear; driver `in-process`.' }),
}).refine(({ kind, base_url }) => kind !== 'openai_compatible' || base_url !== undefined, {
  error: 'must have a `base_url`, since a compatible server can be anywhere',
});

/** By name, beside anthropic, openai and google, which are known without being configured. */
export const providersSchema = z
  .record(z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, { error: nameRule }), provider)
  .meta({ description: 'Who answers calls of models, by name.' });

export function toProviders(file: z.output<typeof providersSchema>): Record<string, ProviderConfig> {
  return Object.fromEntries(
    Object.entries(file).map(([name, { kind, base_url, key_env, price: given, context_tokens }]) => [
      name,
      {
        kind,
        baseUrl: base_url ?? null,
        keyEnv: key_env ?? null,
        ...(given === undefined ? {} : { price: toPrice(given) }),
        ...(context_tokens === undefined ? {} : { contextTokens: context_tokens }),
      },
    ]),
  );
}

function toPrice({ input, output, ...more }: z.output<typeof price>): NonNullable<ProviderConfig['price']> {
  return {
    input,
    output,
    ...(more.cached_input === undefined ? {} : { cachedInput: more.cached_input }),
    ...(more.cache_writes === undefined ? {} : { cacheWrites: more.cache_writes }),
  };
}

function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return (protocol === 'http:' || protocol === 'https:') && `${username}${password}${search}${hash}` === '';
}
