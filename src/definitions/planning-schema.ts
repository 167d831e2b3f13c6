/** `planning:` of a workflow: the guide that its planners read and that their plans are held to. */
import { z } from 'zod';
import { RECIPE_STEP_KINDS, type PlanningGuide } from '../core/plan/guide.ts';
import type { Step } from '../core/graph.ts';
import { nearest } from './nearest.ts';
import { closedObject } from './schema-issues.ts';
import type { StepLine } from './step-line.ts';
import type { YamlPath, YamlSource } from './yaml-source.ts';

const WORD = 'must be a word of lower-case letters, digits and underscores';
const word = z
  .string()
  .max(64, { error: 'must have at most 64 characters' })
  .regex(/^[a-z][a-z0-9_]*$/, { error: WORD });
const agent = z.string().min(1).max(64);

export const planningSchema = closedObject({
  selection_matrix: z
    .record(
      word,
      closedObject({
        primary: agent.meta({ description: 'Leads this type of task: has a task in every plan for one.' }),
        supporting: z
          .array(agent)
          .optional()
          .meta({ description: 'Each has a task, or the plan says why not.' }),
      }),
    )
    .optional()
    .meta({ description: 'By type of task.' }),
  recipes: z
    .record(
      word,
      z
        .array(
          closedObject({
            agent: agent
              .optional()
              .meta({ description: 'Left out: whoever fits of those that the recipe does not name.' }),
            does: z.string().min(1).max(200).meta({ description: 'What it does, as the end of "to …".' }),
            kind: z.enum(RECIPE_STEP_KINDS).optional().meta({
              description:
                'always; if_needed: left out with a reason; review: a check of the workflow, and no task of the plan.',
            }),
          }),
        )
        .min(1, { error: 'must have at least one item' }),
    )
    .optional()
    .meta({ description: 'By name; the order of each is binding.' }),
});

type PlanningFile = z.output<typeof planningSchema>;

/** The guide of a workflow, and the file that it is written in. */
export interface WrittenGuide {
  guide: PlanningGuide;
  source: YamlSource;
}

/** What was written, as the engine holds it. */
export function toGuide({ selection_matrix = {}, recipes = {} }: PlanningFile): PlanningGuide {
  return {
    selection_matrix: Object.fromEntries(
      Object.entries(selection_matrix).map(([type, { primary, supporting }]) => [
        type,
        { primary, supporting: supporting ?? [] },
      ]),
    ),
    recipes: Object.fromEntries(
      Object.entries(recipes).map(([name, steps]) => [
        name,
        steps.map(({ agent, does, kind }) => ({
          agent: agent ?? null,
          does,
          kind: kind ?? ('always' as const),
        })),
      ]),
    ),
  };
}

/** Whom a guide names and the workflow does not have: no plan could ever keep to it. Each at its line. */
export function checkGuides(line: StepLine, written: readonly WrittenGuide[]): void {
  for (const { guide, source } of written) {
    line.source = source;
    const plans = line.steps.filter(({ work }) => work.kind === 'agent' && work.planning === guide);
    if (plans.length === 0)
      line.problem(
        ['planning'],
        'E_CONFIG_VALUE',
        'No agent hands in a plan that could be held to it.',
        'Put a step with `output: plan` into the workflow, or take `planning` out.',
      );
    for (const { agent, path, kind } of namesIn(guide)) checkName(line, plans, { agent, path, kind });
  }
}

interface NamedAgent {
  agent: string;
  path: YamlPath;
  kind: 'task' | 'review';
}

function namesIn({ selection_matrix, recipes }: PlanningGuide): NamedAgent[] {
  const rows = Object.entries(selection_matrix).flatMap(([type, { primary, supporting }]): NamedAgent[] => [
    { agent: primary, path: ['planning', 'selection_matrix', type, 'primary'], kind: 'task' },
    ...supporting.map((each, index): NamedAgent => ({
      agent: each,
      path: ['planning', 'selection_matrix', type, 'supporting', index],
      kind: 'task',
    })),
  ]);
  const steps = Object.entries(recipes).flatMap(([name, list]) =>
    list.flatMap(({ agent, kind }, index): NamedAgent[] =>
      agent === null
        ? []
        : [
            {
              agent,
              path: ['planning', 'recipes', name, index, 'agent'],
              kind: kind === 'review' ? 'review' : 'task',
            },
          ],
    ),
  );
  return [...rows, ...steps];
}

function checkName(line: StepLine, plans: readonly Step[], { agent, path, kind }: NamedAgent): void {
  const known = kind === 'review' ? reviewersOf(line) : plannedAgents(line, plans);
  if (known.includes(agent)) return;
  const near = nearest(agent, known);
  const fix =
    kind === 'review'
      ? `Name a reviewer of this workflow: ${[...new Set(reviewersOf(line))].join(', ')}.`
      : 'Name an agent that the plan may give a task: one under `agents` of the planned step.';
  line.problem(
    path,
    'E_CONFIG_VALUE',
    `${agent} ${kind === 'review' ? 'reviews nothing in' : 'can be given no task by a plan of'} this workflow.`,
    near === null ? fix : `Did you mean \`${near}\`?`,
  );
}

function reviewersOf(line: StepLine): string[] {
  return line.steps.flatMap((step) => step.reviewers);
}

/** Where tasks become steps, whom these may name; else everybody. */
function plannedAgents(line: StepLine, plans: readonly Step[]): string[] {
  const lists = line.steps.flatMap(({ work }) =>
    work.kind === 'planned' && plans.some((plan) => plan.id === work.plan) ? [work.agents] : [],
  );
  return lists.length === 0 ? [...line.agents.keys()] : lists.flat();
}
