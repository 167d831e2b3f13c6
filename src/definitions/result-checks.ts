/** What the form of a result cannot say: names that have to exist, and all of them. */
import type { PlanningGuide } from '../core/plan/guide.ts';
import type { PlannedTask } from '../core/results.ts';
import { ENVIRONMENTS } from '../core/words.ts';
import { pathProblem } from './claimed-path.ts';
import { sortByDependencies } from '../core/graph/order.ts';
import { MERGE_ID_START } from '../core/plan/planned.ts';
import { taskProblems, tooManyTasks, type PlanFacts } from './check-plan.ts';
import { showValue } from './diagnose.ts';
import { guideProblems } from './guide-checks.ts';
import { nearest } from './nearest.ts';
import type { NeedBody, PlanBody } from './plan-shape.ts';
import type { PullRequestBody } from './result-shapes.ts';
import type { DeploymentBody, ValidationBody } from './whole-shapes.ts';

const MAX_TASK_ID = 40;
const MAX_NAME_PROBLEMS = 50;

/** What a work result is checked against besides its form. */
export interface WorkFacts {
  /** Agents that run only when a selection names them; each has to be named. */
  conditionalAgents: string[];
  /** Ids of the findings that were handed out; only these can be disputed. */
  knownFindings: string[];
  repos: string[];
  /** Agents that work in the modules that this result names for them, and the modules that there are; null: none such. */
  modules: { agents: string[]; names: string[] } | null;
  /** Names of the research outputs that a plan has to cite. */
  earlierOutputs: string[];
  /** Names of everything that a plan may cite. */
  citable: string[];
  /** The guide that the planner was given; null: none. */
  guide: PlanningGuide | null;
  /** Where the tasks of the plan become steps: what they have to fit into. */
  planned: PlanFacts | null;
}

/** What holds for a result of which only its form is demanded. */
export const NO_WORK_FACTS: WorkFacts = {
  conditionalAgents: [],
  knownFindings: [],
  repos: [],
  modules: null,
  earlierOutputs: [],
  citable: [],
  guide: null,
  planned: null,
};

/** A selection names each conditional agent once, and no other. */
export function selectionProblems(
  output: string,
  body: { status: string } & Record<string, unknown>,
  facts: WorkFacts,
): string[] {
  if (output !== 'selection' || body.status !== 'complete') return [];
  const named = (body['needs'] as NeedBody[]).map((need) => need.agent); // parsed by OUTPUT_SHAPES
  const problems = facts.conditionalAgents
    .filter((agent) => !named.includes(agent))
    .map((agent) => `needs: it says nothing about ${agent}`);
  for (const [index, agent] of named.entries()) {
    if (!facts.conditionalAgents.includes(agent))
      problems.push(`needs[${index}]: ${unknownName(agent, facts.conditionalAgents, 'conditional agent')}`);
    if (named.indexOf(agent) !== index) problems.push(`needs[${index}]: ${agent} is named twice`);
  }
  return problems;
}

/** Who is bound to the modules that are said here gets some of those that there are; nobody gets others. */
export function moduleProblems(value: unknown, { modules }: WorkFacts): string[] {
  if (modules === null || value === undefined) return [];
  return (value as NeedBody[]).flatMap((need, index) => {
    // parsed by OUTPUT_SHAPES
    const place = `needs[${index}].modules`;
    const said = need.modules ?? [];
    if (need.needed && said.length === 0 && modules.agents.includes(need.agent))
      return [`${place} is missing: ${need.agent} works in one or more of ${modules.names.join(', ')}`];
    return said
      .filter((name) => !modules.names.includes(name))
      .map(
        (name) =>
          `${place}: ${unknownName(name, modules.names, 'module')}; there are ${modules.names.join(', ')}`,
      );
  });
}

