/** What a plan carries, its tasks, and what it says of conditional agents. */
import { z } from 'zod';
import { LIMIT_RANGES } from '../core/limits.ts';
import type { PlanningGuide } from '../core/plan/guide.ts';
import { PLAN_PHASES, TASK_CATEGORIES } from '../core/words.ts';
import { scopePattern } from './path-pattern.ts';
import { closedObject } from './schema-issues.ts';
import { sentences, words } from './shape-parts.ts';

/** Whatever a run's limits say: a plan with more of them is not looked into. */
const MAX_TASKS = LIMIT_RANGES.max_tasks[1];
const TOO_MANY = { error: `must have at most ${MAX_TASKS} items` };

export const need = z.object({
  agent: words('The name of a conditional agent.'),
  needed: z.boolean(),
  reason: words('Why it is needed, or why not.'),
  modules: z
    .array(z.string())
    .optional()
    .meta({ description: 'Where modules were given: those in which it works; it may change nothing else.' }),
});

const task = closedObject({
  id: words('Short and unique in the plan.'),
  agent: words('Who does it.'),
  description: words('What is to be done.'),
  depends_on: sentences('Ids of tasks that come first.').max(MAX_TASKS, TOO_MANY).default([]),
  output: words('What it leaves behind.'),
  repo: z.string().nullable().optional().meta({ description: 'The repository it concerns.' }),
  category: z
    .enum(TASK_CATEGORIES, { error: `must be one of ${TASK_CATEGORIES.join(', ')}` })
    .optional()
    .meta({ description: 'What it is about. Required where the tasks become steps.' }),
  plan_phase: z
    .enum(PLAN_PHASES, { error: `must be one of ${PLAN_PHASES.join(', ')}` })
    .optional()
    .meta({ description: 'The part of the plan it belongs to. Required where the tasks become steps.' }),
  blocking: z
    .boolean()
    .default(true)
    .meta({ description: 'false: where it fails it is an issue, and holds nobody back.' }),
  scopes: z.array(scopePattern).max(200, { error: 'must have at most 200 items' }).default([]).meta({
    description:
      'Path patterns where it changes files. An existing file that is named as it is, without wildcards, has to change.',
  }),
  expect: z
    .literal('red')
    .optional()
    .meta({ description: 'red: its new tests have to fail, as in the first step of a bug fix.' }),
});

export const plan = closedObject({
  analysis: words('What the request means in this code.'),
  tasks: z.array(task).min(1, { error: 'must have at least one item' }).max(MAX_TASKS, TOO_MANY),
  cites: sentences('Names of the research outputs that the plan builds on: each of them.'),
  risks: sentences('What could go wrong, and what is done about it.'),
  rollback: sentences('How the change is taken back.'),
  success_criteria: sentences('How one sees that it worked.'),
  estimate: words('Size and effort.'),
  task_types: z
    .array(z.string())
    .default([])
    .meta({ description: 'Where a planning guide was given: the types of task that this is.' }),
  recipe: z
    .string()
    .nullable()
    .default(null)
    .meta({ description: 'Where a planning guide was given: the recipe that is followed, if one fits.' }),
});

/** Held to a guide, it names the types and recipes of that guide alone. */
export function guidedPlan({ selection_matrix, recipes }: PlanningGuide) {
  const { task_types, recipe } = plan.shape;
  return plan.extend({
    task_types: z
      .array(z.enum(Object.keys(selection_matrix)))
      .default([])
      .meta({ description: task_types.meta()?.description }),
    recipe: z
      .enum(Object.keys(recipes))
      .nullable()
      .default(null)
      .meta({ description: recipe.meta()?.description }),
  });
}

export type PlanBody = z.output<typeof plan>;
export type NeedBody = z.output<typeof need>;
