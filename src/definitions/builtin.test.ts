import { describe, expect, it } from 'vitest';
import { builtinAgentsDir, listBuiltinWorkflows } from './builtin.ts';
import { loadAgentFolder } from './load-agents.ts';
import { loadWorkflow } from './load-workflow.ts';

const { agents, diagnostics } = loadAgentFolder(builtinAgentsDir, 'own');

describe('what comes with the package', () => {
  it('R9: every built-in workflow loads with the built-in agents, without a word', () => {
    expect(diagnostics).toEqual([]);
    for (const { file } of listBuiltinWorkflows()) expect(loadWorkflow(file, agents).diagnostics).toEqual([]);
  });
});
