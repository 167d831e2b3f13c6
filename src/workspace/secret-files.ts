/** Files of a checkout that hold a known secret: looked for before git stores anything of them. */
import { constants } from 'node:fs';
import { open, readlink } from 'node:fs/promises';
import { runGit } from './git.ts';
import type { RefusedPath } from './refused-paths.ts';
import { bytesOf, readablePath } from './walk-files.ts';

/** Of each secret in some bytes its name and the line where it first stands, counted from 1. */
export type FindSecrets = (bytes: Uint8Array) => { name: string; line: number }[];

interface Place {
  store: string;
  checkout: string;
  /** Holds the base's tree. */
  indexFile: string;
}

/** New and changed files, links and names with a secret that their own base does not have. */
export async function findSecretFiles(
  place: Place,
  { baseTree, added }: { baseTree: string; added: readonly string[] },
  find: FindSecrets,
): Promise<RefusedPath[]> {
  const { store, checkout, indexFile } = place;
  const ask = async (args: string[], answers: number[] = []): Promise<string[]> => {
    const answer = await runGit({ gitDir: store, workTree: checkout, indexFile, args, answers });
    return answer.stdout.toString('latin1').split('\0').slice(0, -1);
  };
  await ask(['update-index', '-q', '--refresh'], [1]);
  const changed = await ask(['diff-files', '--name-only', '--diff-filter=d', '-z']);
  const refused: RefusedPath[] = [];
  for (const path of new Set([...changed, ...added])) {
    const [named] = find(Buffer.from(path, 'latin1'));
    if (named !== undefined) {
      refused.push({ path: '.', code: 'E_SECRET', problem: `the name of a file holds ${named.name}` });
      continue;
    }
    const found = find(await contentOf(checkout, path));
    if (found.length === 0) continue;
    const before = changed.includes(path) ? await baseBlob(store, `${baseTree}:${path}`) : null;
    const known = new Set((before === null ? [] : find(before)).map(({ name }) => name));
    for (const { name, line } of found.filter((each) => !known.has(each.name))) {
      const problem = `line ${line} holds ${name}; take it out, and read it at run time`;
      refused.push({ path: readablePath(path), code: 'E_SECRET', problem });
    }
  }
  return refused;
}

/** Of a plain file, or the target of a link; nothing else has any. Neither follows a link nor waits on a pipe. */
async function contentOf(checkout: string, path: string): Promise<Uint8Array> {
  const place = bytesOf(checkout, path);
  try {
    await using file = await open(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    return (await file.stat()).isFile() ? await file.readFile() : new Uint8Array();
  } catch {
    return await readlink(place, 'buffer').catch(() => new Uint8Array());
  }
}

async function baseBlob(gitDir: string, name: string): Promise<Uint8Array | null> {
  const answer = await runGit({ gitDir, args: ['cat-file', 'blob', name], answers: [128] });
  return answer.code === 0 ? answer.stdout : null;
}
