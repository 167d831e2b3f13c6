/** Where packages lie in a repository that has no manifest at its top: `api/package.json`, `services/worker/go.mod`. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const MANIFEST =
  /^(?:package\.json|pnpm-workspace\.yaml|go\.mod|go\.work|Cargo\.toml|pyproject\.toml|setup\.(?:py|cfg)|pytest\.ini|requirements.*\.txt)$/;
/** Folders of packages that are no part of the product, or are somebody else's; hidden ones are passed over, too. */
const PASSED_OVER =
  /^(?:\..*|node_modules|vendor|third_party|dist|build|out|target|coverage|tests?|testdata|__tests__|__mocks__|__pycache__|venv|(?:__)?fixtures?(?:__)?|examples?|samples?|demos?|templates?|docs?|e2e|benchmarks?)$/i;
const DEPTH = 2;
const MAX_FOLDERS = 500;
const MAX_PACKAGES = 20;

export const hasManifest = (names: readonly string[]): boolean => names.some((name) => MANIFEST.test(name));

/** Folders one and two levels down, sorted; below one with a manifest nothing is looked for, as it says itself what belongs to it. */
export async function foldersWithManifest(root: string): Promise<string[]> {
  const found: string[] = [];
  let level = [''];
  let seen = 0;
  for (let depth = 1; depth <= DEPTH; depth += 1) {
    const next: string[] = [];
    for (const folder of level)
      for (const name of await foldersIn(join(root, folder))) {
        seen += 1;
        if (seen > MAX_FOLDERS || found.length === MAX_PACKAGES) return found.toSorted();
        const path = folder === '' ? name : `${folder}/${name}`;
        const names = await readdir(join(root, path)).catch(() => []);
        (hasManifest(names) ? found : next).push(path);
      }
    level = next;
  }
  return found.toSorted();
}

async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !PASSED_OVER.test(entry.name))
    .map(({ name }) => name)
    .toSorted();
}
