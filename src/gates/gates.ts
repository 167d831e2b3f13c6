/** The gate port: checks that the engine runs itself, on a commit, in a fresh checkout, behind the wall. */
import type { GateResult } from '../core/records.ts';
import type { ApprovalRule } from '../core/graph.ts';
import type { Endpoint } from '../core/checks/endpoints.ts';
import type { Limits } from '../core/limits.ts';
import type { Lane } from '../core/checks/lanes.ts';
import type { PlannedFiles } from '../core/plan/planned-files.ts';
import type { Revision } from '../core/results.ts';
import type { Compliance, GateSet } from '../core/words.ts';
import type { Artifact } from '../journal/journal.ts';
import type { DeployConfig, RepoConfig } from '../definitions/config.ts';
import type { Wall } from '../workspace/wall.ts';

import type { AskForge } from './forge-checks/run-forge-checks.ts';
import type { TestExpectation } from './suites/expected-tests.ts';

export interface GateOrder {
  runId: string;
  key: string;
  /** Prefix of finding ids. */
  findingPrefix: string;
  set: Exclude<GateSet, 'none'>;
  revision: Revision;
  /** The run's base: named tests are compared with it, and gate configuration is read from it. */
  base: Revision;
  /** Gate configuration per repository name, from the snapshot of event 1. */
  repos: Record<string, RepoConfig>;
  /** Whether a person approved exactly the protected files of this revision: then its own gate configuration counts. */
  approvedConfig?: boolean;
  /** Whether a person approved exactly the packages of this revision that have to be approved: until then no gate runs that could install them. */
  approvedDependencies?: boolean;
  /** What a person has to approve is noted; what a rule refuses blocks. */
  approvals: readonly ApprovalRule[];
  /** What the step may do: a writer that changed nothing is a finding. */
  expectChanges: { from: Revision; required: boolean } | null;
  /** Files that the step's agents left beside the repositories. Left out: none. */
  beside?: readonly string[];
  /** Left out: all tests have to be green. */
  expected?: TestExpectation;
  /** Tests whose outcome is wanted by name, as results name them. */
  named?: readonly string[];
  /** What each invocation behind this output changed, oldest first, and where it may. Left out: nobody is bound. */
  edits?: readonly { lane: Lane | null; from: Revision; to: Revision }[];
  /** What the accepted plan said of it. Left out: no plan has a word in it. */
  plan?: PlannedFiles;
  compliance?: readonly Compliance[];
  /** Whether the coverage of changed lines is asked for: measuring it runs the tests once more. */
  coverage?: boolean;
  /** By repository, the step whose agent wrote the change's tests: who answers for what they do not notice. Left out: nobody is known. */
  testWriters?: Readonly<Record<string, string>>;
  /** Whether an agent that writes tests has its turn later: what no test runs is shown until then. */
  testsToCome?: boolean;
  /** How large a change may be; left out: the defaults. */
  sizes?: Pick<Limits, 'max_changed_lines' | 'max_binary_bytes'> & Partial<Pick<Limits, 'max_suppressions'>>;
  /** For gates that ask the forge's own checks. Left out: they cannot. */
  forge?: AskForge;
  /** Takes secrets out of what gates print and report. Left out: only what a gate's own `env` lets through. */
  redact?: (text: string) => string;
  /** Those that the accepted requirements and plan name. Left out: none. */
  endpoints?: readonly Endpoint[];
  /** The repositories of the change, in the order in which they are taken back: that is rehearsed. Left out: it is not. */
  rollback?: readonly string[];
  /** Told of each gate that begins; what comes back is called when that gate has ended. For people who wait, never for decisions. */
  begins?: (gate: RunningGate) => () => void;
  timeoutMs: number;
  maxOutputBytes: number;
  wall: Wall;
}

/** A gate at work. */
export interface RunningGate {
  repo: string;
  /** Its folder in the repository. */
  module: string;
  gate: string;
  /** Empty where it starts no program of the repository's. */
  command: readonly string[];
  /** Milliseconds after which it is ended. */
  limitMs: number;
}

export interface DeployOrder {
  runId: string;
  key: string;
  environment: string;
  revision: Revision;
  command: DeployConfig;
  redact?: (text: string) => string;
  timeoutMs: number;
  maxOutputBytes: number;
  wall: Wall;
}

export interface DeployRun {
  /** null: it came to no end of its own. */
  exit: number | null;
  /** How it ended, and where that is not 0 its last words. */
  detail: string;
  log: string;
  durationMs: number;
}

export interface GateRunner {
  /** Checks before a run starts that every gate command exists and can be executed; returns what is wrong. */
  preflight(repos: { name: string; path: string; config: RepoConfig }[]): Promise<string[]>;
  /** Runs every gate of the set in one pass; never stops at the first red one. When it returns, no process of it is left. */
  run(order: GateOrder, signal: AbortSignal): Promise<{ results: GateResult[]; artifacts: Artifact[] }>;
  /** Runs a deploy command once, in a fresh checkout, behind the wall. When it returns, no process of it is left. */
  deploy(order: DeployOrder, signal: AbortSignal): Promise<DeployRun>;
}
