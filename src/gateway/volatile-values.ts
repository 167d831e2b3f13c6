/** What differs from run to run (folders, tokens, ids), and the names in braces that stand for it in recordings. */

export type Volatile = Readonly<Record<string, string>>;

/** Shorter values stand in ordinary text by chance. */
const SHORTEST = 4;

/**
 * Longest first, so that a folder is not taken for the one it lies in. Folders also have the form in which agents make
 * names of files of them, with a dash in place of every other character.
 */
export function formsOf(volatile: Volatile): [name: string, value: string][] {
  return Object.entries(volatile)
    .filter(([, value]) => value.length >= SHORTEST)
    .flatMap(([name, value]): [string, string][] => [
      [`{${name}}`, value],
      ...(value.startsWith('/') ? [[`{${name}:dashed}`, dashed(value)] as [string, string]] : []),
    ])
    .sort(([, a], [, b]) => b.length - a.length);
}

export function withNames(text: string, volatile: Volatile): string {
  return formsOf(volatile).reduce((so_far, [name, value]) => so_far.replaceAll(value, () => name), text);
}

export function withValues(text: string, volatile: Volatile): string {
  return formsOf(volatile).reduce((so_far, [name, value]) => so_far.replaceAll(name, () => value), text);
}

function dashed(path: string): string {
  return path.replaceAll(/[^A-Za-z0-9]/g, '-');
}
