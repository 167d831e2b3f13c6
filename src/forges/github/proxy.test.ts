/** The caller's proxy carries the calls of the API, as it carries git's. */
import { createServer, request as forward, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { FORGE_TOKEN, openGithubRig } from '../testing/github-rig.ts';

const { signal } = new AbortController();

it('NET-8: goes through the proxy that the caller names, for the API and for git, and says so where it is off', async () => {
  await using rig = await openGithubRig();
  const request = await rig.request({ 'b.txt': 'b\n' });
  const seen = new Set<string>();
  const proxy = createServer((incoming, outgoing) => {
    seen.add(incoming.url?.includes('/api/v3/') ? 'api' : 'git');
    const { method, headers } = incoming;
    const answer = (reply: IncomingMessage): void => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(outgoing);
    };
    incoming.pipe(forward(incoming.url ?? '', { method, headers }, answer));
  });
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const forge = rig.open({ GH_ENTERPRISE_TOKEN: FORGE_TOKEN, http_proxy: address });
  try {
    expect(await forge.pushBranch(request, signal)).toMatchObject({ kind: 'confirmed' });
    expect(await forge.openPullRequest(request, signal)).toMatchObject({ kind: 'confirmed' });
    expect([...seen].toSorted()).toEqual(['api', 'git']);
  } finally {
    proxy.closeAllConnections();
    await new Promise((closed) => proxy.close(closed));
  }
  expect(await forge.markReady(request, signal)).toMatchObject({
    kind: 'failed',
    retryable: true,
    detail: expect.stringContaining('could not be reached'),
  });
});
