/** Whether a plan keeps to the guide that its planner was given, where it says which part of it applies. */
import { reach } from '../core/graph/ancestors.ts';
import type { MatrixRow, PlanningGuide, RecipeStep } from '../core/plan/guide.ts';

/** What of a plan the guide speaks of; its words are checked by `plan-shape.ts`. */
export interface GuidedPlan {
  task_types: string[];
  recipe: string | null;
  tasks: { id: string; agent: string; depends_on: string[] }[];
}

/** Every way in which the plan departs from the guide without saying why. `left_out`: agents that it gives a reason for. */
export function guideProblems(guide: PlanningGuide, plan: GuidedPlan, leftOut: readonly string[]): string[] {
  const { selection_matrix, recipes } = guide;
  const recipe = Object.entries(recipes).find(([name]) => name === plan.recipe)?.[1];
  return [
    ...Object.entries(selection_matrix).flatMap(([type, row]) =>
      plan.task_types.includes(type) ? matrixProblems(plan, type, row, leftOut) : [],
    ),
    ...(recipe === undefined ? [] : recipeProblems(plan, recipe, leftOut)),
  ];
}

function matrixProblems(
  plan: GuidedPlan,
  type: string,
  { primary, supporting }: MatrixRow,
  leftOut: readonly string[],
): string[] {
  const has = (agent: string): boolean => plan.tasks.some((task) => task.agent === agent);
  return [
    ...(has(primary) ? [] : [`plan.tasks: ${primary} leads ${type} and has no task`]),
    ...supporting
      .filter((agent) => !has(agent) && !leftOut.includes(agent))
      .map((agent) => `plan.tasks: ${agent} supports ${type}: give it a task, or say in \`needs\` why not`),
  ];
}

function recipeProblems(
  plan: GuidedPlan,
  recipe: readonly RecipeStep[],
  leftOut: readonly string[],
): string[] {
  const problems: string[] = [];
  const named = new Set(recipe.map((step) => step.agent));
  let earlier: { does: string; tasks: Set<string> } | null = null;
  for (const { agent, does, kind } of recipe) {
    if (kind === 'review') continue;
    const fitting = plan.tasks.filter((task) =>
      agent === null ? !named.has(task.agent) : task.agent === agent,
    );
    if (fitting.length === 0) {
      if (kind === 'always' || agent === null)
        problems.push(`plan.tasks: nobody is to ${does}, which the recipe ${plan.recipe} never leaves out`);
      else if (!leftOut.includes(agent))
        problems.push(
          `plan.tasks: nobody is to ${does} (recipe ${plan.recipe}): give ${agent} a task, or say in \`needs\` why not`,
        );
      continue;
    }
    const before: { does: string; tasks: Set<string> } | null = earlier;
    const later: Set<string> | null = before === null ? null : allAfter(plan, before.tasks);
    const after: string[] = fitting.map((task) => task.id).filter((id) => later === null || later.has(id));
    if (before !== null && after.length === 0)
      problems.push(
        `plan.tasks: to ${does} comes after to ${before.does} (recipe ${plan.recipe}), and no task for it depends on that one`,
      );
    earlier = { does, tasks: new Set(after.length > 0 ? after : fitting.map((task) => task.id)) };
  }
  return problems;
}

/** The tasks that come, directly or through others, after one of these. */
function allAfter(plan: GuidedPlan, wanted: ReadonlySet<string>): Set<string> {
  const next = new Map<string, string[]>();
  for (const { id, depends_on } of plan.tasks) {
    for (const need of depends_on) {
      const list = next.get(need);
      if (list === undefined) next.set(need, [id]);
      else list.push(id);
    }
  }
  const after = (id: string): string[] => next.get(id) ?? [];
  return reach([...wanted].flatMap(after), after);
}
