/** One fault at a time: shown to be harmful, then put before every set of gates. */
import { rollFor } from '../src/testing/random.ts';
import { halved } from './faults/cheats.ts';
import { criteriaOf, NO_CRITERIA, type Criteria } from './faults/criteria.ts';
import { isHeldOut, type Fault } from './faults/fault.ts';
import type { GateBench } from './gate-bench.ts';
import { BEFORE_LATE, GATE_SETS, LATE, STATIC, stoppedBy, type Passes } from './gate-sets.ts';
import type { Files } from './tasks.ts';
import type { VerdictCheckout } from './verdict.ts';

export interface Measured {
  fault: Fault;
  /** Which part of its own tests the change brought. */
  variant: 'full' | 'half';
  heldOut: boolean;
  /** By set: the gates that stopped it; empty: it got through. */
  stopped: Record<string, string[]>;
  /** How far the nearest finding lies from the fault, in lines; null: no finding names its file, or the fault has no line. */
  distance: number | null;
  /** Milliseconds of both passes. */
  ms: number;
}

export interface Benches {
  verdict: VerdictCheckout;
  gates: GateBench;
}

/** Whether the fault does harm: else it is none, and is counted as thrown away. */
export async function isHarmful(fault: Fault, { verdict }: Benches): Promise<boolean> {
  if (fault.harm === 'by_rule') return true;
  const files = { ...fault.tests(fault.task.tests), ...fault.sources };
  return !(await verdict.judge(files)).accepted;
}

export async function measure(fault: Fault, { gates }: Benches, seed: number): Promise<Measured> {
  const { task, family, sources } = fault;
  // Cheats are made of the tests themselves: half of them would be another cheat.
  const variant = family === 'fault' && rollFor('half', seed, fault.id) < 0.5 ? 'half' : 'full';
  const own = variant === 'half' ? halved(task.tests, task.runner) : task.tests;
  const brought: Files = fault.tests(own);
  const criteria = criteriaOf(task, { ...sources, ...brought });
  const passes = await runPasses(gates, { sources, brought, criteria });
  const stopped = Object.fromEntries(GATE_SETS.map((set) => [set.name, stoppedBy(set, passes)]));
  return {
    fault,
    variant,
    heldOut: isHeldOut(fault.id),
    stopped,
    distance: distanceTo(fault, passes),
    ms: Object.values(passes).reduce((sum, pass) => sum + pass.ms, 0),
  };
}

/** Both trees; what asks the same of both is asked once, and what takes long only where nothing else stopped it. */
export async function runPasses(
  gates: GateBench,
  given: { sources: Files; brought: Files; criteria: Criteria },
): Promise<Passes> {
  const { sources, brought, criteria } = given;
  const isStatic = (kind: string): boolean => STATIC.includes(kind);
  const whole = { ...sources, ...brought };
  const passes: Passes = {
    without_own: await gates.pass(sources, {
      criteria: NO_CRITERIA,
      runs: (kind) => isStatic(kind) || kind === 'tests',
    }),
    with_own: await gates.pass(whole, {
      criteria,
      runs: (kind) => !isStatic(kind) && !LATE.includes(kind),
    }),
  };
  const isStopped = BEFORE_LATE.some((set) => stoppedBy(set, passes).length > 0);
  if (isStopped || !gates.hasLate) return passes;
  const runs = (kind: string): boolean => LATE.includes(kind) || kind === 'tests';
  return { ...passes, late: await gates.pass(whole, { criteria: NO_CRITERIA, runs }) };
}

function distanceTo({ place }: Fault, passes: Passes): number | null {
  if (place === null) return null;
  const lines = Object.values(passes)
    .flatMap((pass) => pass.results)
    .flatMap(({ findings }) => findings)
    .filter(({ blocking, file }) => blocking && file === place.path)
    .flatMap(({ line }) => (line === null ? [] : [Math.abs(line - place.line)]));
  return lines.length === 0 ? null : Math.min(...lines);
}
