/** The state of one step: where it stands, what this round produced, and what bounds its loop. */
import type { Collision, Failure, GateResult, Identity } from './records.ts';
import type { Facts } from './conditions/facts.ts';
import type { Step, StepId } from './graph.ts';
import type { Edit } from './checks/lanes.ts';
import type {
  AgentNeed,
  ChangeSize,
  Blocked,
  Confirmation,
  Cover,
  Dispute,
  Finding,
  Hash,
  Link,
  Output,
  Recommendation,
  PlannedTask,
  Preparation,
  ReviewResult,
  RevisionId,
  ValidationCheck,
} from './results.ts';
import type { BlockedReason, Concern, Effort, DeployStatus } from './words.ts';
import { NO_ENTRIES, NO_MEMBERS } from './small.ts';

/** pending → open → accepted | skipped; a reopened or stale step goes back. */
export type StepStatus = 'pending' | 'open' | 'accepted' | 'skipped';

/**
 * Where an open step stands:
 * ```
 *  select ─▶ work ─▶ gates ─▶ review ─▶ judge ─▶ (accepted)
 *              ▲                          │
 *              └────── rework ◀───────────┤
 *                                         └─▶ asking ─▶ (work | accepted | run ended)
 * ```
 */
export type Stage = 'select' | 'work' | 'gates' | 'review' | 'judge' | 'asking' | 'effects';

export type SkippedBy = 'condition' | 'plan' | 'given_up';

export interface StepState {
  step: Step;
  /** Place in the graph's order: decides the order of commands, never a key. */
  index: number;
  status: StepStatus;
  stage: Stage;
  openNeeds: number;
  /** Names keys: rises with every rework, answer and reopening; never goes back. */
  round: number;
  /** Whose turn it is in this round, upstream first. */
  authors: StepId[];
  /** Attempts started in this round, by what: `work.<author>`, `gates`, `review.<agent>`, `merge`. */
  attempts: ReadonlyMap<string, number>;
  /** Technical failures in this round, likewise. */
  failures: ReadonlyMap<string, number>;
  /** Pauses taken before a retry, likewise. */
  waited: ReadonlyMap<string, number>;
  /** Quotas of providers that were used up in this round, likewise. `waitMs`: before the next attempt; null: it was waited. */
  quotas: ReadonlyMap<string, { times: number; waitMs: number | null }>;
  lastFailure: Failure | null;
  /** The accepted revision that the step started from. */
  base: RevisionId;
  /** What this round produced. */
  output: Output | null;
  gates: GateResult[];
  /** Who took part in making the output: steps whose agents wrote. */
  writers: ReadonlySet<StepId>;
  /** What each invocation on the way to this output changed, oldest first. */
  edits: Edit[];
  identities: ReadonlyMap<string, Identity>;
  /** This round's verdicts by reviewer. */
  verdicts: ReadonlyMap<string, { link: Link; review: ReviewResult }>;
  /** Findings that this round has to answer, or that the last one left. */
  findings: Finding[];
  /** How often what is submitted was looked at before a push, in this round. */
  looks: number;
  disputes: Dispute[];
  blocked: Blocked | { reason: 'clarification'; detail: string; attempted: string[] } | null;
  /** What people said to this step, oldest first. */
  guidance: string[];
  /** Sides of a merge that collided: their authors do them again, one after the other, on what could be merged. */
  collisions: Collision[];
  /** What this round's result says about conditional agents; counts once the output is accepted. */
  needs: AgentNeed[];
  /** The tasks that this round's plan names; they count once it is accepted. */
  tasks: PlannedTask[];
  /** The plan's output that a planned step was last extended by. */
  extendedBy: string | null;
  /** `repo/path` of what all rounds on the way to this output changed. */
  changedPaths: ReadonlySet<string>;
  /** Whether they changed more than the journal names. */
  unnamedChanges: boolean;
  /** What all rounds on the way to this output touch, with the first place; the agent's own word on it counts once accepted. */
  concerns: ReadonlyMap<Concern, string>;
  namedConcerns: Concern[];
  namedEffort: Effort | null;
  recommendations: Recommendation[];
  /** What all rounds on the way to this output name as proof of acceptance criteria. */
  covers: Cover[];
  /** What this round's validation tried; counts once the output is accepted. */
  checks: ValidationCheck[];
  /** What this round prepared for deployments, likewise; null: nothing. */
  preparation: Preparation | null;
  /** What each reviewer confirmed last. */
  confirmed: ReadonlyMap<string, Confirmation[]>;
  /** Of everything since the run's base, as measured last. */
  size: ChangeSize | null;
  /** Whether a diff was too long to be read whole. */
  unreadChanges: boolean;
  /** What conditions of later steps look at; null until the step is settled. */
  facts: Facts | null;
  claimedTestsPassed: boolean | null;
  /** Files that invocations of this round left beside the repositories. */
  beside: ReadonlySet<string>;
  /** Files that the last invocation changed, where they are so many that a person has to look first. */
  tooManyFiles: number | null;
  question: string | null;
  /** Where the step stood when the question was asked. */
  askedIn: Stage | null;
  /** What bounds the loop; a restart or a rename resets none of it. */
  budget: ReworkBudget;
  accepted: { output: Output | null; revision: RevisionId; override: string | null } | null;
  /** Findings that a person put aside, by fingerprint, with the question that says so. */
  waived: ReadonlyMap<string, string>;
  override: string | null;
  skipReason: string | null;
  /** What skipped it: its own condition, a revised plan, or that it could not be finished. */
  skippedBy: SkippedBy | null;
  /** Of a deployment; untouched in every other step. */
  deploy: DeployState;
}

