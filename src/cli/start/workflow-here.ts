/** Which workflow a run gets: what somebody chose, else what the words of the request lead to, else the usual one. */
import { join } from 'node:path';
import type { Limits } from '../../core/limits.ts';
import { takesPlan } from '../../core/graph/plan-graphs.ts';
import { availableWorkflow, chooseWorkflow, requireDefinitions, requireDirect } from './definitions-here.ts';
import type { LoadedWorkflow } from './definitions-here.ts';
import type { Intake } from './intake-here.ts';

export interface TakenWorkflow extends LoadedWorkflow {
  /** The workflow that was taken for the sake of the words; null: somebody chose, or it is the usual one. */
  byWords: string | null;
  /** Why what the words led to was not taken; null: it was, or they led to nothing. */
  whyNot: string | null;
}

interface Chosen {
  /** What a flag, the command or `baton.yaml` says. */
  workflow: string | undefined;
  cwd: string;
  limits: Partial<Limits>;
}

/** Loads and proves it; throws for what is wrong in it. */
export function takeWorkflow(intake: Intake, { workflow, cwd, limits }: Chosen): TakenWorkflow {
  if (intake.specialist !== null)
    return { ...requireDirect(intake.specialist, cwd, limits), byWords: null, whyNot: null };
  const usual = (): LoadedWorkflow => requireDefinitions(chooseWorkflow(workflow, cwd), limits);
  const named = intake.workflow === null ? undefined : availableWorkflow(intake.workflow);
  if (named === undefined) return { ...usual(), byWords: null, whyNot: null };
  const loaded = requireDefinitions(chooseWorkflow(named, cwd), limits);
  if (takesPlan(loaded.graph) !== 'only') return { ...loaded, byWords: named, whyNot: null };
  const other = usual();
  const whyNot = `The run takes ${other.graph.workflow}: the workflow ${named} starts from a plan only, and none was given (\`--plan FILE\`).`;
  return { ...other, byWords: null, whyNot };
}

/** What `baton.yaml` names: a file lies beside it. */
export function configuredWorkflow(name: string | undefined, dir: string): string | undefined {
  return name !== undefined && /\.ya?ml$/.test(name) ? join(dir, name) : name;
}
