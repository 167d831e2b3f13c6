/** Anthropic's Messages. */
import { asObject, type Json } from '../../core/json.ts';
import { asCount, asText, listsModels, stated, type Wire, type WireError } from '../wire.ts';

const ERROR_TYPES: Record<WireError['kind'], string> = {
  unauthorized: 'authentication_error',
  invalid: 'invalid_request_error',
  not_found: 'not_found_error',
  too_large: 'request_too_large',
  rate_limited: 'rate_limit_error',
  unavailable: 'api_error',
};

export const ANTHROPIC_MESSAGES: Wire = {
  name: 'anthropic_messages',
  classify: (method, pathname) => {
    if (method === 'POST' && pathname.endsWith('/messages')) return 'model';
    const counts = method === 'POST' && pathname.endsWith('/messages/count_tokens');
    return counts || listsModels(method, pathname) ? 'aside' : null;
  },
  askedFor: (body) => ({ model: asText(body['model']), maxOutputTokens: asCount(body['max_tokens']) }),
  authHeader: (key) => ['x-api-key', key],
  readUsage: (said) => {
    switch (said['type']) {
      case 'message':
        return report(asObject(said['usage']), true);
      case 'message_start':
        return report(asObject(asObject(said['message'])['usage']), false);
      case 'message_delta':
        return report(asObject(said['usage']), true);
      default:
        return null;
    }
  },
  errorBody: ({ kind, message }) => ({ type: 'error', error: { type: ERROR_TYPES[kind], message } }),
};

/** Here `input_tokens` leaves out what was cached, so the whole is the sum. */
function report(usage: Json, final: boolean): ReturnType<Wire['readUsage']> {
  const fresh = asCount(usage['input_tokens']);
  const cachedInput = asCount(usage['cache_read_input_tokens']);
  const cacheWrites = asCount(usage['cache_creation_input_tokens']);
  const output = asCount(usage['output_tokens']);
  if (fresh === null && output === null) return null;
  return {
    counts: stated({
      input: fresh === null ? null : fresh + (cachedInput ?? 0) + (cacheWrites ?? 0),
      cachedInput,
      cacheWrites,
      hourlyCacheWrites: asCount(asObject(usage['cache_creation'])['ephemeral_1h_input_tokens']),
      output,
      reasoning: asCount(asObject(usage['output_tokens_details'])['thinking_tokens']),
    }),
    final: final && output !== null,
  };
}
