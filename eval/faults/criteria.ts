/** What the acceptance criteria of a task ask for, and which tests an author would name for them. */
import { isTestPart } from '../../src/gates/suites/test-files.ts';
import type { EvalTask, Files } from '../tasks.ts';
import { testBlocks } from './test-blocks.ts';

/** Each criterion has to be shown by a test that is named for it. */
export interface Criteria {
  /** Fixed by the task, whatever a change brings: as many as the good change has tests of its own. */
  count: number;
  /** The test of each; fewer than there are criteria: nobody named one. */
  named: readonly string[];
}

export const NO_CRITERIA: Criteria = { count: 0, named: [] };

/**
 * Names come from the change that is judged, and never from the good one: those of its tests that the base does not have,
 * in the order of the files, one after the other and from the beginning again. Whoever brings none names tests of the base.
 */
export function criteriaOf(task: EvalTask, change: Files): Criteria {
  const count = testNames(task.tests, task.runner).length;
  const there = testNames({ ...task.baseTests, ...task.testsBefore }, task.runner);
  const tests = Object.entries(change).filter(([path]) => isTestPart(path));
  const brought = testNames(Object.fromEntries(tests), task.runner).filter((name) => !there.includes(name));
  const from = brought.length > 0 ? brought : there;
  const named =
    from.length === 0 ? [] : Array.from({ length: count }, (_, at) => from[at % from.length] ?? '');
  return { count, named };
}

export function testNames(own: Files, runner: EvalTask['runner']): string[] {
  return Object.values(own).flatMap((text) => testBlocks(text ?? '', runner).map(({ name }) => name));
}
