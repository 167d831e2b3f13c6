/** Whoever goes on with a run waits for every module that is loaded first. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const SOURCES = join(import.meta.dirname, '../../src');

/** The packages that a process has loaded when it begins with a command, by name. */
function packagesOf(command: string): string[] {
  const files = [`cli/commands/${command}.ts`, 'engine/open-engine.ts', 'engine/drive.ts'].map((file) =>
    join(SOURCES, file),
  );
  const program = `
    import { registerHooks } from 'node:module';
    const names = new Set();
    registerHooks({
      load(url, context, next) {
        const [, name] = /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)\\//.exec(url) ?? [];
        if (name !== undefined) names.add(name);
        return next(url, context);
      },
    });
    for (const file of ${JSON.stringify(files)}) await import(file);
    process.stdout.write(JSON.stringify([...names].sort()));`;
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as string[]; // printed above
}

it('a resumed run loads no server for results, no model client and no client of a forge before something needs them', () => {
  expect(packagesOf('resume')).toEqual([
    '@commander-js/extra-typings',
    'commander',
    'picocolors',
    'yaml',
    'zod',
  ]);
});
