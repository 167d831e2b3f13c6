/** Whether a conditional step runs, with the reason that is stored either way. */
import { factsBefore, type Facts } from './facts.ts';
import type { Condition, Step } from '../graph.ts';
import type { RunState } from '../state.ts';
import type { Concern, Effort } from '../words.ts';

export interface Selection {
  run: boolean;
  reason: string;
}

/** null: a fact is missing. */
type Finding = { run: boolean | null; reason: string };

/** A missing fact counts as "run", also behind a `not`. Paths are `repo/path`; a glob without a slash matches the file name. */
export function selectStep(state: RunState, step: Step): Selection {
  if (step.when === null) return { run: true, reason: 'always runs' };
  const { run, reason } = evaluate(
    { facts: factsBefore(state, step), efforts: state.efforts, step },
    step.when,
  );
  return { run: run ?? true, reason };
}

interface Known {
  facts: Facts;
  efforts: RunState['efforts'];
  step: Step;
}

function evaluate(known: Known, condition: Condition): Finding {
  const { facts, step } = known;
  switch (condition.kind) {
    case 'planned':
      return isPlanned(facts, step);
    case 'changed':
      return isChanged(facts, condition.paths);
    case 'concerns':
      return isTouched(facts, condition.names);
    case 'effort':
      return isEffort(known.efforts, condition.tiers);
    case 'not': {
      const inner = evaluate(known, condition.of);
      return { run: inner.run === null ? null : !inner.run, reason: `not: ${inner.reason}` };
    }
    case 'any':
    case 'all': {
      const inner = condition.of.map((each) => evaluate(known, each));
      const decisive = condition.kind === 'any';
      const run = inner.some((s) => s.run === decisive)
        ? decisive
        : inner.some((s) => s.run === null)
          ? null
          : !decisive;
      // Only what decided it, and each of it once: two conditions may rest on the same fact.
      const decided = inner.filter((s) => s.run === run).map((s) => s.reason);
      return { run, reason: [...new Set(decided)].join('; ') };
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

function isTouched(facts: Facts, names: readonly Concern[]): Finding {
  const touched = names.find((name) => facts.concerns.has(name));
  if (touched !== undefined) return { run: true, reason: `${touched}: ${facts.concerns.get(touched) ?? ''}` };
  return facts.unread
    ? { run: null, reason: 'a change was too long to be looked through: it runs' }
    : { run: false, reason: `neither the request nor anything accepted so far touches ${names.join(', ')}` };
}

/** A raised effort takes nothing away: what held for an earlier one of the run holds on. */
function isEffort(efforts: RunState['efforts'], tiers: readonly Effort[]): Finding {
  const now = efforts.at(-1);
  if (now === undefined)
    return { run: null, reason: 'nobody said how much effort the run is worth: it runs' };
  const held = efforts.find(({ tier }) => tiers.includes(tier));
  return held === undefined
    ? { run: false, reason: `only for effort ${tiers.join(', ')}` }
    : { run: true, reason: `effort ${held.tier}: ${held.reason}` };
}

/** The concerns for which this step is there, as far as they were seen, each with the place: `cache: api/src/x.ts`. */
export function concernsOf(state: RunState, step: Step): string[] {
  const { concerns } = factsBefore(state, step);
  const named = step.when === null ? [] : concernsIn(step.when);
  return [...new Set(named)]
    .filter((name) => concerns.has(name))
    .map((name) => `${name}: ${concerns.get(name)}`);
}

function concernsIn(condition: Condition): Concern[] {
  switch (condition.kind) {
    case 'concerns':
      return condition.names;
    case 'any':
    case 'all':
      return condition.of.flatMap(concernsIn);
    default:
      return [];
  }
}

/** Whether a condition rests on an accepted plan or selection, however deep. */
export function asksThePlan(condition: Condition): boolean {
  switch (condition.kind) {
    case 'planned':
      return true;
    case 'changed':
    case 'concerns':
    case 'effort':
      return false;
    case 'not':
      return asksThePlan(condition.of);
    case 'any':
    case 'all':
      return condition.of.some(asksThePlan);
  }
}
