/** The commands as they are printed, typed into a shell in a clone of a repository that somebody merged into. */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryDirectory, userGit as git } from '../workspace/temporary-repository.ts';
import { revertCommands, type RevertedFrom } from './rollback-commands.ts';

const FROM: RevertedFrom = { runId: '1122-ab', branch: 'baton/add-it-1122-ab', base: 'main', isRemote: true };
const TRAILER = `Baton-Run: ${FROM.runId}`;

let dir = '';
beforeEach(() => {
  dir = temporaryDirectory();
  git(dir, 'init', '-q', '--bare', '-b', 'main', 'origin.git');
  git(dir, 'clone', '-q', 'origin.git', 'theirs');
  git(theirs(), 'switch', '-q', '-c', 'main');
  commit('one\n', 'The base');
  git(theirs(), 'push', '-q', '-u', 'origin', 'main');
  git(dir, 'clone', '-q', 'origin.git', 'mine');
  for (const key of ['user.name', 'user.email']) git(join(dir, 'mine'), 'config', key, 'a@b');
  git(theirs(), 'switch', '-q', '-c', FROM.branch);
  commit('two\n', `Adds it\n\n${TRAILER}`);
  commit('three\n', `Adds more\n\n${TRAILER}`);
  git(theirs(), 'switch', '-q', 'main');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const theirs = (): string => join(dir, 'theirs');

function commit(text: string, message: string): void {
  writeFileSync(join(theirs(), 'a.txt'), text);
  git(theirs(), 'add', 'a.txt');
  git(theirs(), 'commit', '-q', '-m', message);
}

/** On main, as somebody merges, and pushed; another commit follows. */
function merge(how: string, message = 'Merged'): void {
  if (how === 'squash') {
    git(theirs(), 'merge', '-q', '--squash', FROM.branch);
    git(theirs(), 'commit', '-q', '-m', message);
  } else if (how === 'rebase') git(theirs(), 'merge', '-q', '--ff-only', FROM.branch);
  else git(theirs(), 'merge', '-q', '--no-ff', '-m', message, FROM.branch);
  writeFileSync(join(theirs(), 'later.txt'), 'later\n');
  git(theirs(), 'add', 'later.txt');
  git(theirs(), 'commit', '-q', '-m', 'Later');
  git(theirs(), 'push', '-q');
}

function typed(lines: string[], shell = 'sh'): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync(shell, ['-c', lines.join('\n')], {
    cwd: join(dir, 'mine'),
    encoding: 'utf8',
  });
  return { status, stderr };
}

const atOrigin = (file: string): string => git(join(dir, 'origin.git'), 'show', `main:${file}`);

describe('the commands that take a change back', () => {
  it.each([
    ['commit', 'squash', `Adds it (#3)\n\n${TRAILER}`],
    ['commit', 'rebase', ''],
    ['merge', 'merge', `Merge pull request #3 from acme/${FROM.branch}`],
  ] as const)(
    'R48: bring a stale clone up to date, take back the %s of a %s, and push',
    (way, how, message) => {
      merge(how, message);
      expect(atOrigin('a.txt')).toBe('three');
      expect(typed(revertCommands(FROM, way))).toMatchObject({ status: 0 });
      expect(atOrigin('a.txt')).toBe('one');
      expect(atOrigin('later.txt')).toBe('later');
    },
  );

  it.each([
    ['commit', 'squash', 'Adds it (#3)', 'no commit here says it is of run 1122-ab'],
    ['merge', 'merge', 'Adds it (#3)', 'no merge here names the branch of run 1122-ab'],
  ] as const)(
    'say that no %s is found where a %s lost its words, and push nothing',
    (way, how, message, said) => {
      merge(how, message);
      const before = git(join(dir, 'origin.git'), 'rev-parse', 'main');
      for (const shell of ['sh', 'bash']) {
        const { status, stderr } = typed(revertCommands(FROM, way), shell);
        expect(status).not.toBe(0);
        expect(stderr).toContain(said);
        expect(stderr).not.toContain('usage:');
      }
      expect(git(join(dir, 'origin.git'), 'rev-parse', 'main')).toBe(before);
    },
  );

  it('neither bring in nor push where the forge is a folder of its own', () => {
    const lines = revertCommands({ ...FROM, isRemote: false, base: "it's" }, 'commit');
    expect(lines[0]).toBe(String.raw`git switch 'it'\''s' &&`);
    expect(lines.join('\n')).not.toMatch(/git (?:pull|push)/);
  });
});
