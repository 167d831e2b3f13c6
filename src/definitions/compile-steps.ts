/** What each form of a step in a workflow file becomes. What the engine adds by itself is put in here. */
import type { Condition, Step, StepId } from '../core/graph.ts';
import { PLANNED_MODULES } from '../core/checks/lanes.ts';
import { asksThePlan } from '../core/conditions/conditions.ts';
import { canWrite } from './check-graph.ts';
import { toCondition } from './compile-conditions.ts';
import type { StepLine } from './step-line.ts';
import type {
  AgentStepFile,
  CheckStepFile,
  DeployStepFile,
  GivenStepFile,
  ParallelStepFile,
  PlannedStepFile,
  StepFile,
  SubmitStepFile,
  When,
} from './workflow-schema.ts';
import type { YamlPath } from './yaml-source.ts';

/** From how many independent faults on a check has them looked into side by side. */
const DEBUG_FROM = 3;

/** Adds the step, and whatever the engine puts beside it. */
export function addStep(line: StepLine, step: StepFile, path: YamlPath): void {
  if ('agent' in step) addAgentStep(line, step, path);
  else if ('parallel' in step) addParallel(line, step, path);
  else if ('check' in step) addCheck(line, step, path);
  else if ('planned' in step) addPlanned(line, step, path);
  else if ('given' in step) addGiven(line, step, path);
  else if ('submit' in step) addSubmit(line, step, path);
  else addDeploy(line, step, path);
}

function addAgentStep(line: StepLine, file: AgentStepFile, path: YamlPath): void {
  const step = agentStep(line, file, path);
  line.frontier = [step.id];
  if (makesTree(step)) line.tree = step.id;
}

function agentStep(line: StepLine, file: AgentStepFile, path: YamlPath): Step {
  const agent = line.agents.get(file.agent);
  // An unknown agent is reported once, by the check of the graph; here it only must not cause more.
  const writes = agent === undefined ? file.changes !== 'forbidden' : canWrite(agent);
  if (agent !== undefined) checkAgentStep(line, file, writes, path);
  const changes = file.changes ?? (writes ? 'required' : 'forbidden');
  return line.push(path, {
    id: file.id ?? file.agent,
    title: file.title ?? agent?.title ?? file.agent,
    work: {
      kind: 'agent',
      agent: file.agent,
      output: file.output ?? 'changes',
      changes,
      scopes: file.scopes ?? [],
      ...(file.module === undefined ? {} : { module: file.module }),
      ...(file.layer === undefined ? {} : { layer: file.layer }),
      ...(file.outside_scopes === undefined ? {} : { outside_scopes: file.outside_scopes }),
      ...(file.output === 'plan' && line.planning !== null ? { planning: line.planning } : {}),
    },
    needs: file.needs ?? [],
    when: compileCondition(line, file.when, path),
    gates: file.gates ?? (changes === 'forbidden' ? 'none' : 'quick'),
    ...(file.expect === 'red' ? { expect: 'red' as const } : {}),
    ...(file.blocking === false ? { blocking: false } : {}),
    reviewers: file.reviewers ?? line.reviewers,
  });
}

function checkAgentStep(line: StepLine, file: AgentStepFile, writes: boolean, path: YamlPath): void {
  if (!writes && (file.changes === 'required' || file.changes === 'optional')) {
    line.problem(
      [...path, 'changes'],
      'E_CONFIG_VALUE',
      `${file.agent} may only read: it cannot change files.`,
      'Write `changes: forbidden`, or name a specialist.',
    );
  }
  if (file.expect === 'red' && (!writes || file.changes === 'forbidden' || file.gates === 'none')) {
    line.problem(
      [...path, 'expect'],
      'E_CONFIG_VALUE',
      `${file.agent} cannot leave a failing test here: it changes no files, or no gates look at them.`,
      'Name a tester, with `gates: quick` or `full`.',
    );
  }
  const lane = (['scopes', 'module', 'layer'] as const).find((key) => file[key] !== undefined);
  if (lane !== undefined && (!writes || file.changes === 'forbidden' || file.gates === 'none')) {
    line.problem(
      [...path, lane],
      'E_CONFIG_VALUE',
      `\`${lane}\` bounds nothing here: ${file.agent} changes no files, or no gates look at them.`,
      'Take it out, or name an agent that writes, with `gates: quick` or `full`.',
    );
  }
  if (file.module?.startsWith('@') === true && (file.module !== PLANNED_MODULES || !isSaid(line))) {
    line.problem(
      [...path, 'module'],
      'E_CONFIG_VALUE',
      `No earlier step says which modules ${file.module} is.`,
      `Write \`${PLANNED_MODULES}\` behind a step with \`output: selection\` or \`plan\`, or the name of a module.`,
    );
  }
  if (file.module === PLANNED_MODULES && !(file.when !== undefined && asksThePlan(toCondition(file.when)))) {
    line.problem(
      [...path, 'module'],
      'E_CONFIG_VALUE',
      `A selection says nothing of an agent that runs in every case, so ${PLANNED_MODULES} would bind it to nothing.`,
      'Write `when: planned` beside it, or name the module.',
    );
  }
  if (!writes && file.output === undefined) {
    line.problem(
      path,
      'E_CONFIG_VALUE',
      `${file.agent} may only read: \`output\` has to say what it hands in.`,
      'Write `output: requirements`, `research`, `plan`, …',
    );
  }
  if (file.output === 'review') {
    line.problem(
      [...path, 'output'],
      'E_CONFIG_VALUE',
      'A `review` is no output: it judges one.',
      'Name the agent under `reviewers:` of the step that it judges.',
    );
  }
}

