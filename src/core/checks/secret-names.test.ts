import { expect, it } from 'vitest';
import { canBeSecret, isSecretName, passwordIn } from './secret-names.ts';

it('SEC-1: values are secrets by what they are called', () => {
  const secret = [
    'OPENAI_API_KEY',
    'GH_TOKEN',
    'AWS_SECRET_ACCESS_KEY',
    'DB_PASSWORD',
    'CI_JOB_TOKEN',
    'apiKey',
    'GITHUB_PAT',
  ];
  expect(secret.filter((name) => !isSecretName(name))).toEqual([]);
  const other = [
    'PATH',
    'KEYBOARD_LAYOUT',
    'COMPASS_DIR',
    'MONKEY_HOME',
    'TOKENIZERS_PARALLELISM',
    'NODE_ENV',
    'PATH_INFO',
    'PASSWORD_RESET_URL',
    'TOKEN_ISSUER',
    'SECRET_NAME',
    'S3_KEY_PREFIX',
    'DYNAMO_PARTITION_KEY',
    'SSH_PUBLIC_KEY',
    'MONKEY',
  ];
  expect(other.filter(isSecretName)).toEqual([]);
});

it('values that stand in ordinary text by chance, and paths, are none', () => {
  expect(
    ['true', 'development', '/home/ada/.config/keys', '~/.aws/credentials', 'aaaaaaaaaaaaaaaaaaaa'].filter(
      canBeSecret,
    ),
  ).toEqual([]);
  expect(canBeSecret('q7Zp1-example-value')).toBe(true);
});

it('SEC-1: passwords of addresses are found', () => {
  expect(passwordIn('postgres://ada:s3cret-0123@db/x')).toBe('s3cret-0123');
  expect(passwordIn('https://glpat-0123456789abcdef@git.example.org/a')).toBe('glpat-0123456789abcdef');
  expect(passwordIn('https://git.example.org/a@b:c')).toBeNull();
  expect(passwordIn('git@git.example.org:a/b.git')).toBeNull();
});
