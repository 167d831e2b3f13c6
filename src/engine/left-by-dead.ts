/** What engines left behind that were killed: logins that they had lent, and folders of their agents. */
import { join } from 'node:path';
import { removeFoldersOfDead } from '../drivers/private-folder.ts';
import { lentDirOf, removeLentByDead } from '../gates/lend-registries.ts';

/** Where gates remember results, below the store. */
export function cacheDirOf(stateDir: string): string {
  return join(stateDir, 'cache');
}

/** Removes what only a process that is certainly gone could still want. */
export async function removeLeftByDead(stateDir: string): Promise<void> {
  await Promise.all([removeLentByDead(lentDirOf(cacheDirOf(stateDir))), removeFoldersOfDead()]);
}
