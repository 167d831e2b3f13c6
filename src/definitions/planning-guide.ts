/** What a planner over many specialists goes by: who leads which type of task, and the recipes. Data, shown to it and checked. */

export const TASK_TYPES = [
  'api_endpoint',
  'database_change',
  'background_job',
  'performance_issue',
  'security_audit',
  'realtime_feature',
  'deployment_setup',
] as const;
export type TaskType = (typeof TASK_TYPES)[number];

export const RECIPE_NAMES = ['feature', 'performance', 'security', 'bug_fix'] as const;
export type RecipeName = (typeof RECIPE_NAMES)[number];

interface MatrixRow {
  primary: string;
  /** Each gets a task, or the plan says why not. */
  supporting: readonly string[];
}

export interface RecipeStep {
  /** null: whoever of the specialists fits. */
  agent: string | null;
  does: string;
  /** `if_needed`: left out only with a reason. `review`: the engine asks for it where the change calls for it; no task. */
  kind: 'always' | 'if_needed' | 'review';
}

const TESTS = 'test-engineering-specialist';
const DOCUMENTS = 'api-documentation-architect';

export const SELECTION_MATRIX: Readonly<Record<TaskType, MatrixRow>> = {
  api_endpoint: {
    primary: 'nestjs-api-master',
    supporting: ['prisma-database-architect', TESTS, DOCUMENTS],
  },
  database_change: {
    primary: 'prisma-database-architect',
    supporting: ['database-migration-strategist', TESTS],
  },
  background_job: {
    primary: 'queue-processing-expert',
    supporting: ['redis-caching-strategist', TESTS],
  },
  performance_issue: {
    primary: 'performance-optimization-expert',
    supporting: ['redis-caching-strategist', 'prisma-database-architect'],
  },
  security_audit: {
    primary: 'security-guardian',
    supporting: ['authentication-sentinel', TESTS],
  },
  realtime_feature: {
    primary: 'websocket-realtime-expert',
    supporting: ['redis-caching-strategist', TESTS],
  },
  deployment_setup: {
    primary: 'devops-containerization-expert',
    supporting: ['environment-configuration-master', 'security-guardian'],
  },
};

/** The order is binding. */
export const RECIPES: Readonly<Record<RecipeName, readonly RecipeStep[]>> = {
  feature: [
    { agent: 'prisma-database-architect', does: 'lay out the stored data', kind: 'if_needed' },
    { agent: 'nestjs-api-master', does: 'build the endpoints', kind: 'always' },
    { agent: 'queue-processing-expert', does: 'move work out of the request', kind: 'if_needed' },
    { agent: TESTS, does: 'prove it by tests', kind: 'always' },
    { agent: 'security-guardian', does: 'review its security', kind: 'review' },
    { agent: DOCUMENTS, does: 'bring the documents into step', kind: 'always' },
  ],
  performance: [
    { agent: 'performance-optimization-expert', does: 'measure, and name what is slow', kind: 'always' },
    { agent: 'prisma-database-architect', does: 'better queries and indexes', kind: 'if_needed' },
    { agent: 'redis-caching-strategist', does: 'cache what stays dear', kind: 'if_needed' },
    { agent: TESTS, does: 'prove the gain by tests', kind: 'always' },
    { agent: DOCUMENTS, does: 'write down what changed', kind: 'always' },
  ],
  security: [
    { agent: 'security-guardian', does: 'audit what is there', kind: 'always' },
    { agent: 'authentication-sentinel', does: 'strengthen sign-in and rights', kind: 'if_needed' },
    { agent: 'nestjs-api-master', does: 'mend the other weaknesses', kind: 'if_needed' },
    { agent: TESTS, does: 'prove that each is closed', kind: 'always' },
    { agent: 'devops-containerization-expert', does: 'bring the deployment into step', kind: 'if_needed' },
  ],
  bug_fix: [
    { agent: TESTS, does: 'show the bug by a failing test', kind: 'always' },
    { agent: null, does: 'mend its cause', kind: 'always' },
    { agent: TESTS, does: 'verify that it is gone', kind: 'always' },
    { agent: DOCUMENTS, does: 'mend the documents', kind: 'if_needed' },
  ],
};

/** Whether a workflow with these agents has everybody that the guide leads with. */
export function isGuided(agents: readonly string[]): boolean {
  return Object.values(SELECTION_MATRIX).every(({ primary }) => agents.includes(primary));
}

/** The guide as the planner reads it. */
export function guideText(): string {
  return JSON.stringify({ selection_matrix: SELECTION_MATRIX, recipes: RECIPES }, null, 1);
}
