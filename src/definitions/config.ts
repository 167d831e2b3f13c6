/** `baton.yaml` after it was read and checked. The loader is `load-config.ts`. */
import type { Budget } from '../core/budget/budget.ts';
import type { ApprovalRule } from '../core/graph.ts';
import type { Limits } from '../core/limits.ts';
import type { ProviderConfig } from '../gateway/provider.ts';
import type { BasePolicy, GateKind, Role, TestLayer } from '../core/words.ts';
import type { AuthWay } from './profile-schema.ts';

export interface Config {
  /** Per repository, by name; a repository without an entry gets what was detected. */
  repos: Record<string, RepoConfig>;
  /** The workflow of `baton run` where no flag names one; absent: what the request leads to. Absent in older journals. */
  workflow?: string;
  /** Whether an agent is asked for a second opinion on a request before its run. Absent: no. */
  refine?: boolean;
  /** `required`: nothing is submitted without a signed statement. Absent: one is signed where there is a key. */
  signing?: 'required';
  limits: Partial<Limits>;
  /** Holds where a workflow says nothing; absent: not bounded. */
  budget?: Budget;
  /** Names of environment variables that agents may see. */
  agentEnv: string[];
  /** Whether agents may reach the whole network; absent in older journals, where those of `command` did. */
  agentNetwork?: boolean;
  /** By name, beside the usual ones; absent: none. */
  providers?: Record<string, ProviderConfig>;
  /** Absent in older journals, and where nothing is chosen. */
  agents?: AgentChoices;
  /** Absent in older journals. */
  approvals?: ApprovalRule[];
  /** Absent in older journals, and where nothing is said. */
  commits?: CommitsConfig;
  /** By environment; absent in older journals. */
  deploy?: Record<string, DeployConfig>;
  /** Absent in older journals, and where nothing is said of them. */
  pullRequests?: PullRequestConfig;
}

/** What pull requests are given beside their texts. */
export interface PullRequestConfig {
  baseMoved: BasePolicy;
  labels?: string[];
  /** People, by their names at the forge. */
  reviewers?: string[];
  teamReviewers?: string[];
  /** Whether each submitted commit gets a status of Baton's. */
  status?: boolean;
  /** Whether a comment says what was done about checks and reviews that a run waited for; absent: it does. */
  comment?: boolean;
}

/** Whose the submitted commits are; null: Baton's. */
export interface CommitsConfig {
  author: { name: string; email: string } | null;
  committer: { name: string; email: string } | null;
  /** By the key of the user's own git configuration; `git`: as that says. */
  sign: 'none' | 'ssh' | 'gpg' | 'git';
}

/** Which model an agent gets; null: what its file says, or its program's own choice. */
export interface ModelChoice {
  model: string | null;
  reasoning: string | null;
}

/** From this round of rework on (1 is the first), whoever answers findings gets this model. */
export interface ReworkChoice extends ModelChoice {
  round: number;
}

export interface AgentChoices {
  /** Where no flag says otherwise; absent: what the profile or the flags say. */
  driver?: 'acp' | 'in-process';
  /** For all about whom nothing else is said; absent: their program's own choice. */
  model?: string;
  fromRework?: ReworkChoice;
  profile: string | null;
  auth: AuthWay;
  roles: Partial<Record<Role, ModelChoice>>;
  /** By agent; counts more than the role. */
  names: Record<string, ModelChoice>;
}

/** What deploys one environment: run like a gate, with the network unless it says otherwise. */
export interface DeployConfig extends Pick<
  GateCommand,
  'command' | 'shell' | 'env' | 'network' | 'timeoutMs'
> {
  repo: string | null;
}

export interface RepoConfig {
  modules: ModuleConfig[];
  /** Globs that no agent may change without an approval. */
  protectedPaths: string[];
  /** Where the tests of each layer lie; a layer that is absent is not looked at. Absent in older journals. */
  tests?: Partial<Record<TestLayer, string[]>>;
}

export interface ModuleConfig {
  /** `.` for the whole repository. */
  path: string;
  /** What workflows may call it, besides its path. */
  name?: string;
  setup: GateCommand | null;
  gates: GateCommand[];
}

/** Stands in a configured canary for the random word that its test is known by. */
export const CANARY_NAME = '{name}';

