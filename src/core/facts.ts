/**
 * What conditions look at: what was said and measured by everything that a step comes after. Facts travel along
 * `needs` only, so that a selection does not depend on which parallel branch happened to be faster.
 */
import { compileGlob } from './glob.ts';
import type { Condition, Graph, Step } from './graph.ts';
import type { AgentNeed } from './results.ts';
import type { RunState, StepState } from './state.ts';

export interface Facts {
  /** The accepted selections and plans, by agent: who is needed, and why. */
  needs: ReadonlyMap<string, AgentNeed>;
  /** For each glob of the graph's conditions the first changed path that it matched. */
  matches: ReadonlyMap<string, string>;
  /** Whether more files were changed than the journal names: any glob may match one of them. */
  unnamed: boolean;
}

const NO_FACTS: Facts = { needs: new Map(), matches: new Map(), unnamed: false };

/** Every glob that a condition of the graph asks for, once. */
export function globsOf(graph: Graph): string[] {
  return [...new Set(graph.steps.flatMap((step) => (step.when === null ? [] : globsIn(step.when))))];
}

function globsIn(condition: Condition): string[] {
  switch (condition.kind) {
    case 'planned':
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
  const all = step.needs.map((id) => state.steps.get(id)?.facts ?? NO_FACTS);
  const [first, ...others] = all;
  if (first === undefined) return NO_FACTS;
  if (others.every((facts) => facts === first)) return first; // a long chain shares one object
  return {
    needs: new Map(all.flatMap((facts) => [...facts.needs])),
    matches: new Map(all.toReversed().flatMap((facts) => [...facts.matches])),
    unnamed: all.some((facts) => facts.unnamed),
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
  if (needs.length === 0 && matches.length === 0 && (before.unnamed || !st.unnamedChanges)) return before;
  return {
    needs: new Map([...before.needs, ...needs.map((need) => [need.agent, need] as const)]),
    matches: new Map([...before.matches, ...matches]),
    unnamed: before.unnamed || st.unnamedChanges,
  };
}

function newMatches(state: RunState, st: StepState, before: Facts): [string, string][] {
  if (st.changedPaths.size === 0) return [];
  const paths = [...st.changedPaths];
  return state.globs.flatMap((glob) => {
    const path = before.matches.has(glob) ? undefined : paths.find(compileGlob(glob));
    return path === undefined ? [] : [[glob, path] as [string, string]];
  });
}
