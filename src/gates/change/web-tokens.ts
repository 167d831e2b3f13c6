/** Tells JSON web tokens that open something from those that tests and documentation are full of. Pure. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** Of a signature in bytes; one of RSA is as long as its key, from 1,024 bits on. */
const SIGNATURE_BYTES: Readonly<Record<string, number>> = {
  HS256: 32,
  HS384: 48,
  HS512: 64,
  ES256: 64,
  ES256K: 64,
  ES384: 96,
  ES512: 132,
  EdDSA: 64,
  Ed25519: 64,
};
const RSA = /^[RP]S(?:256|384|512)$/u;
const SHORTEST_RSA = 128;
const HASHES: Readonly<Record<string, string>> = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' };
/** Keys that documentation and tests sign with: whoever has such a token could have made it. */
const KNOWN_KEYS = [
  'secret',
  'test',
  'key',
  'password',
  'changeme',
  'shhhhh',
  'secretkey',
  'secret-key',
  'mysecret',
  'my-secret',
  'supersecret',
  'super-secret',
  'testsecret',
  'test-secret',
  'jwt-secret',
  'your-secret-key',
  'your-256-bit-secret',
  'your-384-bit-secret',
  'your-512-bit-secret',
  'a-string-secret-at-least-256-bits-long',
  'super-secret-jwt-token-with-at-least-32-characters-long',
];
/** Names that belong to nobody, and the person of the usual example. */
const OF_NOBODY = /\bexample\.(?:com|org|net)\b|\.(?:example|test|invalid)\b|\blocalhost\b|supabase-demo/iu;
const EXAMPLE_SUBJECT = '1234567890';
const PRINTABLE = /^[ -~]*$/u;

/** Of three parts: a header with its algorithm, claims, and a signature that its algorithm could have made. */
export function isRealWebToken(token: string): boolean {
  const [head = '', body = '', signature = ''] = token.split('.');
  const algorithm = decodeObject(head)?.['alg'];
  const claims = decodeObject(body);
  if (typeof algorithm !== 'string' || claims === null) return false;
  const bytes = Buffer.from(signature, 'base64url');
  const isLongEnough = RSA.test(algorithm)
    ? bytes.length >= SHORTEST_RSA
    : bytes.length === SIGNATURE_BYTES[algorithm];
  if (!isLongEnough || PRINTABLE.test(bytes.toString('latin1'))) return false;
  if (claims['sub'] === EXAMPLE_SUBJECT || isOfNobody(claims['iss'])) return false;
  return !isSignedWithKnownKey(`${head}.${body}`, algorithm, bytes);
}

function isOfNobody(issuer: unknown): boolean {
  return typeof issuer === 'string' && OF_NOBODY.test(issuer);
}

function isSignedWithKnownKey(text: string, algorithm: string, signature: Buffer): boolean {
  const hash = HASHES[algorithm];
  if (hash === undefined) return false;
  return KNOWN_KEYS.some((key) => timingSafeEqual(createHmac(hash, key).update(text).digest(), signature));
}

/** null: no JSON object. */
function decodeObject(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>) // an object of JSON has texts for keys
      : null;
  } catch {
    return null;
  }
}
