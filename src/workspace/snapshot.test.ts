import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commitFiles, createPipe, createRepository, userGit, writeFiles } from './temporary-repository.ts';
import { openWorkspacesRig, type WorkspacesRig } from './workspaces-rig.ts';
import type { Snapshot } from './workspaces.ts';

const BASE = {
  'a.txt': 'one\ntwo\nthree\n',
  'gone.txt': 'x\n',
  'old/name.txt': 'a\nb\nc\nd\ne\nf\n',
  '.gitignore': 'built/\n',
};

/** What a snapshot says of an agent that did this to its checkout. */
async function after(
  act: (checkout: string, rig: WorkspacesRig) => void | Promise<void>,
  check: (snapshot: Snapshot, rig: WorkspacesRig, checkout: string) => void = () => undefined,
  files: Record<string, string> = BASE,
  prepare: (user: (name: string) => string) => void = () => undefined,
): Promise<Snapshot> {
  using rig = await openWorkspacesRig({ api: files }, prepare);
  const workspace = await rig.workspaces.open(rig.runId, 'k', rig.base);
  const checkout = workspace.repos[0]?.path ?? '';
  await act(checkout, rig);
  const snapshot = await rig.snapshot(workspace);
  check(snapshot, rig, checkout);
  return snapshot;
}

function filesOf(snapshot: Snapshot, rig: WorkspacesRig): string[] {
  const store = rig.workspaces.storePath(rig.runId, 'api');
  return userGit(store, 'ls-tree', '-r', '--name-only', snapshot.revision.repos[0]?.tree ?? '').split('\n');
}

describe('snapshot', () => {
  it('R87: measures changed files and lines from the files themselves', async () => {
    const { changes, linesAdded, linesRemoved, refused, ownCommits } = await after((checkout) => {
      writeFiles(checkout, { 'a.txt': 'one\n2\nthree\n', 'new/b.txt': 'p\nq\n', 'built/out.js': 'ignored' });
      rmSync(join(checkout, 'gone.txt'));
      renameSync(join(checkout, 'old'), join(checkout, 'moved'));
      writeFileSync(join(checkout, 'image.bin'), Buffer.from([0, 1, 2, 0]));
    });
    expect(
      changes.map(({ repo, path, status, linesAdded: plus, linesRemoved: minus }) => [
        repo,
        path,
        status,
        plus,
        minus,
      ]),
    ).toEqual([
      ['api', 'a.txt', 'modified', 1, 1],
      ['api', 'gone.txt', 'deleted', 0, 1],
      ['api', 'image.bin', 'added', 0, 0],
      ['api', 'moved/name.txt', 'renamed', 0, 0],
      ['api', 'new/b.txt', 'added', 2, 0],
      ['api', 'old/name.txt', 'deleted', 0, 0],
    ]);
    expect([linesAdded, linesRemoved, refused, ownCommits]).toEqual([3, 2, [], false]);
  });

  it('stores what it measured as a commit of the engine on the base, under a reference', async () => {
    await after(
      (checkout) => writeFiles(checkout, { 'b.txt': 'b\n' }),
      ({ revision }, rig) => {
        const store = rig.workspaces.storePath(rig.runId, 'api');
        const commit = revision.repos[0]?.commit ?? '';
        expect(userGit(store, 'show', '-s', '--format=%an <%ae> %cn %P %s', commit)).toBe(
          `Baton <baton@localhost> Baton ${rig.repos[0]?.commit} Work`,
        );
        expect(userGit(store, 'for-each-ref', '--points-at', commit, '--format=%(refname)')).toMatch(
          /^refs\/baton\/run1\/work\.a1-/,
        );
      },
    );
  });

  it('keeps commit and revision where nothing changed', async () => {
    const kept = await after(
      () => undefined,
      ({ revision }, rig) => expect(revision).toEqual(rig.base),
    );
    expect(kept.changes).toEqual([]);
  });

  it('keeps rights, links, line ends, LFS pointers and names of any language', async () => {
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n';
    await after(
      (checkout) => {
        writeFiles(checkout, {
          'run.sh': '#!/bin/sh\n',
          'dos.txt': 'a\r\nb\r\n',
          'grüße/日本.txt': 'x\n',
          ' sp"ace': 'y\n',
        });
        chmodSync(join(checkout, 'run.sh'), 0o755);
        symlinkSync('a.txt', join(checkout, 'link'));
      },
      ({ revision, changes }, rig) => {
        const store = rig.workspaces.storePath(rig.runId, 'api');
        const tree = revision.repos[0]?.tree ?? '';
        expect(userGit(store, 'ls-tree', tree, 'run.sh', 'link')).toMatch(/^120000.*link\n100755.*run\.sh$/s);
        expect(userGit(store, 'cat-file', '-p', `${tree}:dos.txt`)).toBe('a\r\nb');
        expect(userGit(store, 'cat-file', '-p', `${tree}:big.bin`)).toBe(pointer.trim());
        expect(changes.map(({ path }) => path)).toEqual([
          ' sp"ace',
          'dos.txt',
          'grüße/日本.txt',
          'link',
          'run.sh',
        ]);
      },
      { 'a.txt': 'a\n', 'big.bin': pointer, '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n' },
    );
  });
});

