/** The steps compiled so far, what the next one has to wait for, and whose tree it starts from. */
import type { ErrorCode } from '../core/errors.ts';
import type { Condition, PhaseId, Step, StepId, Work } from '../core/graph.ts';
import type { PlanningGuide } from '../core/plan/guide.ts';
import type { GateSet } from '../core/words.ts';
import type { AgentDefinition } from './agent.ts';
import { both } from './compile-conditions.ts';
import type { YamlPath, YamlSource } from './yaml-source.ts';

/** Where something is written; `source` is null for the outermost file. */
export interface Origin {
  path: YamlPath;
  source: YamlSource | null;
}

/** Something that the file's form could not show. */
export interface CompileProblem extends Origin {
  code: ErrorCode | 'W_WHEN_PLANNED';
  message: string;
  fix: string;
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

export class StepLine {
  readonly agents: ReadonlyMap<string, AgentDefinition>;
  readonly steps: Step[] = [];
  readonly origins = new Map<StepId, Origin>();
  readonly problems: CompileProblem[] = [];
  /** Who reviews where a step names nobody. */
  reviewers: string[] = [];
  /** What a plan that is handed in here is held to. */
  planning: PlanningGuide | null = null;
  source: YamlSource | null = null;
  phase: PhaseId = '';
  /** What the phase as a whole depends on. */
  phaseWhen: Condition | null = null;
  /** Whether the phase has a standard, which is measured within it. */
  isMeasured = false;
  /** The steps that whatever comes next has to wait for. */
  frontier: StepId[] = [];
  /** The step whose tree comes next; null: the base. */
  tree: StepId | null = null;

  constructor(agents: readonly AgentDefinition[]) {
    this.agents = new Map(agents.map((agent) => [agent.name, agent]));
  }

  push(path: YamlPath, draft: Draft): Step {
    const id = `${this.phase}/${draft.id}`;
    if (this.steps.some((step) => step.id === id)) {
      this.problem(
        path,
        'E_CONFIG_VALUE',
        `Two steps are called ${id}.`,
        'Give one of them an `id` of its own.',
      );
    }
    const written = draft.needs.map((need) => (need.includes('/') ? need : `${this.phase}/${need}`));
    const step: Step = {
      id,
      phase: this.phase,
      title: draft.title,
      work: draft.work,
      needs: [...new Set([...this.frontier, ...written])],
      tree_from: this.tree,
      when: both(this.phaseWhen, draft.when ?? null),
      gates: draft.gates,
      ...(draft.expect === undefined ? {} : { expect: draft.expect }),
      ...(draft.blocking === undefined ? {} : { blocking: draft.blocking }),
      reviewers: [...new Set(draft.reviewers)],
    };
    this.steps.push(step);
    this.origins.set(id, { path, source: this.source });
    return step;
  }

  problem(path: YamlPath, code: CompileProblem['code'], message: string, fix: string): void {
    this.problems.push({ path, source: this.source, code, message, fix });
  }
}
