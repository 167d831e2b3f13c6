import { spawn, type ChildProcess } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { FakeAnswer } from '../../testing/fake-model/fake-model.ts';
import { NO_WALL, openWall } from '../../workspace/wall/open-wall.ts';
import type { WorkOrder } from '../driver.ts';
import { makeWorkOrder } from '../testing/work-order.ts';
import { createInProcessDriver } from './create-in-process-driver.ts';
import { readPath, writePath } from './files.ts';
import { call, openPlayedModel, submit, toolResults } from './testing/played-model.ts';

const environment = {
  PATH: process.env['PATH'] ?? '',
  HOME: homedir(),
  ANTHROPIC_API_KEY: 'sk-of-the-user',
  NAMED: 'passed on',
};
const { wall } = await openWall({ mode: 'auto', path: environment.PATH });
const isWalled = wall.kind !== 'off';
const played = await openPlayedModel();
afterAll(() => played[Symbol.asyncDispose]());

/** What each call gave back, and what the model could call. */
async function use(
  calls: FakeAnswer[],
  changes: Partial<WorkOrder> | ((repo: string) => Partial<WorkOrder>) = {},
  prepare: (repo: string) => void = () => undefined,
  look: (repo: string) => void = () => undefined,
) {
  played.model.calls.length = 0;
  played.play(({ index }) => calls[index] ?? submit());
  using work = makeWorkOrder(wall, { modelAccess: played.access, model: 'anthropic/m' });
  Object.assign(work.order, typeof changes === 'function' ? changes(work.repo) : changes);
  prepare(work.repo);
  const driver = createInProcessDriver({ env: ['NAMED'], environment });
  const outcome = await driver.run(work.order, work.note, new AbortController().signal);
  look(work.repo);
  const seed = readFileSync(join(work.repo, 'seed.txt'), 'utf8');
  const tools = played.model.calls[0]?.tools.map(({ name }) => name) ?? [];
  return { outcome, seed, tools, results: toolResults(played.model.calls.at(-1)!) };
}

const ALL = ['read', 'search', 'edit', 'write', 'execute', 'submit_result'];

describe('the tools of a role', () => {
  it('are all for who writes, and none but handing in where there is no workspace', async () => {
    expect((await use([])).tools).toEqual(ALL);
    const text = await use([], { workspace: { dir: '', repos: [] } });
    expect(text.tools).toEqual(['submit_result']);
    expect(text.outcome.kind).toBe('submitted');
  });

  it('R40, R41: hold no edit and no write for readers, whatever their file asks for, and no command without a wall', async () => {
    const reader = { access: 'read', role: 'reviewer' } as const;
    expect((await use([], reader)).tools).toEqual(['read', 'search', 'submit_result']);
    const capabilities = ['read', 'search', 'edit', 'execute'] as const;
    expect((await use([], { ...reader, capabilities, wall: NO_WALL })).tools).toEqual([
      'read',
      'search',
      'submit_result',
    ]);
    const { outcome, seed, results } = await use(
      [call('write', { path: 'app/seed.txt', text: 'x' })],
      reader,
    );
    expect([outcome.kind, seed]).toEqual(['submitted', 'seed\n']);
    expect(results.join()).toMatch(/unavailable tool 'write'/);
  });

  it.skipIf(!isWalled)(
    `let readers run commands on a tree that these cannot change${isWalled ? '' : ' (skipped: bubblewrap does not work here)'}`,
    async () => {
      const { seed, tools, results } = await use(
        [call('execute', { command: 'cat app/seed.txt; echo x > app/seed.txt' })],
        { access: 'read', role: 'reviewer', capabilities: ['read', 'search', 'execute'] },
      );
      expect(tools).toEqual(['read', 'search', 'execute', 'submit_result']);
      expect(seed).toBe('seed\n');
      expect(results[0]).toMatch(/^seed\n.*Read-only file system\n\[exit code [12]\]$/s);
    },
  );
});

