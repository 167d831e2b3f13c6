/** Where a cheat can be played in a checkout: a test of its own, and a source of its own that the test loads. */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { join } from 'node:path';
import type { Config, GateCommand, ModuleConfig, TestReporter } from '../../definitions/config.ts';
import { findTestFiles, isTestFile, isTestPart } from '../../gates/suites/test-files.ts';
import { allLoadedBy, isCode, loadedBy } from './loads.ts';
import { hasSystemCheat } from './system-cheats.ts';
import { findSystemSite, type FoundSite } from './system-sites.ts';

/** Runners whose tests the cheats know how to write. */
export const CHEATED_RUNNERS = ['node', 'vitest', 'jest', 'mocha'] as const satisfies readonly TestReporter[];
export type CheatedRunner = (typeof CHEATED_RUNNERS)[number];
/** Runners of other languages, for which there are the common cheats. */
export const SYSTEM_RUNNERS = ['go', 'pytest', 'cargo'] as const satisfies readonly TestReporter[];
export type SystemRunner = (typeof SYSTEM_RUNNERS)[number];

export interface TestSite {
  repo: string;
  runner: CheatedRunner | SystemRunner;
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

/** What stands in the way of this cheat on the tests of these repositories; null: nothing that the configuration shows. */
export function whyNoCheat(name: string, config: Config, repos: readonly string[]): string | null {
  const gates = repos.flatMap((repo) => testGatesOf(config, repo));
  if (gates.length === 0) return 'no repository has a gate that runs tests';
  const read = gates.map(({ gate }) => gate.reporter);
  const known = read.filter(isCheated);
  if (known.length === 0)
    return `the tests are read by ${[...new Set(read)].join(', ')}, and the cheats are written for ${[...CHEATED_RUNNERS, ...SYSTEM_RUNNERS].join(', ')}`;
  return known.some((runner) => isPlayable(name, runner))
    ? null
    : `there is no such cheat for ${[...new Set(known)].join(', ')}`;
}

/** Every cheat is written for JavaScript. */
const isPlayable = (name: string, runner: CheatedRunner | SystemRunner): boolean =>
  !isSystem(runner) || hasSystemCheat(name);

/** The first place where a cheat can be played (with `cheat`: this one), repository by repository; null: none was found. */
export async function findTestSite(
  config: Config,
  checkouts: readonly Checkout[],
  cheat: string | null = null,
): Promise<TestSite | null> {
  for (const { name, path } of checkouts) {
    for (const { gate, module } of testGatesOf(config, name)) {
      if (!isCheated(gate.reporter) || (cheat !== null && !isPlayable(cheat, gate.reporter))) continue;
      const dir = join(path, module.path);
      const found = isSystem(gate.reporter) ? await findSystemSite(dir, gate.reporter) : await findIn(dir);
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

function isCheated(reporter: TestReporter): reporter is CheatedRunner | SystemRunner {
  return [...CHEATED_RUNNERS, ...SYSTEM_RUNNERS].some((each) => each === reporter);
}

export function isSystem(runner: TestReporter): runner is SystemRunner {
  return SYSTEM_RUNNERS.some((each) => each === runner);
}

/** Of all sources that a test names: one that as few test files as possible load, so that a cheat has few to bend. */
async function findIn(dir: string): Promise<FoundSite | null> {
  const tests = (await findTestFiles(dir)).filter((path) => isTestFile(path) && isCode(path));
  const loads = new Map(tests.map((test) => [test, allLoadedBy(dir, test)]));
  const all = tests.flatMap((test) =>
    loadedBy(dir, test)
      .filter((source) => !isTestPart(source))
      .map((source): FoundSite => {
        const loading = tests.filter((each) => loads.get(each)?.has(source) === true);
        return { test, source, loading };
      }),
  );
  return all.toSorted((a, b) => a.loading.length - b.loading.length)[0] ?? null;
}
