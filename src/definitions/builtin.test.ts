import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtinAgentsDir, listBuiltinWorkflows } from './builtin.ts';
import { loadAgentFolder } from './load-agents.ts';
import { loadWorkflow } from './load-workflow.ts';

const none = !readdirSync(builtinAgentsDir).some((entry) => entry.endsWith('.md'));

describe('what comes with the package', () => {
  it.skipIf(none)(
    'R9: every built-in workflow loads with the built-in agents (skipped while agents/ is empty)',
    () => {
      const { agents, diagnostics } = loadAgentFolder(builtinAgentsDir, 'own');
      expect(diagnostics).toEqual([]);
      const workflows = listBuiltinWorkflows();
      expect(workflows.length).toBeGreaterThan(0);
      for (const { file } of workflows) expect(loadWorkflow(file, agents).diagnostics).toEqual([]);
    },
  );
});
