/** Runs a suite on a tree that was put together to prove something of its tests, once per contents. */
import { z } from 'zod';
import type { GateCommand, ModuleConfig } from '../../definitions/config.ts';
import { hasBrokenEnd } from '../describe-end.ts';
import { excerptTail } from '../findings.ts';
import type { GateSide } from '../gate-side.ts';
import { knownOf, onlyGate, prepareAll, type RunnableSide } from '../measure-base.ts';
import { weighCanary, type BaseTests } from '../suites/judge-tests.ts';
import { GREEN_UNASKED, measureTests } from '../suites/measure-tests.ts';
import { cacheKey } from '../result-cache.ts';
import type { ResultCache } from '../result-cache.ts';
import type { GateSurroundings } from '../run-gate-command.ts';
import type { NamedTest } from '../suites/test-report.ts';

/** Tests and sources that never stood together in one revision. */
export interface ProofTree {
  /** Names everything that the tree holds. */
  inputs: string[];
  /** Whether it holds what was measured before: nothing has to run. */
  known: boolean;
  side: GateSide;
}

export interface ProofRun {
  repo: string;
  gate: GateCommand;
  module: ModuleConfig;
  modules: ModuleConfig[];
  /** Names configuration and surroundings of the gate. */
  inputs: object;
  /** The base's own run of the suite: where its tests are, and whether a canary was red among them. */
  base: () => Promise<BaseTests>;
  cache: ResultCache;
  around: GateSurroundings;
}

const SEEN = z.object({ red: z.array(z.string()), green: z.array(z.string()) });
export type Seen = z.infer<typeof SEEN>;

/**
 * What the suite comes to there, where green clears a change: nothing is green beside a canary that is not red. `problem`: it
 * did not run to an end that can be read, and nothing is remembered.
 */
export const lookAt = (order: ProofRun, tree: ProofTree): Promise<Seen | { problem: string }> =>
  look(order, tree, order.base);

/** The same without a canary, where red is what counts. */
export const lookForRed = (order: ProofRun, tree: ProofTree): Promise<Seen | { problem: string }> =>
  look(order, tree, null);

async function look(
  order: ProofRun,
  tree: ProofTree,
  askBase: ProofRun['base'] | null,
): Promise<Seen | { problem: string }> {
  const { gate, module, modules, cache, around } = order;
  const asked = askBase === null ? {} : { canary: true };
  const key = cacheKey({ what: 'proof', ...order.inputs, tree: tree.inputs, ...asked });
  const stored = await cache.read(key, SEEN);
  if (stored !== null) return stored;
  const side: RunnableSide = { side: tree.side, module, modules };
  if (!(await prepareAll(side))) return { problem: 'the setup fails there' };
  const base = askBase === null ? null : await askBase();
  const run = await tree.side.apart(onlyGate(module, gate), (place) =>
    measureTests(gate, place, base === null ? GREEN_UNASKED : knownOf(base), around),
  );
  if (run.report === null || hasBrokenEnd(run.end))
    return {
      problem: `${run.problem ?? 'the run was cut off'}. Its last words:\n${excerptTail(run.log, '')}`,
    };
  const named = (wanted: NamedTest['status']): string[] =>
    run.report?.tests.flatMap((test) => (test.status === wanted ? [testKey(test)] : [])) ?? [];
  const canary = base === null ? 'none' : weighCanary(base, run);
  const seen = { red: named('failed'), green: canary === 'not_red' ? [] : named('passed') };
  await cache.write(key, seen);
  return seen;
}

/** Names a test within its repository. */
export const testKey = ({ file, name }: { file: string; name: string }): string => `${file}\0${name}`;