describe('GIT-8: what leads out, or is no file', () => {
  it.each([
    ['/etc/passwd', 'is a symlink to an absolute path'],
    ['../../../../etc', 'is a symlink that leads out of the repository'],
    ['old/../../x', 'is a symlink that leads out of the repository'],
    ['detour/../..', 'is a symlink that leads out of the repository'],
    ['.git/config', 'is a symlink into .git'],
    ['loop', 'is a symlink in a loop'],
  ])('GIT-8: refuses a new symlink to %s', async (target, problem) => {
    const { refused, revision, changes } = await after(
      (checkout) => {
        symlinkSync('.', join(checkout, 'detour'));
        symlinkSync(target, join(checkout, 'loop'));
      },
      (snapshot, rig) => expect(snapshot.revision).toEqual(rig.base),
    );
    expect(refused).toEqual([{ path: 'api/loop', problem }]);
    expect([changes, revision.repos.length]).toEqual([[], 1]);
  });

  it('GIT-8: takes symlinks that stay inside, also dangling ones, and outward ones that the base has already', async () => {
    const { refused, changes } = await after(
      (checkout) => {
        symlinkSync('../a.txt', join(checkout, 'old/up'));
        symlinkSync('not/there/yet', join(checkout, 'dangling'));
        writeFiles(checkout, { 'b.txt': 'b\n' });
      },
      undefined,
      BASE,
      (user) => {
        symlinkSync('/etc/passwd', join(user('api'), 'theirs'));
        commitFiles(user('api'), {});
      },
    );
    expect(refused).toEqual([]);
    expect(changes.map(({ path }) => path)).toEqual(['b.txt', 'dangling', 'old/up']);
  });

  it('GIT-8: does not follow a directory that became a symlink', async () => {
    const { refused } = await after((checkout, rig) => {
      writeFiles(rig.dir, { 'secret/name.txt': 'secret\n' });
      rmSync(join(checkout, 'old'), { recursive: true });
      symlinkSync(join(rig.dir, 'secret'), join(checkout, 'old'));
    });
    expect(refused).toEqual([{ path: 'api/old', problem: 'is a symlink to an absolute path' }]);
  });

  it.each(['pipe', 'a.txt', '.gitignore', 'old/.gitattributes', 'built/.gitignore'])(
    'GIT-8: refuses a pipe named %s and does not hang',
    async (name) => {
      const { refused } = await after((checkout) => {
        mkdirSync(join(checkout, 'built'));
        rmSync(join(checkout, name), { force: true });
        createPipe(join(checkout, name));
      });
      expect(refused).toEqual([{ path: `api/${name}`, problem: 'is a pipe, socket or device' }]);
    },
    10_000,
  );

  it('GIT-8: leaves pipes and repositories alone where they are ignored and no output', async () => {
    const { refused, changes } = await after((checkout) => {
      writeFiles(checkout, { 'built/x': 'x' });
      createPipe(join(checkout, 'built/pipe'));
      createRepository(join(checkout, 'built/cache'), { c: 'c' });
    });
    expect([refused, changes]).toEqual([[], []]);
  });

  it('GIT-8: refuses a socket', async () => {
    const server = createServer();
    const { refused } = await after(async (checkout) => {
      await new Promise<void>((listening) => server.listen(join(checkout, 's'), listening));
    });
    server.close();
    expect(refused).toEqual([{ path: 'api/s', problem: 'is a pipe, socket or device' }]);
  });

  it('GIT-8: takes the content of a hardlink and never its other name', async () => {
    const { refused, changes } = await after((checkout, rig) => {
      writeFiles(rig.dir, { 'other.txt': 'content\n' });
      linkSync(join(rig.dir, 'other.txt'), join(checkout, 'hard.txt'));
    });
    expect([refused, changes.map(({ path }) => path)]).toEqual([[], ['hard.txt']]);
  });

  it('refuses a checkout that was replaced by a symlink, or is gone', async () => {
    const swapped = await after((checkout, rig) => {
      rmSync(checkout, { recursive: true });
      symlinkSync(rig.user('api'), checkout);
    });
    expect(swapped.refused).toEqual([
      { path: 'api/.', problem: 'the checkout was replaced by something else' },
    ]);
    const gone = await after((checkout) => rmSync(checkout, { recursive: true }));
    expect(gone.refused).toEqual([{ path: 'api/.', problem: 'the checkout is gone' }]);
  });

  it('refuses a name that is not UTF-8', async () => {
    const { refused } = await after((checkout) => {
      writeFileSync(Buffer.concat([Buffer.from(`${checkout}/`), Buffer.from([0xff, 0x61])]), 'x');
    });
    expect(refused.map(({ problem }) => problem)).toEqual(['has a name that is not UTF-8']);
  });
});