describe('paths', () => {
  // A folder of the test's own stands for the rest of the machine: without the check these calls would really write.
  const outside = realpathSync(mkdtempSync(join(tmpdir(), 'baton-outside-')));
  afterAll(() => rmSync(outside, { recursive: true }));

  it.each([
    ['a path above', `../${basename(outside)}/kept.txt`],
    ['an absolute path', join(outside, 'kept.txt')],
    ['a link to a file outside', 'app/link'],
    ['a link to a folder outside', 'app/folder/kept.txt'],
    ['a new file behind a link', 'app/folder/new/file'],
  ])('R86: stay inside of the workspace: %s', async (_, path) => {
    writeFileSync(join(outside, 'kept.txt'), 'root\n');
    const calls = [
      call('read', { path }),
      call('write', { path, text: 'x' }),
      call('edit', { path, old: 'root', new: 'x' }),
      call('search', { path, pattern: 'root' }),
    ];
    const { results } = await use(calls, {}, (repo) => {
      symlinkSync(join(outside, 'kept.txt'), join(repo, 'link'));
      symlinkSync(outside, join(repo, 'folder'));
    });
    expect(results).toHaveLength(4);
    for (const result of results) expect(result).toContain('lies outside of the workspace');
    expect(readdirSync(outside)).toEqual(['kept.txt']);
    expect(readFileSync(join(outside, 'kept.txt'), 'utf8')).toBe('root\n');
  });

  it('lead neither into what git keeps for itself, nor along a link to nowhere', async () => {
    const { results } = await use(
      [
        call('write', { path: 'app/.git/hooks/pre-commit', text: 'x' }),
        call('write', { path: 'app/nowhere', text: 'x' }),
      ],
      {},
      (repo) => {
        mkdirSync(join(repo, '.git'));
        symlinkSync(join(outside, 'absent'), join(repo, 'nowhere'));
      },
    );
    expect(results[0]).toContain('belongs to git itself');
    expect(results[1]).toContain('leads nowhere');
  });
});

describe('paths that do not begin with a repository', () => {
  const two = (repo: string): WorkOrder['workspace'] => {
    const other = join(repo, '../web');
    mkdirSync(other);
    return {
      dir: join(repo, '..'),
      repos: [
        { name: 'app', path: repo },
        { name: 'web', path: other },
      ],
    };
  };

  it('are meant inside of the only one, and answers name the whole path', async () => {
    let beside: string[] = [];
    const { results, seed } = await use(
      [
        call('write', { path: 'src/total.js', text: 'one\ntwo' }),
        call('read', { path: './src/total.js' }),
        call('edit', { path: 'seed.txt', old: 'seed', new: 'tree' }),
        call('search', { path: 'src', pattern: 'two' }),
        call('read', { path: 'absent.js' }),
        call('execute', { command: 'ls; echo noted > notes.txt' }),
        call('read', { path: 'notes.txt' }),
        call('write', { path: '.git/config', text: 'x' }),
      ],
      {},
      (repo) => {
        mkdirSync(join(repo, '.git'));
        beside = readdirSync(join(repo, '..'));
      },
    );
    expect(results).toEqual([
      'app/src/total.js is written: 2 lines.',
      'one\ntwo\n[this is app/src/total.js]',
      'app/seed.txt is changed in one place.',
      './app/src/total.js:2:two\n[exit code 0]',
      expect.stringContaining('There is no app/absent.js.'),
      `${beside.join('\n')}\n[exit code 0]`,
      'noted',
      expect.stringContaining('app/.git/config belongs to git itself'),
    ]);
    expect(seed).toBe('tree\n');
  });

  it('are refused to a writer where there are several, and named to a reader who finds nothing', async () => {
    let left: string[] = [];
    const { results } = await use(
      [
        call('write', { path: 'src/total.js', text: 'x' }),
        call('edit', { path: 'seed.txt', old: 'seed', new: 'x' }),
        call('read', { path: 'src/app.js' }),
        call('search', { path: 'src', pattern: 'x' }),
        call('search', { pattern: 'nowhere in them' }),
        call('search', { pattern: 'seed' }),
        call('write', { path: 'web/new.js', text: 'x' }),
      ],
      (repo) => ({ workspace: two(repo) }),
      () => undefined,
      (repo) => (left = readdirSync(join(repo, '..')).sort()),
    );
    const names = 'A path begins with the folder of its repository: app/, web/.';
    for (const result of results.slice(0, 5)) expect(result).toContain(names);
    expect(results[0]).toContain('src/total.js lies in no repository');
    expect(results[2]).toContain('There is no src/app.js.');
    expect(results.slice(5)).toEqual([
      './app/seed.txt:1:seed\n[exit code 0]',
      'web/new.js is written: 1 lines.',
    ]);
    expect(left).toEqual(['app', 'web']);
  });
});

