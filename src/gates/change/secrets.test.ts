import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { FileChange } from '../../workspace/workspaces.ts';
import type { ChangedLine } from './changed-lines.ts';
import { maskSecretShapes } from './secret-shapes.ts';
import { findSecrets } from './secrets.ts';
import { cpuMs, within } from '../../testing/time-bounds.ts';

/** Made anew each time: no key stands in this repository. */
const letters = (length: number): string =>
  Array.from(randomBytes(length), (byte) => 'ABCDEFGHJKLMNPQRSTUVWXYZ234567'[byte % 30]).join('');
const PEM = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
}).privateKey.trim();
const GITHUB = `ghp_${letters(36)}`;

const CLAIMS = { sub: 'u-81724', iss: 'https://login.harbour.dev', exp: 1_900_000_000 };
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const webToken = (alg: 'HS256' | 'HS512', claims: object, key: string | Buffer = randomBytes(32)): string => {
  const text = `${part({ alg, typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${createHmac(alg === 'HS256' ? 'sha256' : 'sha512', key)
    .update(text)
    .digest('base64url')}`;
};

const lines = (path: string, ...texts: string[]): ChangedLine[] =>
  texts.map((text, at) => ({ repo: 'api', path, line: at + 1, text }));
const found = (added: ChangedLine[], removed: ChangedLine[] = [], changes: FileChange[] = []) =>
  findSecrets(changes, { added, removed, kept: [] });

