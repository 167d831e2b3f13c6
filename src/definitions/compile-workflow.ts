/**
 * From a workflow file to the graph: ids, order, needs and trees are derived, and what the engine adds by itself
 * is put in: reviews of everything, gates after each writing agent, merges, checks at the ends.
 */
import type { AgentSummary, Condition, Graph, PhaseId, StepId } from '../core/graph.ts';
import { DEFAULT_LIMITS, type Limits } from '../core/limits.ts';
import { sortByNeeds } from '../core/graph/order.ts';
import { summaryOf, type AgentDefinition } from './agent.ts';
import { toApprovals } from './approvals-schema.ts';
import { toBudget } from './budget-schema.ts';
import { workersOf } from './check-graph.ts';
import { toStandard } from './compile-conditions.ts';
import { addStep, compileCondition, isWholeCheck } from './compile-steps.ts';
import type { PhasePart } from './expand-workflow.ts';
import { toLimits } from './limits-schema.ts';
import { nearest } from './nearest.ts';
import { checkGuides, type WrittenGuide } from './planning-schema.ts';
import { StepLine, type CompileProblem, type Origin } from './step-line.ts';
import type { WorkflowFile } from './workflow-schema.ts';
import type { YamlPath, YamlSource } from './yaml-source.ts';

/** Measures that read what the gates of the same pass found. */
const NEEDS_GATES: readonly string[] = [
  'gates_green',
  'tests_added',
  'criteria_covered',
  'success_criteria',
  'coverage',
];

export interface CompileOptions {
  /** They hold where the workflow says nothing. */
  limits: Partial<Limits>;
  /** Its phases with inner workflows opened. */
  parts: PhasePart[];
  /** Kinds of review that it and those inside it demand. */
  requiredReviews: string[][];
  /** What it and those inside it hold plans to. */
  guides: WrittenGuide[];
}

export interface CompiledWorkflow {
  graph: Graph;
  origins: Map<StepId, Origin>;
  problems: CompileProblem[];
}

/** Builds the graph. It is not yet proven: `check-graph.ts` does that without trusting this file. */
export function compileWorkflow(
  file: WorkflowFile,
  agents: readonly AgentDefinition[],
  options: CompileOptions,
): CompiledWorkflow {
  const builder = new GraphBuilder(file, agents, options);
  for (const part of options.parts) builder.addPhase(part);
  return builder.finish();
}

class GraphBuilder {
  readonly #file: WorkflowFile;
  readonly #options: CompileOptions;
  readonly #line: StepLine;
  readonly #phases: Graph['phases'] = [];
  readonly #areas: Record<string, string[]> = {};
  /** Where each phase is written. */
  readonly #sources = new Map<PhaseId, YamlSource | null>();

  constructor(file: WorkflowFile, agents: readonly AgentDefinition[], options: CompileOptions) {
    this.#options = options;
    this.#file = file;
    this.#line = new StepLine(agents);
  }