describe('what is no plain file', () => {
  /** Opens the pipe at last, so that a driver that waits for its other end fails instead of waiting for ever. */
  const FREE_AFTER_SECONDS = 10;

  it('GIT-8, R90: a pipe, a link to one and a socket are refused by every tool, and nothing waits for them', async () => {
    const tools = (path: string): FakeAnswer[] => [
      call('read', { path }),
      call('write', { path, text: 'x' }),
      call('edit', { path, old: 'a', new: 'x' }),
      call('search', { path, pattern: 'x' }),
    ];
    const make = call('execute', { command: 'mkfifo app/pipe && ln -s pipe app/link' });
    const server = createServer();
    let free: ChildProcess | undefined;
    try {
      const calls = [make, ...tools('app/pipe'), ...tools('app/link'), ...tools('app/socket')];
      const { outcome, results } = await use(calls, {}, (repo) => {
        server.listen(join(repo, 'socket'));
        const script = `sleep ${FREE_AFTER_SECONDS}; while test -p pipe; do timeout 5 cat pipe; done`;
        free = spawn('sh', ['-c', script], { cwd: repo, stdio: 'ignore', detached: true });
      });
      expect(results[0]).toBe('[exit code 0]');
      expect(results).toHaveLength(calls.length);
      for (const result of results.slice(1)) expect(result).toMatch(/app\/(pipe|link|socket) is no file\./);
      expect(outcome.kind).toBe('submitted');
    } finally {
      server.close();
      if (free?.exitCode === null) process.kill(-free.pid!, 'SIGKILL');
    }
  });

  it('GIT-8: is not read or written where it takes the place of a file that was looked at', async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'baton-swapped-')));
    writeFileSync(join(folder, 'file'), 'text\n');
    // Another process swaps them again and again while both are asked for; each answer is a whole text or a refusal.
    const swap = spawn('sh', ['-c', 'while :; do echo text > n; mv n file; mkfifo p; mv p file; done'], {
      cwd: folder,
      stdio: 'ignore',
      detached: true,
    });
    const root = { dir: folder, repos: [] };
    const seen = new Set<string>();
    try {
      for (let round = 0; round < 100; round += 1) {
        const said = await readPath(root, 'file').catch((error: Error) => error.message);
        seen.add(said);
        seen.add(await writePath(root, 'file', 'text\n').catch((error: Error) => error.message));
      }
    } finally {
      process.kill(-swap.pid!, 'SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
    expect(
      [...seen].filter((said) => !/^(text|file is no file\.|file is written: 2 lines\.|)$/.test(said)),
    ).toEqual([]);
    expect(seen).toContain('file is no file.');
  });
});

