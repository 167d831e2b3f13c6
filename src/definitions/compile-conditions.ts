/** Conditions and standards of a file, as the graph has them. */
import type { Condition, Standard } from '../core/graph.ts';
import { CONCERN_SETS, type Concern, type ConcernSet } from '../core/words.ts';
import type { StandardFile, When } from './workflow-schema.ts';

export function toStandard({ id, title, measure }: StandardFile): Standard {
  if (typeof measure === 'string') return { id, title, measure: { kind: measure } };
  return 'outputs' in measure
    ? { id, title, measure: { kind: 'outputs', outputs: measure.outputs } }
    : { id, title, measure: { kind: 'coverage', percent: measure.coverage } };
}

/** Both have to hold. */
export function both(phase: Condition | null, own: Condition | null): Condition | null {
  if (phase === null || own === null) return phase ?? own;
  return { kind: 'all', of: [phase, own] };
}

export function toCondition(when: When): Condition {
  if (when === 'planned') return { kind: 'planned' };
  if ('changed' in when) return { kind: 'changed', paths: when.changed };
  if ('concerns' in when) return { kind: 'concerns', names: [...new Set(when.concerns.flatMap(concernsOf))] };
  if ('effort' in when) return { kind: 'effort', tiers: when.effort };
  if ('any' in when) return { kind: 'any', of: when.any.map(toCondition) };
  if ('all' in when) return { kind: 'all', of: when.all.map(toCondition) };
  return { kind: 'not', of: toCondition(when.not) };
}

/** A set stands for each of its concerns. */
function concernsOf(word: Concern | `@${ConcernSet}`): readonly Concern[] {
  const name = word.slice(1);
  return isConcernSet(name) ? CONCERN_SETS[name] : [word as Concern]; // the schema knows no other words
}

function isConcernSet(name: string): name is ConcernSet {
  return Object.hasOwn(CONCERN_SETS, name);
}
