/** A forge that cannot be reached, or not safely. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { userGit } from '../../workspace/temporary-repository.ts';
import { openGithubRig } from '../testing/github-rig.ts';

const { signal } = new AbortController();
const FILES = { 'b.txt': 'b\n' };

describe('no way to the forge', () => {
  /** A certificate that nobody vouches for. */
  function certificate(dir: string): { key: Buffer; cert: Buffer } {
    const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        key,
        '-out',
        cert,
        '-days',
        '1',
        ...subject,
      ],
      { stdio: 'ignore' },
    );
    return { key: readFileSync(key), cert: readFileSync(cert) };
  }

  it('NET-8: a name that cannot be found, a port where nobody listens and a certificate that nobody vouches for are tried again later, with all that was made kept', async () => {
    await using rig = await openGithubRig();
    const request = await rig.request(FILES);
    let asked = 0;
    const tls = createServer(certificate(rig.git.dir), (_, response) => {
      asked += 1;
      response.end('{}');
    });
    await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
    const port = (tls.address() as AddressInfo).port;
    try {
      for (const server of ['https://forge.invalid', 'http://127.0.0.1:1', `https://127.0.0.1:${port}`]) {
        userGit(rig.git.user('api'), 'remote', 'set-url', 'origin', `${server}/acme/api.git`);
        const forge = rig.open();
        for (const call of [
          forge.pushBranch(request, signal),
          forge.openPullRequest(request, signal),
          forge.readBase(request, signal),
          forge.readChecks(request, request.head, signal),
        ])
          expect([server, await call]).toMatchObject([
            server,
            { kind: 'failed', retryable: true, waitMs: 15_000, grows: true },
          ]);
      }
      // Nothing was sent past the certificate.
      expect(asked).toBe(0);
      expect(userGit(request.store, 'cat-file', '-t', request.head).trim()).toBe('commit');
    } finally {
      tls.close();
    }
  });
});
