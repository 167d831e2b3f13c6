import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { secretFinder } from '../drivers/redact.ts';
import { ROOMY, openWorkspacesRig } from './workspaces-rig.ts';
import { userGit } from './temporary-repository.ts';

const TOKEN = 'q7Zp1-example-value-0x2b';
const OTHER = 'w3Rt9-another-value-0x7c';

it('SEC-1: a secret that its file has at the base already stops no work on that file, a new place of it does', async () => {
  const files = { 'config.txt': `port 80\nkey ${TOKEN}\n`, 'other.txt': 'x\n' };
  using rig = await openWorkspacesRig({ api: files });
  const { workspaces, runId, base } = rig;
  const findSecrets = secretFinder(
    new Map([
      ['API_TOKEN', TOKEN],
      ['MAIL_KEY', OTHER],
    ]),
  );
  const workspace = await workspaces.open(runId, 'work/a1', base);
  const snapshot = () =>
    workspaces.snapshot({ runId, workspace, base, message: 'm', key: 'work/a1', limits: ROOMY, findSecrets });
  const checkout = workspace.repos[0]?.path ?? '';
  writeFileSync(join(checkout, 'config.txt'), `port 81\nkey ${TOKEN}\n`);
  expect(await snapshot()).toMatchObject({ refused: [], changes: [{ path: 'config.txt' }] });
  writeFileSync(join(checkout, 'config.txt'), `port 81\nkey ${TOKEN}\nmore ${OTHER}\n`);
  expect((await snapshot()).refused).toEqual([
    { path: 'api/config.txt', code: 'E_SECRET', problem: expect.stringContaining('line 3 holds MAIL_KEY') },
  ]);
  writeFileSync(join(checkout, 'config.txt'), `port 81\nkey ${TOKEN}\n`);
  for (const wide of [
    Buffer.from(`x\n${TOKEN}\n`, 'utf16le'),
    Buffer.from(`x\n${TOKEN}\n`, 'utf16le').swap16(),
  ]) {
    writeFileSync(join(checkout, 'other.txt'), wide);
    expect((await snapshot()).refused, 'in UTF-16').toMatchObject([
      { path: 'api/other.txt', code: 'E_SECRET' },
    ]);
  }
  writeFileSync(join(checkout, 'other.txt'), `x\n${TOKEN}\n`);
  expect((await snapshot()).refused).toEqual([
    { path: 'api/other.txt', code: 'E_SECRET', problem: expect.stringContaining('line 2 holds API_TOKEN') },
  ]);
});

it('SEC-1: credentials of remotes and uncommitted settings are known, committed ones are no secret', async () => {
  using rig = await openWorkspacesRig(
    { api: { '.env.test': 'TEST_TOKEN=committed-and-therefore-known\n' } },
    (user) => {
      const api = user('api');
      userGit(api, 'remote', 'add', 'origin', 'https://ada:pass-1a2b3c4d5e6f@git.example.org/a.git');
      userGit(
        api,
        'config',
        'http.https://git.example.org/.extraheader',
        'AUTHORIZATION: basic QWRhOjEyMzQ1Njc4OTA=',
      );
      writeFileSync(
        join(api, '.env'),
        '# mine\nexport STRIPE_KEY="a \'b\' c-0123456789"\nPORT=80\nMAIL_KEY=abc-0123456789 # live\nDATA_KEY="def # 0123456789" # too\n',
      );
    },
  );
  const [repo] = rig.repos;
  expect(repo && (await rig.workspaces.secretsOf(repo))).toEqual([
    ['credential of api', 'pass-1a2b3c4d5e6f'],
    ['credential of api', 'QWRhOjEyMzQ1Njc4OTA='],
    ['STRIPE_KEY', "a 'b' c-0123456789"],
    ['MAIL_KEY', 'abc-0123456789'],
    ['DATA_KEY', 'def # 0123456789'],
  ]);
});