/** What was seen was seen on something that was started: a validation that started nothing has tried nothing. */
export function validationProblems(value: unknown): string[] {
  if (value === undefined) return [];
  const { started, checks } = value as ValidationBody; // parsed by OUTPUT_SHAPES
  const seen = checks.findIndex(({ outcome }) => outcome !== 'not_tried');
  return seen === -1 || started.length > 0
    ? []
    : [
        `validation.started is missing: validation.checks[${seen}] says what was seen on the running system; name each part that was started with its command, or call the checks not_tried`,
      ];
}

/** A plan cites every research output and nothing unknown, and its tasks form a graph without a cycle. */
export function planProblems(value: unknown, needs: unknown, facts: WorkFacts): string[] {
  if (value === undefined) return [];
  const plan = value as PlanBody; // parsed by OUTPUT_SHAPES
  // Before anything whose work grows with the plan.
  const tooMany = facts.planned === null ? [] : tooManyTasks(plan.tasks, facts.planned);
  if (tooMany.length > 0) return tooMany;
  const problems = facts.earlierOutputs
    .filter((name) => !plan.cites.includes(name))
    .map((name) => `plan.cites: it does not cite ${name}`);
  for (const [index, name] of plan.cites.entries()) {
    if (!facts.citable.includes(name))
      problems.push(`plan.cites[${index}]: ${unknownInput(name, facts.citable)}`);
  }
  problems.push(...nameProblems(plan, facts.repos));
  if (facts.guide !== null) {
    const said = (needs ?? []) as NeedBody[]; // parsed by OUTPUT_SHAPES
    problems.push(
      ...guideProblems(
        facts.guide,
        plan,
        said.filter((need) => !need.needed).map((need) => need.agent),
      ),
    );
  }
  const cycle = cycleOf(plan);
  if (cycle !== null) problems.push(`plan.tasks: they wait for each other: ${cycle.join('→')}`);
  if (facts.planned === null) return problems;
  const started = new Set(facts.planned.started.map((task) => task.id));
  problems.push(...plan.tasks.flatMap((task, index) => missingWords(task, index, started)));
  return problems.length > 0 ? problems : taskProblems(tasksOf(plan), facts.planned);
}

/** Every id once, and only names that exist. Ends early: whoever got that many wrong is not helped by more. */
function nameProblems(plan: PlanBody, repos: readonly string[]): string[] {
  const problems: string[] = [];
  const ids = new Set(plan.tasks.map((task) => task.id));
  const seen = new Set<string>();
  for (const [index, task] of plan.tasks.entries()) {
    if (seen.has(task.id)) problems.push(`plan.tasks[${index}].id: ${showValue(task.id)} is used twice`);
    seen.add(task.id);
    for (const needed of task.depends_on) {
      if (problems.length >= MAX_NAME_PROBLEMS) return problems;
      if (!ids.has(needed))
        problems.push(`plan.tasks[${index}].depends_on: ${unknownName(needed, [...ids], 'task')}`);
    }
    if (typeof task.repo === 'string' && !repos.includes(task.repo))
      problems.push(`plan.tasks[${index}].repo: ${unknownName(task.repo, repos, 'repository')}`);
  }
  return problems;
}

/** A task that becomes a step says what it is about and where in the plan it belongs. */
function missingWords(
  task: PlanBody['tasks'][number],
  index: number,
  started: ReadonlySet<string>,
): string[] {
  const missing = (['category', 'plan_phase'] as const)
    .filter((word) => task[word] === undefined)
    .map((word) => `plan.tasks[${index}].${word} is missing`);
  // The id becomes part of the step's name.
  if (/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(task.id) && task.id.length <= MAX_TASK_ID) {
    if (!task.id.startsWith(MERGE_ID_START) || started.has(task.id)) return missing;
    return [
      ...missing,
      `plan.tasks[${index}].id is ${showValue(task.id)}: ids that begin with ${MERGE_ID_START} are those of the merges that the engine puts between tasks; give it another`,
    ];
  }
  return [
    ...missing,
    `plan.tasks[${index}].id is ${showValue(task.id)}: it must be lower-case letters, digits and hyphens, at most ${MAX_TASK_ID}`,
  ];
}

