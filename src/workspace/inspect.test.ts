import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inspectRepositories } from './inspect-all.ts';
import { isNewEnough } from './git-version.ts';
import { commitFiles, createRepository, everyByte, userGit, writeFiles } from './temporary-repository.ts';
import { openWorkspacesRig, ROOMY } from './workspaces-rig.ts';

const FILES = { api: { 'a.txt': 'one\n', 'b.txt': 'one\n' } };

/** Runs git where a conflict is the expected end. */
function tryGit(cwd: string, ...args: string[]): void {
  try {
    userGit(cwd, ...args);
  } catch {
    // The conflict that the test wants.
  }
}

/** Two branches that change the same line; `main` is checked out. */
function divergeFrom(path: string): void {
  userGit(path, 'checkout', '--quiet', '-b', 'other');
  commitFiles(path, { 'a.txt': 'other\n' });
  userGit(path, 'checkout', '--quiet', 'main');
  commitFiles(path, { 'a.txt': 'main\n' });
}

describe('GIT-1: leaves the checkout and its git directory as they are, byte for byte, and names what is left out', () => {
  const states: [name: string, prepare: (path: string) => void, note: RegExp][] = [
    ['clean', () => undefined, /^$/],
    [
      'dirty',
      (path) => writeFiles(path, { 'a.txt': 'two\n' }),
      /^api: 1 uncommitted change is not part of the run$/,
    ],
    ['configured', (path) => writeFiles(path, { 'baton.yaml': 'budget: {}\n' }), /^$/],
    [
      'configured and dirty',
      (path) => writeFiles(path, { 'baton.yaml': 'budget: {}\n', 'sub/baton.yaml': 'x\n' }),
      /^api: 1 uncommitted change is not part of the run$/,
    ],
    ['touched', (path) => writeFiles(path, { 'a.txt': 'one\n' }), /^$/],
    [
      'staged, dirty and untracked',
      (path) => {
        writeFiles(path, { 'a.txt': 'staged\n', 'b.txt': 'two\n', 'c.txt': 'new\n' });
        userGit(path, 'add', 'a.txt');
      },
      /^api: 3 uncommitted changes are not part of the run$/,
    ],
    [
      'in a merge',
      (path) => {
        divergeFrom(path);
        tryGit(path, 'merge', 'other');
      },
      /^api: a merge is in progress$/m,
    ],
    [
      'in a rebase',
      (path) => {
        divergeFrom(path);
        tryGit(path, 'rebase', 'other');
      },
      /^api: a rebase is in progress$/m,
    ],
    [
      'in a bisect',
      (path) => {
        commitFiles(path, { 'a.txt': 'two\n' });
        userGit(path, 'bisect', 'start');
      },
      /^api: a bisect is in progress$/m,
    ],
    [
      'detached',
      (path) => void userGit(path, 'checkout', '--quiet', '--detach'),
      /^api: HEAD is detached: pull requests name main as their base$/,
    ],
  ];

  it.each(states)('GIT-1: %s', async (_, prepare, note) => {
    using rig = await openWorkspacesRig(FILES);
    const path = rig.user('api');
    prepare(path);
    const status = userGit(path, '--no-optional-locks', 'status', '--porcelain=v2', '--branch');
    const before = everyByte(path);
    const { repos, base, notes } = await rig.workspaces.inspect([{ path, ref: null }]);
    await rig.workspaces.adopt('run2', repos);
    await rig.workspaces.open('run2', 'k', base);
    expect(everyByte(path)).toEqual(before);
    expect(userGit(path, '--no-optional-locks', 'status', '--porcelain=v2', '--branch')).toBe(status);
    expect(base.repos[0]?.commit).toBe(userGit(path, 'rev-parse', 'HEAD'));
    expect(notes.join('\n')).toMatch(note);
  });

  it('GIT-10: runs no program that the repository names: filter, file system monitor, hook', async () => {
    using rig = await openWorkspacesRig({ api: { 'a.txt': 'one\n', '.gitattributes': '* filter=evil\n' } });
    const path = rig.user('api');
    const canary = join(rig.dir, 'canary');
    for (const key of ['filter.evil.clean', 'filter.evil.smudge', 'filter.evil.process', 'core.fsmonitor']) {
      userGit(path, 'config', key, `touch '${canary}'; cat`);
    }
    userGit(path, 'config', 'filter.evil.required', 'true');
    writeFiles(path, { 'a.txt': 'eno\n' });
    const { repos, base, notes } = await rig.workspaces.inspect([{ path, ref: null }]);
    await rig.workspaces.adopt('run2', repos);
    await rig.workspaces.open('run2', 'k', base);
    expect(notes).toEqual(['api: 1 uncommitted change is not part of the run']);
    expect(existsSync(canary)).toBe(false);
    tryGit(path, 'status');
    expect(existsSync(canary), 'the trap works').toBe(true);
  });
});

