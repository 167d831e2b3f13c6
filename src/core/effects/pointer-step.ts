/** The step before a submission that moves pointers of submodules. */
import type { Command } from '../commands.ts';
import type { Step } from '../graph.ts';
import type { Submodule } from '../records.ts';
import type { RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';
import { wholeReviewers } from './base-moved.ts';
import { pointerSteps } from './pointers.ts';

export function decidePointers(state: RunState, st: StepState, moved: readonly Submodule[]): Command {
  const { needs } = st.step;
  const step = pointerStep(state, st, moved);
  const places = moved.map(({ repo, path, of }) => `${path} of ${repo} points at what is submitted of ${of}`);
  return {
    kind: 'record',
    event: {
      type: 'graph_extended',
      before: st.step.id,
      reason: places.join(', '),
      steps: [step],
      dropped: [],
      needs: [...needs, step.id],
      tree_from: step.id,
      findings: {},
    },
  };
}

function pointerStep(state: RunState, st: StepState, moved: readonly Submodule[]): Step {
  const { phase, needs, tree_from } = st.step;
  return {
    id: `${st.step.id}-pointers-${pointerSteps(state) + 1}`,
    phase,
    title: 'Pointers of submodules',
    work: {
      kind: 'merge',
      sides: tree_from === null ? [] : [tree_from],
      pointers: moved.map(({ repo, path, of }) => ({ repo, path, of })),
    },
    needs,
    tree_from: null,
    when: null,
    gates: 'full',
    reviewers: wholeReviewers(state, tree_from),
  };
}
