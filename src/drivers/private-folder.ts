/** A home and a folder for temporary files that live as long as one invocation. */
import { chmod, mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isLeftByDead, markOf } from '../journal/owner-mark.ts';

export interface PrivateFolder extends AsyncDisposable {
  /** Holds both, and is all that has to be writable. */
  dir: string;
  home: string;
  temporary: string;
}

const PREFIX = 'baton-agent-';

/** Readable by nobody else; removed with everything in it when it is disposed, or by somebody who starts after this process died. */
export async function openPrivateFolder(): Promise<PrivateFolder> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), `${PREFIX}${markOf()}-`)));
  const [home, temporary] = [join(dir, 'home'), join(dir, 'tmp')];
  await mkdir(home, { mode: 0o700 });
  await mkdir(temporary, { mode: 0o700 });
  return { dir, home, temporary, [Symbol.asyncDispose]: () => removeFolder(dir) };
}

/** Folders of invocations whose engine was killed. */
export async function removeFoldersOfDead(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => []);
  const left = names.filter((name) => name.startsWith(PREFIX) && isLeftByDead(name));
  await Promise.all(left.map((name) => removeFolder(join(tmpdir(), name))));
}

async function removeFolder(dir: string): Promise<void> {
  try {
    await rm(dir, { recursive: true, force: true, maxRetries: 2 });
  } catch {
    // An agent may leave folders that even their owner may not write to.
    await unlockFolders(dir);
    await rm(dir, { recursive: true, force: true }).catch(() => undefined); // it lies in the system's temporary folder
  }
}

async function unlockFolders(dir: string): Promise<void> {
  await chmod(dir, 0o700).catch(() => undefined);
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await unlockFolders(join(dir, entry.name));
}
