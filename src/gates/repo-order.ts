/** What the gates of one repository are given of a pass, and what each comes to. */
import { z } from 'zod';
import type { AddedMigration, Coverage, NamedTestSeen, RepoRollback, TestCounts } from '../core/records.ts';
import { GATE_STATUSES, SEVERITIES } from '../core/words.ts';
import type { Endpoint } from '../core/checks/endpoints.ts';
import type { GateKind } from '../core/words.ts';
import type { GateCommand, ModuleConfig, RepoConfig } from '../definitions/config.ts';
import type { DemandedTest, TestExpectation } from './suites/expected-tests.ts';
import type { SuiteFiles } from './checkouts.ts';
import type { ChangedLines } from './change/changed-lines.ts';
import type { FindingDraft } from './findings.ts';
import type { GateSide } from './gate-side.ts';
import type { Judgement } from './suites/judge-tests.ts';
import type { GateTimes } from './longest-first.ts';
import type { OldForm } from './proofs/contradicted-tests.ts';
import type { BareForm } from './proofs/leaning-tests.ts';
import type { ProofTree } from './proofs/proof-run.ts';
import type { ResultCache } from './result-cache.ts';
import type { GateSurroundings } from './run-gate-command.ts';
import type { Slots } from './turns.ts';

/** A gate's result before its findings have numbers. */
export interface GateOutcome extends Omit<Judgement, 'names'> {
  gate: string;
  kind: GateKind;
  repo: string;
  module: string;
  /** Of the tests that were looked for, those that are there. */
  named?: NamedTestSeen[];
  coverage?: Coverage;
  held_back?: string[];
  rollback?: RepoRollback[];
  contradicted?: { file: string; name: string }[];
  hollow?: number;
  log: string;
  configHash: string;
  durationMs: number;
  cached: boolean;
}

export interface RepoOrder {
  repo: string;
  config: RepoConfig;
  set: 'quick' | 'full';
  /** Trees of the repository. */
  baseTree: string;
  tree: string;
  expected: TestExpectation;
  /** The sources from before a demanded test, with the tests as they are now. */
  proofOf: (test: DemandedTest) => Promise<ProofTree>;
  /** The base's sources with the tests as they are now. */
  withoutChange: (suite: SuiteFiles) => Promise<ProofTree>;
  /** Files of the revision that are named as tests. */
  testFiles: () => Promise<readonly string[]>;
  /** Whether trees with other sources share what the module's setups install. */
  sharesSetups: (module: ModuleConfig) => Promise<boolean>;
  /** The revision without these files of a suite. */
  partOfSuite: (leftOut: ReadonlySet<string>) => Promise<ProofTree>;
  /** The revision with the tests as the base has them. */
  baseForm: () => Promise<OldForm>;
  /** The same, without the test code that the change brings. */
  bareForm: () => Promise<BareForm>;
  /** The revision with the tests as they were when this one showed a fault. */
  shownForm: (test: DemandedTest) => Promise<OldForm>;
  /** The text of a file of the revision; null where there is none. */
  readHead: (path: string) => Promise<string | null>;
  /** The same of the base. */
  readBase: (path: string) => Promise<string | null>;
  /** Tests that are looked for by name; null: none is. */
  named: readonly string[] | null;
  /** Files to which something was added since the base. */
  filled: readonly string[];
  /** Whether the revision's own gate configuration counts: a person approved it. */
  ownConfig: boolean;
  /** Shared by all passes. */
  slots: Slots;
  times: GateTimes;
  /** Whether the coverage of changed lines is asked for. */
  coverage: boolean;
  /** The step whose agent wrote the tests of the change; null: nobody is known. */
  testWriter: string | null;
  /** Whether an agent that writes tests has its turn later. */
  testsToCome: boolean;
  /** Of all repositories: what a probe asks the running service. */
  endpoints: readonly Endpoint[];
  /** The lines that differ from the base, in all repositories; null: too many to be read whole. */
  changed: () => Promise<ChangedLines | null>;
  base: GateSide;
  /** The revision in a checkout of its own, for a second look: made where one is needed. */
  again: GateSide;
  head: GateSide;
  /** The gate that reads both trees and runs nothing. */
  reach: (module: ModuleConfig, gate: GateCommand) => Promise<Stored>;
  /** The migrations that the change adds to a module. */
  migrations: (module: ModuleConfig) => Promise<AddedMigration[]>;
  /** The gate that asks the forge's own checks. */
  forgeChecks: (gate: GateCommand) => Promise<Stored>;
  /** Where the product begins; null: nowhere that can be found. */
  entryFiles: () => Promise<ReadonlySet<string> | null>;
  cache: ResultCache;
  around: GateSurroundings;
}

export interface GateJob {
  module: ModuleConfig;
  gate: GateCommand;
  key: string;
  stored: Stored | null;
}

export const STORED = z.object({
  status: z.enum(GATE_STATUSES),
  summary: z.string(),
  tests: z.custom<TestCounts>((value) => typeof value === 'object' && value !== null).nullable(),
  drafts: z.array(
    z.object({
      severity: z.enum(SEVERITIES),
      blocking: z.boolean(),
      repo: z.string().nullable(),
      file: z.string().nullable(),
      line: z.number().nullable(),
      problem: z.string(),
      fix: z.string(),
      identity: z.string(),
    }) satisfies z.ZodType<FindingDraft>,
  ),
  red: z.array(z.object({ file: z.string(), name: z.string() })).optional(),
  names: z
    .array(
      z.object({
        file: z.string(),
        name: z.string(),
        line: z.number().nullable(),
        green: z.boolean(),
        wasGreen: z.boolean(),
        movedFrom: z.string().optional(),
      }),
    )
    .optional(),
  coverage: z.custom<Coverage>((value) => typeof value === 'object' && value !== null).optional(),
  held_back: z.array(z.string()).optional(),
  log: z.string(),
  durationMs: z.number(),
});
export type Stored = z.infer<typeof STORED>;
