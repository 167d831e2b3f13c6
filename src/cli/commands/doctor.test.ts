import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openCli } from '../testing/captured-context.ts';

const AGENT = fileURLToPath(new URL('../../testing/agents/acp-agent.mjs', import.meta.url));

interface Document {
  ok: boolean;
  findings: { name: string; state: string; detail: string; fix: string }[];
}

describe('baton doctor', () => {
  it('says of every profile whether its agent is there, starts, and who it says it is', async () => {
    using cli = openCli();
    const profiles = join(cli.dir, 'profiles');
    mkdirSync(profiles);
    const broken = join(cli.dir, 'broken-agent');
    writeFileSync(broken, '#!/bin/sh\necho cannot work here >&2\nexit 3\n');
    chmodSync(broken, 0o755);
    const write = (name: string, command: string[], more = '') =>
      writeFileSync(
        join(profiles, `${name}.yaml`),
        `name: ${name}\ntitle: T\ncommand: ${JSON.stringify(command)}\n${more}`,
      );
    write('fake', [process.execPath, AGENT, 'submit'], "tested: ['1.0.0']\n");
    write('broken', [broken]);
    write('absent', ['no-such-agent'], 'install: get it\n');
    const { code, out } = await cli.run('doctor', '--json', '--try', 'fake', 'broken');
    const { ok, findings } = JSON.parse(out) as Document;
    const of = (name: string) => findings.find((finding) => finding.name === `profile ${name}`);
    expect([code, ok]).toEqual([0, true]);
    expect(of('fake')).toMatchObject({
      state: 'ok',
      detail: expect.stringMatching(
        /^Fake agent 1\.2\.3 \(tried with 1\.0\.0\) answers in \d+\.\d s, \//,
      ) as string,
    });
    expect(of('broken')).toMatchObject({
      state: 'warning',
      detail: expect.stringContaining('cannot work here') as string,
    });
    expect(of('absent')).toMatchObject({
      state: 'warning',
      detail: 'no-such-agent is not on PATH',
      fix: '`get it`, if you want it.',
    });
    expect(findings.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['profile claude', 'profile codex']),
    );
  });

  it('starts nothing that the folder names unless its profile is named, also under a built-in name', async () => {
    using cli = openCli();
    mkdirSync(join(cli.dir, 'profiles'));
    const program = join(cli.dir, 'planted');
    writeFileSync(program, `#!/bin/sh\ntouch ${join(cli.dir, 'started')}\n`);
    chmodSync(program, 0o755);
    for (const name of ['mine', 'other', 'claude'])
      writeFileSync(
        join(cli.dir, 'profiles', `${name}.yaml`),
        `name: ${name}\ntitle: T\ncommand: [${program}]\n`,
      );
    const { out } = await cli.run('doctor', '--json');
    expect(existsSync(join(cli.dir, 'started'))).toBe(false);
    for (const name of ['mine', 'other'])
      expect((JSON.parse(out) as Document).findings).toContainEqual({
        name: `profile ${name}`,
        state: 'warning',
        detail: `${program}: not started, since ${join(cli.dir, 'profiles', `${name}.yaml`)} names it`,
        fix: expect.stringContaining(`--try ${name}`) as string,
      });
    expect((JSON.parse(out) as Document).findings).toContainEqual(
      expect.objectContaining({
        name: 'profile claude',
        state: 'warning',
        detail: expect.stringContaining('cannot take the name of claude') as string,
      }),
    );
    await cli.run('doctor', '--try', 'claude');
    expect(existsSync(join(cli.dir, 'started'))).toBe(false);
    expect((await cli.run('doctor', '--try', 'nobody')).code).toBe(2);
    const shown = await cli.run('doctor');
    for (const { detail, fix } of (JSON.parse(out) as Document).findings.filter(
      ({ name }) => name !== 'disk',
    )) {
      expect(shown.out).toContain(detail);
      expect(shown.out).toContain(fix);
    }
  });

  it('asks for the git that runs need', async () => {
    const withGit = async (said: string) => {
      using cli = openCli();
      const git = join(cli.dir, 'git');
      writeFileSync(git, `#!/bin/sh\necho git version ${said}\n`);
      chmodSync(git, 0o755);
      cli.context.environment['PATH'] = `${cli.dir}:/usr/bin:/bin`;
      const { code, out } = await cli.run('doctor', '--json');
      return { code, ...(JSON.parse(out) as Document).findings.find(({ name }) => name === 'git') };
    };
    expect(await withGit('2.37.9')).toMatchObject({
      code: 2,
      state: 'problem',
      fix: expect.stringContaining('git 2.38') as string,
    });
    expect(await withGit('2.38.0')).toMatchObject({ state: 'ok', detail: 'git version 2.38.0' });
  });

  it('says where runs are submitted to, and of tokens only whether they are there', async () => {
    using cli = openCli({ GITHUB_TOKEN: 'ghp_secret' });
    const { out } = await cli.run('doctor', '--json');
    const forge = (JSON.parse(out) as Document).findings.find(({ name }) => name === 'forge');
    expect(forge).toMatchObject({
      state: 'ok',
      detail: 'local, which needs no token; github (GITHUB_TOKEN set)',
    });
    expect(out).not.toContain('ghp_secret');
  });

  it('says whose models can be called from here, by the names of keys and never by keys', async () => {
    const server = createServer((_, response) => response.writeHead(404).end());
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    using cli = openCli({ OPENAI_API_KEY: 'sk-secret' });
    const { port } = server.address() as AddressInfo;
    const up = `http://127.0.0.1:${port}/v1`;
    writeFileSync(
      join(cli.dir, 'baton.yaml'),
      `providers:\n  up: { kind: openai_compatible, base_url: '${up}' }\n  down: { kind: openai_compatible, base_url: 'http://127.0.0.1:9/v1' }\n`,
    );
    const { out } = await cli.run('doctor', '--json');
    server.close();
    const { findings } = JSON.parse(out) as Document;
    const of = (name: string) => {
      const found = findings.find((finding) => finding.name === `models ${name}`);
      return [found?.state, found?.detail];
    };
    expect(of('openai')).toEqual(['ok', 'api.openai.com: OPENAI_API_KEY is set']);
    expect(of('anthropic')).toEqual(['warning', 'api.anthropic.com: ANTHROPIC_API_KEY is not set']);
    expect(of('up')).toEqual(['ok', `127.0.0.1:${port}: needs no key, and answers`]);
    expect(of('down')).toEqual(['warning', '127.0.0.1:9: needs no key, and nothing answers']);
    expect(out).not.toContain('sk-secret');
  });

  it('warns where no agent and no model can work, with the way out, and exits 2 where the one that was chosen cannot', async () => {
    const agents = async (config: string | null, environment: Record<string, string> = {}) => {
      using cli = openCli(environment);
      cli.context.environment['PATH'] = '/usr/bin:/bin';
      cli.context.environment['HOME'] = cli.dir;
      mkdirSync(join(cli.dir, 'profiles'));
      const fake = [process.execPath, AGENT, 'submit'];
      const needs = 'auth: { key: { env: [FAKE_KEY] } }';
      writeFileSync(
        join(cli.dir, 'profiles/fake.yaml'),
        `name: fake\ntitle: T\ncommand: ${JSON.stringify(fake)}\n${needs}\n`,
      );
      if (config !== null) writeFileSync(join(cli.dir, 'baton.yaml'), config);
      const { code, out } = await cli.run('doctor', '--json', '--try', 'fake');
      const { ok, findings } = JSON.parse(out) as Document;
      const { state, detail, fix } = findings.find(({ name }) => name === 'agents') ?? {};
      return { code, ok, state, detail, fix };
    };
    const nobody = await agents(null);
    expect(nobody).toMatchObject({ code: 0, ok: true, state: 'warning' });
    expect(nobody.fix).toContain('--agent-command');
    expect(nobody.detail).toContain('no agent can work');
    expect(nobody.fix).toContain('docs/guides/agents.md');
    const profile = { code: 0, ok: true, state: 'ok', detail: 'profile fake' };
    expect(await agents(null, { FAKE_KEY: 'k' })).toMatchObject(profile);
    const models = { code: 0, ok: true, state: 'ok', detail: 'models of openai' };
    expect(await agents(null, { OPENAI_API_KEY: 'k' })).toMatchObject(models);
    // What baton.yaml chooses has to work itself.
    const other = await agents('agents: { profile: claude }\n', { FAKE_KEY: 'k', OPENAI_API_KEY: 'k' });
    expect(other).toMatchObject({ code: 2, state: 'problem' });
    expect(other.detail).toContain('profile claude');
    const unknown = await agents('agents: { profile: claud }\n', { FAKE_KEY: 'k' });
    expect(unknown).toMatchObject({
      code: 2,
      state: 'problem',
      detail: 'baton.yaml names profile claud, and there is none of this name',
      fix: expect.stringMatching(/^Did you mean `claude`\? Profiles: .*fake/) as string,
    });
    const model = await agents('agents: { driver: in-process }\n', { FAKE_KEY: 'k' });
    expect(model).toMatchObject({ code: 2, state: 'problem' });
  });
});
