/** Paths that agents name. They open nothing; still, one that leads out of the repository voids the whole result. */

/** What is wrong with a path relative to a repository, or null. */
export function pathProblem(path: string): string | null {
  if (path === '') return 'it is empty';
  if (/[\p{Cc}\p{Cf}]/u.test(path)) return 'it holds a control or invisible character';
  if (path.includes('\\')) return 'it holds a backslash';
  if (/^(?:\/|~|[A-Za-z]:)/.test(path)) return 'it is not relative to the repository';
  const parts = path.normalize('NFKC').toLowerCase().split('/');
  if (parts.includes('..')) return 'it leads out of the repository';
  return parts.some((part) => part.replace(/[. ]+$/, '') === '.git') ? 'it leads into .git' : null;
}

/** `./src/a.ts` and `src/a.ts` are the same claim. */
export function plainPath(path: string): string {
  return path.replace(/^(?:\.\/+)+/, '');
}
