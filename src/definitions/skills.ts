/** The skills that an agent definition names: their form, and where they lie. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeText, readBytes, type TextResult } from './text-file.ts';

/** A skill is a folder of this name with a text in it. */
export const SKILL_FILE = 'SKILL.md';
/** Where a repository keeps its skills, as agents of other tools look for them. */
export const REPOSITORY_SKILLS = '.claude/skills';

const NAME = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/i;

/** A skill that a definition names, and the line where it does. */
export interface SkillName {
  name: string;
  line: number;
}

/** Names with commas or blanks between them, or a list of names; null where it is neither, or a name leads elsewhere. */
export function readSkillNames(value: unknown): string[] | null {
  if (value === undefined || value === null || value === '') return [];
  const words: unknown[] | null =
    typeof value === 'string' ? value.split(/[\s,]+/) : Array.isArray(value) ? value : null;
  if (words === null) return null;
  const names = words.filter((word) => word !== '');
  const usable = names
    .filter((name) => typeof name === 'string')
    .filter((name) => NAME.test(name) && !name.includes('..'));
  return usable.length === names.length ? [...new Set(usable)] : null;
}

/** The text of a skill beside the agent's file; null where it is in none of the places. */
export function skillBeside(agentFile: string, name: string): string | null {
  return placesBeside(agentFile, name).find((file) => existsSync(file)) ?? null;
}

/** `skills/` beside the folder of the agent's file, and beside the `agents/` that this folder lies in. */
export function placesBeside(agentFile: string, name: string): string[] {
  const folder = dirname(agentFile);
  const above = [dirname(folder)];
  for (let at = folder; dirname(at) !== at; at = dirname(at)) {
    if (basename(at) !== 'agents') continue;
    above.push(dirname(at));
    break;
  }
  return [...new Set(above)].map((dir) => join(dir, 'skills', name, SKILL_FILE));
}

/** Where the package keeps the skills that come with it; they are looked for last. */
const BUILTIN_SKILLS = fileURLToPath(new URL('../../skills/', import.meta.url));

export function builtinSkill(name: string): string | null {
  const file = join(BUILTIN_SKILLS, name, SKILL_FILE);
  return existsSync(file) ? file : null;
}

/** The text of a skill's file, and what is wrong with it where it is none. Outside of a repository it lies in `skills/`. */
export function readSkill(file: string): TextResult {
  const read = readBytes(file, dirname(dirname(file)));
  return read.ok ? decodeText(read.bytes, file) : read;
}
