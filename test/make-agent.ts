/** Agent definitions for tests that need a cast and not its instructions. */
import { createHash } from 'node:crypto';
import type { AgentDefinition } from '../src/definitions/agent.ts';
import { DEFAULT_CAPABILITIES } from '../src/definitions/tools.ts';
import { WRITING_ROLES, type Role } from '../src/core/words.ts';

/** A definition with the rights that its role has by default. */
export function makeAgent(name: string, role: Role): AgentDefinition {
  return {
    name,
    title: name,
    description: '',
    role,
    access: WRITING_ROLES.includes(role) ? 'write' : 'read',
    capabilities: [...DEFAULT_CAPABILITIES[role]],
    tools: null,
    model: null,
    instructions: `You are ${name}.`,
    hash: createHash('sha256').update(`${name} ${role}`).digest('hex'),
    source: `${name}.md`,
    extra: {},
  };
}

/** The agents that `workflows/review-gated.yaml` names, with their roles. */
export function reviewGatedAgents(): AgentDefinition[] {
  const cast: Record<Role, string[]> = {
    planner: [
      'backend-task-summarizer',
      'technology-research-agent',
      'existing-functionality-agent',
      'new-functionality-agent',
      'unit-test-planner-agent',
      'backend-planner',
    ],
    coordinator: ['backend-implementer'],
    specialist: [
      'cloud-infrastructure-agent',
      'datatypes-agent',
      'feature-implementation-agent',
      'cli-implementation-agent',
      'deployment-agent',
    ],
    tester: ['unit-testing-agent', 'validation-agent'],
    submitter: ['submission-agent'],
    reviewer: ['code-review'],
  };
  return Object.entries(cast).flatMap(([role, names]) => names.map((name) => makeAgent(name, role as Role))); // the keys are roles
}
