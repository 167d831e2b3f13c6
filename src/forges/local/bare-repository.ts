/** The bare repositories of the local forge: what a remote is elsewhere. */
import { createHash, randomBytes } from 'node:crypto';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BatonError } from '../../core/errors.ts';
import { askGit, runGit } from '../../workspace/git.ts';

/** Says of which of the user's repositories this is the remote. */
const OWNER_FILE = 'baton-repository';

export interface BareRepository {
  path: string;
  /** Where the records of its pull requests lie. */
  recordDir: string;
}

/** Finds or makes `NAME.git`; another repository of the same name gets a longer one. */
export async function openBareRepository(options: {
  forgeDir: string;
  name: string;
  userPath: string;
  store: string;
}): Promise<BareRepository> {
  const { forgeDir, name, userPath } = options;
  const place = createHash('sha256').update(userPath).digest('hex').slice(0, 8);
  for (const candidate of [name, `${name}-${place}`]) {
    const path = join(forgeDir, `${candidate}.git`);
    if (!(await exists(path))) await createBare(path, userPath, options.store);
    const owner = await readFile(join(path, OWNER_FILE), 'utf8').catch(() => null);
    if (owner === userPath) return { path, recordDir: join(forgeDir, candidate) };
  }
  throw new BatonError({
    code: 'E_STORE',
    message: `${forgeDir}/${name}-${place}.git is not the remote of ${userPath}.`,
    fix: 'Move that directory away: it was not made by Baton.',
  });
}

async function createBare(path: string, userPath: string, store: string): Promise<void> {
  const format = await askGit({ gitDir: store, args: ['rev-parse', '--show-object-format'] });
  const beside = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  await mkdir(beside, { recursive: true, mode: 0o700 });
  await runGit({
    gitDir: beside,
    args: ['init', '--quiet', '--bare', '--template=', '--initial-branch=main', `--object-format=${format}`],
  });
  await writeFile(join(beside, OWNER_FILE), userPath, { mode: 0o600, flag: 'wx' });
  try {
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    if (!(await exists(path))) throw error;
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
