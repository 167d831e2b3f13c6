import { expect, it } from 'vitest';
import { isPasswordDrawn, maskPasswords } from './written-passwords.ts';
import { cpuMs, within } from '../../testing/time-bounds.ts';

it.each([
  ['Use postgres://shop:pw@db.internal/shop.', 'Use postgres://shop:[left out]@db.internal/shop.'],
  ['redis://:s3cr%40t@cache:6379', 'redis://:[left out]@cache:6379'],
  ['amqp://a:p@ss@queue/x', 'amqp://a:[left out]@queue/x'],
  ['Set DB_PASSWORD=hunter22 there', 'Set DB_PASSWORD=[left out] there'],
  ['password: "Sommer-2024"', 'password: "[left out]"'],
  ['The password is Sommer2024!', 'The password is [left out]!'],
  ['{"apiKey":"a8Fj29dkQ0"}', '{"apiKey":"[left out]"}'],
])('SEC-1: takes out what somebody could use: %s', (text, masked) => {
  expect(maskPasswords(text)).toBe(masked);
});

it.each([
  'Connect to postgres://postgres:postgres@localhost:5432/app in tests',
  'as in mysql://user:password@host/db, postgres://app:${DB_PASSWORD}@db or postgres://app:<password>@db',
  'Add a field password: string and a token: uuid4 to the form',
  'The password is stored as argon2id, password=sha256 is refused, password: varchar255',
  'const password = process.env.DB_PASSWORD2; token = readToken(2)',
  'The token is invalid after 24h; the secret is rotated every 30 days',
  'See https://example.org:8080/a@b and git@github.com:a/b.git',
  'password=changeme and password=********',
])('leaves alone what says no password: %s', (text) => {
  expect(maskPasswords(text)).toBe(text);
});

it('takes linear time', async () => {
  const maskAll = (): void => {
    for (const part of ['postgres://a:', 'password=', 'a_', 'password is ', '@:', 'x://:@'])
      maskPasswords(part.repeat(50_000));
  };
  await within(2_000, maskAll, { clock: cpuMs });
});

it('SEC-1: passwords that begin as a kind of value does are passwords', () => {
  for (const password of ['V644QK6LT4SM4', 'MD4AHBDSEU7E4', 'es7Qkw2pLm9', 'base9Kq2LmX71'])
    expect([password, isPasswordDrawn(password)]).toEqual([password, true]);
  for (const kind of [
    'sha512-Qkw2pLm9',
    'argon2id',
    'varchar255',
    'v1.2.3-4567',
    'base64url',
    'RS256',
    'utf8mb4',
  ])
    expect([kind, isPasswordDrawn(kind)]).toEqual([kind, false]);
});
