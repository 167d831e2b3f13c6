/** What differs from run to run (folders, tokens, ids), and the names in braces that stand for it in recordings. */
import { createHash } from 'node:crypto';

export type Volatile = Readonly<Record<string, string>>;

/** Shorter values stand in ordinary text by chance. */
const SHORTEST = 4;
/** What no replay puts into an answer: an agent may write that into a file. */
const SECRET_NAMES = /token$/;
const SECRET = '[secret]';

/**
 * Longest first, so that a folder is not taken for the one it lies in. Folders also have the form in which agents make
 * names of files of them, with a dash in place of every other character.
 */
export function formsOf(volatile: Volatile, mark: string = ''): [name: string, value: string][] {
  return Object.entries(volatile)
    .filter(([, value]) => value.length >= SHORTEST)
    .flatMap(([name, value]): [string, string][] => [
      [`{${mark}${name}}`, value],
      ...(value.startsWith('/') ? [[`{${mark}${name}:dashed}`, dashed(value)] as [string, string]] : []),
    ])
    .sort(([, a], [, b]) => b.length - a.length);
}

/**
 * What the names in one answer begin with, so that none can be taken for something that the model said (`${token}` is
 * ordinary code): it comes from the whole answer, and so nobody can have said it there.
 */
export function markFor(answer: string): string {
  let mark = '';
  do mark = `${createHash('sha256').update(mark).update(answer).digest('hex').slice(0, 16)}:`;
  while (answer.includes(mark));
  return mark;
}

export function withNames(text: string, volatile: Volatile, mark: string = ''): string {
  return formsOf(volatile, mark).reduce(
    (so_far, [name, value]) => so_far.replaceAll(value, () => name),
    text,
  );
}

export function withValues(text: string, volatile: Volatile, mark: string): string {
  const shown = Object.entries(volatile).map(([name, value]) => [
    name,
    SECRET_NAMES.test(name) ? SECRET : value,
  ]);
  return formsOf(Object.fromEntries(shown) as Volatile, mark).reduce(
    (so_far, [name, value]) => so_far.replaceAll(name, () => value),
    text,
  );
}

function dashed(path: string): string {
  return path.replaceAll(/[^A-Za-z0-9]/g, '-');
}