/** A failing test of a language that Baton cannot write one for; `{name}` in both stands for a random word. */
export interface CanaryFile {
  /** Where it is put for a run, relative to the module; its folder has to be there. */
  file: string;
  text: string;
}

/** How names of tests are read; `none` reads none, which is shown as unverified. */
export const TEST_REPORTERS = [
  'node',
  'vitest',
  'jest',
  'mocha',
  'go',
  'cargo',
  'pytest',
  'junit',
  'none',
] as const;
export type TestReporter = (typeof TEST_REPORTERS)[number];
/** Of runners that run tests on Node. */
export const NODE_REPORTERS: readonly TestReporter[] = ['node', 'vitest', 'jest', 'mocha'];

/** A program that tests need beside them. */
export interface ServiceConfig extends Pick<GateCommand, 'name' | 'command' | 'shell' | 'env'> {
  /** It is ready when somebody listens there on the loopback; null: that is not asked. */
  port: number | null;
  /** It is ready when this command ends with 0; null: that is not asked. */
  ready: string[] | null;
  readyTimeoutMs: number;
}

/** How much a gate of the kind `mutation` tries, and what it asks for. */
export interface MutationBounds {
  timeMs: number;
  mostMutants: number;
  /** The share of mutants that tests have to notice, from 0 to 1. */
  minScore: number;
}

/** Where `baton.yaml` says nothing. */
export const MUTATION_BOUNDS: MutationBounds = { timeMs: 120_000, mostMutants: 60, minScore: 0.5 };

/** How the kind `probe` starts the service and asks it. */
export interface ProbeConfig {
  /** null: one that is free. */
  port: number | null;
  /** The variable that tells the service its port. */
  portEnv: string;
  /** A path that answers once the service is ready; null: it is when somebody listens. */
  ready: string | null;
  /** Sent with each request: a token for tests. */
  headers: Record<string, string>;
  /** Run to its end before the service is started; null: nothing is. */
  before: string[] | null;
  startTimeoutMs: number;
  replyTimeoutMs: number;
  /** What the paths of its endpoints begin with; empty: with anything. */
  paths: string[];
}

/** What holds where `baton.yaml` says no more than `kind: probe`. */
export const PROBE_DEFAULTS: ProbeConfig = {
  port: null,
  portEnv: 'PORT',
  ready: null,
  headers: {},
  before: null,
  startTimeoutMs: 60_000,
  replyTimeoutMs: 5_000,
  paths: [],
};

/** How migrations are tried: all three commands, or none. */
export interface RollbackConfig {
  up?: string[];
  /** Takes back what the change adds: as many migrations as BATON_ADDED_MIGRATIONS says. */
  down?: string[];
  /** Prints the schema. */
  schema?: string[];
  /** Whether a new migration without a way down stops the change. */
  requireDown: boolean;
}

export interface GateCommand {
  name: string;
  kind: GateKind;
  /** argv; run without a shell unless `shell`. Empty for the kinds `reach` and `forge_checks`, which run nothing here, for `rollback`, and `mutation` and `executed`, which run those of the tests; a `probe` takes the script `start` then. */
  command: string[];
  shell: boolean;
  /** Names passed through from the caller's environment. */
  env: string[];
  /** How test names are read; `none` makes the gate unverified. */
  reporter: TestReporter;
  /** Where the reporter's file (junit) or the coverage (lcov) lies, relative to the module. */
  report: string | null;
  /** junit and pytest only. Absent: pytest gets one beside its first test file; with junit no failing test is put beside the others, which every result says. */
  canary?: CanaryFile;
  set: 'quick' | 'full';
  network: boolean;
  timeoutMs: number | null;
  /** Started before it, in this order. Absent: none. */
  services?: ServiceConfig[];
  /** `reach` only: globs of files that are loaded in ways that cannot be read. */
  entries?: string[];
  /** `executed` only: what becomes of a change with a function that no test runs at all. Absent: it stops. */
  unrun?: 'stops' | 'shown';
  /** `mutation` only. */
  mutation?: MutationBounds;
  /** `probe` only. */
  probe?: ProbeConfig;
  /** `forge_checks` only: the names of the forge's checks that have to be green. */
  checks?: string[];
  /** `rollback` only. */
  rollback?: RollbackConfig;
  /** Setups only: false where they see nothing of the user's registries. Absent: they do. */
  registries?: boolean;
  /** Whether no other gate may run meanwhile. Absent: any may. */
  serial?: boolean;
}
