/** Where a cheat can be played in a checkout: a test of its own, and a source of its own that the test loads. */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { join } from 'node:path';
import type { Config, GateCommand, ModuleConfig, TestReporter } from '../../definitions/config.ts';
import { findTestFiles, isTestFile, isTestPart } from '../../gates/suites/test-files.ts';
import { allLoadedBy, isCode, loadedBy } from './loads.ts';

/** Runners whose tests the cheats know how to write. */
export const CHEATED_RUNNERS = ['node', 'vitest', 'jest', 'mocha'] as const satisfies readonly TestReporter[];
export type CheatedRunner = (typeof CHEATED_RUNNERS)[number];

export interface TestSite {
  repo: string;
  runner: CheatedRunner;
  gate: GateCommand;
  module: ModuleConfig;
  /** Paths relative to the checkout, and what lies there. */
  test: { path: string; text: string };
  source: { path: string; text: string };
  /** Every test file that loads the source, itself or through others; the one above is among them. */
  loading: { path: string; text: string }[];
}

export interface Checkout {
  name: string;
  path: string;
}

/** What stands in the way of cheats on the tests of these repositories; null: nothing that the configuration shows. */
export function whyNoCheats(config: Config, repos: readonly string[]): string | null {
  const gates = repos.flatMap((repo) => testGatesOf(config, repo));
  if (gates.length === 0) return 'no repository has a gate that runs tests';
  const read = gates.map(({ gate }) => gate.reporter);
  if (read.some(isCheated)) return null;
  return `the tests are read by ${[...new Set(read)].join(', ')}, and the cheats are written for ${CHEATED_RUNNERS.join(', ')}`;
}

/** The first place where a cheat can be played, repository by repository; null: none was found. */
export async function findTestSite(config: Config, checkouts: readonly Checkout[]): Promise<TestSite | null> {
  for (const { name, path } of checkouts) {
    for (const { gate, module } of testGatesOf(config, name)) {
      if (!isCheated(gate.reporter)) continue;
      const found = await findIn(join(path, module.path));
      if (found === null) continue;
      const at = (file: string): string => posix.join(module.path, file);
      const read = (file: string) => ({ path: at(file), text: readFileSync(join(path, at(file)), 'utf8') });
      return {
        repo: name,
        runner: gate.reporter,
        gate,
        module,
        test: read(found.test),
        source: read(found.source),
        loading: found.loading.map(read),
      };
    }
  }
  return null;
}

function testGatesOf(config: Config, repo: string): { gate: GateCommand; module: ModuleConfig }[] {
  const modules = config.repos[repo]?.modules ?? [];
  return modules.flatMap((module) =>
    module.gates.filter(({ kind }) => kind === 'tests').map((gate) => ({ gate, module })),
  );
}

function isCheated(reporter: TestReporter): reporter is CheatedRunner {
  return (CHEATED_RUNNERS as readonly string[]).includes(reporter);
}

interface Found {
  test: string;
  source: string;
  loading: string[];
}

/** Of all sources that a test names: one that as few test files as possible load, so that a cheat has few to bend. */
async function findIn(dir: string): Promise<Found | null> {
  const tests = (await findTestFiles(dir)).filter((path) => isTestFile(path) && isCode(path));
  const loads = new Map(tests.map((test) => [test, allLoadedBy(dir, test)]));
  const all = tests.flatMap((test) =>
    loadedBy(dir, test)
      .filter((source) => !isTestPart(source))
      .map((source): Found => {
        const loading = tests.filter((each) => loads.get(each)?.has(source) === true);
        return { test, source, loading };
      }),
  );
  return all.toSorted((a, b) => a.loading.length - b.loading.length)[0] ?? null;
}
