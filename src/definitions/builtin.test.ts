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

  it('has one text for those whose work is the same in several workflows', () => {
    const readers = new Map<string, string[]>();
    for (const { name, body } of agents)
      if (body !== undefined) readers.set(body.agent, [...(readers.get(body.agent) ?? []), name].sort());
    expect(Object.fromEntries(readers)).toEqual({
      'backend-task-summarizer': ['backend-summarize', 'backend-summarizer'],
      'cli-implementation-agent': ['backend-cli-implementer'],
      'cloud-infrastructure-agent': [
        'aws-infrastructure-specialist',
        'backend-cloud-infrastructure-architect',
      ],
      'code-review': ['backend-code-quality-reviewer', 'backend-reviewer'],
      'datatypes-agent': ['backend-datatypes'],
      'deployment-agent': ['backend-deployment-agent'],
      'feature-implementation-agent': [
        'backend-developer',
        'backend-feature-implementer',
        'backend-implement',
      ],
      'security-review': ['backend-security-reviewer', 'security-guardian'],
      'submission-agent': ['backend-commit', 'backend-submission'],
      'unit-testing-agent': ['backend-test', 'backend-unit-test-generator', 'test-engineering-specialist'],
      'validation-agent': ['backend-validate', 'backend-validation-agent'],
    });
    const byName = new Map(agents.map((agent) => [agent.name, agent]));
    // Whoever shares a text has the rights that the text speaks of, and the skill that it has to have read.
    for (const { name, body, role, access, skills } of agents.filter((agent) => agent.body !== undefined)) {
      const owner = byName.get(body?.agent ?? '');
      expect([role, access, skills?.map((skill) => skill.name)], name).toEqual([
        owner?.role,
        owner?.access,
        owner?.skills?.map((skill) => skill.name),
      ]);
    }
  });
});
