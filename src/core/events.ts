/**
 * Everything that can happen in a run, as one union. These are the stored form (snake_case, JSON): the
 * journal holds nothing else, and state, report, console and audit are folds over them.
 *
 * Rules for changing this file: add variants and optional-by-null fields, raise SCHEMA_VERSION, keep
 * reading every older version (`journal/upgrade.ts`, and a stored journal per released version in CI).
 */
import type { Graph, Step, StepId } from './graph.ts';
import type { Before } from './graph/sequence.ts';
import type {
  ChangeSize,
  ApprovalPart,
  ClaimMismatch,
  ConcernFact,
  Finding,
  Hash,
  Link,
  Output,
  PlannedTask,
  Revision,
  RevisionId,
  Usage,
} from './results.ts';
import type { BasePolicy, CleanUp, BlockedReason, EffectKind, Effort, GateSet } from './words.ts';
import type {
  RepoBase,
  BaseMoved,
  MovedPointer,
  Submodule,
  Following,
  Actor,
  Identity,
  GateResult,
  Question,
  Reading,
  PullRequest,
  PullRequestExtras,
  Failure,
  WorkOutcome,
  Collision,
  ReviewOutcome,
  CleanedUp,
  Detected,
  CommandKey,
} from './records.ts';

export const SCHEMA_VERSION = 1;
/** The version of the rules in `decide`; a newer Baton continues an older run only after `rules_upgraded`. */
export const RULES_VERSION = 1;

/** How many changed paths an event names; the tree has them all. */
export const MAX_CHANGED_PATHS = 500;

/** What stands around every event in the journal. */
export interface Envelope {
  /** From 1, without gaps. */
  seq: number;
  /** ISO 8601, UTC. For people: order comes from `seq`, time limits from a monotonic clock. */
  at: string;
  schema_version: number;
  /** Chain hash of this event over the one before. */
  hash: Hash;
  prev_hash: Hash;
}

export type JournalEvent = Envelope & { event: RunEvent };

