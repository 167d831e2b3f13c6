/**
 * Whether the kinds of review that a workflow demands look at the whole change before it leaves the run. It goes by what the
 * reviewers are (`reviews` in their definitions), not by what steps are called.
 */
import type { Condition, Graph, Step } from '../core/graph.ts';
import { stepsBefore } from '../core/graph/ancestors.ts';
import { CONCERN_SETS, type Concern } from '../core/words.ts';
import type { GraphFault } from './graph-fault.ts';
import { nearest } from './nearest.ts';

/** What a reviewer gives whose definition says nothing. */
const USUAL_REVIEW = 'code';

/** A reviewer of the kind at a check of the whole change. `place`: its turn among the reviewers of the step. */
interface Look {
  step: Step;
  place: number;
}

/** One fault for each list that is not kept, at the first step that carries the change out of the run without it. */
export function requiredReviewFaults(graph: Graph): GraphFault[] {
  const outward = graph.steps.filter(({ work }) => work.kind === 'submit' || work.kind === 'deploy');
  return (graph.required_reviews ?? []).flatMap((kinds) => {
    for (const step of outward) {
      const missing = missingKind(graph, kinds, step);
      if (missing !== null) return [faultOf(graph, { kinds, missing, step })];
    }
    return [];
  });
}

/** The first of these kinds that does not look at the whole before the step, each after the ones before it in the list. */
function missingKind(graph: Graph, kinds: readonly string[], step: Step): string | null {
  const past = stepsBefore(graph, step);
  let earlier: { kind: string; looks: Look[] } | null = null;
  for (const kind of kinds) {
    const before: typeof earlier = earlier;
    const looks: Look[] = past
      .flatMap((each) => looksOf(graph, each, kind))
      .filter((look) => before === null || isCovered(before.kind, looksBefore(graph, before.looks, look)));
    if (!isCovered(kind, looks)) return kind;
    earlier = { kind, looks };
  }
  return null;
}

/** A check of the base; where something is made, behind that: before it there is no change to look at. */
function looksOf(graph: Graph, step: Step, kind: string): Look[] {
  if (step.work.kind !== 'check' || step.work.from !== 'base') return [];
  if (step.tree_from === null && graph.steps.some(isMaker)) return [];
  return step.reviewers.flatMap((name, place) =>
    (graph.agents[name]?.reviews ?? [USUAL_REVIEW]).includes(kind) ? [{ step, place }] : [],
  );
}

function isMaker({ work }: Step): boolean {
  return work.kind === 'planned' || (work.kind === 'agent' && work.changes !== 'forbidden');
}

/** Those that are over when this one begins. */
function looksBefore(graph: Graph, looks: readonly Look[], { step, place }: Look): Look[] {
  const past = new Set(stepsBefore(graph, step).map(({ id }) => id));
  return looks.filter((look) => past.has(look.step.id) || (look.step.id === step.id && look.place < place));
}

/** Whether they look in every case that calls for the kind: always, or at least wherever one of its concerns is touched. */
function isCovered(kind: string, looks: readonly Look[]): boolean {
  const conditions = looks.map(({ step }) => step.when);
  if (conditions.includes(null)) return true;
  const calling: readonly Concern[] = Object.entries(CONCERN_SETS).find(([name]) => name === kind)?.[1] ?? [];
  const seen = conditions.flatMap((condition) => [...concernsOf(condition)]);
  return calling.length > 0 && calling.every((concern) => seen.includes(concern));
}

/** The concerns that make the condition hold by themselves. */
function concernsOf(condition: Condition | null): ReadonlySet<Concern> {
  switch (condition?.kind) {
    case 'concerns':
      return new Set(condition.names);
    case 'any':
      return new Set(condition.of.flatMap((each) => [...concernsOf(each)]));
    case 'all': {
      const [first, ...others] = condition.of.map(concernsOf);
      return new Set([...(first ?? [])].filter((name) => others.every((names) => names.has(name))));
    }
    default:
      return new Set();
  }
}

function faultOf(graph: Graph, of: { kinds: readonly string[]; missing: string; step: Step }): GraphFault {
  const { kinds, missing, step } = of;
  const given = Object.values(graph.agents).flatMap(({ role, reviews }) =>
    role === 'reviewer' ? (reviews ?? [USUAL_REVIEW]) : [],
  );
  const near = given.includes(missing) ? null : nearest(missing, [...given, ...Object.keys(CONCERN_SETS)]);
  const order = kinds.length === 1 ? '' : `, in the order ${kinds.join(', ')}`;
  const set = Object.keys(CONCERN_SETS).includes(missing)
    ? `without a condition or with \`when: { concerns: ['@${missing}'] }\``
    : 'without a condition';
  return {
    step: step.id,
    code: 'E_REVIEW_MISSING',
    message: `${graph.workflow} demands a review of the kind ${missing} before ${step.id}${order}, and none looks at the whole change there in every case that calls for it.`,
    fix:
      near !== null && near !== missing
        ? `Did you mean \`${near}\`?`
        : `Put \`check: base\` there ${set}, reviewed by an agent whose file says \`reviews: ${missing}\`. What a built-in name demands, only another name takes off.`,
  };
}
