/**
 * Where the paths of a model lead. Tools run in this process, so every path is followed to its end first: what does not
 * lie in the workspace then is refused, links included. No command of the agent is alive meanwhile that could move a
 * link. What is thrown here is a sentence for the model.
 */
import { realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { WorkOrder } from '../driver.ts';
import { entryAt, noFile } from './plain-files.ts';

/** The folder that holds the repositories, and these. */
export type Root = WorkOrder['workspace'];

/** What lies beside the only repository is hardly ever meant; where there are several, nobody knows which one is. */
export async function meantForWriting(root: Root, path: string): Promise<string> {
  const inside = await besideOf(root, path);
  const [only, ...others] = root.repos;
  if (inside === null || only === undefined) return path;
  if (others.length === 0) return `${only.name}/${inside}`;
  throw new Error(
    `${path} lies in no repository, and what lies beside them is not part of the work. ${namesOf(root)}`,
  );
}

/** What was put beside the repositories can be read all the same. */
export async function meantForReading(root: Root, path: string): Promise<string> {
  const inside = await besideOf(root, path);
  const [only, ...others] = root.repos;
  if (inside === null || only === undefined || (await isThere(root, path))) return path;
  if (others.length === 0) return `${only.name}/${inside}`;
  throw new Error(`There is no ${path}. ${namesOf(root)}`);
}

/** Where a file or folder to read really is, relative to the workspace's folder; for tools that hand it to a program. */
export async function relativePlace(root: Root, path: string): Promise<string> {
  const meant = await meantForReading(root, path);
  const place = await placeInside(root.dir, meant);
  const entry = await entryAt(place);
  if (entry !== null && !entry.isFile() && !entry.isDirectory()) throw noFile(meant);
  return `./${relative(await realpath(root.dir), place)}`;
}

/** How paths begin, as a sentence. */
export function namesOf({ repos }: Root): string {
  return `A path begins with the folder of its repository: ${repos.map(({ name }) => `${name}/`).join(', ')}.`;
}

/** The path below the workspace's folder where it leads into none of its repositories; null: it leads into one, or is that folder, or is outside. */
async function besideOf({ dir, repos }: Root, path: string): Promise<string | null> {
  const home = await realpath(dir);
  const inside = relative(home, resolve(home, path));
  const [first] = inside.split(sep);
  const known = inside === '' || first === '..' || repos.some(({ name }) => name === first);
  return known ? null : inside;
}

async function isThere({ dir }: Root, path: string): Promise<boolean> {
  return (await entryAt(await placeInside(dir, path))) !== null;
}

/** Where a path really is. Throws where that is outside of the workspace. */
export async function placeInside(root: string, path: string): Promise<string> {
  if (path.includes('\0')) throw new Error('A path cannot hold a NUL.');
  const home = await realpath(root);
  const place = await follow(resolve(home, path), path);
  if (place !== home && !place.startsWith(`${home}${sep}`))
    throw new Error(`${path} lies outside of the workspace ${root}: there is nothing for you there.`);
  return place;
}

/** The real path, also of what is not there yet. */
async function follow(place: string, asked: string): Promise<string> {
  if ((await entryAt(place)) === null) {
    const above = dirname(place);
    return above === place ? place : join(await follow(above, asked), basename(place));
  }
  try {
    return await realpath(place);
  } catch {
    throw new Error(`${asked} is a link that leads nowhere.`);
  }
}