/** The tasks as the run needs them. */
export function tasksOf(plan: PlanBody): PlannedTask[] {
  return plan.tasks.map((task) => ({
    id: task.id,
    agent: task.agent,
    description: task.description,
    depends_on: task.depends_on,
    output: task.output,
    category: task.category ?? 'logic',
    plan_phase: task.plan_phase ?? 'implementation',
    blocking: task.blocking,
    scopes: task.scopes,
    ...(task.expect === undefined ? {} : { expect: task.expect }),
  }));
}

/** Files are named as `repository/path`; whether they are there, the engine sees. */
export function deploymentProblems(value: unknown, facts: WorkFacts): string[] {
  if (value === undefined) return [];
  const { environments, scripts } = value as DeploymentBody; // parsed by OUTPUT_SHAPES
  const lists = [
    ...ENVIRONMENTS.map((name) => ({
      at: `deployment.environments.${name}.files`,
      files: environments[name].files,
    })),
    { at: 'deployment.scripts', files: scripts },
  ];
  return lists.flatMap(({ at, files }) =>
    files.flatMap((file, index) => placeProblems(`${at}[${index}]`, file, facts)),
  );
}

function placeProblems(at: string, file: string, { repos }: WorkFacts): string[] {
  const slash = file.indexOf('/');
  const problem = pathProblem(file.slice(slash + 1));
  if (problem !== null) return [`${at} is ${showValue(file)}: ${problem}`];
  const repo = slash === -1 ? '' : file.slice(0, slash);
  return repos.includes(repo)
    ? []
    : [`${at} is ${showValue(file)}: it must begin with a repository of the run: ${repos.join(', ')}`];
}

/** One text per repository of the run. */
export function pullRequestProblems(value: unknown, facts: WorkFacts): string[] {
  if (value === undefined) return [];
  const repos = (value as PullRequestBody[]).map((pull) => pull.repo); // parsed by OUTPUT_SHAPES
  return repos.flatMap((repo, index) => {
    if (!facts.repos.includes(repo))
      return [`pull_requests[${index}].repo: ${unknownName(repo, facts.repos, 'repository')}`];
    return repos.indexOf(repo) === index ? [] : [`pull_requests[${index}].repo: ${repo} is named twice`];
  });
}

function unknownInput(name: string, known: readonly string[]): string {
  const there = known.length === 0 ? 'the plan was given none' : `it was given ${known.join(', ')}`;
  return `${unknownName(name, known, 'input')}; ${there}`;
}

function unknownName(name: string, known: readonly string[], what: string): string {
  const near = nearest(name, known);
  return `there is no ${what} ${showValue(name)}${near === null ? '' : `; did you mean ${near}?`}`;
}

/** One cycle among the tasks, as ids from a task back to itself. */
function cycleOf(plan: PlanBody): string[] | null {
  const waits = new Map(plan.tasks.map((task) => [task.id, task.depends_on]));
  const settled = new Set<string>();
  const isSettled = (id: string): boolean => settled.has(id) || !waits.has(id);
  // In this order whoever stands before something that it waits for runs in circles, or waits for who does.
  for (const { id, depends_on } of sortByDependencies(plan.tasks, (task) => ({
    id: task.id,
    needs: task.depends_on,
  })))
    if (depends_on.every(isSettled)) settled.add(id);
  const start = [...waits.keys()].find((id) => !settled.has(id));
  if (start === undefined) return null;
  const path = new Set([start]);
  for (let at = start; ;) {
    const next = waits.get(at)?.find((need) => !isSettled(need));
    if (next === undefined) return null;
    if (path.has(next)) {
      const ids = [...path];
      return [...ids.slice(ids.indexOf(next)), next];
    }
    path.add(next);
    at = next;
  }
}
