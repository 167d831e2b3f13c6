/** Gemini's generateContent. */
import { asObject, type Json } from '../../core/json.ts';
import { asCount, listsModels, stated, type Wire, type WireError } from '../wire.ts';

const STATUS_WORDS: Record<WireError['kind'], string> = {
  unauthorized: 'UNAUTHENTICATED',
  invalid: 'INVALID_ARGUMENT',
  not_found: 'NOT_FOUND',
  too_large: 'INVALID_ARGUMENT',
  rate_limited: 'RESOURCE_EXHAUSTED',
  unavailable: 'UNAVAILABLE',
};
const MODEL = /\/models\/([^/:]+):(?:generateContent|streamGenerateContent)$/;

export const GEMINI: Wire = {
  name: 'gemini',
  classify: (method, pathname) => {
    if (method === 'POST' && MODEL.test(pathname)) return 'model';
    const counts = method === 'POST' && pathname.endsWith(':countTokens');
    return counts || listsModels(method, pathname) ? 'aside' : null;
  },
  askedFor: (body, pathname) => ({
    model: MODEL.exec(pathname)?.[1] ?? null,
    maxOutputTokens: asCount(asObject(body['generationConfig'])['maxOutputTokens']),
  }),
  authHeader: (key) => ['x-goog-api-key', key],
  // Every part of a stream says it anew; it is the bill once the answer has a reason to be over.
  readUsage: (said) => {
    const usage = asObject(said['usageMetadata']);
    const input = asCount(usage['promptTokenCount']);
    if (input === null) return null;
    const reasoning = asCount(usage['thoughtsTokenCount']);
    const answered = asCount(usage['candidatesTokenCount']);
    return {
      counts: stated({
        input: input + (asCount(usage['toolUsePromptTokenCount']) ?? 0),
        cachedInput: asCount(usage['cachedContentTokenCount']),
        output: (answered ?? 0) + (reasoning ?? 0),
        reasoning,
      }),
      final: isOver(said),
    };
  },
  errorBody: ({ status, kind, message }) => ({
    error: { code: status, message, status: STATUS_WORDS[kind] },
  }),
};

function isOver(said: Json): boolean {
  const candidates = Array.isArray(said['candidates']) ? said['candidates'] : [];
  return (
    candidates.some((one) => asObject(one)['finishReason'] !== undefined) ||
    asObject(said['promptFeedback'])['blockReason'] !== undefined
  );
}
