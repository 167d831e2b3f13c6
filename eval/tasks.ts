/** What the evaluation works on: a repository, a change that is known to be good, and tests that no gate ever sees. */
import type { Endpoint } from '../src/core/checks/endpoints.ts';
import type { RepoConfig } from '../src/definitions/config.ts';

/** Texts by path, relative to the repository; null: the file goes. */
export type Files = Record<string, string | null>;

export type Runner = 'jest' | 'node' | 'vitest' | 'mocha' | 'go' | 'pytest' | 'cargo' | 'unknown';

export interface TaskCommands {
  /** Run once with a shell before anything else; null: nothing has to be installed. */
  setup: string | null;
  typecheck: string | null;
  lint: string | null;
  test: string;
  acceptance: string;
}

export interface EvalTask {
  /** `project/change`. */
  id: string;
  project: string;
  runner: Runner;
  prompt: string;
  /** A git repository at the commit before the change. */
  repo: string;
  /** Sources as the good change leaves them, whole. */
  gold: Files;
  /** The same files before it; what is new is not in here. */
  before: Files;
  /** Files of the base: sources and settings, and its tests. */
  base: Files;
  baseTests: Files;
  /** The tests that the change brings, whole files. */
  tests: Files;
  testsBefore: Files;
  /** The hidden tests. */
  acceptance: Files;
  /** Files of the change without which nothing of it is in use; empty: nobody said. */
  wiring: string[];
  /** Sources that answer what the change's own tests ask, and nothing else; null: nobody wrote them. */
  hardCoded: Files | null;
  /** Whether tests of the base are red before the change: as its author says, then as seen. */
  baseIsRed: boolean;
  commands: TaskCommands;
  /** What the requirements name for the gate that probes; empty: nothing. */
  endpoints: Endpoint[];
  config: RepoConfig;
}

/** The name of the repository in every run and pass. */
export const REPO = 'service';
