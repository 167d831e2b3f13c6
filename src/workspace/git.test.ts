import { existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { askGit, runGit } from './git.ts';
import { createPipe, createRepository, temporaryDirectory, userGit } from './temporary-repository.ts';

const dir = temporaryDirectory();
const gitDir = join(createRepository(join(dir, 'repo'), { 'a.txt': 'a\n'.repeat(1_000) }), '.git');
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('runGit', () => {
  it('knows nothing of the environment it was started in', async () => {
    const home = join(dir, 'home');
    mkdirSync(home);
    writeFileSync(join(home, '.gitconfig'), '[user]\n\tname = Home\n[alias]\n\tx = !true\n');
    const before = { ...process.env };
    Object.assign(process.env, {
      HOME: home,
      GIT_DIR: '/nowhere',
      GIT_AUTHOR_NAME: 'Env',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'user.email',
      GIT_CONFIG_VALUE_0: 'x',
    });
    try {
      const tree = await askGit({ gitDir, args: ['rev-parse', 'HEAD^{tree}'] });
      const commit = await askGit({ gitDir, args: ['commit-tree', tree], input: 'm' });
      expect(await askGit({ gitDir, args: ['show', '-s', '--format=%an %ae', commit] })).toBe(
        'Baton baton@localhost',
      );
      const config = await askGit({ gitDir, args: ['config', '--list', '--show-scope'] });
      expect(new Set(config.match(/^\w+/gm))).toEqual(new Set(['local', 'command']));
    } finally {
      process.env = before;
    }
  });

  it('speaks to no network', async () => {
    const refused = runGit({ gitDir, args: ['ls-remote', 'http://127.0.0.1:9/x.git'] });
    await expect(refused).rejects.toMatchObject({
      code: 'E_GIT',
      message: expect.stringContaining("'http' not allowed"),
    });
  });

  it('throws E_GIT with the words of git, and takes agreed exit codes as answers', async () => {
    const args = ['rev-parse', '--verify', '--quiet', 'refs/heads/nowhere'];
    expect((await runGit({ gitDir, args, answers: [1] })).code).toBe(1);
    const failed = runGit({ gitDir, args: ['cat-file', '-p', 'nothing'] });
    await expect(failed).rejects.toMatchObject({
      code: 'E_GIT',
      message: expect.stringContaining('Not a valid object name nothing'),
    });
    const missing = runGit({ gitDir: null, cwd: join(dir, 'gone'), args: ['version'] });
    await expect(missing).rejects.toMatchObject({
      code: 'E_GIT',
      message: expect.stringContaining('could not be started'),
    });
  });

  it('bounds what it reads', async () => {
    const args = ['cat-file', 'blob', 'HEAD:a.txt'];
    await expect(runGit({ gitDir, args, maxBytes: 100 })).rejects.toMatchObject({ code: 'E_GIT' });
    const cut = await runGit({ gitDir, args, maxBytes: 100, overflow: 'cut' });
    expect([cut.stdout.length, cut.cut]).toEqual([100, true]);
    const whole = await runGit({ gitDir, args, maxBytes: 2_000, overflow: 'cut' });
    expect([whole.stdout.length, whole.cut]).toEqual([2_000, false]);
  });

  it('ends git at its time limit and when it is aborted', async () => {
    const fifo = join(dir, 'pipe');
    createPipe(fifo);
    const waits = ['hash-object', '--', fifo];
    await expect(runGit({ gitDir, args: waits, timeoutMs: 50 })).rejects.toMatchObject({ code: 'E_GIT' });
    const stop = new AbortController();
    const aborted = runGit({ gitDir, args: waits, signal: stop.signal });
    stop.abort();
    await expect(aborted).rejects.toMatchObject({
      code: 'E_GIT',
      message: expect.stringContaining('stopped'),
    });
  });
});

describe('locks', () => {
  const lock = join(gitDir, 'refs', 'heads', 'x.lock');
  const update = ['update-ref', 'refs/heads/x', 'HEAD'];

  it('DUP-5: waits while another git holds a lock', async () => {
    writeFileSync(lock, '');
    const freed = setTimeout(() => rmSync(lock), 150);
    await runGit({ gitDir, args: update });
    clearTimeout(freed);
    expect(userGit(gitDir, 'rev-parse', 'refs/heads/x')).toBe(userGit(gitDir, 'rev-parse', 'HEAD'));
  });

  it('KILL-9: removes the lock of a reference that a killed git left behind, and no other', async () => {
    const longAgo = new Date(Date.now() - 3_600_000);
    writeFileSync(lock, '');
    utimesSync(lock, longAgo, longAgo);
    await runGit({ gitDir, args: update });
    expect(existsSync(lock)).toBe(false);
    const foreign = join(gitDir, 'index.lock');
    writeFileSync(foreign, '');
    utimesSync(foreign, longAgo, longAgo);
    const held = runGit({ gitDir, args: ['read-tree', 'HEAD'] });
    await expect(held).rejects.toMatchObject({ code: 'E_GIT', retryable: true });
    expect(existsSync(foreign)).toBe(true);
  });
});
