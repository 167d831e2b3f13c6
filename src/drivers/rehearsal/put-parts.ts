/** Puts parts of a prepared change into a workspace as it is: what others left there stays. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkOrder } from '../driver.ts';
import type { Part, Prepared } from './prepared.ts';

/** Stands for the agent's name in paths and texts of parts. */
const AGENT = '@agent@';

/**
 * The files that these parts leave, by `repository/path`. A part that another one needs is put in only where it is
 * missing. Throws where a part is unknown or an edit finds no place.
 */
export function putParts(
  prepared: Prepared,
  names: readonly string[],
  order: WorkOrder,
): Record<string, string> {
  const tree = openTree(order);
  const seen = new Set<string>();
  const put = (name: string, isAsked: boolean): void => {
    if (seen.has(name) && !isAsked) return;
    seen.add(name);
    const part = prepared.parts.get(name);
    if (part === undefined) throw new Error(`No part "${name}" is prepared.`);
    for (const needed of part.needs) put(needed, false);
    putPart(tree, part, { agent: order.agent, replace: isAsked });
  };
  for (const name of names) put(name, true);
  return Object.fromEntries(tree.written);
}

function putPart(tree: Tree, part: Part, { agent, replace }: { agent: string; replace: boolean }): void {
  for (const [path, text] of Object.entries(part.files)) {
    const own = path.replaceAll(AGENT, agent);
    if (replace || tree.read(own) === null) tree.written.set(own, text.replaceAll(AGENT, agent));
  }
  for (const { file, after, text } of part.edits) {
    const before = tree.read(file) ?? '';
    if (before.includes(text)) continue;
    const at = before.indexOf(after);
    if (at === -1)
      throw new Error(`${file} has no place for the prepared edit: ${JSON.stringify(after)} is not in it.`);
    const end = at + after.length;
    tree.written.set(file, before.slice(0, end) + text + before.slice(end));
  }
}

interface Tree {
  written: Map<string, string>;
  /** The file as it will be; null: there is none. */
  read(path: string): string | null;
}

function openTree(order: WorkOrder): Tree {
  const written = new Map<string, string>();
  return { written, read: (path) => written.get(path) ?? readFile(order, path) };
}

/** A file of the workspace by `repository/path`; null where there is none. */
export function readFile(order: WorkOrder, path: string): string | null {
  const slash = path.indexOf('/');
  const repo = order.workspace.repos.find(({ name }) => name === path.slice(0, slash));
  if (repo === undefined) return null;
  try {
    return readFileSync(join(repo.path, path.slice(slash + 1)), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null; // readFileSync throws system errors
    throw error;
  }
}
