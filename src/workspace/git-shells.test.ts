import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { runGit } from './git.ts';
import { createPipe, createRepository, temporaryDirectory, userGit } from './temporary-repository.ts';

/** Its own mount namespace: the small disk is seen by the process alone and is gone with it. */
const ISOLATED = { program: 'unshare' };

const dir = temporaryDirectory();
const gitDir = join(createRepository(join(dir, 'repo'), { 'a.txt': 'a\n' }), '.git');
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A process of its own that asks git, says which shells it has, and then does as `then` says. */
function script(then: string): string {
  const path = join(dir, `${then.length}.mts`);
  writeFileSync(
    path,
    `import { readFileSync } from 'node:fs';
     const { runGit } = await import(${JSON.stringify(new URL('git.ts', import.meta.url).href)});
     const call = { gitDir: ${JSON.stringify(gitDir)}, args: ['rev-parse', 'HEAD'] };
     const answers = [await runGit(call), await runGit({ ...call, args: ['hash-object', '--stdin'], input: 'x'.repeat(9e6) })];
     const children = readFileSync(\`/proc/\${process.pid}/task/\${process.pid}/children\`, 'utf8').trim();
     console.log(JSON.stringify({ heads: answers.map(({ stdout }) => stdout.toString().trim()), children }));
     ${then}`,
  );
  return path;
}

function parse(text: string): { heads: string[]; children: string } {
  return JSON.parse(text) as { heads: string[]; children: string }; // printed by the script
}

const HASH_OF_INPUT = execFileSync('git', ['hash-object', '--stdin'], {
  input: 'x'.repeat(9e6),
  encoding: 'utf8',
}).trim();