export function compileCondition(line: StepLine, when: When | undefined, path: YamlPath): Condition | null {
  if (when === undefined) return null;
  const condition = toCondition(when);
  if (!isSaid(line) && asksThePlan(condition)) {
    const message = 'No earlier step hands in a selection or a plan: this will always run.';
    line.problem(
      [...path, 'when'],
      'W_WHEN_PLANNED',
      message,
      'Put a step with `output: selection` before it.',
    );
  }
  return condition;
}

/** Whether a selection or a plan was handed in before. */
function isSaid(line: StepLine): boolean {
  return line.steps.some(
    (step) => isPlan(step) || (step.work.kind === 'agent' && step.work.output === 'selection'),
  );
}

/** All start from the same tree; two or more that write are brought together before anything goes on. */
function addParallel(line: StepLine, file: ParallelStepFile, path: YamlPath): void {
  const steps = file.parallel.map((each, index) => agentStep(line, each, [...path, 'parallel', index]));
  line.frontier = steps.map((step) => step.id);
  const sides = steps.filter(makesTree).map((step) => step.id);
  const [only] = sides;
  if (sides.length > 1) addMerge(line, file, sides, path);
  else if (only !== undefined) line.tree = only;
  if (file.synthesis !== undefined) addAgentStep(line, file.synthesis, [...path, 'synthesis']);
}

function addMerge(line: StepLine, file: ParallelStepFile, sides: StepId[], path: YamlPath): void {
  const names = sides.map((id) => id.slice(id.indexOf('/') + 1));
  const step = line.push(path, {
    id: `merge-${file.id ?? names.join('-')}`,
    title: `Merge of ${names.join(' and ')}`,
    work: { kind: 'merge', sides },
    needs: [],
    gates: 'quick',
    reviewers: line.reviewers,
  });
  line.frontier = [step.id];
  line.tree = step.id;
}

function addCheck(line: StepLine, file: CheckStepFile, path: YamlPath): void {
  const when = checkCondition(line, file, path);
  const base = file.check === 'base';
  const step = line.push(path, {
    id: file.id ?? (base ? 'whole-change' : 'gates'),
    title: file.title ?? (base ? 'The whole change' : `Gates of ${line.phase}`),
    work: {
      kind: 'check',
      from: base ? 'base' : 'tree_from',
      ...(file.debug === undefined ? {} : { debug: { from: DEBUG_FROM, ...file.debug } }),
    },
    needs: file.needs ?? [],
    when,
    gates: file.gates ?? 'full',
    reviewers: file.reviewers ?? line.reviewers,
  });
  line.frontier = [step.id];
  line.tree = step.id;
}

function checkCondition(line: StepLine, file: CheckStepFile, path: YamlPath): Condition | null {
  if (file.when === undefined || !asksThePlan(toCondition(file.when)))
    return compileCondition(line, file.when, path);
  line.problem(
    [...path, 'when'],
    'E_CONFIG_VALUE',
    'A check has no agent that a plan could name.',
    'Use `changed`, `concerns` or `effort`.',
  );
  return null;
}

type PlannedWork = Extract<Step['work'], { kind: 'planned' }>;

