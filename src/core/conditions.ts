/** Whether a conditional step runs, with the reason that is stored either way. */
import { factsBefore, type Facts } from './facts.ts';
import type { Condition, Step } from './graph.ts';
import type { RunState } from './state.ts';

export interface Selection {
  run: boolean;
  reason: string;
}

/** null: a fact is missing. */
type Finding = { run: boolean | null; reason: string };

/** A missing fact counts as "run", also behind a `not`. Paths are `repo/path`; a glob without a slash matches the file name. */
export function selectStep(state: RunState, step: Step): Selection {
  if (step.when === null) return { run: true, reason: 'always runs' };
  const { run, reason } = evaluate(factsBefore(state, step), step, step.when);
  return { run: run ?? true, reason };
}

function evaluate(facts: Facts, step: Step, condition: Condition): Finding {
  switch (condition.kind) {
    case 'planned':
      return isPlanned(facts, step);
    case 'changed':
      return isChanged(facts, condition.paths);
    case 'not': {
      const inner = evaluate(facts, step, condition.of);
      return { run: inner.run === null ? null : !inner.run, reason: `not: ${inner.reason}` };
    }
    case 'any':
    case 'all': {
      const inner = condition.of.map((each) => evaluate(facts, step, each));
      const decisive = condition.kind === 'any';
      const run = inner.some((s) => s.run === decisive)
        ? decisive
        : inner.some((s) => s.run === null)
          ? null
          : !decisive;
      return { run, reason: inner.map((s) => s.reason).join('; ') };
    }
  }
}

function isPlanned(facts: Facts, step: Step): Finding {
  const agent = step.work.kind === 'agent' ? step.work.agent : '';
  const need = facts.needs.get(agent);
  return need === undefined
    ? { run: null, reason: `no accepted selection names ${agent}: it runs` }
    : { run: need.needed, reason: need.reason };
}

function isChanged(facts: Facts, globs: string[]): Finding {
  const match = globs.map((glob) => facts.matches.get(glob)).find((path) => path !== undefined);
  if (match !== undefined) return { run: true, reason: `${match} was changed` };
  return facts.unnamed
    ? { run: null, reason: 'more files were changed than are named: it runs' }
    : { run: false, reason: `nothing accepted so far changed ${globs.join(', ')}` };
}

/** Whether a condition rests on an accepted plan or selection, however deep. */
export function asksThePlan(condition: Condition): boolean {
  switch (condition.kind) {
    case 'planned':
      return true;
    case 'changed':
      return false;
    case 'not':
      return asksThePlan(condition.of);
    case 'any':
    case 'all':
      return condition.of.some(asksThePlan);
  }
}
