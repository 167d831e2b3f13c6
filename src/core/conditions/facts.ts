/**
 * What conditions look at: what was said and measured by everything that a step comes after. Facts travel along
 * `needs` only, so that a selection does not depend on which parallel branch happened to be faster.
 */
import { compileGlob } from './glob.ts';
import type { Condition, Graph, Step } from '../graph.ts';
import type { AgentNeed, ConcernFact, Recommended } from '../results.ts';
import { sameWords } from './same-words.ts';
import type { RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';
import type { Concern } from '../words.ts';

export interface Facts {
  /** The accepted selections and plans, by agent: who is needed, and why. */
  needs: ReadonlyMap<string, AgentNeed>;
  /** For each glob of the graph's conditions the first changed path that it matched. */
  matches: ReadonlyMap<string, string>;
  /** Whether more files were changed than the journal names: any glob may match one of them. */
  unnamed: boolean;
  /** What is touched, and where that was said or seen first. */
  concerns: ReadonlyMap<Concern, string>;
  /** Whether a diff was too long to be read whole: it may touch anything. */
  unread: boolean;
  /** What was recommended so far, by topic. */
  recommendations: ReadonlyMap<string, readonly Recommended[]>;
}

/** What is known before the first step. */
export function startFacts(concerns: ConcernFact[]): Facts {
  return {
    needs: new Map(),
    matches: new Map(),
    unnamed: false,
    concerns: new Map(concerns.map(({ name, where }) => [name, where])),
    unread: false,
    recommendations: new Map(),
  };
}

/** Every glob that a condition of the graph asks for, once. */
export function globsOf(graph: Graph): string[] {
  return [...new Set(graph.steps.flatMap((step) => (step.when === null ? [] : globsIn(step.when))))];
}

function globsIn(condition: Condition): string[] {
  switch (condition.kind) {
    case 'planned':
    case 'concerns':
    case 'effort':
      return [];
    case 'changed':
      return condition.paths;
    case 'not':
      return globsIn(condition.of);
    case 'any':
    case 'all':
      return condition.of.flatMap(globsIn);
  }
}

/** What is known where a step begins; of two answers upstream the later one in `needs` counts. */
export function factsBefore(state: RunState, step: Step): Facts {
  const all = step.needs.map((id) => state.steps.get(id)?.facts ?? state.startFacts);
  const [first, ...others] = all;
  if (first === undefined) return state.startFacts;
  if (others.every((facts) => facts === first)) return first; // a long chain shares one object
  return {
    needs: new Map(all.flatMap((facts) => [...facts.needs])),
    matches: new Map(all.toReversed().flatMap((facts) => [...facts.matches])),
    unnamed: all.some((facts) => facts.unnamed),
    concerns: new Map(all.toReversed().flatMap((facts) => [...facts.concerns])),
    unread: all.some((facts) => facts.unread),
    recommendations: allRecommended(all.flatMap((facts) => [...facts.recommendations.values()].flat())),
  };
}

/** What is known behind a step that was just accepted or skipped. */
export function factsAfter(state: RunState, st: StepState): Facts {
  const before = factsBefore(state, st.step);
  if (st.status !== 'accepted') return before;
  const { work } = st.step;
  const reads = work.kind === 'agent' && state.graph.agents[work.agent]?.access === 'read';
  const needs = reads ? st.needs : [];
  const matches = newMatches(state, st, before);
  const concerns = newConcerns(st, before, reads);
  const unnamed = before.unnamed || st.unnamedChanges;
  const unread = before.unread || st.unreadChanges;
  const isSame = unnamed === before.unnamed && unread === before.unread;
  if (
    isSame &&
    needs.length === 0 &&
    matches.length === 0 &&
    concerns.length === 0 &&
    st.recommendations.length === 0
  )
    return before;
  return {
    needs: new Map([...before.needs, ...needs.map((need) => [need.agent, need] as const)]),
    matches: new Map([...before.matches, ...matches]),
    unnamed,
    concerns: new Map([...before.concerns, ...concerns]),
    unread,
    recommendations: allRecommended([
      ...[...before.recommendations.values()].flat(),
      ...st.recommendations.map((each) => ({ ...each, by: st.step.id })),
    ]),
  };
}

/** By topic, each once: what came over two ways is one recommendation. */
function allRecommended(all: Recommended[]): ReadonlyMap<string, readonly Recommended[]> {
  const byTopic = new Map<string, Recommended[]>();
  for (const each of all) {
    const topic = sameWords(each.topic);
    const known = byTopic.get(topic) ?? [];
    if (!known.some(({ by, choice }) => by === each.by && choice === each.choice))
      byTopic.set(topic, [...known, each]);
  }
  return byTopic;
}

/** What the change touches, and what a reader names; a writer's own word on it counts for nothing. */
function newConcerns(st: StepState, before: Facts, reads: boolean): [Concern, string][] {
  const named = reads ? st.namedConcerns.map((name): [Concern, string] => [name, st.step.id]) : [];
  return [...st.concerns, ...named].filter(([name]) => !before.concerns.has(name));
}

function newMatches(state: RunState, st: StepState, before: Facts): [string, string][] {
  if (st.changedPaths.size === 0) return [];
  const paths = [...st.changedPaths];
  return state.globs.flatMap((glob) => {
    const path = before.matches.has(glob) ? undefined : paths.find(compileGlob(glob));
    return path === undefined ? [] : [[glob, path] as [string, string]];
  });
}
