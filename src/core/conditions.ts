/** Whether a conditional step runs, with the reason that is stored either way. */
import type { Condition, Step } from './graph.ts';
import { matchesGlob } from './glob.ts';
import type { RunState } from './state.ts';

export interface Selection {
  run: boolean;
  reason: string;
}

/** A missing fact counts as "run". Paths are `repo/path`; a glob without a slash matches the file name. */
export function selectStep(state: RunState, step: Step): Selection {
  return step.when === null ? { run: true, reason: 'always runs' } : evaluate(state, step, step.when);
}

function evaluate(state: RunState, step: Step, condition: Condition): Selection {
  switch (condition.kind) {
    case 'planned': {
      const agent = step.work.kind === 'agent' ? step.work.agent : '';
      const need = state.needs.get(agent);
      return need === undefined
        ? { run: true, reason: `no accepted selection names ${agent}: it runs` }
        : { run: need.needed, reason: need.reason };
    }
    case 'changed': {
      const match = [...state.changedPaths].find((path) =>
        condition.paths.some((glob) => matchesGlob(glob, path)),
      );
      return match === undefined
        ? { run: false, reason: `nothing accepted so far changed ${condition.paths.join(', ')}` }
        : { run: true, reason: `${match} was changed` };
    }
    case 'not': {
      const inner = evaluate(state, step, condition.of);
      return { run: !inner.run, reason: `not: ${inner.reason}` };
    }
    case 'any':
    case 'all': {
      const inner = condition.of.map((each) => evaluate(state, step, each));
      const run = condition.kind === 'any' ? inner.some((s) => s.run) : inner.every((s) => s.run);
      return { run, reason: inner.map((s) => s.reason).join(`; `) };
    }
  }
}
