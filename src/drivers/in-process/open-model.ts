/** From the name of a model to a client of it. Clients know the gateway's address and token, never a provider's key. */
import type { LanguageModel } from 'ai';
import { BatonError } from '../../core/errors.ts';
import type { ModelAccess } from '../../gateway/gateway.ts';
import type { WireName } from '../../gateway/wire.ts';
import { splitModelName } from './model-name.ts';

interface Client {
  base: string;
  apiKey: string;
  provider: string;
  model: string;
}

/** Each is loaded when it is asked for. */
const CLIENTS: Record<WireName, (client: Client) => Promise<LanguageModel>> = {
  anthropic_messages: async ({ base, apiKey, model }) => {
    const { createAnthropic } = await import('@ai-sdk/anthropic');
    return createAnthropic({ baseURL: `${base}/v1`, apiKey })(model);
  },
  openai_responses: async ({ base, apiKey, model }) => {
    const { createOpenAI } = await import('@ai-sdk/openai');
    return createOpenAI({ baseURL: `${base}/v1`, apiKey }).responses(model);
  },
  openai_chat: async ({ base, apiKey, model, provider: name }) => {
    const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
    // Without being asked, a stream says nothing of its usage.
    return createOpenAICompatible({ name, baseURL: `${base}/v1`, apiKey, includeUsage: true })(model);
  },
  gemini: async ({ base, apiKey, model }) => {
    const { createGoogle } = await import('@ai-sdk/google');
    return createGoogle({ baseURL: `${base}/v1beta`, apiKey })(model);
  },
};

/** In the first format that the provider speaks. Throws E_NOT_FOUND for a provider that is not configured. */
export async function openModel(
  name: string,
  access: ModelAccess,
): Promise<{ model: LanguageModel; contextTokens: number | null }> {
  const parts = splitModelName(name);
  const facts = access.providers.find((each) => each.name === parts?.provider);
  const wire = facts?.wires[0];
  if (parts === null || facts === undefined || wire === undefined)
    throw new BatonError({
      code: 'E_NOT_FOUND',
      message: `There is no provider for the model "${name}".`,
      fix: `Write it as PROVIDER/NAME, with one of these providers: ${access.providers.map((each) => each.name).join(', ')}.`,
    });
  const model = await CLIENTS[wire]({
    ...parts,
    base: access.baseUrl(parts.provider),
    apiKey: access.token,
  });
  return { model, contextTokens: facts.contextTokens };
}
