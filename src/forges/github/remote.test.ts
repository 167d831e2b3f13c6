import { describe, expect, it } from 'vitest';
import { apiFor, parseRemote, tokenFor, type ForgeRemote } from './remote.ts';

describe('the address of a remote', () => {
  it.each([
    ['https://github.com/acme/api.git', 'https://github.com/acme/api.git', 'https://api.github.com'],
    ['https://user:pw@github.com/acme/api', 'https://github.com/acme/api.git', 'https://api.github.com'],
    ['git@github.com:acme/api.git', 'https://github.com/acme/api.git', 'https://api.github.com'],
    ['git@GitHub.COM:acme/api.git', 'https://github.com/acme/api.git', 'https://api.github.com'],
    [
      'ssh://git@ssh.github.com:443/acme/api.git',
      'https://github.com/acme/api.git',
      'https://api.github.com',
    ],
    [
      'ssh://git@forge.acme.io:2222/acme/api',
      'https://forge.acme.io/acme/api.git',
      'https://forge.acme.io/api/v3',
    ],
    ['git@acme.ghe.com:acme/api.git', 'https://acme.ghe.com/acme/api.git', 'https://api.acme.ghe.com'],
    ['http://127.0.0.1:99/acme/api.git', 'http://127.0.0.1:99/acme/api.git', 'http://127.0.0.1:99/api/v3'],
  ])('%s', (address, url, api) => {
    expect(parseRemote(address)).toMatchObject({ url, api, owner: 'acme', name: 'api' });
  });

  it.each([
    'http://github.com/acme/api.git',
    'git://github.com/acme/api.git',
    'file:///srv/api.git',
    '/srv/api.git',
    'https://github.com/acme',
    'https://github.com/acme/api/tree/main',
    'https://github.com/../api',
    'https://github.com/ac me/api',
    '--upload-pack=touch x',
    '',
  ])('is none that Baton pushes to: %s', (address) => {
    expect(parseRemote(address)).toBeNull();
  });
});

describe('the token of a server', () => {
  const environment = { GITHUB_TOKEN: 'usual', GH_ENTERPRISE_TOKEN: 'own' };
  it.each([
    ['https://github.com', environment, 'usual'],
    ['https://acme.ghe.com', environment, 'usual'],
    ['https://github.com.evil.io', environment, 'own'],
    ['https://forge.acme.io', environment, 'own'],
    ['https://forge.acme.io', { ...environment, GITHUB_SERVER_URL: 'https://forge.acme.io' }, 'usual'],
    ['https://forge.acme.io', { GITHUB_TOKEN: 'usual' }, null],
    ['https://github.com', { GITHUB_TOKEN: '', GH_TOKEN: 'second' }, 'second'],
  ])('%s', (server, given, token) => {
    expect(tokenFor(server, given).token).toBe(token);
  });
});

describe('the API of a server', () => {
  const remote = parseRemote('https://git.acme.io/acme/api.git') as ForgeRemote; // is one
  const named = { GITHUB_SERVER_URL: 'https://git.acme.io', GITHUB_API_URL: 'https://api.acme.io/github/' };

  it('is where the caller says it is, for exactly the server that they name, and else where GitHub has it', () => {
    expect(apiFor(remote, named)).toBe('https://api.acme.io/github');
    expect(apiFor(remote, {})).toBe('https://git.acme.io/api/v3');
    expect(apiFor(remote, { ...named, GITHUB_SERVER_URL: 'https://github.com' })).toBe(
      'https://git.acme.io/api/v3',
    );
    expect(apiFor(remote, { GITHUB_API_URL: 'https://evil.io' })).toBe('https://git.acme.io/api/v3');
  });

  it.each(['http://api.acme.io', 'https://me:pw@api.acme.io', 'ssh://api.acme.io', 'api.acme.io'])(
    'is none that a token is sent to: %s',
    (url) => {
      expect(() => apiFor(remote, { ...named, GITHUB_API_URL: url })).toThrow(
        'no address that a token is sent to',
      );
    },
  );
});
