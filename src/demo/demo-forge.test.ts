import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseRemote } from '../forges/github/remote.ts';
import { git, createRepository } from '../testing/rig.ts';
import { removeTree } from '../workspace/remove-tree.ts';
import { temporaryDirectory } from '../workspace/temporary-repository.ts';
import { openDemoForge } from './demo-forge.ts';

it('the forge of the demo is the remote of its repositories, has a token of its own, takes no proxy, and is gone at its end', async () => {
  const dir = temporaryDirectory();
  try {
    const path = createRepository(join(dir, 'orders-service'), { 'a.txt': 'a\n' });
    const repository = { name: 'orders-service', path, commit: '' };
    const caller = { PATH: process.env['PATH'], NO_PROXY: 'intranet', GH_ENTERPRISE_TOKEN: 'mine' };
    const forge = await openDemoForge(join(dir, 'forge'), [repository], caller);
    const remote = parseRemote(git(path, 'remote', 'get-url', 'origin').trim());
    const { GH_ENTERPRISE_TOKEN: token = '', NO_PROXY: direct } = forge.environment;
    expect(direct).toBe('127.0.0.1,intranet');
    const ask = (own: string): Promise<Response> =>
      fetch(`${remote?.api}/repos/demo/orders-service`, { headers: { authorization: `token ${own}` } });
    expect((await ask(token)).status).toBe(200);
    expect((await ask('mine')).status).not.toBe(200);
    await forge[Symbol.asyncDispose]();
    const socket = connect(Number(new URL(remote?.server ?? '').port), '127.0.0.1');
    await expect(new Promise((resolve) => socket.once('error', resolve))).resolves.toMatchObject({
      code: 'ECONNREFUSED',
    });
  } finally {
    await removeTree(dir);
  }
});
