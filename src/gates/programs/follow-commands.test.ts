import { describe, expect, it } from 'vitest';
import { filesRunBy } from './follow-commands.ts';

async function followed(command: string, files: Record<string, string>, folder = '.') {
  const read = (path: string) => Promise.resolve(files[path] ?? null);
  const run = await filesRunBy({ command: [command], shell: true }, folder, read);
  return [...run.files].sort();
}

describe('filesRunBy', () => {
  it.each([
    ['cd ops && ./push.sh'],
    ['pushd ops; bash push.sh'],
    ['npm --prefix ops run push'],
    ['pnpm -C ops run push'],
    ['yarn --cwd=ops push'],
    ['bash go.sh'],
    ['sh away.sh'],
    ['node go.mjs'],
  ])('finds the script behind `%s`', async (command) => {
    const files = {
      'ops/package.json': JSON.stringify({ scripts: { push: './push.sh' } }),
      'ops/push.sh': '',
      'go.sh': 'HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"\n"$HERE"/ops/push.sh --now\n',
      'away.sh': 'cd `dirname "$0"`\n. "${PLACE}/ops/push.sh"\n',
      'go.mjs': "execFileSync('./ops/push.sh');\n",
    };
    expect(await followed(command, files)).toContain('ops/push.sh');
  });

  it('goes from script to script, each from its own folder', async () => {
    const files = {
      'ops/push.sh': '. "$(dirname "$0")/lib/log.sh"\n"$(cd "$(dirname "$0")/.." && pwd)/tools/pack.sh"\n',
      'ops/lib/log.sh': '',
      'tools/pack.sh': 'node \\\n  tools/pack.mjs\n',
      'tools/pack.mjs': '',
    };
    expect(await followed('ops/push.sh', files)).toEqual([
      'ops/lib/log.sh',
      'ops/push.sh',
      'tools/pack.mjs',
      'tools/pack.sh',
    ]);
  });

  it('takes scripts of its own package.json, and the root’s where that has none of the name', async () => {
    const files = {
      'package.json': JSON.stringify({ scripts: { lint: 'node all.mjs', types: 'node types.mjs' } }),
      'all.mjs': '',
      'types.mjs': '',
      'part/package.json': JSON.stringify({ scripts: { lint: 'node own.mjs' } }),
      'part/own.mjs': '',
    };
    expect(await followed('npm run lint', files, 'part')).toEqual(['part/own.mjs']);
    expect(await followed('npm run types', files, 'part')).toEqual(['types.mjs']);
  });

  it.each([
    'npx own-lint src',
    'check src',
    'npm run lint',
    'npm --prefix part run lint',
    'eslint --plugin @own/rules',
  ])('finds a tool that the repository has as a package of its own: %s', async (command) => {
    const devDependencies = { 'own-lint': 'file:tools/lint', '@own/rules': 'link:./tools/rules', x: '1' };
    const files = {
      'package.json': JSON.stringify({ devDependencies, scripts: { lint: 'own-lint .' } }),
      'part/package.json': JSON.stringify({ scripts: { lint: 'own-lint .' } }),
      'tools/lint/package.json': JSON.stringify({ bin: { 'own-lint': 'cli.js', check: './cli.js' } }),
      'tools/lint/cli.js': "require('./lib/all.js');",
      'tools/lint/lib/all.js': '',
      'tools/rules/index.js': '',
    };
    const lint = ['tools/lint/cli.js', 'tools/lint/lib/all.js'];
    const held = command.includes('@own') ? ['tools/rules/index.js'] : lint;
    expect(await followed(command, files)).toEqual(held);
  });

  it('stays within what is read', async () => {
    const files = { 'push.sh': '', '../push.sh': '' };
    expect(await followed('cd .. && ./push.sh && /push.sh && ~/push.sh', files, 'part')).toEqual(['push.sh']);
    expect(await followed('../push.sh; cd /; cd $HOME', files)).toEqual([]);
  });
});