export interface DeployState {
  approved: boolean;
  attempts: number;
  /** An attempt that a person has to look at. */
  trouble: { kind: 'failed' | 'unknown'; detail: string } | null;
  /** What the step came to. */
  result: { status: DeployStatus; detail: string } | null;
}

export interface ReworkBudget {
  reworks: number;
  extraRounds: number;
  continues: number;
  clarifications: number;
  /** How often each fingerprint was found since a person last said "go on"; likewise the three below. */
  fingerprints: ReadonlyMap<string, number>;
  /** How often each disputed fingerprint was upheld. */
  upheld: ReadonlyMap<string, number>;
  /** Reasons for which the step was blocked and another one did its work again: once each. */
  routed: ReadonlySet<BlockedReason>;
  /** Blocking findings per judged round. */
  blockingCounts: number[];
  /** Outputs that were judged and sent back. */
  refusedOutputs: ReadonlySet<Hash>;
  /** Trees that were judged and sent back; no answer of a person makes another tree of one. */
  refusedTrees: ReadonlySet<Hash>;
  /** Whose turn the last rework round was. */
  asked: readonly StepId[];
  /** How often an invocation changed more files than it may without a person. */
  largeChanges: number;
}

export function createDeploy(): DeployState {
  return { approved: false, attempts: 0, trouble: null, result: null };
}

export function createStepState(step: Step, index: number): StepState {
  return {
    step,
    index,
    status: 'pending',
    stage: 'select',
    openNeeds: step.needs.length,
    round: 1,
    authors: step.work.kind === 'agent' ? [step.id] : [],
    attempts: NO_ENTRIES,
    failures: NO_ENTRIES,
    waited: NO_ENTRIES,
    quotas: NO_ENTRIES,
    lastFailure: null,
    base: '',
    output: null,
    gates: [],
    writers: NO_MEMBERS,
    edits: [],
    identities: NO_ENTRIES,
    verdicts: NO_ENTRIES,
    findings: [],
    looks: 1,
    disputes: [],
    blocked: null,
    guidance: [],
    collisions: [],
    needs: [],
    tasks: [],
    extendedBy: null,
    changedPaths: NO_MEMBERS,
    unnamedChanges: false,
    concerns: NO_ENTRIES,
    namedConcerns: [],
    namedEffort: null,
    recommendations: [],
    covers: [],
    checks: [],
    preparation: null,
    confirmed: NO_ENTRIES,
    size: null,
    unreadChanges: false,
    facts: null,
    claimedTestsPassed: null,
    beside: NO_MEMBERS,
    tooManyFiles: null,
    question: null,
    askedIn: null,
    budget: {
      reworks: 0,
      extraRounds: 0,
      continues: 0,
      clarifications: 0,
      fingerprints: NO_ENTRIES,
      upheld: NO_ENTRIES,
      routed: NO_MEMBERS,
      blockingCounts: [],
      refusedOutputs: NO_MEMBERS,
      refusedTrees: NO_MEMBERS,
      asked: [],
      largeChanges: 0,
    },
    accepted: null,
    waived: NO_ENTRIES,
    override: null,
    skipReason: null,
    deploy: createDeploy(),
    skippedBy: null,
  };
}
