/** `baton doctor` on the configuration of the folder that it is asked in. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCli } from '../../src/cli/testing/captured-context.ts';
import { createRepository } from '../../src/testing/rig.ts';

interface Finding {
  name: string;
  state: string;
  detail: string;
  fix: string;
}

const GATE = (command: string): string =>
  `{ name: tests, kind: tests, command: ${command}, reporter: node, set: quick }`;
const CONFIG = (name: string, command: string): string =>
  `repos:\n  ${name}:\n    modules:\n      - { path: ., gates: [${GATE(command)}] }\n`;

async function examine(
  config: string | null,
): Promise<{ code: number; ok: boolean; seen: Finding[]; out: string }> {
  using cli = openCli({ ANTHROPIC_API_KEY: 'k' });
  const dir = join(cli.dir, 'shop');
  mkdirSync(dir);
  createRepository(dir, { 'a.test.js': '' });
  if (config !== null) writeFileSync(join(dir, 'baton.yaml'), config);
  cli.context.cwd = dir;
  const { code, out } = await cli.run('doctor', '--json');
  const { ok, findings } = JSON.parse(out) as { ok: boolean; findings: Finding[] }; // the command's own form
  const seen = findings.filter(({ name }) => ['repository', 'config', 'gates'].includes(name));
  return { code, ok, seen, out: (await cli.run('doctor')).out };
}

describe('baton doctor on the configuration here', () => {
  it('names the repository, the file and its gates where all is well', async () => {
    const { code, ok, seen, out } = await examine(CONFIG('shop', '[node, --test]'));
    expect({ code, ok }).toEqual({ code: 0, ok: true });
    expect(seen.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'repository ok',
      'config ok',
      'gates ok',
    ]);
    expect(seen[1]?.detail).toMatch(/shop\/baton\.yaml$/);
    expect(out).toMatch(/gates +tests\n/);
  });

  it('says that there is none, and what would be taken', async () => {
    const { code, seen } = await examine(null);
    expect(code).toBe(0);
    expect(seen).toContainEqual(expect.objectContaining({ name: 'config', state: 'warning' }));
    expect(seen.find(({ name }) => name === 'config')?.fix).toContain('baton init');
    expect(seen).toContainEqual(expect.objectContaining({ name: 'gates', state: 'warning' }));
  });

  it('CFG-6: shows every mistake in the file at its line and exits 2', async () => {
    const { code, ok, seen, out } = await examine('repoz: {}\nlimits: { max_rework: many }\n');
    expect({ code, ok }).toEqual({ code: 2, ok: false });
    const wrong = seen.filter(({ name, state }) => name === 'config' && state === 'problem');
    expect(wrong.map(({ detail }) => /baton\.yaml:(\d+):/.exec(detail)?.[1])).toEqual(['1', '2']);
    expect(out).toContain('fix: ');
  });

  it('says which gates could not start, and which entries are of another repository', async () => {
    const { code, seen } = await examine(
      CONFIG('shop', '[no-such-program, --test]') + '  other: { modules: [] }\n',
    );
    expect(code).toBe(2);
    expect(seen).toContainEqual(expect.objectContaining({ name: 'gates', state: 'problem' }));
    expect(seen.some(({ detail }) => detail.includes('names other, which is not this repository'))).toBe(
      true,
    );
  });

  it('says that the file is empty, and that its only entry has another name', async () => {
    const empty = await examine('# nothing yet\n');
    expect(empty.seen.find(({ name }) => name === 'config')?.detail).toMatch(/^baton\.yaml is empty;/);
    const { seen } = await examine(CONFIG('shpo', '[node, --test]'));
    expect(seen).toContainEqual(
      expect.objectContaining({
        name: 'repository',
        state: 'warning',
        detail: expect.stringContaining('baton.yaml names shpo, and this repository is called shop'),
      }),
    );
  });

  it('is content with a machine in no repository', async () => {
    using cli = openCli({ ANTHROPIC_API_KEY: 'k' });
    const { code, out } = await cli.run('doctor');
    expect(code).toBe(0);
    expect(out).toContain('is in no git repository');
  });
});
