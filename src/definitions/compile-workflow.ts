/**
 * From a workflow file to the graph: ids, order, needs and trees are derived, and what the engine adds by itself
 * is put in: reviews of everything, gates after each writing agent, merges, checks at the ends.
 */
import type { ErrorCode } from '../core/errors.ts';
import type { AgentSummary, Condition, Graph, PhaseId, Step, StepId, Work, Standard } from '../core/graph.ts';
import { asksThePlan } from '../core/conditions.ts';
import { sortByNeeds } from '../core/order.ts';
import { DEFAULT_LIMITS, type Limits } from '../core/limits.ts';
import type { GateSet } from '../core/words.ts';
import type { AgentDefinition } from './agent.ts';
import { canWrite, workersOf } from './check-graph.ts';
import { toBudget } from './budget-schema.ts';
import type { PhasePart } from './expand-workflow.ts';
import { toApprovals } from './approvals-schema.ts';
import { nearest } from './nearest.ts';
import { toLimits } from './limits-schema.ts';
import type {
  AgentStepFile,
  CheckStepFile,
  DeployStepFile,
  GivenStepFile,
  ParallelStepFile,
  StandardFile,
  PlannedStepFile,
  StepFile,
  SubmitStepFile,
  When,
  WorkflowFile,
} from './workflow-schema.ts';
import type { YamlPath, YamlSource } from './yaml-source.ts';

/** Where something is written; `source` is null for the outermost file. */
interface Origin {
  path: YamlPath;
  source: YamlSource | null;
}

/** Something that the file's form could not show. */
interface CompileProblem extends Origin {
  code: ErrorCode | 'W_WHEN_PLANNED';
  message: string;
  fix: string;
}

/** From how many independent faults on a check has them looked into side by side. */
const DEBUG_FROM = 3;

export interface CompiledWorkflow {
  graph: Graph;
  origins: Map<StepId, Origin>;
  problems: CompileProblem[];
}

/**
 * Builds the graph. It is not yet proven: `check-graph.ts` does that without trusting this file.
 * `limits` hold where the workflow says nothing; `parts` are its phases with inner workflows opened.
 */
export function compileWorkflow(
  file: WorkflowFile,
  agents: readonly AgentDefinition[],
  options: { limits: Partial<Limits>; parts: PhasePart[] },
): CompiledWorkflow {
  const builder = new GraphBuilder(file, agents, options.limits);
  for (const part of options.parts) builder.addPhase(part);
  return builder.finish();
}

/** What steps have in common, before the kind of work decides the rest. */
interface Draft {
  id: string;
  title: string;
  work: Work;
  needs: readonly string[];
  when?: Condition | null;
  gates: GateSet;
  expect?: 'red';
  blocking?: boolean;
  reviewers: string[];
}

class GraphBuilder {
  readonly #file: WorkflowFile;
  readonly #agents: Map<string, AgentDefinition>;
  readonly #configured: Partial<Limits>;
  readonly #steps: Step[] = [];
  readonly #phases: Graph['phases'] = [];
  readonly #origins = new Map<StepId, Origin>();
  readonly #problems: CompileProblem[] = [];
  #reviewers: string[] = [];
  #source: YamlSource | null = null;
  #phase: PhaseId = '';
  /** What the phase as a whole depends on. */
  #phaseWhen: Condition | null = null;
  /** The steps that whatever comes next has to wait for. */
  #frontier: StepId[] = [];
  /** The step whose tree comes next; null: the base. */
  #tree: StepId | null = null;

  constructor(file: WorkflowFile, agents: readonly AgentDefinition[], configured: Partial<Limits>) {
    this.#configured = configured;
    this.#file = file;
    this.#agents = new Map(agents.map((agent) => [agent.name, agent]));
  }