describe('GIT-8: encodings that attributes in the tree name', () => {
  const NOT_IN = 'is not in the encoding that .gitattributes says it is in (working-tree-encoding)';
  const NONE = 'says working-tree-encoding of files without an encoding';

  it.each([
    ['*.txt binary working-tree-encoding=UTF-16LE', 'a.txt', NOT_IN],
    ['*.txt working-tree-encoding=nonsense', 'a.txt', NOT_IN],
    ['*.txt working-tree-encoding=UTF-16', 'a.txt', NOT_IN],
    ['*.txt working-tree-encoding', '.gitattributes', NONE],
    ['*.none -working-tree-encoding', '.gitattributes', NONE],
  ])('GIT-8: refuses %s, which git fails at', async (line, path, problem) => {
    const { refused } = await after(
      (checkout) => writeFiles(checkout, { '.gitattributes': `${line}\n`, 'a.txt': 'one' }),
      (snapshot, rig) => expect(snapshot.revision).toEqual(rig.base),
    );
    expect(refused).toEqual([{ path: `api/${path}`, problem }]);
  });

  it('GIT-8: takes files that are in the encoding that is named for them', async () => {
    const { refused, changes } = await after((checkout) => {
      writeFiles(checkout, { '.gitattributes': 'w.txt working-tree-encoding=UTF-16LE\n' });
      writeFileSync(join(checkout, 'w.txt'), Buffer.from('wide\n', 'utf16le'));
    });
    expect([refused, changes.map(({ path }) => path)]).toEqual([[], ['.gitattributes', 'w.txt']]);
  });
});

