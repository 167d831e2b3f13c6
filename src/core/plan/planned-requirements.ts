/** What the accepted plan says of each requirement: the tasks that name it. Pure. */
import type { PlannedTask } from '../results.ts';
import type { StepState } from '../step-state.ts';
import type { TaskFiles } from './planned-files.ts';

/** A functional requirement as it was accepted. */
export interface Requirement {
  id: string;
  text: string;
}

export interface PlannedRequirement extends Requirement {
  /** Those that name it and build, in the order of the plan; none: no task names it. */
  tasks: TaskFiles[];
}

/**
 * Nothing where no task names any: such a plan does not say what is for what. Left out is what still has a task ahead of it.
 * `doneFor`: what a task that is done was to change, and by whom.
 */
export function plannedRequirements(
  requirements: readonly Requirement[],
  plan: Pick<StepState, 'tasks'>,
  doneFor: (task: PlannedTask) => TaskFiles[],
): PlannedRequirement[] {
  const all = requirements.map((requirement) => ({
    requirement,
    named: builders(plan.tasks.filter((task) => names(task, requirement.id))),
  }));
  if (all.every(({ named }) => named.length === 0)) return [];
  return all.flatMap(({ requirement, named }) => {
    const done = named.map(doneFor);
    return done.some((each) => each.length === 0) ? [] : [{ ...requirement, tasks: done.flat() }];
  });
}

/** Who tests or describes it, too, does not build it. */
function builders(tasks: readonly PlannedTask[]): readonly PlannedTask[] {
  const building = tasks.filter(({ category }) => category !== 'quality' && category !== 'documentation');
  return building.length > 0 ? building : tasks;
}

/** As a word of its own: `F1` is not in `F12`. */
function names({ description, output }: PlannedTask, id: string): boolean {
  const text = `${description}\n${output}`.toLowerCase();
  const word = id.trim().toLowerCase();
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1))
    if (!isOfWord(text[at - 1]) && !isOfWord(text[at + word.length])) return true;
  return false;
}

const isOfWord = (sign: string | undefined): boolean => sign !== undefined && /[\p{L}\p{N}]/u.test(sign);
