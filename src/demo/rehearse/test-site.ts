/** Where a cheat can be played in a checkout: a test of its own, and a source of its own that the test loads. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { join } from 'node:path';
import type { Config, GateCommand, ModuleConfig, TestReporter } from '../../definitions/config.ts';
import { findTestFiles, isTestFile, isTestPart } from '../../gates/suites/test-files.ts';

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

const REQUESTS = /(?:\bfrom\s+|\bimport\s+|\brequire\(\s*|\bimport\(\s*)(['"])(\.{1,2}\/[^'"]+)\1/g;
const ENDINGS = ['', '.ts', '.js', '.mjs', '.cjs', '.mts', '.tsx', '.jsx', '/index.ts', '/index.js'];

async function findIn(dir: string): Promise<{ test: string; source: string } | null> {
  for (const test of (await findTestFiles(dir)).filter(isTestFile)) {
    if (!/\.[cm]?[jt]sx?$/.test(test)) continue;
    for (const [, , request = ''] of readFileSync(join(dir, test), 'utf8').matchAll(REQUESTS)) {
      const source = resolveIn(dir, posix.join(posix.dirname(test), request));
      if (source !== null && !isTestPart(source) && /\.[cm]?[jt]sx?$/.test(source)) return { test, source };
    }
  }
  return null;
}

function resolveIn(dir: string, path: string): string | null {
  if (path.startsWith('..')) return null;
  const written = path.replace(/\.([cm]?)js(x?)$/, '.$1ts$2'); // TypeScript names the file that it will be
  const candidates = [...ENDINGS.map((ending) => path + ending), written];
  return candidates.find((file) => existsSync(join(dir, file)) && statSync(join(dir, file)).isFile()) ?? null;
}
