import { execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { simulateEvents } from '../testing/events.ts';
import { storeRun } from '../testing/store-run.ts';
import { inspectRepository } from '../workspace/inspect.ts';
import { userGit } from '../workspace/temporary-repository.ts';
import { measureTree } from '../workspace/tree-size.ts';
import { openCli } from './testing/captured-context.ts';
import { within } from '../testing/time-bounds.ts';

const IS_FULL = process.env['BATON_TEST_FULL'] === '1';
/** A blob of 1 GiB takes git some ten seconds to store. */
const LARGEST_BYTES = IS_FULL ? 1024 ** 3 : 300 * 1024 ** 2;
const FOLDERS = 500;
const FILES_IN_EACH = 1_000;
const FILE_BYTES = 10 * 1024;

/** A commit of 500,000 files with 5 GB, and one large one: the same few objects under many names, nothing checked out. */
function makeLarge(path: string): string {
  userGit(path, 'init', '--quiet', '--initial-branch=main');
  const git = (args: string[], input: string): string =>
    execFileSync('git', args, { cwd: path, encoding: 'utf8', input, maxBuffer: 1e8 }).trim();
  const storeZeros = (bytes: number): string => {
    const file = join(path, 'zeros');
    const handle = openSync(file, 'w');
    ftruncateSync(handle, bytes);
    closeSync(handle);
    return git(['-c', 'core.bigFileThreshold=1m', 'hash-object', '-w', 'zeros'], '');
  };
  const treeOf = (count: number, entry: (index: number) => string): string =>
    git(['mktree'], Array.from({ length: count }, (_, index) => `${entry(index)}\n`).join(''));
  const blob = storeZeros(FILE_BYTES);
  const folder = treeOf(FILES_IN_EACH, (index) => `100644 blob ${blob}\tsource-file-number-${index}.ts`);
  const large = storeZeros(LARGEST_BYTES);
  const folders = Array.from({ length: FOLDERS }, (_, index) => `040000 tree ${folder}\tfolder-${index}\n`);
  const top = git(['mktree'], `${folders.join('')}100644 blob ${large}\tlarge.bin\n`);
  const who = ['-c', 'user.name=ada', '-c', 'user.email=ada@localhost'];
  const commit = git([...who, 'commit-tree', top, '-m', 'Everything'], '');
  userGit(path, 'update-ref', 'refs/heads/main', commit);
  userGit(path, 'read-tree', '--empty');
  userGit(path, '-c', 'core.bigFileThreshold=1m', 'repack', '-adq');
  return commit;
}

describe(`GIT-7: a repository of 500,000 files with 5 GB and one of ${LARGEST_BYTES / 1024 ** 2} MiB`, () => {
  it('is counted by git alone, told before a run and by `doctor`, and `status` takes less than a second', async () => {
    using cli = openCli();
    const commit = makeLarge(cli.dir);
    const size = await within(10_000, () => measureTree(cli.dir, commit));
    expect(size).toEqual({
      files: FOLDERS * FILES_IN_EACH + 1,
      bytes: FOLDERS * FILES_IN_EACH * FILE_BYTES + LARGEST_BYTES,
      largest: { path: 'large.bin', bytes: LARGEST_BYTES },
      whole: true,
    });

    const told = /it is large: 500,001 files with \d\.\d GiB, large\.bin alone [\d.]+ [GM]iB; /;
    expect((await inspectRepository({ path: cli.dir, ref: null })).notes.join('\n')).toMatch(told);
    const { findings } = JSON.parse((await cli.run('doctor', '--json')).out) as {
      findings: { name: string; state: string; detail: string }[];
    };
    const said = findings.filter(({ name, state }) => name === 'repository' && state === 'warning');
    expect(said).toMatchObject([{ detail: expect.stringMatching(told) as string }]);

    await using journal = await cli.openJournal();
    await storeRun(journal, simulateEvents({ runId: 'r-1', answer: () => null }));
    expect((await within(1_000, () => cli.run('status', '--json'))).code).toBe(0);
  });

  it('says nothing of an ordinary one, and says so where counting was stopped', async () => {
    using cli = openCli();
    userGit(cli.dir, 'init', '--quiet', '--initial-branch=main');
    userGit(
      cli.dir,
      '-c',
      'user.name=ada',
      '-c',
      'user.email=a@b',
      'commit',
      '--quiet',
      '--allow-empty',
      '-m',
      'x',
    );
    expect((await inspectRepository({ path: cli.dir, ref: null })).notes).toEqual([]);
    expect(await measureTree(cli.dir, 'HEAD')).toEqual({ files: 0, bytes: 0, largest: null, whole: true });
    expect(await measureTree(cli.dir, 'gone')).toBeNull();
  });
});
