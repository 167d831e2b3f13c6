/** Links in a repository that somebody else made: nothing outside of it gets into a work order through them. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../cli/config-here.ts';
import { loadAgentFolder } from './load-agents.ts';
import { loadPlan } from './load-plan.ts';
import { loadWorkflow } from './load-workflow.ts';
import { readSkill } from './skills.ts';
import { readBytes } from './text-file.ts';

let dir: string;
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'baton-links-')));
  mkdirSync(join(dir, 'foreign', '.git'), { recursive: true });
  put('secret', 'a key\n');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function put(path: string, text: string): string {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), text);
  return join(dir, path);
}

function link(path: string, target: string): string {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  symlinkSync(target, join(dir, path));
  return join(dir, path);
}

const outside = { level: 'error', code: 'E_PATH_OUTSIDE' };

describe('what lies in a repository and leads out of it', () => {
  it('GIT-8: is no skill, neither the text nor its folder nor all of them', () => {
    put('skills/k/SKILL.md', 'elsewhere\n');
    const refused = [
      link('foreign/.claude/skills/text/SKILL.md', '../../../../secret'),
      join(link('foreign/.claude/skills/folder', join(dir, 'skills/k')), 'SKILL.md'),
      join(link('foreign/skills', '../skills'), 'k', 'SKILL.md'),
    ];
    for (const file of refused) expect(readSkill(file)).toMatchObject({ ok: false, diagnostic: outside });
    put('foreign/shared/k/SKILL.md', 'within\n');
    expect(readSkill(join(link('foreign/.claude/skills/k', '../../shared/k'), 'SKILL.md'))).toEqual({
      ok: true,
      text: 'within\n',
    });
  });

  it('GIT-8: is no agent, workflow, plan, request or configuration', () => {
    link('foreign/agents/a.md', '../../secret');
    link('foreign/w.yaml', '../secret');
    link('foreign/PLAN.yaml', '../secret');
    link('foreign/baton.yaml', '../secret');
    const place = (name: string): string => join(dir, 'foreign', name);
    expect(loadAgentFolder(place('agents'), 'own').diagnostics).toMatchObject([outside]);
    expect(loadWorkflow(place('w.yaml'), []).diagnostics).toMatchObject([outside]);
    expect(loadPlan(place('PLAN.yaml')).diagnostics).toMatchObject([outside]);
    expect(() => readConfig(place(''))).toThrow('E_PATH_OUTSIDE');
    expect(readBytes(link('foreign/REQUEST.md', '../secret'))).toMatchObject({
      ok: false,
      diagnostic: outside,
    });
  });

  it('GIT-8: is refused where a link leads into another repository', () => {
    mkdirSync(join(dir, 'mine', '.git'), { recursive: true });
    put('mine/private.md', 'mine\n');
    const file = join(link('foreign/agents', '../mine'), 'private.md');
    expect(readBytes(file)).toMatchObject({ ok: false, diagnostic: outside });
  });

  it('is read where the repository itself is reached through a link', () => {
    put('foreign/agents/a.md', 'text\n');
    const repo = link('by-another-name', 'foreign');
    expect(readBytes(join(repo, 'agents/a.md')).ok).toBe(true);
  });
});

describe('what lies in no repository', () => {
  it('GIT-8: has its skills within `skills/`, wherever that really lies', () => {
    put('dotfiles/skills/k/SKILL.md', 'mine\n');
    const skills = link('home/skills', '../dotfiles/skills');
    expect(readSkill(join(skills, 'k', 'SKILL.md'))).toEqual({ ok: true, text: 'mine\n' });
    const leak = join(link('dotfiles/skills/leak', dir), 'secret');
    expect(readBytes(leak, skills)).toMatchObject({ ok: false, diagnostic: outside });
    link('dotfiles/skills/one/SKILL.md', join(dir, 'secret'));
    expect(readSkill(join(skills, 'one', 'SKILL.md'))).toMatchObject({ ok: false, diagnostic: outside });
  });

  it('follows links of agents and plans: they are the own ones of whoever runs it', () => {
    expect(readBytes(link('home/agents/a.md', '../../secret')).ok).toBe(true);
  });
});
