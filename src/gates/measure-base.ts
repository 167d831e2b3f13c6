/** What the base does under the same gate: measured once per configuration and tree, then remembered. */
import { z } from 'zod';
import type { GateCommand, ModuleConfig } from '../definitions/config.ts';
import { hasBrokenEnd } from './describe-end.ts';
import { modulesToPrepare } from './run-setup.ts';
import type { ApartGate, GateSide } from './gate-side.ts';
import { linesOf, messagesOf } from './judge-command.ts';
import type { BaseCommand } from './judge-command.ts';
import type { BaseTests } from './suites/judge-tests.ts';
import { measureTests } from './suites/measure-tests.ts';
import { NOTHING_KNOWN, type KnownSuite } from './suites/place-canary.ts';
import { openScratch } from './gate-scratch.ts';
import { inputsOf } from './gate-inputs.ts';
import type { RepoOrder } from './repo-order.ts';
import { cacheKey, type ResultCache } from './result-cache.ts';
import { runGateCommand } from './run-gate-command.ts';
import type { GateSurroundings } from './run-gate-command.ts';

const TEST = z.object({
  name: z.string(),
  file: z.string(),
  status: z.enum(['passed', 'failed', 'skipped', 'todo']),
  line: z.number().nullable(),
  message: z.string(),
});
const TESTS: z.ZodType<BaseTests> = z.object({
  report: z
    .object({
      tests: z.array(TEST),
      errors: z.array(z.object({ file: z.string().nullable(), message: z.string() })),
      emptyFiles: z.array(z.string()),
    })
    .nullable(),
  canary: z.enum(['red', 'not_red', 'none']),
  exit: z.number().nullable(),
  reports: z.number(),
  watched: z.array(z.string()).optional(),
  written: z.array(z.string()).optional(),
});
const COMMAND: z.ZodType<BaseCommand> = z.object({
  exit: z.number().nullable(),
  messages: z.array(z.string()),
  lines: z.array(z.string()).optional(),
});

const NO_TESTS: BaseTests = { report: null, canary: 'none', exit: null, reports: 0 };

export interface BaseOptions {
  gate: GateCommand;
  module: ModuleConfig;
  /** All modules of the repository: those around this one may have a setup that it needs. */
  modules: ModuleConfig[];
  side: GateSide;
  cache: ResultCache;
  /** Names configuration, module and tree of the base. */
  key: string;
  around: GateSurroundings;
}

/** What the base is measured by for this gate. */
export function baseOptionsOf(
  order: RepoOrder,
  { gate, module }: { gate: GateCommand; module: ModuleConfig },
): BaseOptions {
  const { base: side, cache, around, config } = order;
  const key = cacheKey({ what: 'base', ...inputsOf(order, module, gate), tree: order.baseTree });
  return { gate, module, modules: config.modules, side, cache, key, around };
}

/** Where canaries are put beside the tests of the base. */
export const knownOf = ({ report, watched = [] }: BaseTests): KnownSuite => ({
  tests: report?.tests ?? [],
  watch: watched,
  filled: [],
});

/** The named tests of the base. A base that cannot be run has none: then everything in the revision is new. */
export async function measureBaseTests(options: BaseOptions): Promise<BaseTests> {
  const { gate, module, side, cache, key, around } = options;
  const stored = await cache.read(key, TESTS);
  if (stored !== null) return stored;
  if (!(await prepareAll(options))) return NO_TESTS;
  const run = await side.apart(onlyGate(module, gate), (place) =>
    measureTests(gate, place, { ...NOTHING_KNOWN, watch: 'first' }, around),
  );
  const { report, canary, reports, watched, written } = run;
  const base = { report, canary, exit: run.end.exit, reports, watched, written };
  // A run that was cut off may go better the next time; remembered, it would weaken every later comparison.
  if (!hasBrokenEnd(run.end)) await cache.write(key, base);
  return base;
}

/** Whether and with what the base is red; null: it could not be run. */
export async function measureBaseCommand(options: BaseOptions): Promise<BaseCommand | null> {
  const { gate, module, side, cache, key, around } = options;
  const stored = await cache.read(key, COMMAND);
  if (stored !== null) return stored;
  if (!(await prepareAll(options))) return null;
  const { root } = await side.place(module.path);
  const run = await side.apart(onlyGate(module, gate), async (place) => {
    await using scratch = await openScratch(place.dir, 'none');
    return await runGateCommand(gate, { place, scratch, argv: gate.command, env: {} }, around);
  });
  if (hasBrokenEnd(run.end)) return null;
  const about = { root, module: module.path };
  const messages = messagesOf(run.log, about);
  const base = { exit: run.end.exit, messages, ...(run.end.exit === 0 ? {} : { lines: linesOf(run.log) }) };
  await cache.write(key, base);
  return base;
}

/** A gate whose checkout is nobody else's to judge by: what it leaves there may stay. */
export function onlyGate(module: ModuleConfig, gate: GateCommand): ApartGate {
  return { module: module.path, gate: gate.name, isLast: () => true };
}

/** One module of a checkout, with the modules whose setup it may need. */
export type RunnableSide = Pick<BaseOptions, 'side' | 'module' | 'modules'>;

/** Whether the module is there and every setup that it needs went well. */
export async function prepareAll({ side, module, modules }: RunnableSide): Promise<boolean> {
  if (!(await side.hasModule(module.path))) return false;
  for (const needed of modulesToPrepare(modules, module)) {
    if (!(await side.hasModule(needed.path))) return false;
    if ((await side.prepare(needed))?.status !== 'pass') return false;
  }
  return true;
}
