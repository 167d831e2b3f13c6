/** Which files of a repository gates keep as the base has them, for people who set Baton up. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RepoConfig } from '../../definitions/config.ts';

export interface HeldProgram {
  path: string;
  /** A clause. */
  reason: string;
}

/** What gate commands run, read from the working tree; sorted by path. */
export async function heldPrograms(repository: string, config: RepoConfig): Promise<HeldProgram[]> {
  const { gatePrograms, sayUses } = await import('../../gates/programs/gate-programs.ts');
  // A folder or nothing there: no text.
  const read = (path: string): Promise<string | null> =>
    readFile(join(repository, path), 'utf8').catch(() => null);
  const held = [...(await gatePrograms(config, read))];
  return held
    .map(([path, uses]) => ({ path, reason: sayUses(uses) }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** One sentence, or null where nothing is held. */
export function sayHeld(held: readonly HeldProgram[]): string | null {
  if (held.length === 0) return null;
  const files = held.map(({ path, reason }) => `${path} (${reason})`).join(', ');
  return `held to the base until a person approves a change: ${files}`;
}
