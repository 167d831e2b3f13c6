/** What was prepared for deployments, by what the accepted steps handed in: never by the names of agents or files. */
import type { StepState } from '../step-state.ts';
import { ENVIRONMENTS } from '../words.ts';

export interface PreparedFiles {
  /** An environment, or `scripts`. */
  what: string;
  /** `repo/path`, each seen in the tree that was handed in; empty: nothing was named. */
  files: string[];
}

/** Of all accepted preparations together; null: nobody prepared anything. */
export function preparedFiles(steps: readonly StepState[]): PreparedFiles[] | null {
  const done = steps.flatMap((st) => (st.status === 'accepted' ? (st.preparation ?? []) : []));
  if (done.length === 0) return null;
  const environments = done.flatMap((each) => each.environments);
  return [
    ...ENVIRONMENTS.map((what) => ({
      what,
      files: unique(environments.flatMap(({ name, files }) => (name === what ? files : []))),
    })),
    { what: 'scripts', files: unique(done.flatMap(({ scripts }) => scripts)) },
  ];
}

function unique(files: string[]): string[] {
  return [...new Set(files)];
}