describe('GIT-5: repositories inside the repository', () => {
  it.each(['vendor/lib', '.GIT-like/../inner'])('GIT-5: refuses one at %s', async (place) => {
    const { refused } = await after((checkout) => {
      mkdirSync(join(checkout, '.GIT-like'));
      createRepository(join(checkout, place), { l: 'l' });
    });
    expect(refused.map(({ problem }) => problem)).toEqual(['is a repository inside the repository']);
  });

  it('GIT-5: never starts a git in a repository that the agent put where a submodule is', async () => {
    const canaries: boolean[] = [];
    const { refused } = await after(
      (checkout, rig) => {
        const canary = join(rig.dir, 'canary');
        createRepository(join(checkout, 'lib'), { l: 'other' });
        writeFiles(checkout, { 'lib/.gitattributes': '* filter=evil\n', 'lib/l': 'dirty' });
        userGit(join(checkout, 'lib'), 'config', 'filter.evil.clean', `touch '${canary}'; cat`);
      },
      (_, rig) => canaries.push(existsSync(join(rig.dir, 'canary'))),
      BASE,
      addSubmodule,
    );
    expect(refused).toEqual([{ path: 'api/lib/.git', problem: 'is a repository inside the repository' }]);
    expect(canaries).toEqual([false]);
  });

  it.each<[string, (checkout: string) => void, string]>([
    [
      'added .gitmodules',
      (checkout) => writeFiles(checkout, { '.gitmodules': '[submodule "x"]\n' }),
      'api/.gitmodules',
    ],
    ['removed submodule', (checkout) => rmSync(join(checkout, 'lib'), { recursive: true }), 'api/lib'],
    ['filled submodule', (checkout) => writeFiles(checkout, { 'lib/x': 'x' }), 'api/lib/x'],
  ])('GIT-5: refuses a %s', async (_, act, path) => {
    const { refused } = await after(act, undefined, BASE, addSubmodule);
    expect(refused.map((one) => one.path)).toEqual([path]);
  });

  it('GIT-5: lets other work pass in a repository with submodules', async () => {
    const { refused, changes } = await after(
      (checkout) => writeFiles(checkout, { b: 'b' }),
      undefined,
      BASE,
      addSubmodule,
    );
    expect([refused, changes.map(({ path }) => path)]).toEqual([[], ['b']]);
  });
});

function addSubmodule(user: (name: string) => string): void {
  createRepository(user('lib'), { l: 'l' });
  userGit(user('api'), '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', user('lib'), 'lib');
  userGit(user('api'), 'commit', '--quiet', '-m', 'Add lib');
}

describe('GIT-10: a hostile git directory', () => {
  /** Everything in a checkout that git would run. */
  function setTraps(checkout: string, canary: string): void {
    const program = join(checkout, '..', 'trap.sh');
    writeFileSync(program, `#!/bin/sh\ntouch '${canary}'\ncat 2>/dev/null\n`, { mode: 0o755 });
    const keys = [
      'core.fsmonitor',
      'diff.external',
      'core.sshCommand',
      'core.pager',
      'gpg.program',
      'credential.helper',
      'core.editor',
    ];
    const drivers = [
      'filter.evil.clean',
      'filter.evil.smudge',
      'filter.evil.process',
      'diff.evil.textconv',
      'diff.evil.command',
      'merge.evil.driver',
    ];
    for (const key of [...keys, ...drivers]) userGit(checkout, 'config', key, program);
    userGit(checkout, 'config', 'core.hooksPath', join(checkout, '.git', 'hooks'));
    userGit(checkout, 'config', 'include.path', join(checkout, 'more.config'));
    mkdirSync(join(checkout, '.git', 'hooks'), { recursive: true });
    const hooks = [
      'pre-commit',
      'post-commit',
      'post-checkout',
      'post-index-change',
      'reference-transaction',
      'pre-auto-gc',
      'post-merge',
    ];
    for (const hook of hooks)
      writeFileSync(join(checkout, '.git', 'hooks', hook), readFileSync(program), { mode: 0o755 });
    mkdirSync(join(checkout, '.git', 'info'), { recursive: true });
    writeFiles(checkout, {
      '.git/info/attributes': '* filter=evil diff=evil merge=evil\n',
      '.git/info/exclude': 'b.txt\n',
      '.gitattributes': '* filter=evil diff=evil merge=evil\n',
      'more.config': `[core]\n\tfsmonitor = ${program}\n`,
      'a.txt': 'changed\n',
      'b.txt': 'hidden by info/exclude\n',
    });
  }

  it('GIT-10: runs nothing of it, hides nothing by it, in snapshot, diff, merge, checkout and fingerprint', async () => {
    using rig = await openWorkspacesRig({ api: BASE });
    const canary = join(rig.dir, 'canary');
    const workspace = await rig.workspaces.open(rig.runId, 'k', rig.base);
    const checkout = workspace.repos[0]?.path ?? '';
    setTraps(checkout, canary);
    rmSync(canary, { force: true });
    const { revision, refused } = await rig.snapshot(workspace);
    expect(refused).toEqual([]);
    expect(filesOf({ revision } as Snapshot, rig)).toContain('b.txt');
    const other = await rig.produce('k2', rig.base, { 'c.txt': 'c\n' });
    const sides = [revision, other.revision];
    const merged = await rig.workspaces.merge({
      runId: rig.runId,
      base: rig.base,
      sides,
      message: 'm',
      key: 'm',
    });
    expect(merged.left).toEqual([]);
    const { text } = await rig.workspaces.diff(rig.runId, rig.base, revision, 1_000_000);
    expect(text).toContain('+hidden by info/exclude');
    await rig.workspaces.checkout(rig.runId, 'g', revision);
    await rig.workspaces.open(rig.runId, 'k3', revision);
    await rig.workspaces.fingerprint(workspace);
    expect(existsSync(canary)).toBe(false);
    userGit(checkout, 'status');
    expect(existsSync(canary), 'the traps work').toBe(true);
  });

  it('GIT-10: a swapped .git file leads to no other repository', async () => {
    const { changes, ownCommits } = await after((checkout, rig) => {
      rmSync(join(checkout, '.git'), { recursive: true });
      writeFiles(checkout, { '.git': `gitdir: ${rig.user('api')}/.git\n`, 'b.txt': 'b\n' });
    });
    expect(changes.map(({ path }) => path)).toEqual(['b.txt']);
    expect(ownCommits).toBe(true);
  });

  it('GIT-10: a pipe in place of HEAD or of .git does not hang', async () => {
    for (const name of ['.git/HEAD', '.git/packed-refs', '.git']) {
      const { ownCommits } = await after((checkout) => {
        rmSync(join(checkout, name), { recursive: true, force: true });
        createPipe(join(checkout, name));
      });
      expect(ownCommits).toBe(true);
    }
  });
});

