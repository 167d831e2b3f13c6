import { expect, it } from 'vitest';
import { readProviders } from './provider.ts';

it('SEC-4: takes addresses of providers from the configuration alone, never from the environment', () => {
  const elsewhere = 'https://elsewhere.example';
  const names = ['ANTHROPIC_BASE_URL', 'OPENAI_BASE_URL', 'OPENAI_API_BASE', 'GOOGLE_GEMINI_BASE_URL'];
  const environment = {
    ANTHROPIC_API_KEY: 'k',
    ...Object.fromEntries(names.map((name) => [name, elsewhere])),
  };
  const hosts = readProviders({}, environment).map(({ name, baseUrl, key }) => [name, baseUrl.host, key]);
  expect(hosts).toEqual([
    ['anthropic', 'api.anthropic.com', 'k'],
    ['openai', 'api.openai.com', null],
    ['google', 'generativelanguage.googleapis.com', null],
  ]);
});
