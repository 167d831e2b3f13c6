/**
 * The run's graph: a workflow after it was loaded, checked and compiled. Plain data, stored as it is in
 * event 1, so that editing files never changes a run in flight.
 */
import type {
  Access,
  BlockedReason,
  Compliance,
  Concern,
  Effort,
  GateSet,
  OutsideScopes,
  Role,
  TestLayer,
} from './words.ts';
import type { Budget } from './budget/budget.ts';
import type { Limits } from './limits.ts';
import type { PlanningGuide } from './plan/guide.ts';
import type { PlannedTask, RevisionId } from './results.ts';

/** `phase/step`, lower case. Never an index: added work must not shift another step's id. */
export type StepId = string;
export type PhaseId = string;

export interface Graph {
  workflow: string;
  version: number;
  /** `confirm`: no invocation before the recorded answer of a person. `launch`: starts at once. */
  start: 'confirm' | 'launch';
  pause: 'never' | 'each_phase';
  /** What a prompt carries: every accepted output among the step's ancestors, or only those of the direct needs. */
  context: 'all' | 'needs';
  phases: Phase[];
  /** In an order in which every step comes after its needs. */
  steps: Step[];
  agents: Record<string, AgentSummary>;
  limits: Limits;
  /** The step that does its work again where an agent is blocked for this reason; else a person is asked. */
  blocked?: Partial<Record<BlockedReason, StepId>>;
  /** What a reviewer has to say something about in every verdict, by its name. */
  review_areas?: Record<string, string[]>;
  /** Kinds of review that the whole change has to have before it leaves the run; those of one list in this order. */
  required_reviews?: string[][];
  /** What the whole run may spend; absent: not bounded. */
  budget?: Budget;
  /** The workflow that it is a part of, cut down to one specialist; absent: it is whole. */
  cut_from?: string;
  /** Absent in older journals. */
  approvals?: ApprovalRule[];
  /** What an edit outside the scopes of a step is, where the step says nothing; absent: `refuse`. */
  outside_scopes?: OutsideScopes;
  /** Files that every repository has to have, for every agent to read first; of several in one entry, the first that is there. */
  guides?: string[][];
  /** What every change is held to. */
  compliance?: Compliance[];
  /** Of a run that ends with its plan: the workflow that the plan has to fit into. */
  plan_for?: Graph;
}

/** What nobody may leave changed without a person's approval of exactly that part. */
export interface ApprovalRule {
  id: string;
  title: string;
  /** Of the path in its repository, or of `repo/path`. A glob without a slash matches the file name. */
  paths: string[];
  /** true: cannot be approved at all. */
  refuse: boolean;
}

export interface Phase {
  id: PhaseId;
  title: string;
  /** One sentence: what this phase hands over. */
  deliverable: string;
  steps: StepId[];
  /** The phase that the workflow was written as which this one comes from; left out: it stands in the workflow itself. */
  parent?: PhaseId;
  /** What the workflow that it comes from says for its own phases; the graph's own word comes before. */
  blocked?: Graph['blocked'];
  outside_scopes?: OutsideScopes;
}

/** The phase that holds the step. */
export function phaseOf(graph: Graph, { phase }: Step): Phase | undefined {
  return graph.phases.find((each) => each.id === phase);
}

/** What the pure core needs to know of an agent; the definition itself lies in the run's snapshot. */
export interface AgentSummary {
  name: string;
  title: string;
  role: Role;
  access: Access;
  /** sha256 of the definition: who reviewed must not be who wrote. */
  definition_hash: string;
  /** Of a reviewer: the kinds of review that it gives; left out: `code`. */
  reviews?: string[];
}

