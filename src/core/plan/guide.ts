/** What a planner over many specialists goes by: who leads which type of task, and recipes. A workflow brings it; plans are held to it. */

export interface PlanningGuide {
  selection_matrix: Readonly<Record<string, MatrixRow>>;
  /** The order of each is binding. */
  recipes: Readonly<Record<string, readonly RecipeStep[]>>;
}

export interface MatrixRow {
  primary: string;
  /** Each gets a task, or the plan says why not. */
  supporting: readonly string[];
}

export interface RecipeStep {
  /** null: whoever of the specialists fits. */
  agent: string | null;
  does: string;
  /** `if_needed`: left out only with a reason. `review`: the engine asks for it where the change calls for it; no task. */
  kind: RecipeStepKind;
}

export const RECIPE_STEP_KINDS = ['always', 'if_needed', 'review'] as const;
export type RecipeStepKind = (typeof RECIPE_STEP_KINDS)[number];

/** The guide as the planner reads it. */
export function guideText({ selection_matrix, recipes }: PlanningGuide): string {
  return JSON.stringify({ selection_matrix, recipes }, null, 1);
}