  addPhase({ phase, path, source, reviewers, areas, planning, parent, own }: PhasePart): void {
    if (areas.length > 0)
      for (const reviewer of reviewers)
        this.#areas[reviewer] = [...new Set([...(this.#areas[reviewer] ?? []), ...areas])];
    this.#line.source = source;
    this.#line.reviewers = reviewers;
    this.#line.planning = planning;
    if (this.#phases.some((other) => other.id === phase.id)) {
      this.#line.problem(
        [...path, 'id'],
        'E_CONFIG_VALUE',
        `Two phases are called ${phase.id}.`,
        'Give one of them another id.',
      );
    }
    this.#line.phase = phase.id;
    this.#line.isMeasured = phase.standard !== undefined;
    this.#line.phaseWhen = this.#phaseCondition(phase, path);
    const before = this.#line.steps.length;
    phase.steps.forEach((step, index) => addStep(this.#line, step, [...path, 'steps', index]));
    if (phase.steps.length > 0) this.#closePhase(phase, path);
    const steps = this.#line.steps.slice(before).map((step) => step.id);
    this.#phases.push({
      id: phase.id,
      title: phase.title ?? phase.id,
      deliverable: phase.deliverable ?? '',
      steps,
      ...(parent === null ? {} : { parent: parent.id }),
      ...(own.blocked === undefined ? {} : { blocked: own.blocked }),
      ...(own.outside_scopes === undefined ? {} : { outside_scopes: own.outside_scopes }),
    });
    this.#sources.set(phase.id, source);
  }

  /** What is measured at the end of a phase; one that submits or deploys does so after the gates of the whole change. */
  #closePhase(phase: PhasePart['phase'], path: YamlPath): void {
    const standard = phase.standard?.map(toStandard);
    if (phase.steps.some((step) => 'submit' in step || 'deploy' in step)) {
      const whole = this.#line.steps.findLast(isWholeCheck);
      if (whole !== undefined && standard !== undefined) whole.standard = standard;
      return;
    }
    const measuresGates = standard?.some(({ measure }) => NEEDS_GATES.includes(measure.kind)) === true;
    const gates = measuresGates ? 'full' : (phase.gates ?? 'none');
    if (gates === 'none' && standard === undefined) return;
    const step = this.#line.push(path, {
      id: gates === 'none' ? 'standard' : 'gates',
      title: `${gates === 'none' ? 'Standard' : 'Gates'} of ${phase.title ?? phase.id}`,
      work: { kind: 'check', from: 'tree_from' },
      needs: [],
      gates,
      reviewers: this.#line.reviewers,
    });
    if (standard !== undefined) step.standard = standard;
    this.#line.frontier = [step.id];
    this.#line.tree = step.id;
  }

  finish(): CompiledWorkflow {
    const { name, version, start, pause, context, limits, budget, approvals, blocked } = this.#file;
    const { outside_scopes, compliance, guides } = this.#file;
    const { requiredReviews, guides: planningGuides } = this.#options;
    checkGuides(this.#line, planningGuides);
    const steps = sortByNeeds(this.#line.steps);
    const place = new Map(steps.map((step, index) => [step.id, index]));
    const phases = this.#phases.map(({ blocked: own, ...phase }) => ({
      ...phase,
      ...(own === undefined ? {} : { blocked: this.#routes(own, this.#sources.get(phase.id) ?? null) }),
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
      limits: { ...DEFAULT_LIMITS, ...this.#options.limits, ...toLimits(limits) },
      ...(requiredReviews.length === 0 ? {} : { required_reviews: requiredReviews }),
      ...(Object.keys(this.#areas).length === 0 ? {} : { review_areas: this.#areas }),
      ...(budget === undefined ? {} : { budget: toBudget(budget) }),
      ...(approvals === undefined ? {} : { approvals: toApprovals(approvals) }),
      ...(blocked === undefined ? {} : { blocked: this.#routes(blocked, null) }),
      ...(outside_scopes === undefined ? {} : { outside_scopes }),
      ...(compliance === undefined ? {} : { compliance }),
      ...(guides === undefined ? {} : { guides: guides.map((each) => [each].flat()) }),
    };
    return { graph, origins: this.#line.origins, problems: this.#line.problems };
  }

  /** Only an agent's step can do its work again. */
  #routes(
    blocked: NonNullable<WorkflowFile['blocked']>,
    source: YamlSource | null,
  ): NonNullable<Graph['blocked']> {
    const agents = this.#line.steps.filter((step) => step.work.kind === 'agent').map((step) => step.id);
    this.#line.source = source;
    for (const [reason, id] of Object.entries(blocked)) {
      if (id === undefined || agents.includes(id)) continue;
      const near = nearest(id, agents);
      this.#line.problem(
        ['blocked', reason],
        'E_CONFIG_VALUE',
        `No agent works at ${id}.`,
        near === null ? "Name an agent's step of this workflow." : `Did you mean \`${near}\`?`,
      );
    }
    return Object.fromEntries(Object.entries(blocked).filter(([, id]) => id !== undefined));
  }

  /** A submission depends on nothing: its check of the whole change is never skipped. */
  #phaseCondition(phase: PhasePart['phase'], path: YamlPath): Condition | null {
    if (phase.when === undefined || !phase.steps.some((step) => 'submit' in step))
      return compileCondition(this.#line, phase.when, path);
    this.#line.problem(
      [...path, 'when'],
      'E_CONFIG_VALUE',
      `The phase ${phase.id} submits: it cannot be skipped.`,
      'Put the condition at the steps before the submission.',
    );
    return null;
  }

  /** Only the agents that the graph names, so that its hash does not change with others. */
  #summaries(): Record<string, AgentSummary> {
    const named = this.#line.steps.flatMap((step) => [...workersOf(step), ...step.reviewers]);
    const summaries: Record<string, AgentSummary> = {};
    for (const name of [...new Set(named)].sort()) {
      const agent = this.#line.agents.get(name);
      if (agent !== undefined) summaries[name] = summaryOf(agent);
    }
    return summaries;
  }
}
