/**
 * Tests of the files that a change filled, without the other files of their suite: what fails alone without the change and is
 * green alone with it fails for want of the change, and not of a file that was left out. Neither look needs to know how the
 * suite comes out, so both can be had while it runs.
 */
import { dirname } from 'node:path/posix';
import type { ModuleConfig } from '../../definitions/config.ts';
import type { SuiteFiles } from '../checkouts.ts';
import { isTestFile } from '../suites/test-files.ts';
import { lookForRed, type ProofRun, type ProofTree, type Seen } from './proof-run.ts';

export interface AloneOrder extends ProofRun {
  /** Files to which something was added since the base. */
  filled: readonly string[];
  /** Files of the revision that are named as tests. */
  testFiles: () => Promise<readonly string[]>;
  /** Whether trees with other sources share what the module's setups install. */
  sharesSetups: (module: ModuleConfig) => Promise<boolean>;
  withoutChange: (suite: SuiteFiles) => Promise<ProofTree>;
  partOfSuite: (leftOut: ReadonlySet<string>) => Promise<ProofTree>;
}

export interface AloneLook {
  /** The files of tests that were run. */
  files: ReadonlySet<string>;
  /** What they come to without the change. */
  without: Seen | { problem: string };
  /** The tests that are green with it. */
  green: ReadonlySet<string>;
}

const NOTHING: ReadonlySet<string> = new Set();

/**
 * Costs two runs of these files, side by side. null: there is nothing to run alone, or nothing to leave out, or each of the
 * two trees would have to be set up anew, which may take longer than the rest of the suite.
 */
export async function lookAlone(order: AloneOrder): Promise<AloneLook | null> {
  const files = new Set(order.filled.filter(isTestFile));
  if (files.size === 0) return null;
  const leftOut = filesBeside(files, await order.testFiles());
  if (leftOut.size === 0 || !(await order.sharesSetups(order.module))) return null;
  const tree = await order.withoutChange({ files: NOTHING, leftOut });
  // Where the change is nothing but tests, its own run says what they come to without the rest.
  if (tree.known) return null;
  const part = await order.partOfSuite(leftOut);
  // Who is deaf there is so in the suite's own run, too, and that one has canaries.
  const [without, alone] = await Promise.all([lookForRed(order, tree), lookForRed(order, part)]);
  return { files, without, green: new Set('problem' in alone ? [] : alone.green) };
}

/** A package of Go is compiled with all its files of tests. */
function filesBeside(files: ReadonlySet<string>, all: readonly string[]): Set<string> {
  const packages = new Set([...files].map(dirname));
  const isKept = (file: string): boolean =>
    files.has(file) || (file.endsWith('.go') && packages.has(dirname(file)));
  return new Set(all.filter((file) => !isKept(file)));
}