describe('git in small shells', () => {
  it('gets every word as it is, whatever a shell would make of it', async () => {
    const signs = Array.from({ length: 0x2ff }, (_, at) => `a${String.fromCharCode(at + 1)}b`);
    const words = [
      ...signs,
      '$(id)',
      '`id`',
      "'",
      `'\\''"`,
      '\\',
      '\\n',
      '!!',
      '*',
      '~',
      '',
      '-',
      'a\n=0\n',
      '😀 \u{2028}',
    ];
    const asked = ['rev-parse', '--sq-quote', ...words];
    const { stdout } = await runGit({ gitDir, args: asked });
    expect(stdout.toString('utf8')).toBe(execFileSync('git', asked, { encoding: 'utf8' }));
    const env = {
      GIT_AUTHOR_NAME: "$HOME 'x' `id`",
      GIT_COMMITTER_DATE: '@0 +0000',
      GIT_AUTHOR_DATE: '@0 +0000',
    };
    const tree = userGit(gitDir, 'rev-parse', 'HEAD^{tree}');
    const made = await runGit({ gitDir, args: ['commit-tree', tree], input: "it's\n$(me)\n=1\n", env });
    const shown = userGit(gitDir, 'show', '-s', '--format=%an|%B', made.stdout.toString('utf8').trim());
    expect(shown).toBe("$HOME 'x' `id`|it's\n$(me)\n=1");
  });

  it('PROC-11: is started by a few of them, which are used again, with nothing of their own in its environment', async () => {
    let started = 0;
    const count = (): void => void (started += 1);
    await Promise.all(Array.from({ length: 6 }, () => runGit({ gitDir, args: ['version'] })));
    subscribe('child_process', count);
    try {
      for (let round = 0; round < 10; round += 1)
        await Promise.all(Array.from({ length: 6 }, () => runGit({ gitDir, args: ['rev-parse', 'HEAD'] })));
    } finally {
      unsubscribe('child_process', count);
    }
    expect(started).toBe(0);
    const input = Array.from({ length: 20 }, (_, at) => 'x'.repeat(at));
    const made = await Promise.all(
      input.map((text) => runGit({ gitDir, args: ['hash-object', '--stdin'], input: text })),
    );
    expect(new Set(made.map(({ stdout }) => stdout.toString())).size).toBe(20);
    const link = join(dir, 'folder');
    mkdirSync(link);
    const config = ['-c', `alias.env=!env | sed 's/=.*//'`, 'env'];
    const names = (await runGit({ gitDir: null, cwd: link, args: config })).stdout
      .toString()
      .trim()
      .split('\n');
    expect(names.filter((name) => !name.startsWith('GIT_')).toSorted()).toEqual(
      ['HOME', 'LC_ALL', 'OLDPWD', 'PATH', 'PWD', 'XDG_CONFIG_HOME'].filter((name) => names.includes(name)),
    );
  });

  it('can be stopped in between, and is told of nothing that is secret', async () => {
    let started = 0;
    const count = (): void => void (started += 1);
    const stop = new AbortController();
    const fifo = join(dir, 'stopped');
    createPipe(fifo);
    await runGit({ gitDir, args: ['version'] });
    subscribe('child_process', count);
    try {
      const waiting = runGit({ gitDir, args: ['hash-object', '--', fifo], signal: stop.signal });
      // It opens for somebody who reads: git is there.
      const end = await open(fifo, 'w');
      stop.abort();
      await expect(waiting).rejects.toMatchObject({ message: expect.stringContaining('stopped') });
      expect(started).toBe(0);
      // Until nobody reads any more.
      const write = (): Promise<boolean> =>
        end.write('x').then(
          () => true,
          () => false,
        );
      while (await write()) await pause(5);
      await end.close();
      await runGit({ gitDir, args: ['version'] });
      started = 0;
      await runGit({ gitDir, args: ['version'], isSecret: true });
      expect(started).toBe(1);
    } finally {
      unsubscribe('child_process', count);
    }
  });

  it('PROC-8: ends with the process that has it, also where that is killed, and keeps none from its end', async () => {
    const ended = parse(execFileSync(process.execPath, [script('')], { encoding: 'utf8', timeout: 120_000 }));
    expect(ended.heads).toEqual([userGit(gitDir, 'rev-parse', 'HEAD'), HASH_OF_INPUT]);
    const child = spawn(process.execPath, [script('setInterval(() => {}, 1_000);')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    const shells = parse(said.toString()).children.split(' ');
    expect(shells).toHaveLength(1);
    expect(readFileSync(`/proc/${shells[0]}/comm`, 'utf8')).toMatch(/sh/);
    child.kill('SIGKILL');
    await once(child, 'close');
    for (const shell of [...shells, ended.children]) while (existsSync(`/proc/${shell}`)) await pause(5);
  });

  const small =
    'mount -t tmpfs -o size=64k tmpfs "$1" || exit 9; head -c 65536 /dev/zero >"$1/full"; TMPDIR="$1"; export TMPDIR; shift; exec "$@"';
  const isolated = ['--mount', '--propagation', 'private', 'sh', '-c', small, 'sh'];
  const canMount = spawnSync(ISOLATED.program, [...isolated, '/mnt', 'true']).status === 0;

  it('PROC-7: works without them where the temporary folder is missing', () => {
    const env = { ...process.env, TMPDIR: join(dir, 'nowhere') };
    const said = parse(execFileSync(process.execPath, [script('')], { encoding: 'utf8', env }));
    expect(said).toEqual({ heads: [userGit(gitDir, 'rev-parse', 'HEAD'), HASH_OF_INPUT], children: '' });
  });

  it.skipIf(!canMount)(
    'PROC-7: works without them where the temporary folder is full (needs root: a small tmpfs)',
    () => {
      const folder = join(dir, 'small');
      mkdirSync(folder);
      const run = spawnSync(ISOLATED.program, [...isolated, folder, process.execPath, script('')], {
        encoding: 'utf8',
      });
      expect(run.stderr).toBe('');
      expect(parse(run.stdout).heads).toEqual([userGit(gitDir, 'rev-parse', 'HEAD'), HASH_OF_INPUT]);
    },
  );

  it('is ended where it goes on for longer than it may, and the next one is answered', async () => {
    const slow = ['-c', 'alias.wait=!sleep 600', 'wait'];
    await expect(runGit({ gitDir, args: slow, timeoutMs: 50 })).rejects.toMatchObject({ code: 'E_GIT' });
    expect((await runGit({ gitDir, args: ['rev-parse', 'HEAD'] })).code).toBe(0);
  });
});