/** Whether the step stands for the tasks of this plan. */
function isPlannedFor(work: Step['work'], plan: StepId): work is PlannedWork {
  return work.kind === 'planned' && work.plan === plan;
}

function sameAgents({ agents }: PlannedWork, others: readonly string[]): boolean {
  return agents.every((name) => others.includes(name)) && others.every((name) => agents.includes(name));
}

/** Stands for tasks that are not known yet: what comes after waits for all of them. */
function addPlanned(line: StepLine, file: PlannedStepFile, path: YamlPath): void {
  const plan = line.steps.findLast(isPlan);
  if (plan === undefined) {
    line.problem(
      path,
      'E_CONFIG_VALUE',
      'No earlier step hands in a plan.',
      'Put a step with `output: plan`, or `given: plan`, before it.',
    );
    return;
  }
  const other = line.steps.find(({ work }) => isPlannedFor(work, plan.id) && !sameAgents(work, file.agents));
  if (other !== undefined) {
    line.problem(
      path,
      'E_CONFIG_VALUE',
      `${other.id} stands for the tasks of the same plan with other agents: no task could be done in both.`,
      'Name the same `agents` in both, or let one step have all of them.',
    );
    return;
  }
  const step = line.push(path, {
    id: file.id ?? 'tasks',
    title: file.title ?? 'The planned tasks',
    work: { kind: 'planned', plan: plan.id, gates: file.gates ?? 'quick', agents: file.agents },
    needs: [...(file.needs ?? []), plan.id],
    when: compileCondition(line, file.when, path),
    gates: 'none',
    reviewers: file.reviewers ?? line.reviewers,
  });
  line.frontier = [step.id];
  line.tree = step.id;
}

/** Inside another workflow the plan is there already. */
function addGiven(line: StepLine, file: GivenStepFile, path: YamlPath): void {
  if (line.steps.some(isPlan)) return;
  const step = line.push(path, {
    id: file.id ?? 'plan',
    title: file.title ?? 'The plan',
    work: { kind: 'given', output: file.given },
    needs: [],
    gates: 'none',
    reviewers: [],
  });
  line.frontier = [step.id];
}

function addSubmit(line: StepLine, file: SubmitStepFile, path: YamlPath): void {
  if (!isJudged(line, line.steps.at(-1))) addCheck(line, { check: 'base' }, path);
  const step = line.push(path, {
    id: file.id ?? 'submit',
    title: file.title ?? 'Submission',
    work: { kind: 'submit' },
    needs: file.needs ?? [],
    gates: 'none',
    reviewers: [],
  });
  line.frontier = [step.id];
}

/** Of what the last check of the whole change accepted; where there is none since, it is put before. */
function addDeploy(line: StepLine, file: DeployStepFile, path: YamlPath): void {
  const last = line.steps.findLast(({ work }) => work.kind !== 'submit' && work.kind !== 'deploy');
  if (!isJudged(line, last)) {
    if (line.phaseWhen !== null) return refuseSkippable(line, file, path);
    addCheck(line, { check: 'base', id: `before-${file.deploy}` }, path);
  }
  const step = line.push(path, {
    id: file.id ?? `deploy-${file.deploy}`,
    title: file.title ?? `Deployment to ${file.deploy}`,
    work: { kind: 'deploy', environment: file.deploy },
    needs: file.needs ?? [],
    gates: 'none',
    reviewers: [],
  });
  line.frontier = [step.id];
}

function refuseSkippable(line: StepLine, { deploy }: DeployStepFile, path: YamlPath): void {
  line.problem(
    path,
    'E_CONFIG_VALUE',
    `The phase ${line.phase} may be skipped, and with it the check of the whole change that its deployment to ${deploy} needs.`,
    'Take `when` out of the phase and of the one that stands for its workflow, or deploy in a phase of its own, right behind the submission.',
  );
}

/** A standard is measured by a check of its own phase. */
function isJudged(line: StepLine, last: Step | undefined): boolean {
  return last !== undefined && isWholeCheck(last) && (!line.isMeasured || last.phase === line.phase);
}

/** Whether it looks at everything since the base, and cannot be skipped. */
export function isWholeCheck({ work, when }: Step): boolean {
  return work.kind === 'check' && work.from === 'base' && when === null;
}

function makesTree(step: Step): boolean {
  return step.work.kind === 'agent' && step.work.changes !== 'forbidden';
}

function isPlan({ work }: Step): boolean {
  return (work.kind === 'agent' || work.kind === 'given') && work.output === 'plan';
}
