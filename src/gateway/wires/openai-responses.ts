/** OpenAI's Responses. */
import { asObject } from '../../core/json.ts';
import { asCount, asText, stated, type Wire } from '../wire.ts';
import { openaiErrorBody } from './openai-errors.ts';

/** The events that carry the whole response, once nothing is added to it any more. */
const LAST_EVENTS = new Set(['response.completed', 'response.incomplete', 'response.failed']);

export const OPENAI_RESPONSES: Wire = {
  name: 'openai_responses',
  classify: (method, pathname) => {
    if (method !== 'POST') return null;
    if (/\/responses(?:\/compact)?$/.test(pathname)) return 'model';
    return pathname.endsWith('/responses/input_tokens') ? 'aside' : null;
  },
  askedFor: (body) => ({
    model: asText(body['model']),
    maxOutputTokens: asCount(body['max_output_tokens']),
  }),
  authHeader: (key) => ['authorization', `Bearer ${key}`],
  readUsage: (said) => {
    const streamed = typeof said['type'] === 'string';
    if (streamed && !LAST_EVENTS.has(String(said['type']))) return null;
    const usage = asObject((streamed ? asObject(said['response']) : said)['usage']);
    const input = asCount(usage['input_tokens']);
    const output = asCount(usage['output_tokens']);
    if (input === null || output === null) return null;
    const details = asObject(usage['input_tokens_details']);
    return {
      counts: stated({
        input,
        cachedInput: asCount(details['cached_tokens']),
        cacheWrites: asCount(details['cache_write_tokens']),
        output,
        reasoning: asCount(asObject(usage['output_tokens_details'])['reasoning_tokens']),
      }),
      final: true,
    };
  },
  errorBody: openaiErrorBody,
};
