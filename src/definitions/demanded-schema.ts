/**
 * What this run demands of a result besides its form, put into the JSON Schema that the agent gets: names that exist,
 * words that a task has to say, lists that may not be empty. Nothing here decides; what decides is in `result-checks.ts`,
 * `check-plan.ts` and the standards of a phase, and says the same.
 */
import type { Measure } from '../core/graph.ts';
import { plannedAgents, DEMANDED_CATEGORIES } from './check-plan.ts';
import type { WorkFacts } from './result-checks.ts';

interface Schema {
  [key: string]: unknown;
  description?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  required?: string[];
}

/** What an invocation's result is held to: names from the run, and the measures of its phase. */
export interface Demands {
  facts: WorkFacts;
  measures: readonly Measure['kind'][];
}

/** The schema of `resultJsonSchema` with what is demanded here; the given one stays as it is. */
export function withDemands(schema: object, output: string, demands: Demands): object {
  const made = structuredClone(schema) as Schema; // JSON Schema, made by us
  const part = made.properties?.[output];
  if (output === 'plan' && part !== undefined) demandPlan(part, demands);
  if (output === 'requirements' && part !== undefined && demands.measures.includes('criteria_numbered'))
    demandNumbers(part);
  if (output === 'selection') demandNames(made.properties?.['needs'], demands.facts.conditionalAgents);
  demandModules(made.properties?.['needs'], demands.facts);
  return made;
}

function demandPlan(plan: Schema, { facts, measures }: Demands): void {
  const { tasks, cites } = plan.properties ?? {};
  const task = tasks?.items;
  if (cites?.items !== undefined) cites.items = oneOf(cites.items, facts.citable);
  if (cites !== undefined && facts.earlierOutputs.length > 0) {
    cites['minItems'] = facts.earlierOutputs.length;
    describe(cites, `Here: ${facts.earlierOutputs.join(', ')}.`);
  }
  if (measures.includes('plan_complete')) {
    for (const name of ['risks', 'rollback', 'success_criteria']) {
      const list = plan.properties?.[name];
      if (list !== undefined) list['minItems'] = 1;
    }
  }
  if (facts.planned === null || tasks === undefined || task?.properties === undefined) return;
  tasks['minItems'] = DEMANDED_CATEGORIES.length;
  describe(tasks, `At least one is of each of these categories: ${DEMANDED_CATEGORIES.join(', ')}.`);
  task.required = [...(task.required ?? []), 'category', 'plan_phase'];
  const { id, agent } = task.properties;
  if (id !== undefined) {
    id['pattern'] = '^[a-z0-9]+(-[a-z0-9]+)*$';
    describe(id, 'Lower-case letters, digits and hyphens, at most 40.');
  }
  if (agent !== undefined) task.properties['agent'] = oneOf(agent, plannedAgents(facts.planned));
}

function demandNumbers(requirements: Schema): void {
  const id = requirements.properties?.['acceptance_criteria']?.items?.properties?.['id'];
  if (id === undefined) return;
  id['pattern'] = String.raw`\d`;
  describe(id, 'It holds a digit, and no two criteria have the same.');
}

function demandNames(needs: Schema | undefined, names: readonly string[]): void {
  const need = needs?.items?.properties;
  if (need?.['agent'] !== undefined) need['agent'] = oneOf(need['agent'], names);
}

/** Whom it concerns is said in words: a schema that depends on another field is not understood everywhere. */
function demandModules(needs: Schema | undefined, { modules }: WorkFacts): void {
  const said = needs?.items?.properties?.['modules'];
  if (said?.items === undefined || modules === null) return;
  said.items = oneOf(said.items, modules.names);
  describe(said, `At least one where one of these is needed: ${modules.agents.join(', ')}.`);
}

/** Exactly these words; where there are none, whatever the schema said. */
function oneOf(schema: Schema, names: readonly string[]): Schema {
  if (names.length === 0) return schema;
  const { pattern: _, ...rest } = schema;
  return { ...rest, type: 'string', enum: [...new Set(names)] };
}

function describe(schema: Schema, more: string): void {
  schema.description = `${schema.description ?? ''} ${more}`.trim();
}
