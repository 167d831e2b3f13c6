import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandMounts, resolveCommandWords } from './command-words.ts';

const home = realpathSync(mkdtempSync(join(tmpdir(), 'baton-words-')));
afterAll(() => {
  rmSync(home, { recursive: true });
});
function place(path: string, content = '', mode = 0o644): string {
  const file = join(home, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, content, { mode });
  return file;
}
const mountsOf = (words: string[], path = '/usr/bin:/bin') => commandMounts(words, { path, home }).toSorted();

describe('words of a command', () => {
  it("become absolute where they name a file in the caller's folder, and stay as they are otherwise", () => {
    const files = new Set(['/work/agent.mjs', '/work/sub/x.py', '/up.sh']);
    const words = ['node', 'agent.mjs', './sub/x.py', '../up.sh', '/work/agent.mjs', '--fast', 'other', ''];
    expect(resolveCommandWords(words, '/work', (path) => files.has(path))).toEqual([
      'node',
      '/work/agent.mjs',
      '/work/sub/x.py',
      '/up.sh',
      '/work/agent.mjs',
      '--fast',
      'other',
      '',
    ]);
  });

  it('need the folder of a script and the packages around it, but nothing of the system', () => {
    const script = place('project/agents/agent.mjs');
    place('project/package.json', '{}');
    place('project/node_modules/x/index.js');
    expect(mountsOf(['sh', script, '--fast'])).toEqual([
      join(home, 'project/agents'),
      script,
      join(home, 'project/node_modules'),
      join(home, 'project/package.json'),
    ]);
    expect(mountsOf(['sh', `--config=${script}`])).toContain(join(home, 'project/agents'));
    expect(mountsOf(['sh', '/usr/bin/env', '/etc/absent'])).toEqual([]);
  });

  it('PRIV-11: never show a home, nor the hidden entries of a folder that has secrets or state', () => {
    const atHome = place('agent.sh');
    expect(mountsOf(['sh', atHome])).toEqual([atHome]);
    const script = place('repo/agent.sh');
    place('repo/src/a.js');
    place('repo/.env', 'secret');
    place('repo/.baton/journal', 'secret');
    expect(mountsOf(['sh', script])).toEqual([script, join(home, 'repo/src')]);
  });

  it('need the installation of a program that lies in a home, through its link', () => {
    const cli = place('tools/lib/node_modules/agent/cli.js', '#!/bin/sh\n', 0o755);
    mkdirSync(join(home, 'tools/bin'));
    symlinkSync('../lib/node_modules/agent/cli.js', join(home, 'tools/bin/agent'));
    const mounts = mountsOf(['agent'], `${join(home, 'tools/bin')}:/usr/bin`);
    expect(mounts).toEqual([
      join(home, 'tools/bin'),
      join(home, 'tools/bin/agent'),
      join(home, 'tools/lib'),
      join(home, 'tools/lib/node_modules'),
      cli,
    ]);
  });

  it('do not take the shim of a version manager for a program', () => {
    place('.pyenv/shims/sh', '#!/bin/sh\n', 0o755);
    expect(mountsOf(['sh'], `${join(home, '.pyenv/shims')}:/usr/bin:/bin`)).toEqual([]);
  });
});
