/** A setup that nobody in the run can mend, from the note before it to the pause and the run that goes well. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCli, type Cli } from '../../src/cli/testing/captured-context.ts';
import { createRepository } from '../../src/testing/rig.ts';
import { userGit } from '../../src/workspace/temporary-repository.ts';

const WORKFLOW = `name: writing
version: 1
start: launch
review: { by: [judge] }
limits: { max_rework: 3, max_retries: 0 }
phases:
  - id: write
    steps:
      - { id: first, agent: writer, output: changes, gates: full }
`;
/** Fails as an install does behind a proxy of a company that has a certificate of its own. */
const INSTALL = `#!/bin/sh
echo "request $$ failed"
test -s "$NODE_EXTRA_CA_CERTS" || { echo 'npm error code SELF_SIGNED_CERT_IN_CHAIN'; exit 1; }
`;
const CONFIG = (env: string): string => `repos:
  shop:
    modules:
      - path: .
        setup: { command: [sh, install.sh]${env} }
        gates: [{ name: tests, kind: tests, command: [node, --test], reporter: node, set: quick }]
`;
const agent = (name: string, role: string): string =>
  `---\nname: ${name}\ndescription: Works.\nrole: ${role}\n---\nWork.\n`;

function openShop(): Cli & { shop: string } {
  const home = openCli();
  const shop = join(home.dir, 'shop');
  mkdirSync(shop);
  createRepository(shop, {
    'writing.yaml': WORKFLOW,
    'agents/writer.md': agent('writer', 'specialist'),
    'agents/judge.md': agent('judge', 'reviewer'),
    'install.sh': INSTALL,
    'a.test.js': `require('node:test').test('adds', () => {});\n`,
    'baton.yaml': CONFIG(''),
  });
  home.context.cwd = shop;
  writeFileSync(join(home.dir, 'company.pem'), 'a certificate\n');
  home.context.environment = {
    ...home.context.environment,
    NODE_EXTRA_CA_CERTS: join(home.dir, 'company.pem'),
    HTTPS_PROXY: '',
  };
  mkdirSync(join(shop, '.baton'));
  writeFileSync(
    join(shop, '.baton', 'script.json'),
    JSON.stringify([
      {
        agent: 'writer',
        files: { 'shop/b.txt': 'more\n' },
        result: { status: 'complete', summary: 'wrote' },
      },
      {
        agent: 'judge',
        result: { status: 'complete', summary: 'read it', verdict: 'pass', findings: [], resolved: [] },
      },
    ]),
  );
  return { ...home, shop };
}

const start = (cli: Cli & { shop: string }) =>
  cli.run(
    'run',
    'Write more',
    '--workflow',
    'writing.yaml',
    '--driver',
    `scripted:${join(cli.shop, '.baton', 'script.json')}`,
    '--yes',
  );

describe('a setup that fails at the base as well', () => {
  it('pauses the run with its output and what mends it, and sends nobody to rework', async () => {
    using cli = openShop();
    const { code, err, out } = await start(cli);
    expect(code, err).toBe(7);
    expect(err).toContain('the setup of shop sees only what its `env` names');
    expect(err + out).toContain('SELF_SIGNED_CERT_IN_CHAIN');
    expect(err + out).toContain('env: [NODE_EXTRA_CA_CERTS]');
    expect(err + out).not.toContain('HTTPS_PROXY');
    expect(JSON.parse((await cli.run('status', '--json')).out)).toMatchObject({
      status: 'paused',
      reason: 'setup_fails',
    });
    const log = (await cli.run('log', '--json')).out;
    expect(log.match(/"invocation_started"/g)).toHaveLength(1);
    expect((await cli.run('doctor')).out).toContain('NODE_EXTRA_CA_CERTS');

    writeFileSync(join(cli.shop, 'baton.yaml'), CONFIG(', env: [NODE_EXTRA_CA_CERTS, HTTPS_PROXY]'));
    userGit(cli.shop, 'commit', '-qam', 'Name what the setup sees');
    const mended = await start(cli);
    expect(mended.code, mended.err).toBe(0);
    expect(mended.err).not.toContain('sees only what');
  });

  it('is told of before, and `baton init` writes the names of what is set', async () => {
    using cli = openShop();
    createRepository(join(cli.dir, 'fresh'), {
      'package.json': '{"name":"fresh","dependencies":{"a":"1.0.0"},"scripts":{"test":"node --test"}}',
      'package-lock.json': '{}',
    });
    cli.context.cwd = join(cli.dir, 'fresh');
    mkdirSync(join(cli.dir, 'bin'));
    writeFileSync(join(cli.dir, 'bin', 'claude'), '#!/bin/sh\n', { mode: 0o755 });
    const { PATH = '' } = cli.context.environment;
    cli.context.environment = { ...cli.context.environment, PATH: `${join(cli.dir, 'bin')}:${PATH}` };
    const { code, out } = await cli.run('init');
    expect([code, out]).toEqual([0, expect.stringContaining('  --profile claude\n')]);
    expect(out).toContain('--driver in-process --model PROVIDER/NAME');
    const written = readFileSync(join(cli.dir, 'fresh', 'baton.yaml'), 'utf8');
    expect(written).toContain('env: [NODE_EXTRA_CA_CERTS]');
    expect(written).not.toContain('company.pem');
    expect((await cli.run('doctor')).out).not.toContain('Set on this machine');
  });
});
