import { describe, expect, it } from 'vitest';
import type { AgentChoices } from '../definitions/config.ts';
import { agentDefinition } from '../testing/rig.ts';
import { chooseModel, modelsOf } from './choose-model.ts';

const agent = { ...agentDefinition('coder', 'specialist'), model: 'of-the-file' };
const any = {};
const only = { takesModel: (name: string) => name.includes('/') };
const choices: AgentChoices = {
  model: 'p/all',
  fromRework: { round: 3, model: 'p/strong', reasoning: 'high' },
  profile: null,
  auth: 'key',
  roles: { specialist: { model: 'p/role', reasoning: 'low' } },
  names: { coder: { model: 'p/name', reasoning: null } },
};

describe('the model of an agent', () => {
  it('is that of its name, else of its role, its file, or all', () => {
    const choose = (changes: Partial<AgentChoices>) =>
      chooseModel(agent, 0, { choices: { ...choices, ...changes }, driver: any });
    expect(choose({})).toEqual({ model: 'p/name', reasoning: 'low' });
    expect(choose({ names: {} })).toEqual({ model: 'p/role', reasoning: 'low' });
    expect(choose({ names: {}, roles: {} })).toEqual({ model: 'of-the-file', reasoning: null });
    const fileless = { ...agent, model: null };
    const all = { choices: { ...choices, names: {}, roles: {} }, driver: any };
    expect(chooseModel(fileless, 0, all).model).toBe('p/all');
    expect(chooseModel(fileless, 0, { choices: undefined, driver: any }).model).toBeNull();
  });

  it('is another one from a late round of rework on, and no sooner', () => {
    const at = (round: number) => chooseModel(agent, round, { choices, driver: any });
    expect(at(2).model).toBe('p/name');
    expect(at(3)).toEqual({ model: 'p/strong', reasoning: 'high' });
    expect(at(7).model).toBe('p/strong');
    expect(modelsOf(agent, { choices, driver: any })).toEqual(['p/name', 'p/strong']);
  });

  it('is none that its driver cannot use', () => {
    const quiet = { ...choices, names: {}, roles: {} };
    expect(chooseModel(agent, 0, { choices: quiet, driver: only }).model).toBe('p/all');
    const { model: _, ...nothing } = quiet;
    expect(chooseModel(agent, 0, { choices: nothing, driver: only }).model).toBeNull();
  });
});
