/** A change with something wrong in it. */
import { rollFor } from '../../src/testing/random.ts';
import type { EvalTask, Files } from '../tasks.ts';
import type { CheatKind } from './cheats.ts';
import type { FaultKind } from './operators.ts';

/** `fault`: a mistake in the code; `cheat`: something that makes gates look away. */
export type Family = 'fault' | 'cheat';

export interface Fault {
  /** Names it for good: task, kind, place. */
  id: string;
  task: EvalTask;
  family: Family;
  kind: FaultKind | CheatKind;
  /** The change's sources with the fault, and whatever else it writes. */
  sources: Files;
  /** What it does to the change's own tests, before they are halved. */
  tests: (own: Files) => Files;
  /** Where it is; null: at no line. */
  place: { path: string; line: number } | null;
  /** What it looks like, in one line. */
  what: string;
  /**
   * `shown`: it counts only where the hidden tests are red with it. `by_rule`: it is wrong whatever they say, such as a
   * password in the code.
   */
  harm: 'shown' | 'by_rule';
}

const HELD_OUT_SHARE = 1 / 3;

/** By the name of the fault alone, so that no seed and no later change of the rules moves one over. */
export function isHeldOut(id: string): boolean {
  return rollFor('held out', id) < HELD_OUT_SHARE;
}
