/**
 * What events are made of: whoever acted, what was measured, asked, opened or failed. Stored with the events, under the
 * same rules for changes (`events.ts`).
 */
import type { Graph, StepId } from './graph.ts';
import type {
  ChangeSize,
  ConcernFact,
  Finding,
  Hash,
  Output,
  ReviewResult,
  Revision,
  RevisionId,
  Usage,
  WorkResult,
} from './results.ts';
import type {
  CleanUp,
  Effort,
  FailureReason,
  GateKind,
  GateStatus,
  QuestionKind,
  ReadingKind,
  RequestMode,
  RequestPattern,
  Role,
  Topic,
} from './words.ts';

/** Names a piece of work for ever: ids only, never an index. `<step>/r<round>/<what>/a<attempt>`. */
export type CommandKey = string;

export interface RepoBase {
  name: string;
  /** Where the user's checkout lies; never written to. */
  path: string;
  base_ref: string;
  commit: string;
  tree: string;
  /** What the branch held when the run began, where that is another commit: a run may start from any. Absent in older journals. */
  branch_commit?: string;
}

/** A submodule of one repository of a run that is another repository of it. */
export interface Submodule {
  /** Whose submodule it is, and where it lies there. */
  repo: string;
  path: string;
  /** The repository that it is. */
  of: string;
  /** How many commits of that one's base are not in what was pointed at when the run started: a pointer that is moved takes them in. */
  behind: number;
}

/** A submodule's pointer as the engine moved it. */
export interface MovedPointer {
  repo: string;
  path: string;
  of: string;
  /** What is submitted of `of`, or, where nothing of it is, what the base points at. */
  commit: string;
  /** The revision that this commit was made of; null: the base points there. */
  head: RevisionId | null;
}

/** The base as a submission found it: it went on while the run worked. */
export interface BaseMoved {
  base: Revision;
  /** The repositories where it did. */
  repos: { repo: string; ref: string; from: string; to: string }[];
  /** Whether what is there now holds what the run started from everywhere; false: its history was written anew. */
  continues: boolean;
}

/** How a run waits for what becomes of its pull requests. Times are milliseconds. */
export interface Following {
  /** For so long without a change; then the run is paused. */
  for_ms: number;
  /** Between the first two looks; later ones are further apart. */
  every_ms: number;
  /** So long a pull request may be without any check before it counts as one that has none. */
  grace_ms: number;
}

/** What pull requests of a run are given beside their texts, as configured. */
export interface PullRequestExtras {
  labels: string[];
  /** People, by their names at the forge. */
  reviewers: string[];
  /** Teams of the organisation that the repository belongs to. */
  team_reviewers: string[];
  /** Whether each submitted commit gets a status of Baton's; absent: none. */
  status?: true;
  /** Whether a comment says what was done about checks and reviews; absent: none. */
  comment?: true;
}

/** A text that was read when the run started. All but notes stand at the front of agents' instructions; notes are context. */
export interface Reading {
  kind: ReadingKind;
  /** Of a skill or a stack its name, of a guide or a note its path. */
  name: string;
  /** The repository at whose base commit it lies; null: beside the agent's file, or in the package. */
  repo: string | null;
  /** The file, or `repo/path`. */
  source: string;
  /** sha256 of its text. */
  hash: Hash;
  /** Who reads it; null: every agent. */
  agents: string[] | null;
  /** Of a stack, `repo/path`: where it was seen. */
  seen?: string;
  /** Of a skill that may be needed: its own words on when. Absent: its readers have to read it. */
  when?: string;
  /** Characters of the file, of which `hash` and the run have the first alone; absent: they have all. */
  whole?: number;
}

/** Who did or said something: a person, an agent by definition hash, a gate, or the engine's own rules. */
export type Actor =
  | { kind: 'human'; name: string; via: 'cli' | 'terminal' | 'console' | 'api' | 'mcp' | 'flag' }
  | { kind: 'agent'; name: string; definition_hash: Hash; invocation: CommandKey }
  | { kind: 'gate'; name: string }
  | { kind: 'engine' };

export interface Identity {
  agent: string;
  role: Role;
  definition_hash: Hash;
  driver: string;
  /** What the driver is: a model, rules, a program, a script. Shown in every view. */
  label: string;
  model: string | null;
  /** How much it was told to think; absent: nothing was said. */
  reasoning?: string;
}

export interface GateResult {
  gate: string;
  kind: GateKind;
  repo: string;
  module: string;
  status: GateStatus;
  /** One line for people: `57 passed, 1 missing`. */
  summary: string;
  tests: TestCounts | null;
  /** The new tests that fail, where they have to. */
  red?: { file: string; name: string }[];
  /** Of the tests that results name for acceptance criteria, those that this suite has; absent where it was not asked. */
  named?: NamedTestSeen[];
  /** Tests that were changed, are green, and fail as the base has them or as they were when they showed a fault; with the file that was changed. Absent where there is none. */
  contradicted?: { file: string; name: string }[];
  /** How many new tests ask for nothing, as far as their text tells: at most twenty are looked for. Absent where there is none. */
  hollow?: number;
  /** Of the lines that were changed since the run's base; absent where no coverage was read. */
  coverage?: Coverage;
  /** Of the pass: files, as `repo/path`, that the gates saw as the base has them; a person may approve the change's own. */
  held_back?: string[];
  /** Of the engine's own rehearsal of the way back. */
  rollback?: RepoRollback[];
  /** The way back as it was rehearsed, as JSON; absent in older journals, and of all other gates. */
  way_back?: Hash;
  findings: Finding[];
  /** Where its output is kept; null where there is none. */
  log: Hash | null;
  config_hash: Hash;
  duration_ms: number;
  cached: boolean;
}

