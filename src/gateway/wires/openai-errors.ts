/** How OpenAI and whoever speaks like it refuses. */
import type { Json } from '../../core/json.ts';
import type { WireError } from '../wire.ts';

const WORDS: Record<WireError['kind'], { type: string; code: string }> = {
  unauthorized: { type: 'invalid_request_error', code: 'invalid_api_key' },
  invalid: { type: 'invalid_request_error', code: 'invalid_request' },
  not_found: { type: 'invalid_request_error', code: 'not_found' },
  too_large: { type: 'invalid_request_error', code: 'request_too_large' },
  rate_limited: { type: 'insufficient_quota', code: 'insufficient_quota' },
  unavailable: { type: 'server_error', code: 'server_error' },
};

export function openaiErrorBody({ kind, message }: WireError): Json {
  return { error: { message, ...WORDS[kind], param: null } };
}
