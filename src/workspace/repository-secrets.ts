/** Secrets that a user keeps in a repository's folder: credentials of its remotes, and settings files that are not part of any commit. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RepoBase } from '../core/records.ts';
import { isSecretName, passwordIn } from '../core/checks/secret-names.ts';
import { runGit } from './git.ts';

/** At the top of a repository; deeper ones are not looked for. */
const SETTINGS = ['.env', '.env.local', '.env.development', '.env.production', '.env.test'];
const SETTING = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/u;
const REMOTE_KEYS = String.raw`^(remote\..*\.(push)?url|http\..*extraheader)$`;

/** By what is shown in their place. They are only ever looked for; nobody gets them. */
export async function secretsOfRepository({ name, path, commit }: RepoBase): Promise<[string, string][]> {
  return [
    ...(await remoteSecrets(path)).map((secret): [string, string] => [`credential of ${name}`, secret]),
    ...(await Promise.all(SETTINGS.map((file) => settingsIn(path, commit, file)))).flat(),
  ];
}

async function remoteSecrets(cwd: string): Promise<string[]> {
  const args = ['config', '--get-regexp', REMOTE_KEYS];
  const answer = await runGit({ gitDir: null, cwd, args, answers: [1, 128] });
  if (answer.code !== 0) return [];
  return answer.stdout
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const value = line.slice(line.indexOf(' ') + 1).trim();
      const header = /^authorization:\s*\w+\s+(\S+)$/iu.exec(value)?.[1];
      return [header, passwordIn(value)].filter((secret) => secret !== undefined && secret !== null);
    });
}

/** What is committed is no secret any more. */
async function settingsIn(cwd: string, commit: string, file: string): Promise<[string, string][]> {
  const text = await readFile(join(cwd, file), 'utf8').catch(() => null);
  if (text === null) return [];
  const args = ['cat-file', '-e', `${commit}:${file}`];
  const { code } = await runGit({ gitDir: null, cwd, args, answers: [1, 128] });
  if (code === 0) return [];
  return text.split('\n').flatMap((line): [string, string][] => {
    const [, key = '', given = ''] = SETTING.exec(line) ?? [];
    return isSecretName(key) ? [[key, valueOf(given)]] : [];
  });
}

/** Without its quotes, and without the comment behind it. */
function valueOf(given: string): string {
  return /^(["'`])(.*?)\1(?:\s*#.*)?$/u.exec(given)?.[2] ?? given.replace(/\s+#.*$/u, '');
}
