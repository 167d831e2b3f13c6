/** Agents that do the least that is asked of them, all of them needed: enough to carry any built-in workflow to its end. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PlanBody } from '../../src/definitions/plan-shape.ts';
import type { WorkOrder } from '../../src/drivers/driver.ts';
import { done, edit, verdict } from './plays.ts';

/** A result of the kind that is asked for; whoever may write leaves a file of its own. */
export function playLeast(order: WorkOrder): unknown {
  if (order.role === 'reviewer' && order.output === 'review') return verdict(order);
  if (order.access === 'write') {
    // A place in the lane of each role.
    const folder = order.role === 'tester' ? 'test' : 'deploy';
    mkdirSync(join(order.workspace.repos[0]?.path ?? '', folder), { recursive: true });
    edit(order, `${folder}/${order.agent}.js`, `// ${order.invocationId}\n`);
    if (order.role !== 'tester') edit(order, `${folder}/${order.agent}.md`, 'Notes have tags.\n');
  }
  return done(order, bodyOf(order));
}

function bodyOf(order: WorkOrder): object {
  const numbered = (id: string): object[] => [{ id, text: 'tags are kept' }];
  const asked = order.context.find((item) => item.name === 'conditional agents')?.text ?? '[]';
  switch (order.output) {
    case 'requirements':
      return {
        requirements: {
          functional: numbered('F1'),
          non_functional: [],
          constraints: [],
          dependencies: [],
          affected_systems: [],
          acceptance_criteria: numbered('A1'),
        },
      };
    case 'research':
      return { research: { findings: ['src/app.txt'], recommendations: [] } };
    case 'plan':
      return { plan: planOf(order) };
    case 'selection':
      return {
        needs: (JSON.parse(asked) as string[]).map((agent) => ({ agent, needed: true, reason: 'all work' })),
      };
    case 'validation':
      return {
        validation: {
          started: [{ what: 'the notes service', command: 'npm start' }],
          evidence: ['seen'],
          checks: [{ what: 'A1', outcome: 'met', seen: 'a tag came back' }],
        },
      };
    case 'deployment':
      return { deployment: deploymentOf(`api/deploy/${order.agent}.md`) };
    case 'submission':
      return { pull_requests: [{ repo: 'api', title: 'Add tags', body: 'Tags are kept.' }] };
    default:
      return {};
  }
}

function deploymentOf(file: string): object {
  const one = { files: [file], instructions: ['bring it there'] };
  const environments = { development: one, staging: one, production: one };
  return { environments, scripts: [file], rollback: ['take it back'] };
}

/** A task for everybody whom the plan may name, or for somebody; the first two have nothing to do with each other. */
function planOf(order: WorkOrder): PlanBody {
  const offered = order.context.find((item) => item.name === 'planned agents')?.text ?? '["somebody"]';
  return {
    ...PLAN,
    tasks: (JSON.parse(offered) as string[]).map((agent, index, all) => ({
      id: `t${index + 1}`,
      agent,
      description: 'tags with their tests',
      depends_on: index < 2 ? [] : [`t${index}`],
      output: 'documented code',
      category: index === all.length - 1 ? 'documentation' : index === 0 ? 'quality' : 'logic',
      plan_phase: 'implementation',
      blocking: true,
      scopes: [],
    })),
    cites: order.context.filter((item) => item.kind === 'research').map((item) => item.name),
  };
}

export const PLAN: PlanBody = {
  analysis: 'small',
  tasks: [],
  cites: [],
  risks: ['none is likely'],
  rollback: ['revert'],
  success_criteria: ['green'],
  estimate: 'small',
  task_types: [],
  recipe: null,
};
