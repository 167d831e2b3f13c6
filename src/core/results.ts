/**
 * What agents hand in, after it was checked at the edge (`definitions/result-schema.ts`).
 * Agents propose: nothing in here moves a run before the engine has measured or bound it.
 */
import type {
  BlockedReason,
  CheckOutcome,
  Concern,
  Effort,
  Environment,
  PlanPhase,
  ResultStatus,
  Severity,
  TaskCategory,
  VerdictWord,
} from './words.ts';

/** Identifies content by sha256, lower-case hex. */
export type Hash = string;
export type RevisionId = Hash;

/** One state of all repositories of a run. Its id is the hash of the sorted (repository, tree) pairs. */
export interface Revision {
  id: RevisionId;
  repos: { name: string; commit: string; tree: string }[];
}

/** What a step produced: a stored result and, where it writes, the revision. The id is the hash of both. */
export interface Output {
  id: Hash;
  /** requirements, plan, research, changes, … */
  kind: string;
  artifact: Hash;
  revision: RevisionId | null;
  summary: string;
}

/** What a reviewer judged: everything from one accepted hash to one new one. */
export interface Link {
  from: Hash;
  to: Hash;
}

export interface Finding {
  /** Unique in a run: `<step>/r<round>/<source>/<n>`. */
  id: string;
  /** Stable over rounds: hash of rule or reviewer, file and normalised problem. */
  fingerprint: string;
  /** The gate or the reviewing agent that says so. */
  source: string;
  severity: Severity;
  blocking: boolean;
  repo: string | null;
  file: string | null;
  line: number | null;
  problem: string;
  fix: string;
  /** The step whose author has to answer it; null: the author of the round it was found in. */
  owner: string | null;
}

/** The plan's word on one conditional agent. */
export interface AgentNeed {
  agent: string;
  needed: boolean;
  reason: string;
  /** Where it works; left out: nothing was said. */
  modules?: string[];
}

/** Something that a change touches, and where that was seen. */
export interface ConcernFact {
  name: Concern;
  /** `repo/path:line`, or who named it. */
  where: string;
}

/** What an agent recommends for a topic on which others may see it differently. */
export interface Recommendation {
  topic: string;
  choice: string;
  reason: string;
}

export type Recommended = Recommendation & { by: string };

/** How much a change is, without tests and documents. */
export interface ChangeSize {
  files: number;
  lines: number;
  /** `repo/path` of what the base does not have, tests and documents too; at most MAX_CHANGED_PATHS of them. */
  created?: string[];
}

/** A unit of work that a plan names. Reviews and gates are not in its hands. */
export interface PlannedTask {
  /** Unique in the plan; the step's name. */
  id: string;
  agent: string;
  description: string;
  depends_on: string[];
  /** What it is to leave behind. */
  output: string;
  category: TaskCategory;
  plan_phase: PlanPhase;
  blocking: boolean;
  /** Path patterns where it is expected to change files. */
  scopes: string[];
  /** Its new tests have to fail: the first step of a bug fix. */
  expect?: 'red';
}

export interface Blocked {
  reason: BlockedReason;
  detail: string;
  attempted: string[];
}

/** A specialist's objection to a finding: the reviewer withdraws or upholds it. */
export interface Dispute {
  finding: string;
  reason: string;
}

/** The part of a work result that decisions and readers of the journal need; the rest lies in the artifact. */
export interface WorkResult {
  status: ResultStatus;
  summary: string;
  decisions: string[];
  open_questions: string[];
  needs: AgentNeed[];
  blocked: Blocked | null;
  disputes: Dispute[];
  /** The tasks of a plan; left out where the output is none. */
  tasks?: PlannedTask[];
  /** What the request or the plan touches, in the agent's view. */
  concerns?: Concern[];
  /** What the run should be worth, in the agent's view; it only counts where it is a rise. */
  effort?: Effort;
  recommendations?: Recommendation[];
  covers?: Cover[];
  /** What a validation tried, with what came of it. */
  checks?: ValidationCheck[];
  /** What deployments need; each file was seen in the tree that was handed in. */
  preparation?: Preparation;
}

/** One thing that was tried on the running system. */
export interface ValidationCheck {
  what: string;
  outcome: CheckOutcome;
  /** What was done and what came back. */
  seen: string;
}

/** Files are `repo/path`. */
export interface Preparation {
  environments: { name: Environment; files: string[] }[];
  scripts: string[];
}

/** Which named tests show that an acceptance criterion is met, in the words of whoever wrote or ran them. */
export interface Cover {
  /** Its id in the requirements. */
  criterion: string;
  tests: string[];
}

/** A reviewer's word that a criterion is met which no test can show. */
export interface Confirmation {
  criterion: string;
  /** How that was seen. */
  how: string;
}

/** The part of a tree that an approval rule names, measured against the run's base. */
export interface ApprovalPart {
  rule: string;
  title: string;
  /** Of the rule and the sorted (repository, path, mode, blob or `deleted`; of `dependencies` the packages): what a person's approval is bound to. */
  hash: Hash;
  /** `repo/path`, at most MAX_CHANGED_PATHS of them. */
  paths: string[];
  /** Of each path why it is protected, as a clause; null where the rule names it. Absent where rules alone name them. */
  reasons?: (string | null)[];
  /** Those that the command of an environment runs; absent where it runs none of them. */
  deploys?: { environment: string; paths: string[] }[];
  /** The rule allows no approval. */
  refused: boolean;
}

export interface ReviewResult {
  /** What was said of each area that the workflow asks about. */
  areas?: { area: string; said: string }[];
  verdict: VerdictWord;
  summary: string;
  findings: Finding[];
  /** Ids of earlier findings that hold no longer, because they were mended or withdrawn. */
  resolved: string[];
  confirms?: Confirmation[];
}

/** A claim of an agent that the engine's own measurement contradicts. */
export interface ClaimMismatch {
  claim: string;
  measured: string;
}

/** What an invocation cost; null: the driver cannot say, shown as `unknown` and never as zero. */
export interface Usage {
  /** With what was read from a cache or written to one. */
  input_tokens: number | null;
  /** With what was only reasoned. */
  output_tokens: number | null;
  cost_usd: number | null;
  /** The parts of the two above, where they were measured. */
  cached_input_tokens?: number | null;
  cache_write_tokens?: number | null;
  reasoning_tokens?: number | null;
  model_calls?: number;
}
