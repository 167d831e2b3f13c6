/** Small graphs for tests: built by hand, in the form a compiled workflow has. */
import type { AgentSummary, Graph, Step } from '../core/graph.ts';
import { DEFAULT_LIMITS } from '../core/limits.ts';
import { WRITING_ROLES, type Role } from '../core/words.ts';

/** An agent as the graph knows it; the definition hash is its name's, so that two names are two definitions. */
export function agentSummary(name: string, role: Role, title = name): AgentSummary {
  const access = WRITING_ROLES.includes(role) ? 'write' : 'read';
  return { name, title, role, access, definition_hash: `definition-of-${name}` };
}

/** A step of one agent's, with the usual gates and one reviewer; `over` replaces any of it. */
export function agentStep(id: string, agent: string, output: string, over: Partial<Step> = {}): Step {
  const [phase = ''] = id.split('/');
  const writes = output === 'changes';
  return {
    id,
    phase,
    title: id.split('/')[1] ?? id,
    work: { kind: 'agent', agent, output, changes: writes ? 'required' : 'forbidden', scopes: [] },
    needs: [],
    tree_from: null,
    when: null,
    gates: writes ? 'quick' : 'none',
    reviewers: ['code-review'],
    ...over,
  };
}

/**
 * Three phases: requirements; a feature, an optional command line and the full gates; submission.
 * `over` replaces parts of the graph.
 */
export function smallGraph(over: Partial<Graph> = {}): Graph {
  const steps = smallSteps();
  const phase = (id: string, title: string, deliverable: string) => ({
    id,
    title,
    deliverable,
    steps: steps.filter((step) => step.phase === id).map((step) => step.id),
  });
  const agents = [
    agentSummary('summarizer', 'planner', 'Summarizer'),
    agentSummary('implementer', 'coordinator', 'Implementer'),
    agentSummary('feature-agent', 'specialist', 'Feature'),
    agentSummary('cli-agent', 'specialist', 'Command line'),
    agentSummary('submitter', 'submitter', 'Submission'),
    agentSummary('code-review', 'reviewer', 'Code review'),
  ];
  return {
    workflow: 'small',
    version: 1,
    start: 'confirm',
    pause: 'never',
    context: 'all',
    phases: [
      phase('summarize', 'Summarize', 'Requirements that can be tested'),
      phase('implement', 'Implement', 'Reviewed code with green gates'),
      phase('submit', 'Submit', 'Pull requests'),
    ],
    steps,
    agents: Object.fromEntries(agents.map((agent) => [agent.name, agent])),
    limits: { ...DEFAULT_LIMITS, retry_backoff_ms: 0 },
    ...over,
  };
}

function smallSteps(): Step[] {
  return [
    agentStep('summarize/requirements', 'summarizer', 'requirements'),
    agentStep('implement/select', 'implementer', 'selection', { needs: ['summarize/requirements'] }),
    agentStep('implement/feature', 'feature-agent', 'changes', { needs: ['implement/select'] }),
    agentStep('implement/cli', 'cli-agent', 'changes', {
      needs: ['implement/feature'],
      tree_from: 'implement/feature',
      when: { kind: 'planned' },
    }),
    {
      ...agentStep('implement/gates', '', ''),
      title: 'All gates',
      work: { kind: 'check', from: 'tree_from' },
      needs: ['implement/cli'],
      tree_from: 'implement/cli',
      gates: 'full',
    },
    agentStep('submit/texts', 'submitter', 'submission', {
      needs: ['implement/gates'],
      tree_from: 'implement/gates',
    }),
    {
      ...agentStep('submit/submit', '', ''),
      title: 'Submit',
      work: { kind: 'submit' },
      needs: ['submit/texts'],
      tree_from: 'submit/texts',
      gates: 'none',
      reviewers: [],
    },
  ];
}