describe('secrets in a change', () => {
  it.each([
    ['AWS', `AKIA${letters(16)}`],
    ['GitHub', GITHUB],
    ['GitHub', `github_pat_${letters(22)}_${letters(59)}`],
    ['GitLab', `glpat-${letters(20)}`],
    ['Slack', `xoxb-1203948576-${letters(24)}`],
    ['Anthropic', `sk-ant-api03-${letters(80)}`],
    ['OpenAI', `sk-proj-${letters(60)}`],
    ['Google', `AIza${letters(35)}`],
    ['SendGrid', `SG.${letters(21)}a.${letters(42)}7`],
    ['Hugging Face', `hf_${letters(33)}a`],
    ['Azure', `AccountKey=${letters(85)}a==`],
    ['AWS', `aws_secret_access_key = ${letters(39)}a`],
    ['password', `postgres://shop:${letters(12)}4@db.harbour.io/shop`],
    ['password', `https://deploy:${letters(12)}4@registry.harbour.io/`],
  ])('SEC-1: a key of %s stops the change with file and line, and is not repeated', (maker, secret) => {
    const [finding, ...others] = found(lines('src/a.js', 'const a = 1;', `const key = '${secret}';`));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ blocking: true, severity: 'critical', file: 'src/a.js', line: 2 });
    expect(finding?.problem).toContain(maker);
    expect(JSON.stringify(finding)).not.toContain(secret);
    expect(maskSecretShapes(`see https://example.org/?key=${secret}&x`)).not.toContain(secret);
  });

  it.each([
    'postgres://postgres:postgres@localhost:5432/app',
    'postgres://app:Xk29dfj3kd@localhost/app',
    'postgres://app:Xk29dfj3kd@db/app',
    'redis://:Xk29dfj3kd@10.0.0.4:6379',
    'https://user:Xk29dfj3kd@api.example.com/v1',
    'postgres://app:${DB_PASSWORD}@db.harbour.io/app',
    'postgres://app:<password>@db.harbour.io/app',
    'mysql://root:changeme1@db.harbour.io/app',
    'see https://harbour.io:8443/a and mail@harbour.io',
    'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    'const key = config.secretAccessKey;',
  ])('leaves alone what everybody knows, what is of this machine, and what stands for one: %s', (text) => {
    expect(found(lines('src/a.js', text))).toEqual([]);
  });

  it.each([
    ['as it is', PEM.split('\n')],
    ['indented', PEM.split('\n').map((line) => `    ${line}`)],
    ['as one string', [`const key = "${PEM.replaceAll('\n', String.raw`\n`)}";`]],
    ['as a string per line', PEM.split('\n').map((line) => `  "${line}${String.raw`\n`}" +`)],
  ])('SEC-1: a private key stops the change: %s', (_, texts) => {
    expect(found(lines('a.txt', 'first', ...texts, 'last')).map(({ line }) => line)).toEqual([2]);
    const masked = maskSecretShapes(`before\n${texts.join('\n')}\nafter`);
    expect(masked).not.toContain(PEM.split('\n')[5]);
    expect(masked).toMatch(/^before[^]*after$/u);
  });

  it.each([
    ['HS256', () => webToken('HS256', CLAIMS)],
    ['HS512', () => webToken('HS512', CLAIMS)],
    [
      'RS256',
      () => `${part({ alg: 'RS256', kid: 'a' })}.${part(CLAIMS)}.${randomBytes(256).toString('base64url')}`,
    ],
    [
      'EdDSA',
      () => `${part({ typ: 'JWT', alg: 'EdDSA' })}.${part({})}.${randomBytes(64).toString('base64url')}`,
    ],
  ])('SEC-1: a JSON web token stops the change, and is not repeated: %s', (_, make) => {
    const token = make();
    const [finding, ...others] = found(lines('a.js', `headers: { authorization: 'Bearer ${token}' }`));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ blocking: true, line: 1 });
    expect(finding?.problem).toContain('E_SECRET A JSON web token');
    expect(maskSecretShapes(`see ${token}.`)).toBe('see [JSON web token].');
  });

  it('SEC-1: leaves web tokens alone that open nothing: of documentation and tests, unsigned, or signed with what everybody knows', () => {
    const head = part({ alg: 'HS256', typ: 'JWT' });
    const harmless = [
      'eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiJhIn0.',
      `${part({ alg: 'none' })}.${part(CLAIMS)}.${randomBytes(32).toString('base64url')}`,
      webToken('HS256', { sub: '1234567890', name: 'John Doe' }),
      webToken('HS256', CLAIMS, 'secret'),
      webToken('HS256', CLAIMS, 'your-256-bit-secret'),
      webToken('HS256', { iss: 'https://login.example.com' }),
      `${head}.${part(CLAIMS)}.${Buffer.from('not-a-real-signature-of-anything').toString('base64url')}`,
      `${head}.${part(CLAIMS)}.${randomBytes(48).toString('base64url')}`,
      `${part({ typ: 'JWT' })}.${part(CLAIMS)}.${randomBytes(32).toString('base64url')}`,
      `eyJ${letters(60)}.${letters(60)}.${letters(60)}`,
    ];
    expect(found(lines('a.test.js', ...harmless))).toEqual([]);
  });

  it('leaves names and addresses alone that begin as tokens do', () => {
    const plain = [
      '.sk-admin-dashboard-navigation__item--active { color: red }',
      'fetch("/sk-proj-onboarding-for-new-team-members-2024")',
      'const key = "sk-ant-fake-test-key-for-unit-tests-only-00000";',
      'name: glrt-runner-registration-token-name',
      'token: xoxb-not-a-real-token-just-testing',
      "const names = ['sk-', 'primaryButtonContainer', 'secondaryButtonContainerWide'];",
    ];
    expect(found(lines('a.js', ...plain))).toEqual([]);
  });

  it('SEC-1: a token that is put together over two lines is seen, one that lines between keep apart is not', () => {
    const [first, second] = [GITHUB.slice(0, 20), GITHUB.slice(20)];
    expect(found(lines('a.js', `const key = '${first}' +`, `  '${second}';`))).toHaveLength(1);
    expect(found(lines('a.yaml', `key: "${first}\\`, `  ${second}"`))).toHaveLength(1);
    expect(found(lines('a.js', `a('${first}');`, 'b();', `c('${second}');`))).toEqual([]);
  });

  it('SEC-1: the name of a new file is looked at, and shown nowhere', () => {
    const change: FileChange = {
      repo: 'api',
      path: `keys/${GITHUB}`,
      status: 'added',
      linesAdded: 0,
      linesRemoved: 0,
    };
    const [finding] = found([], [], [change]);
    expect(finding).toMatchObject({ blocking: true, file: null });
    expect(JSON.stringify(finding)).not.toContain(GITHUB);
    expect(found([], [], [{ ...change, status: 'deleted' }])).toEqual([]);
  });

  it('leaves alone what documentation writes, what only was moved, and what the base has', () => {
    const harmless = [
      'AKIAIOSFODNN7EXAMPLE',
      `ghp_${'x'.repeat(36)}`,
      'glpat-your_token_goes_here0',
      'sk-ant-api03-…',
      "if (text.startsWith('-----BEGIN RSA PRIVATE KEY-----')) return 'a key in the form of openssl, which is refused here';",
      '-----BEGIN PUBLIC KEY-----',
      `sha512-${randomBytes(64).toString('base64')}`,
      randomBytes(20).toString('hex'),
      'task-proj-the-long-name-of-a-project-that-somebody-had-once-upon-a-time',
    ];
    expect(found(lines('a.md', ...harmless))).toEqual([]);
    expect(maskSecretShapes(harmless.join('\n'))).toBe(harmless.join('\n'));
    const moved = `const key = '${GITHUB}';`;
    expect(found(lines('test/b.js', moved), lines('test/a.js', moved))).toEqual([]);
    expect(found([])).toEqual([]);
  });

  it('DOS-4: looks through 10 MB of hostile lines in linear time', async () => {
    const hostile = [
      '-----BEGIN PRIVATE KEY-----',
      'sk-ant-',
      ' '.repeat(60),
      'AKIA',
      '-eyJ.eyJaaaaaaaaaa.eyJaaaaaaaaaa.',
      'ghp_',
      '"+'.repeat(9),
    ];
    const text = hostile.join('').repeat(200);
    const many = lines('a.txt', ...Array.from({ length: Math.ceil(10_000_000 / text.length) }, () => text));
    await within(5_000, () => found(many), { clock: cpuMs });
  });
});
