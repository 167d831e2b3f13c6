/** A model that cannot be reached: said before the run where that can be seen, and while a run waits for it. */
import { createServer, type AddressInfo } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFakeModel } from '../../src/testing/fake-model/fake-model.ts';
import { openThinking } from './thinking.ts';

const CONFIG = (url: string): string =>
  `providers:\n  local: { kind: openai_compatible, base_url: "${url}" }\nagents: { model: local/usual }\n`;

/** A port of this machine on which nobody listens any more. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const FLAGS = ['--workflow', 'thinking.yaml', '--driver', 'in-process', '--yes'];

describe('a model that cannot be reached', () => {
  it('CFG-17: starts nothing where nobody listens at its address on this machine', async () => {
    using thinking = openThinking();
    const port = await freePort();
    writeFileSync(join(thinking.repo, 'baton.yaml'), CONFIG(`http://127.0.0.1:${port}/v1`));
    const { code, err } = await thinking.baton('run', 'Think', ...FLAGS);
    expect([code, err]).toEqual([2, expect.stringContaining('E_PREFLIGHT')]);
    expect(err).toContain(`The model local/usual cannot be reached: nobody listens at 127.0.0.1:${port}`);
    expect(err).toContain('Start the server of local');
    expect(JSON.parse((await thinking.baton('runs', '--json')).out)).toMatchObject({ runs: [] });
  });

  it('is waited for aloud: each try is a line, with the time until the next', async () => {
    using thinking = openThinking();
    await using fake = await openFakeModel({
      script: ({ index }) =>
        index < 2 ? { kind: 'error', status: 503 } : { kind: 'error', status: 400, message: 'no such model' },
    });
    writeFileSync(join(thinking.repo, 'baton.yaml'), CONFIG(`${fake.url}/v1`));
    const { err } = await thinking.baton('run', 'Think', ...FLAGS);
    expect(err).toMatch(/think\/first\/\S+: local is too busy: try 1 of 5, next in 1 s\n/);
    expect(err).toMatch(/: local is too busy: try 2 of 5, next in 2 s\n/);
    expect(err).not.toContain('try 3 of 5');
    expect((await thinking.baton('log', '--notes')).out).toContain('try 1 of 5');
  });
});
