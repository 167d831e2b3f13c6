/**
 * The state of a run: a fold over its journal, and all that `decide` reads.
 * It is changed in place by `applyEvent` only, so that a step costs the same at the thousandth event.
 */
import type { Spending } from './budget/budget.ts';
import type {
  BaseMoved,
  CleanedUp,
  CommandKey,
  Following,
  PullRequest,
  PullRequestExtras,
  Question,
  RepoBase,
  Submodule,
} from './records.ts';
import type { Facts } from './conditions/facts.ts';
import type { Graph, PhaseId, StepId } from './graph.ts';
import type { Limits } from './limits.ts';
import type { PutAside } from './questions/put-aside.ts';
import type { ApprovalPart, Finding, Hash, Revision, RevisionId } from './results.ts';
import type { BasePolicy, CleanUp, EffectKind, Effort } from './words.ts';
import type { StepState } from './step-state.ts';

export interface RunState {
  runId: string;
  request: string;
  /** Why the request seems to be for somebody else; null: it does not. */
  doubt: string | null;
  /** Words that people added when they confirmed or answered, oldest first. */
  remarks: string[];
  /** What was asked of whoever confirms the start; they need not answer. */
  askedFirst: string[];
  /** What the request asks for and this run does not do, as items to follow up. */
  spunOff: string[];
  graph: Graph;
  limits: Limits;
  repos: RepoBase[];
  /** What a submission is compared with: where the run started, or what that became. */
  base: Revision;
  /** Where the run started. */
  origin: Revision;
  basePolicy: BasePolicy;
  /** null: it does not wait for checks and reviews. */
  follow: Following | null;
  /** null: pull requests are given nothing beside their texts. */
  extras: PullRequestExtras | null;
  driver: string;
  forge: string;
  sandbox: 'wall' | 'off';
  /** Whether agents may reach the whole network; null: an older journal does not say. */
  agentNetwork: boolean | null;
  snapshot: Hash;
  rulesVersion: number;
  /** Sequence of the last event that was folded in. */
  seq: number;
  confirmed: boolean;
  steps: Map<StepId, StepState>;
  /** The steps that stand for the tasks of a plan. */
  plannedSteps: StepId[];
  /** Who has to look again when a step settles. */
  dependents: Map<StepId, StepId[]>;
  /** Steps whose needs are settled and that are not settled themselves. */
  open: Set<StepId>;
  unsettled: number;
  phases: Map<PhaseId, PhaseState>;
  /** Phases whose last step settled and whose summary is not recorded yet. */
  phasesToSum: PhaseId[];
  /** Phases that were summed up and after which the workflow pauses, until that question is asked. */
  phasesToPause: PhaseId[];
  /** The phase that started last. */
  currentPhase: PhaseId | null;
  revisions: Map<RevisionId, Revision>;
  /** What of each revision needs an approval. */
  parts: Map<RevisionId, ApprovalPart[]>;
  /** What people accepted as it was, in their order. */
  putAside: PutAside[];
  /** Hashes that people approved. */
  approved: Set<Hash>;
  /** Revisions to which a gapless chain of verdicts leads from the base. */
  reviewed: Set<RevisionId>;
  questions: Map<string, QuestionState>;
  openQuestions: Set<string>;
  inFlight: Map<CommandKey, InFlight>;
  effects: Map<CommandKey, EffectState>;
  /** Every glob that a condition of the graph asks for. */
  globs: string[];
  /** What is known before the first step: what the request says. */
  startFacts: Facts;
  /** The efforts that the run has had, the first one first; it only rises. Empty: an older run, which has none. */
  efforts: { tier: Effort; reason: string }[];
  /** A rise that is not recorded yet. */
  wantedEffort: { tier: Effort; reason: string } | null;
  /** What people decided where recommendations contradicted each other, by topic. */
  decided: Map<string, string>;
  /** Invocations started, reviews included. */
  invocations: number;
  spending: Spending;
  interruptions: number;
  mismatches: number;
  /** Environments with a deploy command. */
  deployable: ReadonlySet<string>;
  /** By environment, for people. */
  deployCommands: ReadonlyMap<string, string>;
  /** Work that holds nobody back and could not be finished. */
  issues: { step: StepId; problem: string }[];
  /** Somebody ended the run: why, and what becomes of what it made. */
  cancel: { reason: string; cleanUp: CleanUp } | null;
  cleanedUp: CleanedUp | null;
  paused: { reason: string; detail: string } | null;
  ended: { status: 'done' | 'failed' | 'cancelled'; reason: string } | null;
  pullRequests: PullRequest[];
  /** By repository what its branch holds, and the revision that this was made of. */
  pushed: Map<string, { head: RevisionId; commit: string }>;
  /** Repositories of the run that are submodules of others. */
  submodules: Submodule[];
  /** By repository the commit that pointers of others were moved to: what will be submitted of it, and the base that it stands on. */
  made: Map<string, { head: RevisionId; commit: string; base: string }>;
  /** By repository and path what a submodule points at where it was moved. */
  pointed: Map<string, string>;
}

export interface PhaseState {
  id: PhaseId;
  started: boolean;
  unsettled: number;
  completed: boolean;
}

export interface QuestionState {
  question: Question;
  answer: { option: string; text: string; by: string } | null;
}

export interface InFlight {
  key: CommandKey;
  kind: 'work' | 'gates' | 'review' | 'merge' | 'wait' | 'effect' | 'deploy' | 'clean_up';
  /** Empty for what is the whole run's. */
  step: StepId;
  /** The slot in `attempts`: which part of the step it is. */
  slot: string;
  /** Of a wait: what is waited for. */
  cause?: string;
}

export interface EffectState {
  key: CommandKey;
  step: StepId;
  effect: EffectKind;
  repo: string;
  head: RevisionId;
  confirmed: boolean;
  /** How often it was really done, by what the executor reported. */
  performed: number;
  /** How often it was started; never goes back, so that no wait is named twice. */
  tries: number;
  failures: number;
  waited: number;
  /** Failures of the forge's own, which are waited for: these cost no try. */
  askedWaits: number;
  /** How long the forge is left alone after the last failure, in milliseconds. */
  askedWaitMs: number;
  refused: string | null;
  /** The base as it was found, where it went on and nothing was done for that. */
  moved: BaseMoved | null;
  /** Of following: how often it was looked at what has not ended, and how long that was waited for. */
  pendings: number;
  followedMs: number;
  followed: { findings: Finding[]; notes: string[] } | null;
  /** What was seen at the last failure. */
  detail: string;
}

/** The step's state; asking for one that the graph does not have is a bug. */
export function stepOf(state: RunState, id: StepId): StepState {
  const found = state.steps.get(id);
  if (found === undefined) throw new Error(`no step ${id} in run ${state.runId}`);
  return found;
}

/** Open steps in the graph's order, whatever the order in which they opened. */
export function openSteps(state: RunState): StepState[] {
  return [...state.open].map((id) => stepOf(state, id)).sort((a, b) => a.index - b.index);
}
