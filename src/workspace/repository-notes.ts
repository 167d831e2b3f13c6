/** What people should know of a repository before a run starts: what is not part of it, and what is unusual. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { askGit, runGit } from './git.ts';
import type { UserRepository } from './inspect.ts';
import { sayTreeSize } from './tree-size.ts';

const OPERATIONS: readonly (readonly [file: string, name: string])[] = [
  ['MERGE_HEAD', 'a merge'],
  ['rebase-merge', 'a rebase'],
  ['rebase-apply', 'a rebase'],
  ['CHERRY_PICK_HEAD', 'a cherry-pick'],
  ['REVERT_HEAD', 'a revert'],
  ['BISECT_LOG', 'a bisect'],
];

/** One sentence each, without the repository's name. */
export async function notesOn(repository: UserRepository, commit: string): Promise<string[]> {
  const notes = [
    ...(await operationsInProgress(repository)),
    ...(await submodules(repository, commit)),
    ...(await agentSettings(repository, commit)),
  ];
  const size = await sayTreeSize(repository.path, commit);
  if (size !== null) notes.push(size);
  if (repository.shallow) notes.push('the clone is shallow: agents see only a part of the history');
  const changes = repository.bare ? 0 : await countChanges(repository);
  if (changes === 0) return notes;
  const counted = changes === 1 ? '1 uncommitted change is' : `${changes} uncommitted changes are`;
  return [`${counted} not part of the run`, ...notes];
}

async function operationsInProgress(repository: UserRepository): Promise<string[]> {
  const there = await Promise.all(OPERATIONS.map(([file]) => exists(join(repository.gitDir, file))));
  const names = OPERATIONS.flatMap(([, name], index) => (there[index] === true ? [name] : []));
  return names.map((name) => `${name} is in progress`);
}

async function submodules(repository: UserRepository, commit: string): Promise<string[]> {
  const args = ['ls-tree', '--name-only', '--full-tree', commit, '--', '.gitmodules'];
  const listed = await askGit({ gitDir: null, cwd: repository.path, args });
  return listed === '' ? [] : ['its submodules are not checked out and must not be changed'];
}

/** Programs of agents read some of these where they work, whoever wrote them. */
const AGENT_SETTINGS =
  '.claude/settings.json .claude/settings.local.json .mcp.json .codex/config.toml .gemini/settings.json .gemini/.env opencode.json opencode.jsonc .opencode .env'.split(
    ' ',
  );

async function agentSettings(repository: UserRepository, commit: string): Promise<string[]> {
  const args = ['ls-tree', '--name-only', '--full-tree', commit, '--', ...AGENT_SETTINGS];
  const listed = await askGit({ gitDir: null, cwd: repository.path, args });
  if (listed === '') return [];
  const names = listed.split('\n').join(', ');
  return [`it has settings that agents may read (${names}): they set nothing of Baton's, and steer no gate`];
}

/** Read from the checkout as it stands, so that a change of it is part of the run. */
const READ_AS_IT_STANDS = 'baton.yaml';

async function countChanges(repository: UserRepository): Promise<number> {
  const env = await withoutFilters(repository);
  // `dirty`: git would otherwise start another git inside each submodule.
  const args = [
    'status',
    '--porcelain=v1',
    '-z',
    '--no-renames',
    '--untracked-files=normal',
    '--ignore-submodules=dirty',
  ];
  const answer = await runGit({ gitDir: null, cwd: repository.path, args, env });
  const lines = answer.stdout.toString('latin1').split('\0').slice(0, -1);
  return lines.filter((line) => line.slice('XY '.length) !== READ_AS_IT_STANDS).length;
}

/** Status would run the repository's clean filters on touched files: empty commands keep them still. */
async function withoutFilters(repository: UserRepository): Promise<Record<string, string>> {
  const pattern = String.raw`^filter\..*\.(clean|smudge|process|required)$`;
  const args = ['config', '-z', '--name-only', '--get-regexp', pattern];
  const answer = await runGit({ gitDir: null, cwd: repository.path, args, answers: [1] });
  const keys = answer.stdout
    .toString('utf8')
    .split('\0')
    .filter((key) => key !== '');
  const pairs = keys.flatMap((key, index): [string, string][] => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, key.endsWith('.required') ? 'false' : ''],
  ]);
  return { GIT_CONFIG_COUNT: String(keys.length), ...Object.fromEntries(pairs) };
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
