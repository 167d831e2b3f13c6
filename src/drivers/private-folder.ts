/** A home and a folder for temporary files that live as long as one invocation. */
import { chmod, mkdir, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface PrivateFolder extends AsyncDisposable {
  /** Holds both, and is all that has to be writable. */
  dir: string;
  home: string;
  temporary: string;
}

/** Readable by nobody else; removed with everything in it when it is disposed. */
export async function openPrivateFolder(): Promise<PrivateFolder> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'baton-agent-')));
  const [home, temporary] = [join(dir, 'home'), join(dir, 'tmp')];
  await mkdir(home, { mode: 0o700 });
  await mkdir(temporary, { mode: 0o700 });
  return { dir, home, temporary, [Symbol.asyncDispose]: () => removeFolder(dir) };
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