export type RunEvent =
  | {
      type: 'run_started';
      run_id: string;
      request: string;
      rules_version: number;
      baton_version: string;
      graph: Graph;
      graph_hash: Hash;
      /** Stored snapshot of agents and config: `{agents, config}` as one artifact. */
      snapshot: Hash;
      repos: RepoBase[];
      base: Revision;
      /** Those of its repositories that others of them have as submodules; absent: none, and in older journals. */
      submodules?: Submodule[];
      driver: string;
      forge: string;
      sandbox: 'wall' | 'off';
      /** Whether agents may reach the whole network; absent in older journals. */
      agent_network?: boolean;
      actor: Actor;
      /** Environments with a deploy command; absent in older journals. */
      deployable?: string[];
      /** The commands themselves, for people, with the repository that each runs in; absent in older journals. */
      deploy_commands?: Record<string, string>;
      /** What a base that went on does to a submission; absent in older journals, which did not look. */
      base_moved?: BasePolicy;
      /** The run waits for the checks and reviews of its pull requests; absent: it ends when they are ready. */
      follow?: Following;
      /** What pull requests are given beside their texts; absent: nothing, and in older journals. */
      pull_requests?: PullRequestExtras;
      /** What the actor handed in in place of an agent: a plan. It is theirs, and judged by nobody. */
      given?: { output: Output; tasks: PlannedTask[] };
      /** True where a flag answered the confirmation beforehand (`--yes`). */
      confirmed: boolean;
      /** What rules saw in the words of the request, and what the run does about it; absent in older journals. */
      detection?: Detected;
      /** What the words of the request touch. */
      concerns?: ConcernFact[];
      /** How much the request asks for, and who says so. */
      effort?: { tier: Effort; reason: string };
      /** Skills and guides that were read first; absent in older journals. */
      readings?: Reading[];
      /** What people should know at once: uncommitted changes left out, no wall, rules instead of a model. */
      notes: string[];
    }
  | { type: 'rules_upgraded'; from: number; to: number }
  | { type: 'holder_changed'; epoch: number; pid: number; host: string; took_over: boolean }
  /** A start without an outcome that a new holder found: no budget is spent. `unkillable`: pids of theirs that could not be ended. */
  | { type: 'interrupted'; keys: CommandKey[]; unkillable?: number[] }
  | { type: 'phase_started'; phase: string; title: string; agents: string[]; deliverable: string }
  /** `skipped`: nothing was done in it, as every step was passed over; older journals do not say so. */
  | { type: 'phase_completed'; phase: string; summary: string; next: string[]; skipped?: true }
  | { type: 'step_selected'; step: StepId; reason: string }
  | { type: 'step_skipped'; step: StepId; reason: string }
  /** A step that holds nobody back could not be finished: what came before it passes on as it is. */
  | { type: 'step_given_up'; step: StepId; reason: string }
  /** Work that the graph did not have from the start: the tasks of a plan, or a search for several faults at once. */
  | {
      type: 'graph_extended';
      /** The step that the new ones are put before, and that waits for them. */
      before: StepId;
      reason: string;
      /** New steps, and those whose definition a revised plan changed; in the graph's order. */
      steps: Step[];
      /** Steps that a revised plan no longer has and that had not started. */
      dropped: StepId[];
      /** What `before` waits for and starts from now. */
      needs: StepId[];
      tree_from: StepId | null;
      /** What each of the new steps has to answer, where they look into faults. */
      findings: Record<StepId, Finding[]>;
      /** The base of the run from here on, as a submission found it; absent: it stays. */
      base?: Revision;
    }
  | {
      type: 'invocation_started';
      key: CommandKey;
      step: StepId;
      /** The step whose agent works: the step itself, or the owner of a finding. */
      author: StepId;
      round: number;
      attempt: number;
      identity: Identity;
      base: RevisionId;
      findings: string[];
      /** What the step waited for instead of running beside it, and why; absent in older journals. */
      after?: Before[];
    }
  | {
      type: 'invocation_ended';
      key: CommandKey;
      step: StepId;
      outcome: WorkOutcome;
      revision: Revision | null;
      raw: Hash | null;
      usage: Usage;
      duration_ms: number;
      /** What of the tree needs an approval; absent where nothing does, and in older journals. */
      parts?: ApprovalPart[];
      /** What the agent was sent; absent in older journals. */
      sent?: Hash;
    }
  | { type: 'claim_mismatch'; key: CommandKey; step: StepId; mismatches: ClaimMismatch[] }
  | {
      type: 'gates_started';
      key: CommandKey;
      step: StepId;
      round: number;
      set: GateSet;
      revision: RevisionId;
    }
  | {
      type: 'gates_ended';
      key: CommandKey;
      step: StepId;
      outcome: { kind: 'measured'; results: GateResult[] } | ({ kind: 'failed' } & Failure);
      duration_ms: number;
    }
  | {
      type: 'review_started';
      key: CommandKey;
      step: StepId;
      reviewer: string;
      round: number;
      attempt: number;
      identity: Identity;
      link: Link;
    }
  | {
      type: 'review_ended';
      key: CommandKey;
      step: StepId;
      reviewer: string;
      link: Link;
      outcome: ReviewOutcome;
      raw: Hash | null;
      usage: Usage;
      duration_ms: number;
      /** What the reviewer was sent; absent in older journals. */
      sent?: Hash;
    }
  | { type: 'merge_started'; key: CommandKey; step: StepId; base: RevisionId; sides: RevisionId[] }
  | {
      type: 'merge_ended';
      key: CommandKey;
      step: StepId;
      outcome:
        | { kind: 'merged'; output: Output; size?: ChangeSize }
        /** `output` is what could be brought together; each of `left` is done again on it. */
        | { kind: 'collided'; output: Output; left: Collision[] }
        | ({ kind: 'failed' } & Failure);
      revision: Revision | null;
      parts?: ApprovalPart[];
      /** Where submodules point now; absent where none was moved. */
      pointed?: MovedPointer[];
    }
  | {
      type: 'step_accepted';
      step: StepId;
      output: Output | null;
      /** The revision that later steps start from. */
      revision: RevisionId;
      /** null: nothing needed a review (an engine-derived step without change). */
      link: Link | null;
      /** Id of the question whose answer stands in for a verdict, for exactly this link. */
      override: string | null;
    }
  /** `authors`: the owners of the findings, upstream first; each works on the other's result. */
  | { type: 'rework_requested'; step: StepId; round: number; authors: StepId[]; findings: string[] }
  | {
      type: 'step_reopened';
      step: StepId;
      reason: string;
      findings: Finding[];
      stale: StepId[];
      /** Set where a blocked agent's reason led here. */
      blocked?: { by: StepId; reason: BlockedReason };
    }
  /** A person wants the run to be worth more. */
  | { type: 'effort_requested'; tier: Effort; actor: Actor }
  /** A person has the run wait for checks and reviews, for so long; null: no longer. */
  | { type: 'follow_requested'; for_ms: number | null; actor: Actor }
  /** What was skipped for the lower effort alone is open again, what was derived from it is done again. */
  | {
      type: 'effort_raised';
      from: Effort;
      to: Effort;
      reason: string;
      reopened: StepId[];
      stale: StepId[];
      /** The workflow that has steps for the new effort, where this run's graph was cut down from it and has none. */
      whole?: string;
    }
  | { type: 'question_asked'; question: Question }
  | { type: 'question_answered'; question_id: string; option: string; text: string; actor: Actor }
  | { type: 'wait_started'; key: CommandKey; step: StepId; slot: string; wait_ms: number; reason: string }
  | { type: 'wait_ended'; key: CommandKey; step: StepId }
  | { type: 'effect_intended'; key: CommandKey; step: StepId; effect: EffectKind; repo: string; head: string }
  | {
      type: 'effect_ended';
      key: CommandKey;
      step: StepId;
      effect: EffectKind;
      repo: string;
      outcome:
        | {
            kind: 'confirmed';
            /** false: found done, nothing was repeated. */ performed: boolean;
            pull_request: PullRequest | null;
            /** The envelope with the statement that was attached; absent: none was, and in older journals. */
            statement?: Hash;
            /** Of a push: the commit that the branch holds now; absent in older journals. */
            commit?: string;
            /** What could not be done of it and stops nothing: a reviewer who cannot be asked. Absent: there is nothing to tell. */
            notes?: string[];
            /** Of following: what somebody has to answer, and what is only told. */
            followed?: { findings: Finding[]; notes: string[] };
          }
        /** What is waited for has not ended: looked at again after that long. */
        | { kind: 'pending'; detail: string; wait_ms: number }
        /** Nothing was done. */
        | ({ kind: 'base_moved' } & BaseMoved)
        | { kind: 'refused'; detail: string }
        /** `wait_ms`: how long the forge is left alone; absent where nobody says. `grows`: each further wait is longer, as it did not say so itself. */
        | ({ kind: 'failed'; wait_ms?: number; grows?: true } & Failure);
    }
  /** The intent: an outcome that is missing behind it is unknown, and a person is asked. */
  | { type: 'deploy_started'; key: CommandKey; step: StepId; environment: string; head: RevisionId }
  | {
      type: 'deploy_ended';
      key: CommandKey;
      step: StepId;
      environment: string;
      outcome: { kind: 'deployed' | 'failed'; exit: number | null; detail: string };
      log: Hash | null;
      duration_ms: number;
    }
  | { type: 'deploy_skipped'; step: StepId; environment: string; reason: string }
  /** `clean_up` is absent in older journals: everything is kept. */
  | { type: 'cancel_requested'; actor: Actor; reason: string; clean_up?: CleanUp }
  | { type: 'clean_up_started'; key: CommandKey; choice: CleanUp }
  /** `pull_requests`: those that were closed, as they are now. */
  | { type: 'clean_up_ended'; key: CommandKey; result: CleanedUp; pull_requests: PullRequest[] }
  | { type: 'run_paused'; reason: string; detail: string }
  | { type: 'run_resumed' }
  | {
      type: 'run_ended';
      status: 'done' | 'failed' | 'cancelled';
      reason: string;
      pull_requests: PullRequest[];
      /** What became of what the run made; absent where everything is kept. */
      clean_up?: CleanedUp;
    };

export type EventType = RunEvent['type'];
export type EventOf<T extends EventType> = Extract<RunEvent, { type: T }>;
