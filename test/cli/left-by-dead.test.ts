/** What an engine leaves that is killed while a setup has the user's logins: nothing for longer than to the next start. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openThinking, type Thinking } from './thinking.ts';

const SOURCES = join(import.meta.dirname, '../../src');
const TOKEN = 'private-registry-token-0123456789';

/** An engine's process in the middle of a setup and of an invocation, which then waits; `home` is the setup's. */
async function startLending(thinking: Thinking, home: string) {
  mkdirSync(join(thinking.dir, '.config/pip'), { recursive: true });
  writeFileSync(join(thinking.dir, '.npmrc'), `//registry.example.com/:_authToken=${TOKEN}\n`);
  writeFileSync(
    join(thinking.dir, '.config/pip/pip.conf'),
    '[global]\nindex-url = https://pypi.example.com/simple\n',
  );
  mkdirSync(home, { recursive: true });
  const program = `
    const { openPrivateFolder } = await import(${JSON.stringify(join(SOURCES, 'drivers/private-folder.ts'))});
    const { lentDirOf, withRegistries } = await import(${JSON.stringify(join(SOURCES, 'gates/lend-registries.ts'))});
    const { cacheDirOf } = await import(${JSON.stringify(join(SOURCES, 'engine/left-by-dead.ts'))});
    const setup = { name: 'setup', kind: 'setup', command: ['true'], network: true, env: [] };
    const place = { home: ${JSON.stringify(home)}, overlays: [] };
    const around = { environment: process.env, lentDir: lentDirOf(cacheDirOf(process.env.BATON_HOME)) };
    const { dir } = await openPrivateFolder();
    await withRegistries(setup, place, around, () => {
      console.log(dir);
      return new Promise(() => setInterval(() => {}, 1_000));
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    env: thinking.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const places = [join(home, '.npmrc'), join(home, '.config/pip/pip.conf'), said.toString().trim()];
  return { child, there: () => places.map((place) => existsSync(place)) };
}

it.each([
  ['the next run', ['run', 'Think twice']],
  ['`baton clean`', ['clean']],
])(
  'PRIV-11: logins that a killed engine had lent, and folders of its agents, are gone after %s; those of a living one stay',
  async (_, argv) => {
    using thinking = openThinking();
    thinking.env['TMPDIR'] = join(thinking.dir, 'tmp');
    mkdirSync(thinking.env['TMPDIR']);
    const work = join(thinking.dir, 'work/run-1/step');
    const [dead, living] = await Promise.all(
      ['a', 'b'].map((name) => startLending(thinking, join(work, name, 'home/written'))),
    );
    if (dead === undefined || living === undefined) throw new Error('they did not start');
    try {
      dead.child.kill('SIGKILL');
      await once(dead.child, 'close');
      expect(dead.there()).toEqual([true, true, true]);
      const { code, err } = await thinking.baton(...argv, ...(argv[0] === 'run' ? thinking.flags : []));
      expect([0, 4], err).toContain(code);
      expect(dead.there()).toEqual([false, false, false]);
      expect(living.there()).toEqual([true, true, true]);
      expect(readdirSync(join(thinking.dir, 'state/cache/lent'))).toHaveLength(1);
    } finally {
      living.child.kill('SIGKILL');
    }
  },
);
