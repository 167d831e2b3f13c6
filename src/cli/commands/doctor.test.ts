import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
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
    const { code, out } = await cli.run('doctor', '--json');
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
});
