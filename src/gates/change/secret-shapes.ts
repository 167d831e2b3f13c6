/** Sees secrets by their shape: keys and tokens whose makers gave them a form that nothing else has. Pure; patterns take linear time. */

export interface SecretShape {
  /** With its article. */
  name: string;
  /** The whole of it. Shown to nobody. */
  secret: string;
  /** Where it begins in the text. */
  at: number;
}

interface Rule {
  name: string;
  pattern: RegExp;
}

/** Every repetition stands between signs that it cannot take itself. */
const RULES: readonly Rule[] = [
  {
    name: 'a private key',
    pattern:
      /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:[A-Za-z0-9+/=]|\\[nr]|[\s"'`,.|>:()-]){64,8000}/gu,
  },
  { name: 'an AWS access key', pattern: /(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])/gu },
  { name: 'a GitHub token', pattern: /(?<![A-Za-z0-9])gh[pousr]_[A-Za-z0-9]{36,255}/gu },
  { name: 'a GitHub token', pattern: /(?<![A-Za-z0-9])github_pat_[A-Za-z0-9_]{60,255}/gu },
  { name: 'a GitLab token', pattern: /(?<![A-Za-z0-9])gl(?:pat|ptt|rt|dt)-[A-Za-z0-9_-]{20,255}/gu },
  { name: 'a Slack token', pattern: /(?<![A-Za-z0-9])xox[abeoprs]-[A-Za-z0-9-]{24,255}/gu },
  { name: 'an Anthropic key', pattern: /(?<![A-Za-z0-9])sk-ant-[A-Za-z0-9_-]{32,255}/gu },
  { name: 'an OpenAI key', pattern: /(?<![A-Za-z0-9])sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{32,255}/gu },
  { name: 'an OpenAI key', pattern: /(?<![A-Za-z0-9])sk-[A-Za-z0-9]{40,255}/gu },
  { name: 'a Google key', pattern: /(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/gu },
  { name: 'a Stripe key', pattern: /(?<![A-Za-z0-9])[rs]k_live_[A-Za-z0-9]{24,255}/gu },
  { name: 'an npm token', pattern: /(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])/gu },
];

/** How they begin: where none of these stands, no rule is asked. */
const BEGINNINGS =
  /-----BEGIN |A(?:KIA|SIA|Iza)|gh[pousr]_|github_pat_|gl(?:pat|ptt|rt|dt)-|xox[abeoprs]-|sk-|[rs]k_live_|npm_/u;

/** What documentation writes instead of a key has few different signs, or says what it is. */
const FEWEST_SIGNS = 10;
/** From here on a text without any digit is no chance. */
const LONG = 40;
const PLACEHOLDER = /example|placeholder|your[_-]?|xxxx|0123456789|1234567890|abcdefgh/iu;
const BETWEEN_LINES = /\\[nr]|[\s"'`,]+/u;
const KEY_BODY = /^[A-Za-z0-9+/]{40}/u;
const KEY_END = /-----END [A-Z0-9 ]{1,60}-----/u;

/** Every secret in a text, in the order of the rules. */
export function findSecretShapes(text: string): SecretShape[] {
  if (!BEGINNINGS.test(text)) return [];
  return RULES.flatMap(({ name, pattern }) =>
    [...text.matchAll(pattern)]
      .map((match) => ({ name, secret: match[0].slice(0, endOf(match[0])), at: match.index }))
      .filter(({ secret }) => isReal(secret)),
  );
}

/** The text with the name of each secret in its place. */
export function maskSecretShapes(text: string): string {
  if (!BEGINNINGS.test(text)) return text;
  return RULES.reduce((rest, { name, pattern }) => {
    const shown = `[${name.replace(/^an? /u, '')}]`;
    return rest.replace(pattern, (found) => (isReal(found) ? shown + found.slice(endOf(found)) : found));
  }, text);
}

/** What stands behind the last line of a key is no part of it. */
function endOf(found: string): number {
  const end = found.startsWith('-----') ? KEY_END.exec(found) : null;
  return end === null ? found.length : end.index + end[0].length;
}

/** Names and addresses are written in small letters, and words hold no digits; what was drawn by chance has all of them. */
function isRandom(secret: string): boolean {
  const hasBothCases = /[a-z]/u.test(secret) && /[A-Z]/u.test(secret);
  return /^A(?:KIA|SIA)/u.test(secret) || (hasBothCases && (secret.length < LONG || /\d/u.test(secret)));
}

function isReal(secret: string): boolean {
  if (secret.startsWith('-----')) return secret.split(BETWEEN_LINES).some((line) => KEY_BODY.test(line));
  return !PLACEHOLDER.test(secret) && new Set(secret).size >= FEWEST_SIGNS && isRandom(secret);
}
