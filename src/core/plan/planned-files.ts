/** Where the accepted plan expected changes, for the gate that holds a change against it. Pure. */
import type { PlannedTask } from '../results.ts';
import type { StepId } from '../graph.ts';
import { isDisputed } from '../review/findings.ts';
import { stepOf, type RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';
import { plannedRequirements, type PlannedRequirement, type Requirement } from './planned-requirements.ts';

export interface TaskFiles {
  task: string;
  /** Whose work it is. */
  step: StepId;
  blocking: boolean;
  scopes: string[];
}

export interface PlannedFiles {
  /** Tasks that are done, or whose change this is: what they named should be there. */
  tasks: TaskFiles[];
  /** Where changes are expected at all, by the plan and by steps that have scopes of their own; null: anywhere, or it is not this step's to ask. */
  expected: string[] | null;
  /** Asked where the whole change is checked. */
  requirements: PlannedRequirement[];
  /** Fingerprints of findings that their author gave a reason for. */
  answered: string[];
}

/** null: no plan has a word in what this step is. `requirements`: those that were accepted. */
export function plannedFiles(
  state: RunState,
  st: StepState,
  requirements: readonly Requirement[] = [],
): PlannedFiles | null {
  const answered = answeredIn(st);
  const { task } = st.step;
  if (task !== undefined) return { tasks: [filesOf(task, st)], expected: null, requirements: [], answered };
  if (!checksWhole(st)) return null;
  const all = state.graph.steps.map(({ id }) => stepOf(state, id));
  const plan = all.findLast((each) => each.status === 'accepted' && each.tasks.length > 0);
  if (plan === undefined) return null;
  const own = new Set(all.flatMap((each) => each.step.task?.id ?? []));
  const tasks = plan.tasks.filter(({ id }) => !own.has(id)).flatMap((each) => doneTask(all, each));
  return {
    tasks,
    expected: expectedIn(all, plan.tasks),
    requirements: plannedRequirements(requirements, plan, (each) =>
      own.has(each.id) ? ownTask(all, each) : doneTask(all, each),
    ),
    answered,
  };
}

/** Whether this step looks at everything since the run's base. */
export const checksWhole = ({ step: { work } }: StepState): boolean =>
  work.kind === 'check' && work.from === 'base';

/** A task that is a step of its own; none: it is not done. */
function ownTask(all: readonly StepState[], task: PlannedTask): TaskFiles[] {
  const own = all.find(({ step }) => step.task?.id === task.id);
  return own?.status === 'accepted' ? [filesOf(task, own)] : [];
}

/** Who may find that nothing is missing is not held to every file. */
function filesOf({ id, blocking, scopes }: PlannedTask, { step }: StepState): TaskFiles {
  const mayBeNothing = step.work.kind === 'agent' && step.work.changes === 'optional';
  return { task: id, step: step.id, blocking: blocking && !mayBeNothing, scopes };
}

/** A task that is no step of its own is done when its agent has nothing left to do. */
function doneTask(all: readonly StepState[], task: PlannedTask): TaskFiles[] {
  const steps = all.filter(({ step }) => step.work.kind === 'agent' && step.work.agent === task.agent);
  const last = steps.findLast(({ status }) => status === 'accepted');
  return last === undefined || steps.some(({ status }) => status === 'open') ? [] : [filesOf(task, last)];
}

/** A task without scopes may change anything. */
function expectedIn(all: readonly StepState[], tasks: readonly PlannedTask[]): string[] | null {
  const positive = (scopes: readonly string[]): string[] => scopes.filter((scope) => !scope.startsWith('!'));
  if (tasks.some(({ scopes }) => positive(scopes).length === 0)) return null;
  const steps = all.flatMap(({ step }) => (step.work.kind === 'agent' ? positive(step.work.scopes) : []));
  return [...new Set([...tasks.flatMap(({ scopes }) => positive(scopes)), ...steps])];
}

/** Disputed in this round, or in an earlier one, since when it stops nothing. */
function answeredIn(st: StepState): string[] {
  const disputed = new Set(st.disputes.map(({ finding }) => finding));
  return st.findings
    .filter((finding) => !finding.blocking || isDisputed(disputed, finding))
    .map(({ fingerprint }) => fingerprint);
}
