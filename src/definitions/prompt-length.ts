/** How much an agent may be given to read before its work: skills and guides besides its own instructions. */
import { join } from 'node:path';
import type { AgentDefinition } from './agent.ts';
import { builtinStacksDir } from './builtin.ts';
import { builtinSkill, readSkill, skillBeside } from './skills.ts';
import { MAX_STACK_PAGES } from './stack-choice.ts';
import { DEFAULT_AREAS, STACKS } from './stacks.ts';
import { decodeText, readBytes } from './text-file.ts';

/** Words of the skills that its file names, needed or optional, and of the longest guides that it can get at a time. Skills of repositories are not known here. */
export function wordsBeside(agent: AgentDefinition): number {
  const skills = [...(agent.skills ?? []), ...(agent.optionalSkills ?? [])].map(({ name }) => {
    const file = skillBeside(agent.source, name) ?? builtinSkill(name);
    const read = file === null ? null : readSkill(file);
    return read?.ok === true ? countWords(read.text) : 0;
  });
  const areas = agent.stacks ?? DEFAULT_AREAS[agent.role];
  const guides = STACKS.filter(({ area }) => areas.includes(area))
    .map(({ name }) => guideWords(name))
    .toSorted((a, b) => b - a)
    .slice(0, MAX_STACK_PAGES);
  return [...skills, ...guides].reduce((sum, words) => sum + words, 0);
}

function guideWords(name: string): number {
  const file = join(builtinStacksDir, `${name}.md`);
  const bytes = readBytes(file, builtinStacksDir);
  const read = bytes.ok ? decodeText(bytes.bytes, file) : bytes;
  return read.ok ? countWords(read.text) : 0;
}

export function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => word !== '').length;
}
