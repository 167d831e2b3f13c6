/** Files that agents left beside the repositories: none of them is in the change that is judged. */
import type { FindingDraft } from '../findings.ts';

export interface Beside {
  /** As they lie in the workspace. */
  files: readonly string[];
  /** Names of the repositories. */
  repos: readonly string[];
}

/** What to say where nothing was changed, and what to do; null: nothing lies there. */
export function wordsOfBeside({ files, repos }: Beside): { problem: string; fix: string } | null {
  if (files.length === 0) return null;
  const [only, ...others] = repos;
  const where = others.length === 0 ? 'beside the repository' : 'beside the repositories';
  const target =
    only !== undefined && others.length === 0
      ? `into it: ${files.map((file) => `\`${only}/${file}\``).join(', ')}`
      : `into the repository where they belong (${repos.map((name) => `\`${name}/…\``).join(', ')})`;
  return {
    problem: `These files lie ${where} and are not part of the work: ${files.join(', ')}.`,
    fix: `Move what belongs to the work ${target}.`,
  };
}

/** For a change that is one without them: shown, and no reason to stop it. */
export function noteBeside(beside: Beside): FindingDraft[] {
  const words = wordsOfBeside(beside);
  if (words === null) return [];
  const place = { repo: null, file: null, line: null };
  return [{ severity: 'note', blocking: false, ...place, identity: 'beside', ...words }];
}