  addPhase({ phase, path, source, reviewers, parent }: PhasePart): void {
    this.#source = source;
    this.#reviewers = reviewers;
    if (this.#phases.some((other) => other.id === phase.id)) {
      this.#problem(
        [...path, 'id'],
        'E_CONFIG_VALUE',
        `Two phases are called ${phase.id}.`,
        'Give one of them another id.',
      );
    }
    this.#phase = phase.id;
    this.#phaseWhen = this.#phaseCondition(phase, path);
    const before = this.#steps.length;
    const submits = phase.steps.some((step) => 'submit' in step);
    phase.steps.forEach((step, index) => this.#addStep(step, [...path, 'steps', index]));
    if (phase.steps.length > 0) this.#closePhase(phase, path, submits);
    const steps = this.#steps.slice(before).map((step) => step.id);
    this.#phases.push({
      id: phase.id,
      title: phase.title ?? phase.id,
      deliverable: phase.deliverable ?? '',
      steps,
      ...(parent === null ? {} : { parent: parent.id }),
    });
  }

  /** What is measured at the end of a phase; one that submits ends with the gates of the whole change anyway. */
  #closePhase(phase: PhasePart['phase'], path: YamlPath, submits: boolean): void {
    const standard = phase.standard?.map(toStandard);
    if (submits) {
      const whole = this.#steps.findLast((step) => step.work.kind === 'check');
      if (whole !== undefined && standard !== undefined) whole.standard = standard;
      return;
    }
    const measuresGates = standard?.some(({ measure }) => NEEDS_GATES.includes(measure.kind)) === true;
    const gates = measuresGates ? 'full' : (phase.gates ?? 'none');
    if (gates === 'none' && standard === undefined) return;
    const step = this.#push(path, {
      id: gates === 'none' ? 'standard' : 'gates',
      title: gates === 'none' ? `Standard of ${phase.title ?? phase.id}` : `Gates of ${this.#phase}`,
      work: { kind: 'check', from: 'tree_from' },
      needs: [],
      gates,
      reviewers: this.#reviewers,
    });
    if (standard !== undefined) step.standard = standard;
    this.#frontier = [step.id];
    this.#tree = step.id;
  }

  finish(): CompiledWorkflow {
    const { name, version, start, pause, context, limits, budget, approvals, blocked } = this.#file;
    const steps = sortByNeeds(this.#steps);
    const place = new Map(steps.map((step, index) => [step.id, index]));
    const phases = this.#phases.map((phase) => ({
      ...phase,
      steps: phase.steps.toSorted((a, b) => (place.get(a) ?? 0) - (place.get(b) ?? 0)),
    }));
    const graph: Graph = {
      workflow: name,
      version,
      start: start ?? 'confirm',
      pause: pause ?? 'never',
      context: context ?? 'all',
      phases,
      steps,
      agents: this.#summaries(),
      limits: { ...DEFAULT_LIMITS, ...this.#configured, ...toLimits(limits) },
      ...(budget === undefined ? {} : { budget: toBudget(budget) }),
      ...(approvals === undefined ? {} : { approvals: toApprovals(approvals) }),
      ...(blocked === undefined ? {} : { blocked: this.#routes(blocked) }),
    };
    return { graph, origins: this.#origins, problems: this.#problems };
  }

  /** Only an agent's step can do its work again. */
  #routes(blocked: NonNullable<WorkflowFile['blocked']>): NonNullable<Graph['blocked']> {
    const agents = this.#steps.filter((step) => step.work.kind === 'agent').map((step) => step.id);
    this.#source = null;
    for (const [reason, id] of Object.entries(blocked)) {
      if (id === undefined || agents.includes(id)) continue;
      const near = nearest(id, agents);
      this.#problem(
        ['blocked', reason],
        'E_CONFIG_VALUE',
        `No agent works at ${id}.`,
        near === null ? "Name an agent's step of this workflow." : `Did you mean \`${near}\`?`,
      );
    }
    return Object.fromEntries(Object.entries(blocked).filter(([, id]) => id !== undefined));
  }

  #addStep(step: StepFile, path: YamlPath): void {
    if ('agent' in step) this.#addAgentStep(step, path);
    else if ('parallel' in step) this.#addParallel(step, path);
    else if ('check' in step) this.#addCheck(step, path);
    else if ('planned' in step) this.#addPlanned(step, path);
    else if ('given' in step) this.#addGiven(step, path);
    else if ('submit' in step) this.#addSubmit(step, path);
    else this.#addDeploy(step, path);
  }

  #addAgentStep(file: AgentStepFile, path: YamlPath): void {
    const step = this.#agentStep(file, path);
    this.#frontier = [step.id];
    if (makesTree(step)) this.#tree = step.id;
  }

  #agentStep(file: AgentStepFile, path: YamlPath): Step {
    const agent = this.#agents.get(file.agent);
    // An unknown agent is reported once, by the check of the graph; here it only must not cause more.
    const writes = agent === undefined ? file.changes !== 'forbidden' : canWrite(agent);
    if (agent !== undefined) this.#checkAgentStep(file, writes, path);
    const changes = file.changes ?? (writes ? 'required' : 'forbidden');
    return this.#push(path, {
      id: file.id ?? file.agent,
      title: file.title ?? agent?.title ?? file.agent,
      work: {
        kind: 'agent',
        agent: file.agent,
        output: file.output ?? 'changes',
        changes,
        scopes: file.scopes ?? [],
      },
      needs: file.needs ?? [],
      when: this.#condition(file.when, path),
      gates: file.gates ?? (changes === 'forbidden' ? 'none' : 'quick'),
      ...(file.expect === 'red' ? { expect: 'red' as const } : {}),
      ...(file.blocking === false ? { blocking: false } : {}),
      reviewers: file.reviewers ?? this.#reviewers,
    });
  }

  #checkAgentStep(file: AgentStepFile, writes: boolean, path: YamlPath): void {
    if (!writes && (file.changes === 'required' || file.changes === 'optional')) {
      this.#problem(
        [...path, 'changes'],
        'E_CONFIG_VALUE',
        `${file.agent} may only read: it cannot change files.`,
        'Write `changes: forbidden`, or name a specialist.',
      );
    }
    if (file.expect === 'red' && (!writes || file.changes === 'forbidden' || file.gates === 'none')) {
      this.#problem(
        [...path, 'expect'],
        'E_CONFIG_VALUE',
        `${file.agent} cannot leave a failing test here: it changes no files, or no gates look at them.`,
        'Name a tester, with `gates: quick` or `full`.',
      );
    }
    if (!writes && file.output === undefined) {
      this.#problem(
        path,
        'E_CONFIG_VALUE',
        `${file.agent} may only read: \`output\` has to say what it hands in.`,
        'Write `output: requirements`, `research`, `plan`, …',
      );
    }
    if (file.output === 'review') {
      this.#problem(
        [...path, 'output'],
        'E_CONFIG_VALUE',
        'A `review` is no output: it judges one.',
        'Name the agent under `reviewers:` of the step that it judges.',
      );
    }
  }

  /** A submission depends on nothing: its check of the whole change is never skipped. */
  #phaseCondition(phase: PhasePart['phase'], path: YamlPath): Condition | null {
    if (phase.when === undefined || !phase.steps.some((step) => 'submit' in step))
      return this.#condition(phase.when, path);
    this.#problem(
      [...path, 'when'],
      'E_CONFIG_VALUE',
      `The phase ${phase.id} submits: it cannot be skipped.`,
      'Put the condition at the steps before the submission.',
    );
    return null;
  }

  #condition(when: When | undefined, path: YamlPath): Condition | null {
    if (when === undefined) return null;
    const condition = toCondition(when);
    const said = this.#steps.some(
      (step) => isPlan(step) || (step.work.kind === 'agent' && step.work.output === 'selection'),
    );
    if (!said && asksThePlan(condition)) {
      const message = 'No earlier step hands in a selection or a plan: this will always run.';
      this.#problem(
        [...path, 'when'],
        'W_WHEN_PLANNED',
        message,
        'Put a step with `output: selection` before it.',
      );
    }
    return condition;
  }

  /** All start from the same tree; two or more that write are brought together before anything goes on. */
  #addParallel(file: ParallelStepFile, path: YamlPath): void {
    const steps = file.parallel.map((each, index) => this.#agentStep(each, [...path, 'parallel', index]));
    this.#frontier = steps.map((step) => step.id);
    const sides = steps.filter(makesTree).map((step) => step.id);
    const [only] = sides;
    if (sides.length > 1) this.#addMerge(file, sides, path);
    else if (only !== undefined) this.#tree = only;
    if (file.synthesis !== undefined) this.#addAgentStep(file.synthesis, [...path, 'synthesis']);
  }

  #addMerge(file: ParallelStepFile, sides: StepId[], path: YamlPath): void {
    const names = sides.map((id) => id.slice(id.indexOf('/') + 1));
    const step = this.#push(path, {
      id: `merge-${file.id ?? names.join('-')}`,
      title: `Merge of ${names.join(' and ')}`,
      work: { kind: 'merge', sides },
      needs: [],
      gates: 'quick',
      reviewers: this.#reviewers,
    });
    this.#frontier = [step.id];
    this.#tree = step.id;
  }

  #addCheck(file: CheckStepFile, path: YamlPath): void {
    const when = this.#checkCondition(file, path);
    const base = file.check === 'base';
    const step = this.#push(path, {
      id: file.id ?? (base ? 'whole-change' : 'gates'),
      title: file.title ?? (base ? 'The whole change' : `Gates of ${this.#phase}`),
      work: {
        kind: 'check',
        from: base ? 'base' : 'tree_from',
        ...(file.debug === undefined ? {} : { debug: { from: DEBUG_FROM, ...file.debug } }),
      },
      needs: file.needs ?? [],
      when,
      gates: file.gates ?? 'full',
      reviewers: file.reviewers ?? this.#reviewers,
    });
    this.#frontier = [step.id];
    this.#tree = step.id;
  }

  #checkCondition(file: CheckStepFile, path: YamlPath): Condition | null {
    if (file.when === undefined || !asksThePlan(toCondition(file.when)))
      return this.#condition(file.when, path);
    this.#problem(
      [...path, 'when'],
      'E_CONFIG_VALUE',
      'A check has no agent that a plan could name.',
      'Use `changed`, `concerns` or `effort`.',
    );
    return null;
  }

  /** Stands for tasks that are not known yet: what comes after waits for all of them. */
  #addPlanned(file: PlannedStepFile, path: YamlPath): void {
    const plan = this.#steps.findLast(isPlan);
    if (plan === undefined) {
      this.#problem(
        path,
        'E_CONFIG_VALUE',
        'No earlier step hands in a plan.',
        'Put a step with `output: plan`, or `given: plan`, before it.',
      );
      return;
    }
    const step = this.#push(path, {
      id: file.id ?? 'tasks',
      title: file.title ?? 'The planned tasks',
      work: { kind: 'planned', plan: plan.id, gates: file.gates ?? 'quick', agents: file.agents },
      needs: [...(file.needs ?? []), plan.id],
      when: this.#condition(file.when, path),
      gates: 'none',
      reviewers: file.reviewers ?? this.#reviewers,
    });
    this.#frontier = [step.id];
    this.#tree = step.id;
  }

  /** Inside another workflow the plan is there already. */
  #addGiven(file: GivenStepFile, path: YamlPath): void {
    if (this.#steps.some(isPlan)) return;
    const step = this.#push(path, {
      id: file.id ?? 'plan',
      title: file.title ?? 'The plan',
      work: { kind: 'given', output: file.given },
      needs: [],
      gates: 'none',
      reviewers: [],
    });
    this.#frontier = [step.id];
  }

  #addSubmit(file: SubmitStepFile, path: YamlPath): void {
    const last = this.#steps.at(-1);
    const isWhole = last?.work.kind === 'check' && last.work.from === 'base' && last.when === null;
    if (!isWhole) this.#addCheck({ check: 'base' }, path);
    const step = this.#push(path, {
      id: file.id ?? 'submit',
      title: file.title ?? 'Submission',
      work: { kind: 'submit' },
      needs: file.needs ?? [],
      gates: 'none',
      reviewers: [],
    });
    this.#frontier = [step.id];
  }

  /** Of what the last check of the whole change accepted; where there is none since, it is put before. */
  #addDeploy(file: DeployStepFile, path: YamlPath): void {
    const last = this.#steps.findLast(({ work }) => work.kind !== 'submit' && work.kind !== 'deploy')?.work;
    if (last?.kind !== 'check' || last.from !== 'base')
      this.#addCheck({ check: 'base', id: `before-${file.deploy}` }, path);
    const step = this.#push(path, {
      id: file.id ?? `deploy-${file.deploy}`,
      title: file.title ?? `Deployment to ${file.deploy}`,
      work: { kind: 'deploy', environment: file.deploy },
      needs: file.needs ?? [],
      gates: 'none',
      reviewers: [],
    });
    this.#frontier = [step.id];
  }

  #push(path: YamlPath, draft: Draft): Step {
    const id = `${this.#phase}/${draft.id}`;
    if (this.#steps.some((step) => step.id === id)) {
      this.#problem(
        path,
        'E_CONFIG_VALUE',
        `Two steps are called ${id}.`,
        'Give one of them an `id` of its own.',
      );
    }
    const written = draft.needs.map((need) => (need.includes('/') ? need : `${this.#phase}/${need}`));
    const step: Step = {
      id,
      phase: this.#phase,
      title: draft.title,
      work: draft.work,
      needs: [...new Set([...this.#frontier, ...written])],
      tree_from: this.#tree,
      when: both(this.#phaseWhen, draft.when ?? null),
      gates: draft.gates,
      ...(draft.expect === undefined ? {} : { expect: draft.expect }),
      ...(draft.blocking === undefined ? {} : { blocking: draft.blocking }),
      reviewers: [...new Set(draft.reviewers)],
    };
    this.#steps.push(step);
    this.#origins.set(id, { path, source: this.#source });
    return step;
  }

  /** Only the agents that the graph names, so that its hash does not change with others. */
  #summaries(): Record<string, AgentSummary> {
    const named = this.#steps.flatMap((step) => [...workersOf(step), ...step.reviewers]);
    const summaries: Record<string, AgentSummary> = {};
    for (const name of [...new Set(named)].sort()) {
      const agent = this.#agents.get(name);
      if (agent === undefined) continue;
      const { title, role, access, hash } = agent;
      summaries[name] = { name, title, role, access, definition_hash: hash };
    }
    return summaries;
  }

  #problem(path: YamlPath, code: CompileProblem['code'], message: string, fix: string): void {
    this.#problems.push({ path, source: this.#source, code, message, fix });
  }
}

