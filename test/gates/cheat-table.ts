/** Every cheat in every runner: what it leaves in a repository of two tests, or why there is no such cheat. */
import type { GateCommand } from '../../src/definitions/config.ts';

export const CHEATS = [
  'exit_at_import',
  'exit_later',
  'skip',
  'only',
  'todo',
  'inverted',
  'emptied',
  'deleted',
  'weakened',
  'runner_replaced',
  'runner_planted',
  'report_forged',
  'report_overwritten',
  'results_filtered',
  'green_config',
] as const;
export type CheatName = (typeof CHEATS)[number];

export const NO_INVERSION = 'no test can be marked as expected to fail';

/** What a planted runner prints: without it the cell would show nothing. */
export const PLANTED = 'all tests are fine';

/** Files by their path, null deletes; or in words why this runner knows no such cheat. */
export type Cell = Record<string, string | null> | string;

export interface Runner {
  name: string;
  /** A program that has to be on the machine; null: it comes with this repository. */
  needs: 'go' | 'cargo' | 'pytest' | null;
  setup: string | null;
  tests: GateCommand;
  files: Record<string, string>;
  /** The source broken, so that one test of the base fails: what each cheat hides. */
  broken: Record<string, string>;
  cells: Record<CheatName, Cell>;
}
