import { describe, expect, it } from 'vitest';
import { loadAgents } from './load-agents.ts';
import { placesBeside, readSkillNames } from './skills.ts';

describe('the skills that an agent names', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['one, two', ['one', 'two']],
    ['one two', ['one', 'two']],
    [
      ['one', 'two.b', 'one'],
      ['one', 'two.b'],
    ],
    [7, null],
    [{ one: true }, null],
    [['one', 7], null],
    ['../../etc', null],
    ['a..b', null],
    ['plugin:one', null],
    ['.hidden', null],
  ])('are read from %j as %j', (written, names) => {
    expect(readSkillNames(written)).toEqual(names);
  });

  it('R8: keep their line; a name that cannot be looked for is an error, wherever the file comes from', () => {
    const file = (skills: string) => ({
      path: 'w.md',
      bytes: Buffer.from(`---\nname: w\ndescription: Works.\nrole: planner\nskills: ${skills}\n---\nWork.\n`),
      origin: 'imported' as const,
    });
    expect(loadAgents([file('[one, two]')]).agents[0]?.skills).toEqual([
      { name: 'one', line: 5 },
      { name: 'two', line: 5 },
    ]);
    expect(loadAgents([file('../one')])).toMatchObject({
      agents: [],
      diagnostics: [{ code: 'E_CONFIG_VALUE', place: { file: 'w.md', line: 5 } }],
    });
  });

  it('lie beside the folder of the agent, or beside the `agents` that it lies in', () => {
    expect(placesBeside('/x/.claude/agents/w.md', 's')).toEqual(['/x/.claude/skills/s/SKILL.md']);
    expect(placesBeside('/x/agents/team/w.md', 's')).toEqual([
      '/x/agents/skills/s/SKILL.md',
      '/x/skills/s/SKILL.md',
    ]);
    expect(placesBeside('/x/own/w.md', 's')).toEqual(['/x/skills/s/SKILL.md']);
  });
});
