/** Sees secrets by their shape: keys and tokens whose makers gave them a form that nothing else has. Pure; patterns take linear time. */
import { isPasswordDrawn } from '../../core/checks/written-passwords.ts';
import { isRealWebToken } from './web-tokens.ts';

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
  /** What every one of its kind begins with, as a pattern. */
  begins: string;
  rest: string;
}

/** Behind a sign of a word none of them begins. */
const APART = '(?<![A-Za-z0-9])';
const ENDS = '(?![A-Za-z0-9])';

/** Every repetition stands between signs that it cannot take itself. */
const RULES: readonly Rule[] = [
  {
    name: 'a private key',
    begins: '-----BEGIN ',
    rest: String.raw`(?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:[A-Za-z0-9+/=]|\\[nr]|[\s"'\x60,.|>:()\-]){64,8000}`,
  },
  { name: 'an AWS access key', begins: `${APART}(?:AKIA|ASIA)`, rest: `[A-Z2-7]{16}${ENDS}` },
  { name: 'a GitHub token', begins: `${APART}gh[pousr]_`, rest: '[A-Za-z0-9]{36,255}' },
  { name: 'a GitHub token', begins: `${APART}github_pat_`, rest: '[A-Za-z0-9_]{60,255}' },
  { name: 'a GitLab token', begins: `${APART}gl(?:pat|ptt|rt|dt)-`, rest: '[A-Za-z0-9_\\-]{20,255}' },
  { name: 'a Slack token', begins: `${APART}xox[abeoprs]-`, rest: '[A-Za-z0-9\\-]{24,255}' },
  { name: 'an Anthropic key', begins: `${APART}sk-ant-`, rest: '[A-Za-z0-9_\\-]{32,255}' },
  { name: 'an OpenAI key', begins: `${APART}sk-(?:proj|svcacct|admin)-`, rest: '[A-Za-z0-9_\\-]{32,255}' },
  { name: 'an OpenAI key', begins: `${APART}sk-`, rest: '[A-Za-z0-9]{40,255}' },
  { name: 'a Google key', begins: `${APART}AIza`, rest: '[A-Za-z0-9_\\-]{35}(?![A-Za-z0-9_\\-])' },
  { name: 'a Stripe key', begins: `${APART}[rs]k_live_`, rest: '[A-Za-z0-9]{24,255}' },
  {
    name: 'a JSON web token',
    begins: '(?<![A-Za-z0-9_\\-])eyJ',
    rest: '[A-Za-z0-9_\\-]{10,2000}\\.[A-Za-z0-9_\\-]{2,8000}\\.[A-Za-z0-9_\\-]{40,1500}',
  },
  { name: 'a SendGrid key', begins: `${APART}SG\\.`, rest: '[A-Za-z0-9_\\-]{22}\\.[A-Za-z0-9_\\-]{43}' },
  { name: 'a Hugging Face token', begins: `${APART}hf_`, rest: `[A-Za-z0-9]{34}${ENDS}` },
  { name: 'an Azure storage key', begins: 'AccountKey=', rest: '[A-Za-z0-9+/]{86}==' },
  {
    name: 'an AWS secret key',
    begins: '(?:aws_secret_access_key|AWS_SECRET_ACCESS_KEY|secretAccessKey)',
    rest: String.raw`["']?\s{0,5}[:=]\s{0,5}["'\x60]?[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])`,
  },
  {
    name: 'a password in an address',
    begins: '(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\\+srv)?|rediss?|amqps?|https?|ftps?|smtps?)://',
    rest: String.raw`[^/@\s:"'\x60]{0,200}:[^/@\s"'\x60<>]{1,200}@[^\s/"'\x60:]{1,200}`,
  },
  { name: 'an npm token', begins: `${APART}npm_`, rest: `[A-Za-z0-9]{36}${ENDS}` },
];
const PATTERNS = RULES.map(({ name, begins, rest }) => ({ name, pattern: new RegExp(begins + rest, 'gu') }));
/** Where none of these stands, no rule is asked. */
const BEGINNINGS = new RegExp(RULES.map(({ begins }) => begins).join('|'), 'u');

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
  return PATTERNS.flatMap(({ name, pattern }) =>
    [...text.matchAll(pattern)]
      .map((match) => ({ name, secret: match[0].slice(0, endOf(match[0])), at: match.index }))
      .filter(({ secret }) => isReal(secret)),
  );
}

/** The text with the name of each secret in its place. */
export function maskSecretShapes(text: string): string {
  if (!BEGINNINGS.test(text)) return text;
  return PATTERNS.reduce((rest, { name, pattern }) => {
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

const ADDRESS = /^[a-z+]{1,20}:\/\/([^:]{0,200}):([^@]{1,200})@(.+)$/u;
/** Of this machine, of a network of one's own, of documentation. */
const LOCAL_HOST =
  /^[^.]+$|^[\d.]+$|(?:^|\.)(?:example\.\w+|localhost|local|internal|test|invalid|example|lan)$/iu;

/** A password of its own, for a host that others can reach. */
function isUsable([, user, password = '', host = '']: readonly string[]): boolean {
  return !LOCAL_HOST.test(host) && password !== user && isPasswordDrawn(password);
}

function isReal(secret: string): boolean {
  const address = ADDRESS.exec(secret);
  if (address !== null) return isUsable(address);
  if (secret.startsWith('-----')) return secret.split(BETWEEN_LINES).some((line) => KEY_BODY.test(line));
  if (secret.startsWith('eyJ')) return isRealWebToken(secret);
  return !PLACEHOLDER.test(secret) && new Set(secret).size >= FEWEST_SIGNS && isRandom(secret);
}