/** What was found out of the way back in one repository, in the order in which they are taken back. */
export interface RepoRollback {
  repo: string;
  /** How the change was put on the base before `git revert` took it back: as one commit, or by a merge commit. */
  reverted: string[];
  /** What `git revert` leaves to others, in sentences. */
  leaves: string[];
  /** Those that the change adds. */
  migrations: AddedMigration[];
}

export interface AddedMigration {
  file: string;
  /** Whose layout it has. */
  layout: string;
  /** Where its way down stands; null: it has none. */
  down: string | null;
  /** What takes it back, as its tool is called. */
  command: string;
}

/** A test that was looked for by name. */
export interface NamedTestSeen {
  name: string;
  green: boolean;
  /** Green without the change as well: it shows nothing of it. */
  already_there?: true;
  /** Green, and as far as its text tells it asks for nothing: it shows nothing at all. */
  empty?: true;
}

/** Which changed lines of code the tests ran. */
export interface Coverage {
  lines: number;
  covered: number;
  /** Line numbers that no test ran, by path; the first ones where they are many. */
  uncovered: { path: string; lines: number[] }[];
}

/** A test that had to fail: the first step of a bug fix. */
export interface RedTest {
  repo: string;
  gate: string;
  file: string;
  name: string;
}

export interface TestCounts {
  total: number;
  passed: number;
  failed: number;
  skipped: number;
  /** Named tests of the base that are no longer there. */
  missing: number;
  /** Names that the base does not have. */
  added: number;
  canary: 'red' | 'not_red' | 'none';
}

export interface QuestionOption {
  id: string;
  label: string;
  /** What happens then, in one sentence. */
  impact: string;
  /** Whether the answer carries words of the person. */
  takes_text: boolean;
}

export interface Question {
  id: string;
  kind: QuestionKind;
  step: StepId | null;
  text: string;
  options: QuestionOption[];
  /** Hash of exactly what was shown; an answer holds for nothing else. */
  binds: Hash | null;
}

export interface PullRequest {
  repo: string;
  number: number;
  url: string;
  branch: string;
  base: string;
  head: string;
  /** `closed`: taken back by the run that opened it. */
  state: 'draft' | 'ready' | 'closed';
}

/** A technical end of an attempt. */
export interface Failure {
  reason: FailureReason;
  /** What was seen, for the retry's prompt and for people. */
  detail: string;
  /** The provider of a model takes no calls for so long: the next attempt waits, and no retry is spent. */
  retry_after_ms?: number;
  /** Another attempt would end in the same way: a person is asked without one. */
  hopeless?: true;
}

export type WorkOutcome =
  | {
      kind: 'submitted';
      result: WorkResult;
      output: Output;
      /** What the agent says of the tests; only what the gates measure counts. */
      claimed_tests_passed: boolean | null;
      changed_files: number;
      /** `repo/path`, at most MAX_CHANGED_PATHS of them. */
      changed_paths: string[];
      lines_added: number;
      lines_removed: number;
      /** Files that were left in the workspace beside the repositories, the first twenty; absent: none. */
      beside?: string[];
      /** What the diff touches, each with the first place; null: the diff was too long to be read whole. */
      concerns?: ConcernFact[] | null;
      /** Of everything since the run's base. */
      size?: ChangeSize;
    }
  | ({ kind: 'failed' } & Failure);

/** A side of a merge that changed the same lines as another one before it. */
export interface Collision {
  side: StepId;
  against: StepId;
  /** `repo/path`. */
  paths: string[];
}

export type ReviewOutcome = { kind: 'verdict'; review: ReviewResult } | ({ kind: 'failed' } & Failure);

/** What came of a clean-up, in sentences. `left` names what stays all the same, with the reason. */
export interface CleanedUp {
  choice: CleanUp;
  done: string[];
  left: string[];
}

/** What an agent that was asked for a second opinion changed of what the rules saw. */
export interface Refinement {
  by: Identity;
  /** Like `effort small → medium`; empty: it agreed. */
  changes: string[];
  /** Spent before the run, and counted against no budget of it. */
  usage: Usage;
}

/** What a request was detected to be at the start of its run. It is told to people and agents; no decision of the run rests on it. */
export interface Detected {
  /** false: the rules recognised nothing, or something else; runs of older versions do not say it. */
  triggered?: boolean;
  mode: RequestMode;
  pattern: RequestPattern | null;
  topics: Topic[];
  /** By the words alone; what holds is the run's own. */
  effort: Effort | null;
  specialist: string | null;
  /** Of direct work: who works in this run whatever is found out on the way, in order. Absent: it is not direct, or the run is older. */
  agents?: string[];
  reasons: string[];
  /** Whether this run asks first: the workflow's word, and always where the request is seen to be for somebody else. */
  policy: Graph['start'];
  /** Who refined what the rules saw, before the run; absent: nobody, or what came was no proposal. */
  refined?: Refinement;
  /** The workflow that the words led to, where it was taken for their sake; absent: somebody chose, or it is the usual one. */
  workflow?: string;
  /** What is worth knowing before the start, asked with the confirmation or noted where nobody is asked. Absent: nothing. */
  questions?: string[];
  /** Frontend work that the request asks for as well: items of their own, which nobody in this run does. Absent: none. */
  spun_off?: string[];
}