describe('GIT-11: commits of the agent', () => {
  it('GIT-11: only the files count; author, commits, tags and stash of the agent stay in its clone', async () => {
    using rig = await openWorkspacesRig({ api: BASE });
    const refsBefore = userGit(rig.user('api'), 'for-each-ref');
    const workspace = await rig.workspaces.open(rig.runId, 'k', rig.base);
    const checkout = workspace.repos[0]?.path ?? '';
    const tell = (...args: string[]): string => userGit(checkout, '-c', 'user.name=Linus', ...args);
    writeFiles(checkout, { 'b.txt': 'b\n', 'c.txt': 'c\n' });
    tell('add', 'b.txt');
    tell('commit', '--quiet', '-m', 'Mine');
    tell('commit', '--quiet', '--amend', '--author=Evil <e@example.com>', '-m', 'Rewritten');
    tell('tag', 'v9');
    writeFiles(checkout, { 'a.txt': 'stashed\n' });
    tell('stash');
    tell('checkout', '--quiet', '--orphan', 'elsewhere');
    const { revision, changes, ownCommits } = await rig.snapshot(workspace);
    expect(changes.map(({ path }) => path)).toEqual(['b.txt', 'c.txt']);
    expect(ownCommits).toBe(true);
    const store = rig.workspaces.storePath(rig.runId, 'api');
    const log = userGit(store, 'log', '--format=%an %s', revision.repos[0]?.commit ?? '');
    expect(log).toBe('Baton Work\nUser Change');
    expect(userGit(store, 'for-each-ref', '--format=%(refname)')).not.toMatch(/v9|stash|elsewhere|heads/);
    expect(userGit(rig.user('api'), 'for-each-ref')).toBe(refsBefore);
  });

  it.each<[string, (checkout: string) => void]>([
    ['a commit', (checkout) => void commitFiles(checkout, { x: 'x' })],
    ['a branch', (checkout) => void userGit(checkout, 'branch', 'b')],
    [
      'a packed tag',
      (checkout) => void (userGit(checkout, 'tag', 't'), userGit(checkout, 'pack-refs', '--all')),
    ],
    ['a stash', (checkout) => void (writeFiles(checkout, { 'a.txt': 'x' }), userGit(checkout, 'stash'))],
  ])('GIT-11: notices %s', async (_, act) => {
    expect((await after(act)).ownCommits).toBe(true);
  });
});
