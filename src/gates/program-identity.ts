/** Which programs of the machine a command starts, so that what an older one said is not taken for what a newer one would say. */
import { realpathSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { machineFolders } from './resolve-command.ts';

/** A shell's text names programs among other words. */
const MAX_WORDS = 60;
const WORD = /[^\s;&|()<>'"`$=]+/g;

interface StartedCommand {
  command: readonly string[];
  shell: boolean;
}

/**
 * Of each program that lies outside of the repository: its path without links, its size and when it was written. No process is started for it,
 * so a program that only starts another one (a shell's script, a version manager) stands for itself alone. Programs of the repository
 * are told by its tree and lockfiles.
 */
export function identifyPrograms({ command, shell }: StartedCommand, callerPath: string | null): string[] {
  const words = shell ? (command.join(' ').match(WORD) ?? []).slice(0, MAX_WORDS) : command.slice(0, 1);
  return [...new Set(words)].flatMap((word) => identify(word, callerPath) ?? []);
}

/** Few looks at the disk, each in its time: an upgrade while this process lives is noticed. */
function identify(word: string, callerPath: string | null): string | null {
  if (word.includes('/') && !isAbsolute(word)) return null;
  const candidates = isAbsolute(word)
    ? [word]
    : machineFolders(callerPath).map((folder) => join(folder, word));
  for (const file of candidates) {
    try {
      const path = realpathSync(file);
      const info = statSync(path);
      if (info.isFile()) return [path, info.size, info.mtimeMs].join(' ');
    } catch {
      // Not there, or nothing that can be looked at: the next folder may have it.
    }
  }
  return null;
}