describe('reading, searching and editing', () => {
  it('shows a part of a file and says so, lists folders, and refuses what is no text', async () => {
    const { results } = await use(
      [
        call('read', { path: 'app/many.txt', from: 3, lines: 2 }),
        call('read', { path: 'app' }),
        call('read', { path: 'app/binary' }),
        call('read', { path: 'app/absent' }),
      ],
      {},
      (repo) => {
        writeFileSync(join(repo, 'many.txt'), '1\n2\n3\n4\n5\n');
        writeFileSync(join(repo, 'binary'), Buffer.from([0xff, 0xfe]));
      },
    );
    expect(results[0]).toBe('3\n4\n[lines 3 to 4 of 5; read on with "from"]');
    expect(results[1]).toBe('binary\nmany.txt\nseed.txt');
    expect(results[2]).toContain('is no text');
    expect(results[3]).toContain('There is no app/absent');
  });

  it('finds files and lines, passes over what nobody wrote, and survives a hostile pattern', async () => {
    const { results } = await use(
      [
        call('search', { files: 'app/**/*.ts' }),
        call('search', { pattern: 'needle [0-9]+' }),
        call('search', { pattern: 'needle', files: '*.md' }),
        call('search', { pattern: '(a+)+$', path: 'app/src' }),
        call('search', { pattern: '-exec', files: '-delete' }),
      ],
      {},
      (repo) => {
        for (const folder of ['src/deep', 'node_modules/x'])
          mkdirSync(join(repo, folder), { recursive: true });
        writeFileSync(join(repo, 'top.ts'), '');
        writeFileSync(join(repo, 'src/deep/a.ts'), `needle 42\n${'a'.repeat(5_000)}!\n`);
        writeFileSync(join(repo, 'node_modules/x/b.ts'), 'needle 43\n');
        writeFileSync(join(repo, 'notes.md'), 'a needle\n');
      },
    );
    expect(results[0]!.split('\n').sort()).toEqual(['./app/src/deep/a.ts', './app/top.ts', '[exit code 0]']);
    expect(results[1]).toBe('./app/src/deep/a.ts:1:needle 42\n[exit code 0]');
    expect(results[2]).toBe('./app/notes.md:1:a needle\n[exit code 0]');
    expect(results[3]).toMatch(/\[exit code \d\]$/);
    expect(results[4]).toMatch(/^\[exit code \d\]$/);
  });

  it('replaces what stands there once, or everywhere when told so, and takes text as it is', async () => {
    const { results, seed } = await use([
      call('edit', { path: 'app/seed.txt', old: 'absent', new: 'x' }),
      call('edit', { path: 'app/seed.txt', old: 'e', new: 'x' }),
      call('edit', { path: 'app/seed.txt', old: 'e', new: '$&', everywhere: true }),
      call('edit', { path: 'app/seed.txt', new: 'x' }),
    ]);
    expect(results[0]).toContain('does not stand in app/seed.txt');
    expect(results[1]).toContain('stands 2 times');
    expect(results[2]).toContain('2 places');
    expect(results[3]).toMatch(/old/);
    expect(seed).toBe('s$&$&d\n');
  });
});

describe('commands', () => {
  it('see no key, only variables that were named, and are ended in time with all that they printed', async () => {
    const { results } = await use([
      call('execute', { command: 'env' }),
      call('execute', { command: 'echo before; sleep 30', seconds: 1 }),
      call('execute', { command: 'echo out; echo err >&2; exit 3' }),
      call('execute', { command: 'seq 1 100000' }),
    ]);
    expect(results[0]).toContain('NAMED=passed on');
    expect(results[0]).not.toMatch(/sk-of-the-user|token-of-this-invocation/);
    expect(results[1]).toBe('before\n[ended after its 1 seconds]');
    expect(results[2]).toBe('out\nerr\n[exit code 3]');
    expect(results[3]).toMatch(/^1\n2\n.*bytes left out.*\n100000\n\[exit code 0\]$/s);
    expect(results[3]!.length).toBeLessThan(31_000);
  });

  it.skipIf(!isWalled)('have no network, unless their agent may use the web', async () => {
    const probe = call('execute', { command: 'cat /proc/net/dev | grep -vc lo:' });
    const without = await use([probe]);
    const capabilities = ['read', 'execute', 'web'] as const;
    const withWeb = await use([probe], { capabilities });
    const count = (text: string | undefined) => Number(text?.split('\n')[0]);
    expect(count(without.results[0])).toBe(2); // the two lines of the heading
    expect(count(withWeb.results[0])).toBeGreaterThanOrEqual(2);
    const namespaces = call('execute', { command: 'readlink /proc/self/ns/net' });
    const own = (await use([namespaces])).results[0];
    expect((await use([namespaces], { capabilities })).results[0]).not.toBe(own);
  });
});
