/** OpenAI's Chat Completions, which many servers of one's own speak as well. */
import { asObject } from '../../core/json.ts';
import { asCount, asText, listsModels, stated, type Wire } from '../wire.ts';
import { openaiErrorBody } from './openai-errors.ts';

export const OPENAI_CHAT: Wire = {
  name: 'openai_chat',
  classify: (method, pathname) => {
    if (method === 'POST' && pathname.endsWith('/chat/completions')) return 'model';
    return listsModels(method, pathname) ? 'aside' : null;
  },
  askedFor: (body) => ({
    model: asText(body['model']),
    maxOutputTokens: asCount(body['max_completion_tokens']) ?? asCount(body['max_tokens']),
  }),
  authHeader: (key) => ['authorization', `Bearer ${key}`],
  // Streamed, it comes in a part of its own, and only where the caller asked for it.
  readUsage: (said) => {
    const usage = asObject(said['usage']);
    const input = asCount(usage['prompt_tokens']);
    const output = asCount(usage['completion_tokens']);
    if (input === null || output === null) return null;
    return {
      counts: stated({
        input,
        cachedInput: asCount(asObject(usage['prompt_tokens_details'])['cached_tokens']),
        output,
        reasoning: asCount(asObject(usage['completion_tokens_details'])['reasoning_tokens']),
      }),
      final: true,
    };
  },
  errorBody: openaiErrorBody,
};
