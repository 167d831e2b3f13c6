/** Which agent programs are on this machine. They are found, never installed or chosen silently. */
import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

/** Command-line agents that people have. */
export const AGENT_PROGRAMS = ['claude', 'codex', 'gemini', 'opencode'] as const;

export interface FoundProgram {
  name: string;
  /** null: not on PATH. */
  path: string | null;
}

/** Looks through PATH. */
export function findPrograms(names: readonly string[], path: string | undefined): FoundProgram[] {
  const folders = (path ?? '').split(':').filter((folder) => isAbsolute(folder));
  return names.map((name) => ({
    name,
    path: folders.map((folder) => join(folder, name)).find(isProgram) ?? null,
  }));
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    // Absent or not for us: the next folder is looked at.
    return false;
  }
}
