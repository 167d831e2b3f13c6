import { readApiHead } from './api-words.ts';

/** What a person answered, worked into the request: a new request, a type, or "leave it out". */
const NEW_REQUEST =
  /^\s*(?:please\s+)?(?:add|introduce|create|build|implement|support)\s.+\s(?:to|in|for)\s+(?:the|our)\s/i;
const TYPE = /^(?:`|")?([a-z][\w -]*?)(?:`|")?\s+is\s+(?:an?\s+)?(.+?)\.?$/i;
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
    const typed = TYPE.exec(answer.trim());
    if (NEW_REQUEST.test(answer) || readApiHead(answer) !== null) answered.request = answer;
    else if (LEAVE_OUT.test(answer) && !KEEP.test(answer)) answered.leaveOut = true;
    else if (typed !== null) answered.request = withType(answered.request, typed[1] ?? '', typed[2] ?? '');
  }
  return answered;
}

/** `mood is text` makes `mood` in the request `mood (text)`. */
function withType(request: string, field: string, type: string): string {
  const escaped = field.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('_', '[ _]');
  return request.replace(new RegExp(`\\b(${escaped})\\b(?!\\s*\\()`, 'i'), (name) => `${name} (${type})`);
}
