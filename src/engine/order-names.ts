/** Names that a result has to use, as data: context of those who select and plan. */
import { PLANNED_MODULES } from '../core/checks/lanes.ts';
import { asksThePlan } from '../core/conditions/conditions.ts';
import type { StepId } from '../core/graph.ts';
import type { Reading } from '../core/records.ts';
import type { RunState } from '../core/state.ts';
import type { Role } from '../core/words.ts';
import { DEMANDED_CATEGORIES, plannedAgents, type PlanFacts } from '../definitions/check-plan.ts';
import type { WorkFacts } from '../definitions/result-checks.ts';
import type { ContextItem } from '../drivers/driver.ts';
import { moduleNames } from '../gates/change/scopes.ts';
import type { RunContext } from './run-context.ts';

/** Whom a selection has to decide about, as data: their definitions are not in its hands. */
export function conditionalItem(agents: string[]): ContextItem[] {
  return agents.length === 0
    ? []
    : [{ name: 'conditional agents', kind: 'names', text: JSON.stringify(agents) }];
}

export function moduleItem(modules: WorkFacts['modules']): ContextItem[] {
  return modules === null ? [] : [{ name: 'modules', kind: 'names', text: JSON.stringify(modules) }];
}

/** Whom a plan may give a task, and what it has tasks for; where tasks become no steps, who works behind it. */
export function workersItem(state: RunState, plan: StepId, planned: PlanFacts | null): ContextItem[] {
  if (planned === null) {
    const { steps, agents } = state.graph.plan_for ?? state.graph;
    const behind = steps.slice(steps.findIndex(({ id }) => id === plan) + 1);
    const named = behind.flatMap(({ work }) => (work.kind === 'agent' ? [work.agent] : []));
    const writers = [...new Set(named)].filter((name) => agents[name]?.access === 'write');
    const follow = Object.fromEntries(writers.map((name) => [name, agents[name]?.title]));
    return writers.length === 0
      ? []
      : [{ name: 'agents that follow', kind: 'names', text: JSON.stringify(follow) }];
  }
  return [
    { name: 'planned agents', kind: 'names', text: JSON.stringify(plannedAgents(planned)) },
    { name: 'demanded categories', kind: 'names', text: JSON.stringify(DEMANDED_CATEGORIES) },
  ];
}

/** Which guides the agents of this run read for what its repositories use: for those who give work to others. */
export function guidesItem(role: Role, readings: readonly Reading[]): ContextItem[] {
  const guides = readings.filter(({ kind }) => kind === 'stack');
  if (guides.length === 0 || (role !== 'coordinator' && role !== 'planner')) return [];
  const shown = Object.fromEntries(guides.map(({ name, seen, agents }) => [name, { seen, agents }]));
  return [{ name: 'guides at hand', kind: 'names', text: JSON.stringify(shown) }];
}

/** Where several modules are there, and agents work in those that this result names for them. */
export function moduleFacts(
  { state, snapshot }: Pick<RunContext, 'state' | 'snapshot'>,
  output: string,
): WorkFacts['modules'] {
  if (output !== 'selection' && output !== 'plan') return null;
  const agents = state.graph.steps.flatMap(({ work }) =>
    work.kind === 'agent' && work.module === PLANNED_MODULES ? [work.agent] : [],
  );
  const configured = state.repos.map(
    ({ name }) => [name, snapshot.config.repos[name] ?? { modules: [] }] as const,
  );
  const names = moduleNames(Object.fromEntries(configured));
  return agents.length === 0 || names.length < 2 ? null : { agents: [...new Set(agents)], names };
}

/** Agents whose running depends on an accepted selection, however deep in their condition. */
export function conditionalAgents(state: RunState): string[] {
  return state.graph.steps.flatMap((step) =>
    step.work.kind === 'agent' && step.when !== null && asksThePlan(step.when) ? [step.work.agent] : [],
  );
}
