/** What a tree's `.gitattributes` can say of encodings that git then fails at: an agent's fault, and no failure of git. */
import { readFile } from 'node:fs/promises';
import type { TreeChange } from './changes.ts';
import type { RefusedPath } from './refused-paths.ts';
import { bytesOf } from './walk-files.ts';

const ATTRIBUTE = 'working-tree-encoding';
const CANNOT_ENCODE =
  /failed to encode '([\s\S]*?)' from|BOM is (?:required|prohibited) in '([\s\S]*?)' if|encoding '([\s\S]*?)' from .* and back/;
const NO_ENCODING = 'are no valid working-tree-encodings';
/** Set or unset without a value: git ends wherever it meets a file that this is said of, also one that others add. */
const WITHOUT_VALUE = new RegExp(String.raw`\s-?${ATTRIBUTE}(?:\s|$)`);

/** The file that git could not store in the encoding that `.gitattributes` names for it; null: it failed for something else. */
export function encodingProblem(gitSaid: string): RefusedPath | null {
  const found = CANNOT_ENCODE.exec(gitSaid);
  const path = found?.slice(1).find((each) => each !== undefined);
  if (path !== undefined)
    return { path, problem: `is not in the encoding that .gitattributes says it is in (${ATTRIBUTE})` };
  return gitSaid.includes(NO_ENCODING) ? withoutValue('.gitattributes') : null;
}

/** Changed attributes that name no encoding where one belongs. */
export async function findEncodingsWithoutValue(
  checkout: string,
  changes: readonly TreeChange[],
): Promise<RefusedPath[]> {
  const changed = changes.filter(({ bytes, newMode }) => isAttributes(bytes) && newMode.startsWith('100'));
  const texts = await Promise.all(
    changed.map(async ({ bytes, change }) => ({
      path: change.path,
      text: await readFile(bytesOf(checkout, bytes), 'utf8'),
    })),
  );
  return texts.filter(({ text }) => WITHOUT_VALUE.test(text)).map(({ path }) => withoutValue(path));
}

function isAttributes(path: string): boolean {
  return path === '.gitattributes' || path.endsWith('/.gitattributes');
}

function withoutValue(path: string): RefusedPath {
  return { path, problem: `says ${ATTRIBUTE} of files without an encoding` };
}
