/**
 * The files that decide what a gate checks. A revision that changes them would grade itself, so gates run with those of
 * the base, until a person approved exactly this change.
 */
import { copyFile, lstat, mkdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hasSections, holdSections } from './config-sections.ts';
import { isGateConfig } from './gate-config-names.ts';
import { sayUses, type GatePrograms } from './gate-programs.ts';

/** A gate's configuration that the revision changed. */
export interface ConfigChange {
  path: string;
  /** What of it: sections of a package.json, say, or null for the whole file. */
  sections: string[] | null;
  /** Who runs it, where it is held for that gate alone. */
  runBy?: string;
}

/** Whether a change needs a look at the base. */
export function mayHoldGateConfig(path: string): boolean {
  return isGateConfig(path) || hasSections(path);
}

/**
 * Puts the base's gate configuration into a checkout of the revision, and says what differed. `programs`: files that gate
 * commands run; they are only said, because each gate puts back its own. `approved`: nothing is put back, only said.
 */
export async function restoreGateConfig(options: {
  base: string;
  head: string;
  changes: readonly { path: string }[];
  programs?: GatePrograms;
  approved?: boolean;
}): Promise<ConfigChange[]> {
  const { base, head, approved = false } = options;
  const restored: ConfigChange[] = [];
  for (const { path } of options.changes) {
    const uses = options.programs?.get(path);
    if (isGateConfig(path)) {
      if (!approved) await restoreFile(base, head, path);
      restored.push({ path, sections: null });
    } else if (uses !== undefined) {
      restored.push({ path, sections: null, runBy: sayUses(uses) });
    } else if (hasSections(path)) {
      const sections = await restoreSections({ base, head, path, approved });
      if (sections === null || sections.length > 0) restored.push({ path, sections });
    }
  }
  return restored;
}

/** The base's file, link or absence in place of whatever the revision has there. */
export async function restoreFile(base: string, head: string, path: string): Promise<void> {
  const target = join(head, path);
  await clearWay(head, path);
  await rm(target, { recursive: true, force: true });
  const info = await lstat(join(base, path)).catch(() => null);
  if (info === null) return;
  await mkdir(dirname(target), { recursive: true });
  if (info.isSymbolicLink()) await symlink(await readlink(join(base, path)), target);
  else if (info.isFile()) await copyFile(join(base, path), target);
}

/** A folder of the base that the revision turned into a link or a file would lead the restored file elsewhere. */
export async function clearWay(head: string, path: string): Promise<void> {
  const parts = path.split('/').slice(0, -1);
  for (let depth = 1; depth <= parts.length; depth++) {
    const folder = join(head, ...parts.slice(0, depth));
    const info = await lstat(folder).catch(() => null);
    if (info !== null && !info.isDirectory()) await rm(folder, { force: true });
  }
}

/** The names of the sections that differed; null: the whole file, because the revision's cannot be read. */
async function restoreSections(options: {
  base: string;
  head: string;
  path: string;
  approved: boolean;
}): Promise<string[] | null> {
  const { base, head, path, approved } = options;
  const before = await readPlain(join(base, path));
  const after = await readPlain(join(head, path));
  const isGone = after === null && (await lstat(join(head, path)).catch(() => null)) === null;
  if (isGone && before === null) return [];
  const { names, text } =
    after === null ? { names: null, text: '' } : await holdSections(path, before, after);
  if (approved || names?.length === 0) return names;
  if (names === null) await restoreFile(base, head, path);
  else {
    await clearWay(head, path);
    await writeFile(join(head, path), text);
  }
  return names;
}

/** null for what is absent or a link: the caller takes the base's file instead. */
async function readPlain(file: string): Promise<string | null> {
  try {
    return (await lstat(file)).isFile() ? await readFile(file, 'utf8') : null;
  } catch {
    return null; // Absent.
  }
}