describe('GIT-2: each kind of repository works or gets one clear refusal', () => {
  it('GIT-2: works on a bare repository, a shallow clone, a sha256 repository, another default branch and no remote', async () => {
    using rig = await openWorkspacesRig(FILES);
    userGit(rig.dir, 'clone', '--quiet', '--bare', rig.user('api'), 'bare.git');
    commitFiles(rig.user('api'), { 'a.txt': 'two\n' });
    userGit(rig.dir, 'clone', '--quiet', '--depth=1', `file://${rig.user('api')}`, 'shallow');
    createRepository(join(rig.dir, 'long'), FILES.api, '--object-format=sha256');
    createRepository(join(rig.dir, 'named'), FILES.api, '--initial-branch=trunk');
    for (const name of ['bare.git', 'shallow', 'long', 'named']) {
      const { repos, base, notes } = await rig.workspaces.inspect([{ path: join(rig.dir, name), ref: null }]);
      await rig.workspaces.adopt(name.replace('.', ''), repos);
      const workspace = await rig.workspaces.open(name.replace('.', ''), 'k', base);
      writeFiles(workspace.repos[0]?.path ?? '', { 'new.txt': 'x\n' });
      const order = { runId: name.replace('.', ''), workspace, base, message: 'm', key: 'k', limits: ROOMY };
      const { revision, changes, ownCommits } = await rig.workspaces.snapshot(order);
      expect(changes.map(({ path }) => path)).toEqual(['new.txt']);
      expect(ownCommits).toBe(false);
      expect(revision.id).not.toBe(base.id);
      expect(repos[0]?.base_ref).toBe(name === 'named' ? 'trunk' : 'main');
      expect(notes.some((note) => note.includes('shallow'))).toBe(name === 'shallow');
    }
  });

  it('GIT-2: resolves a path inside a repository, also through a symlink or a linked worktree', async () => {
    using rig = await openWorkspacesRig({ api: { 'deep/er/a.txt': 'one\n' } });
    symlinkSync(join(rig.user('api'), 'deep'), join(rig.dir, 'short'));
    userGit(rig.user('api'), 'worktree', 'add', '--quiet', '-b', 'side', join(rig.dir, 'linked'));
    const { repos } = await inspectRepositories([{ path: join(rig.dir, 'short/er'), ref: null }]);
    expect(repos[0]).toMatchObject({ name: 'api', path: rig.user('api') });
    const linked = await inspectRepositories([{ path: join(rig.dir, 'linked/deep'), ref: null }]);
    expect(linked.repos[0]).toMatchObject({ name: 'linked', base_ref: 'side' });
  });

  it('takes the base commit and the base branch from a ref', async () => {
    using rig = await openWorkspacesRig(FILES);
    const path = rig.user('api');
    divergeFrom(path);
    userGit(path, 'tag', 'v1', 'other');
    const at = async (ref: string): Promise<unknown> => {
      const { repos, notes } = await inspectRepositories([{ path, ref }]);
      return [repos[0]?.base_ref, repos[0]?.commit === userGit(path, 'rev-parse', 'other'), notes.length];
    };
    expect(await at('other')).toEqual(['other', true, 0]);
    expect(await at('v1')).toEqual(['other', true, 1]);
    await expect(at('--help')).rejects.toMatchObject({ code: 'E_REPO' });
  });

  it('GIT-2: refuses with one sentence and a way out', async () => {
    using rig = await openWorkspacesRig(FILES);
    const at = (name: string): string => join(rig.dir, name);
    mkdirSync(at('plain'));
    mkdirSync(at('empty'));
    userGit(at('empty'), 'init', '--quiet');
    writeFileSync(at('file'), 'x');
    userGit(rig.user('api'), 'config', 'uploadpack.allowFilter', 'true');
    userGit(rig.dir, 'clone', '--quiet', '--filter=blob:none', `file://${rig.user('api')}`, 'partial');
    const refusals: [path: string, ref: string | null, message: RegExp][] = [
      [at('plain'), null, /plain is not a git repository\.$/],
      [at('empty'), null, /empty has no commits\.$/],
      [at('gone'), null, /gone does not exist\.$/],
      [at('file'), null, /file is a file\.$/],
      [at('partial'), null, /partial is a partial clone: /],
      [join(rig.user('api'), '.git'), null, /is the inside of a git directory\.$/],
      [rig.user('api'), 'nowhere', /has no commit "nowhere"\.$/],
    ];
    for (const [path, ref, message] of refusals) {
      const refusal = await inspectRepositories([{ path, ref }]).catch((error: unknown) => error);
      expect(refusal).toMatchObject({
        code: 'E_REPO',
        message: expect.stringMatching(message),
        fix: expect.stringMatching(/\.$/),
      });
    }
  });

  it('refuses one repository that is named twice', async () => {
    using rig = await openWorkspacesRig({ api: { 'deep/a.txt': 'one\n' } });
    const twice = [
      { path: rig.user('api'), ref: null },
      { path: join(rig.user('api'), 'deep'), ref: null },
    ];
    await expect(inspectRepositories(twice)).rejects.toMatchObject({ code: 'E_REPO' });
  });

  it('makes names that can stand in paths, references and addresses', async () => {
    using rig = await openWorkspacesRig(FILES);
    const names = ['.hidden', 'my api (2)', '...', 'x.lock'];
    const paths = names.map((name) =>
      createRepository(join(rig.dir, 'odd', name === '...' ? '+' : name), { a: 'a' }),
    );
    const { repos } = await inspectRepositories(paths.map((path) => ({ path, ref: null })));
    expect(repos.map(({ name }) => name)).toEqual(['hidden', 'my-api-2', 'repository', 'x']);
  });

  it('GIT-5: says that submodules stay out, and which of them is another repository of the run', async () => {
    using rig = await openWorkspacesRig({ api: { a: 'a' }, lib: { l: 'l' } });
    userGit(
      rig.user('api'),
      '-c',
      'protocol.file.allow=always',
      'submodule',
      '--quiet',
      'add',
      rig.user('lib'),
      'lib',
    );
    userGit(rig.user('api'), 'commit', '--quiet', '-m', 'Add lib');
    const { notes } = await rig.workspaces.inspect([{ path: rig.user('api'), ref: null }]);
    const stay = 'api: its submodules are not checked out and must not be changed';
    expect(notes).toEqual([stay]);
    const both = ['api', 'lib'].map((name) => ({ path: rig.user(name), ref: null }));
    const at = userGit(rig.user('lib'), 'rev-parse', 'HEAD').trim().slice(0, 12);
    const found = await rig.workspaces.inspect(both);
    const where = `api: lib points at ${at} of lib`;
    expect(found.notes).toEqual([
      stay,
      `${where}; where the run changes that, it is pointed at what is submitted there`,
    ]);
    expect(found.submodules).toEqual([{ repo: 'api', path: 'lib', of: 'lib', behind: 0 }]);
    userGit(rig.user('lib'), 'commit', '--quiet', '--allow-empty', '-m', 'Later');
    const later = await rig.workspaces.inspect(both);
    expect(later.notes[1]).toContain('with 1 commit of main before');
    expect(later.submodules).toMatchObject([{ behind: 1 }]);
    // What the base does not hold, or more than one repository does, is nobody's to move.
    userGit(rig.user('lib'), 'checkout', '--quiet', '--orphan', 'anew');
    userGit(rig.user('lib'), 'commit', '--quiet', '-m', 'Anew');
    const anew = await rig.workspaces.inspect(both);
    expect([anew.notes[1], anew.submodules]).toEqual([
      `${where}, and stays there: anew does not hold it`,
      [],
    ]);
    userGit(rig.user('lib'), 'checkout', '--quiet', 'main');
    userGit(rig.dir, 'clone', '--quiet', rig.user('lib'), 'twin');
    const three = await rig.workspaces.inspect([...both, { path: join(rig.dir, 'twin'), ref: null }]);
    expect(three.notes.find((note) => note.includes('stays there'))).toBe(
      `${where} and twin, and stays there: which of them it is, nobody says`,
    );
    expect(three.submodules).toEqual([]);
    const other = createRepository(join(rig.dir, 'other'), { o: 'o' });
    const apart = [
      { path: rig.user('api'), ref: null },
      { path: other, ref: null },
    ];
    expect((await rig.workspaces.inspect(apart)).notes).toEqual([stay]);
  });
});

it('knows which git is new enough', () => {
  const said = [
    'git version 2.37.9',
    'git version 2.38.0',
    'git version 2.39.5 (Apple Git-154)',
    'git version 3.0.1',
    'what',
  ];
  expect(said.map(isNewEnough)).toEqual([false, true, true, true, false]);
  expect(isNewEnough(execFileSync('git', ['version'], { encoding: 'utf8' }))).toBe(true);
});