/** Everything a phase is made of goes through the same life: work, gates, reviews, accepted. */
export interface Step {
  id: StepId;
  phase: PhaseId;
  title: string;
  work: Work;
  /** Steps that have to be settled (accepted or skipped) first. */
  needs: StepId[];
  /** The step whose accepted revision this one starts from; null: the run's base. A skipped one passes on its own. */
  tree_from: StepId | null;
  /** null: always runs. */
  when: Condition | null;
  gates: GateSet;
  /** `red`: its new named tests have to fail, and there has to be one; the steps behind have to make them pass. */
  expect?: 'red';
  /** What its phase has to hand over; measured with the gates. */
  standard?: Standard[];
  /** Agents that review this step's output, one after the other, in this order. Never empty where `work` is an agent's. */
  reviewers: string[];
  /** false: where it cannot be finished it is an issue in the report, and holds nobody back. Left out: true. */
  blocking?: boolean;
  /** What the accepted plan says of this step, where it came from one. */
  task?: PlannedTask;
  /** The planned step that this one was put before: a task, or a merge for one. */
  planned_by?: StepId;
}

/** One thing that a phase has to hand over, and how the engine measures it. */
export interface Standard {
  id: string;
  title: string;
  measure: Measure;
}

export type Measure =
  | {
      kind:
        | 'gates_green'
        | 'tests_added'
        | 'docs_changed'
        | 'criteria_numbered'
        | 'criteria_covered'
        | 'plan_complete'
        | 'success_criteria';
    }
  | { kind: 'outputs'; outputs: string[] }
  /** Of the changed lines, in percent. */
  | { kind: 'coverage'; percent: number };

/** Whether the engine measures something between the work of this step and its review. */
export function isMeasured(step: Step): boolean {
  return step.gates !== 'none' || (step.standard ?? []).length > 0;
}

/** The steps whose trees this one builds on. */
export function treesOf({ tree_from, work }: Pick<Step, 'tree_from' | 'work'>): StepId[] {
  const sides = work.kind === 'merge' ? work.sides : [];
  return tree_from === null ? sides : [tree_from, ...sides];
}

export type Work =
  | {
      kind: 'agent';
      agent: string;
      output: string;
      changes: 'required' | 'optional' | 'forbidden';
      /** Where it may change files; empty: anywhere. */
      scopes: string[];
      /**
       * A module of `baton.yaml`, by name or path, or a repository: nothing outside of it may be changed.
       * `@planned`: those that the accepted selection or plan names for this agent.
       */
      module?: string;
      /** New and changed tests have to lie where this layer's do. */
      layer?: TestLayer;
      outside_scopes?: OutsideScopes;
      /** What a plan that it hands in is held to. */
      planning?: PlanningGuide;
    }
  /**
   * Brings parallel branches together; conflict-free or not at all. `onto`: brings one that was built on the base `from` together
   * with the base that there is now, `to`, which it starts from. `pointers`: changes nothing of its one side but where these submodules
   * point, to what will be submitted of the repositories that they are.
   */
  | {
      kind: 'merge';
      sides: StepId[];
      onto?: { from: RevisionId; to: RevisionId };
      pointers?: { repo: string; path: string; of: string }[];
    }
  /** No author: gates and reviews on what is there, `from` the run's base or the phase's start. `answers`: it begins with findings. */
  | { kind: 'check'; from: 'base' | 'tree_from'; debug?: Debugging; answers?: true }
  /** Stands for the tasks of an accepted plan: they are put before it, and it hands on what they left. */
  | { kind: 'planned'; plan: StepId; gates: Exclude<GateSet, 'none'>; agents: string[] }
  /** What a person handed in at the start, in place of an agent's output. */
  | { kind: 'given'; output: string }
  | { kind: 'submit' }
  /** The engine runs the configured command of this environment, after an approval of the head. */
  | { kind: 'deploy'; environment: string };

/** Who looks into the failures of a check side by side, and from how many independent ones on. */
export interface Debugging {
  agent: string;
  from: number;
}

/**
 * When a conditional step runs. A missing fact counts as "run": nothing is skipped in silence.
 * `planned`: the accepted plan names the step's agent as needed (it has to name each conditional agent, with a reason).
 * `concerns`: one of them was named by an accepted result, or measured in the diff, or is in the request.
 * `effort`: the run's effort is, or was, one of these.
 */
export type Condition =
  | { kind: 'planned' }
  | { kind: 'changed'; paths: string[] }
  | { kind: 'concerns'; names: Concern[] }
  | { kind: 'effort'; tiers: Effort[] }
  | { kind: 'any' | 'all'; of: Condition[] }
  | { kind: 'not'; of: Condition };
