import { readApiHead } from './api-words.ts';

/** What a person answered, worked into the request: a new request, a type, or "leave it out". */
const NEW_REQUEST =
  /^\s*(?:please\s+)?(?:add|introduce|create|build|implement|support)\s.+\s(?:to|in|for)\s+(?:the|our)\s/i;
const TYPE = /^(?:`|")?([a-z][\w -]*?)(?:`|")?(?:\s+is|\s*:)\s+(?:an?\s+)?(.+?)\.?$/i;
/** `Do not leave it out.` */
const KEEP = /\b(?:not|never|don't|cannot|can't)\b.*\b(?:leave|drop)\b/i;
const LEAVE_OUT = /\b(?:leave|drop)\b.*\bout\b|\bdrop (?:it|them|that)\b/i;

export interface Answered {
  request: string;
  /** Clauses that are not understood may be dropped: a person said so. */
  leaveOut: boolean;
}

/** Later answers win over earlier ones. */
export function applyAnswers(request: string, answers: string[]): Answered {
  const answered: Answered = { request, leaveOut: false };
  for (const answer of answers) {
    const types = typesIn(answer);
    if (NEW_REQUEST.test(answer) || readApiHead(answer) !== null) answered.request = answer;
    else if (LEAVE_OUT.test(answer) && !KEEP.test(answer)) answered.leaveOut = true;
    else
      for (const [, field = '', type = ''] of types)
        answered.request = withType(answered.request, field, type);
  }
  return answered;
}

/** `mood is text, age is a positive integer`: each of them, where all parts say a type; otherwise the whole says one or none. */
function typesIn(answer: string): RegExpExecArray[] {
  const parts = answer.split(/\s*(?:[,;\n]|\band\b)\s*/i).filter((part) => part !== '');
  const each = parts.map((part) => TYPE.exec(part.trim())).filter((type) => type !== null);
  if (each.length === parts.length) return each;
  const whole = TYPE.exec(answer.trim());
  return whole === null ? [] : [whole];
}

/** `mood is text` makes `mood` in the request `mood (text)`. */
function withType(request: string, field: string, type: string): string {
  const escaped = field.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('_', '[ _]');
  return request.replace(new RegExp(`\\b(${escaped})\\b(?!\\s*\\()`, 'i'), (name) => `${name} (${type})`);
}
