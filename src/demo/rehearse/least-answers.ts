/**
 * Agents that do the least that is asked of them, all of them needed: enough to carry any workflow through any repository.
 * Whoever writes leaves a text of its own where testers and others may.
 */
import type { PlanBody } from '../../definitions/plan-shape.ts';
import type { WorkOrder } from '../../drivers/driver.ts';
import type { Script, ScriptedAnswer } from '../../drivers/scripted.ts';
import type { Config } from '../../definitions/config.ts';
import type { Step } from '../../core/graph.ts';
import { stepOfOrder } from './rogue-driver.ts';
import { honestTest } from './cheats.ts';
import { findTestSite } from './test-site.ts';

/** What the least requirements ask for: no test of theirs can show it. */
export const LEAST_CRITERION = 'A1';

/** What is asked for where nobody says what. */
export const LEAST_REQUEST = 'Keep the tags of a note, and say so in its documents.';

const NUMBERED = (id: string): object[] => [{ id, text: 'tags are kept' }];

/** Plays everybody in these repositories: a harmless file, and a result of the kind that is asked for. */
export function leastScript(config: Config, steps: readonly Step[]): Script {
  return async (order) => {
    const said = { status: 'complete', summary: `${order.agent} in round ${order.round}` };
    const result = { ...said, ...leastResult(order) };
    if (order.access !== 'write') return { result };
    return order.role === 'tester'
      ? await testLeast(order, result, { config, steps })
      : { result, files: noteOf(order) };
  };
}

const NOTES = 'deploy';

function noteOf({ agent, invocationId, workspace }: WorkOrder): Record<string, string> {
  const repo = workspace.repos[0]?.name ?? '';
  return { [`${repo}/${NOTES}/${agent}.md`]: `Notes have tags. (${invocationId})\n` };
}

/** A test of what the others left, where tests can be written; it shows the criterion. */
async function testLeast(
  order: WorkOrder,
  result: object,
  { config, steps }: { config: Config; steps: readonly Step[] },
): Promise<ScriptedAnswer> {
  const site = await findTestSite(config, order.workspace.repos);
  if (site === null) {
    const repo = order.workspace.repos[0]?.name ?? '';
    return { result, files: { [`${repo}/test/${order.agent}.js`]: `// ${order.invocationId}\n` } };
  }
  const folder = folderOf(order, config, steps);
  const { files, test } = honestTest(site, { name: order.agent, left: NOTES, folder });
  return { result: { ...result, covers: [{ criterion: LEAST_CRITERION, tests: [test] }] }, files };
}

/** Where tests of the step's layer lie; null: it has none, or nothing says it. */
function folderOf(order: WorkOrder, config: Config, steps: readonly Step[]): string | null {
  const work = steps.find(({ id }) => id === stepOfOrder(order))?.work;
  const layer = work?.kind === 'agent' ? work.layer : undefined;
  const [first] =
    (layer === undefined ? undefined : config.repos[order.workspace.repos[0]?.name ?? '']?.tests?.[layer]) ??
    [];
  return first?.replace(/\/?[^/]*\*.*$/, '') ?? null;
}

/** What a result has to hold besides its status and its summary. */
export function leastResult(order: WorkOrder): object {
  const asked = order.context.find((item) => item.name === 'conditional agents')?.text ?? '[]';
  const repo = order.workspace.repos[0]?.name ?? '';
  switch (order.output) {
    case 'requirements':
      return {
        requirements: {
          functional: NUMBERED('F1'),
          non_functional: [],
          constraints: [],
          dependencies: [],
          affected_systems: [],
          acceptance_criteria: NUMBERED(LEAST_CRITERION),
        },
      };
    case 'research':
      return { research: { findings: ['notes are stored'], recommendations: [] } };
    case 'plan':
      return { plan: leastPlanFor(order) };
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
      return { deployment: deploymentOf(`${repo}/deploy/${order.agent}.md`) };
    case 'submission':
      return { pull_requests: [{ repo, title: 'Add tags', body: 'Tags are kept.' }] };
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
function leastPlanFor(order: WorkOrder): PlanBody {
  const offered = order.context.find((item) => item.name === 'planned agents')?.text ?? '["somebody"]';
  return {
    ...LEAST_PLAN,
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

export const LEAST_PLAN: PlanBody = {
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