/** Measures that read what the gates of the same pass found. */
const NEEDS_GATES: readonly string[] = ['gates_green', 'tests_added', 'criteria_covered', 'success_criteria'];

function toStandard({ id, title, measure }: StandardFile): Standard {
  return typeof measure === 'string'
    ? { id, title, measure: { kind: measure } }
    : { id, title, measure: { kind: 'outputs', outputs: measure.outputs } };
}

function makesTree(step: Step): boolean {
  return step.work.kind === 'agent' && step.work.changes !== 'forbidden';
}

function isPlan({ work }: Step): boolean {
  return (work.kind === 'agent' || work.kind === 'given') && work.output === 'plan';
}

function both(phase: Condition | null, own: Condition | null): Condition | null {
  if (phase === null || own === null) return phase ?? own;
  return { kind: 'all', of: [phase, own] };
}

function toCondition(when: When): Condition {
  if (when === 'planned') return { kind: 'planned' };
  if ('changed' in when) return { kind: 'changed', paths: when.changed };
  if ('concerns' in when) return { kind: 'concerns', names: when.concerns };
  if ('effort' in when) return { kind: 'effort', tiers: when.effort };
  if ('any' in when) return { kind: 'any', of: when.any.map(toCondition) };
  if ('all' in when) return { kind: 'all', of: when.all.map(toCondition) };
  return { kind: 'not', of: toCondition(when.not) };
}
