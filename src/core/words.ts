/**
 * The stored and wire words, each set listed once. GLOSSARY.md says what they mean.
 * Everything else that needs one of these sets (schemas, help texts, tables) derives it from here.
 */

export const ROLES = ['coordinator', 'planner', 'reviewer', 'specialist', 'tester', 'submitter'] as const;
export type Role = (typeof ROLES)[number];

/** The roles that may change files, in their own workspace only. */
export const WRITING_ROLES: readonly Role[] = ['specialist', 'tester'];

export type Access = 'read' | 'write';

/** Why a step waits for another one: it merges it, the plan says so, it starts from its tree, it needs its result. */
export const SEQUENCE_REASONS = ['is_a_side', 'plan_depends', 'tree', 'result'] as const;
export type SequenceReason = (typeof SEQUENCE_REASONS)[number];

export const RUN_STATUSES = [
  'running',
  'waiting_human',
  'waiting_retry',
  'paused',
  'interrupted',
  'failed',
  'cancelled',
  'done',
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** Statuses that end a run for good. */
export const FINAL_STATUSES: readonly RunStatus[] = ['failed', 'cancelled', 'done'];

export const RESULT_STATUSES = ['complete', 'blocked', 'needs_clarification'] as const;
export type ResultStatus = (typeof RESULT_STATUSES)[number];

export const BLOCKED_REASONS = [
  'security_concern',
  'architecture_decision',
  'test_failures',
  'missing_requirements',
  'out_of_scope',
  'unknown',
] as const;
export type BlockedReason = (typeof BLOCKED_REASONS)[number];

/** What makes a security review worth while. */
export const SECURITY_CONCERNS = [
  'authentication',
  'user_data',
  'secrets',
  'external_api',
  'uploads',
  'payments',
] as const;
/** What makes a performance review worth while. */
export const PERFORMANCE_CONCERNS = [
  'large_data',
  'hot_endpoint',
  'real_time',
  'background_job',
  'cache',
] as const;
/** What a change may touch that somebody in particular has to look at. */
export const CONCERNS = [
  ...SECURITY_CONCERNS,
  ...PERFORMANCE_CONCERNS,
  'infrastructure',
  'frontend',
  'documentation',
] as const;
export type Concern = (typeof CONCERNS)[number];

/** Concerns by one name, for conditions: `@security` is each of them. */
export const CONCERN_SETS = {
  security: SECURITY_CONCERNS,
  performance: PERFORMANCE_CONCERNS,
} as const satisfies Record<string, readonly Concern[]>;
export type ConcernSet = keyof typeof CONCERN_SETS;

/** How much a request asks for, the least first. */
export const EFFORTS = ['trivial', 'bugfix', 'small', 'medium', 'large'] as const;
export type Effort = (typeof EFFORTS)[number];

/** Where a prepared deployment has to lead. */
export const ENVIRONMENTS = ['development', 'staging', 'production'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** What came of one thing that a validation tried. */
export const CHECK_OUTCOMES = ['met', 'not_met', 'not_tried'] as const;
export type CheckOutcome = (typeof CHECK_OUTCOMES)[number];

export const VERDICTS = ['pass', 'pass_with_notes', 'fail'] as const;
export type VerdictWord = (typeof VERDICTS)[number];

export const SEVERITIES = ['critical', 'major', 'minor', 'note'] as const;
export type Severity = (typeof SEVERITIES)[number];

/**
 * Why an attempt ended without a usable result. All of them spend the retry budget, except
 * `interrupted` (the holder died), `cancelled` (somebody asked for it), and a `quota_exceeded` that says for how long.
 */
export const FAILURE_REASONS = [
  'no_result',
  'invalid_output',
  'output_limit',
  'crashed',
  'oom_killed',
  'not_started',
  'idle_timeout',
  'total_timeout',
  'role_wrote',
  'path_refused',
  'diff_too_large',
  'leftover_processes',
  'budget_exceeded',
  'quota_exceeded',
  'engine_error',
  'interrupted',
  'cancelled',
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

/** What a planned task is about. */
export const TASK_CATEGORIES = [
  'data',
  'logic',
  'api',
  'infrastructure',
  'quality',
  'documentation',
] as const;
export type TaskCategory = (typeof TASK_CATEGORIES)[number];

/** The part of a plan that a task belongs to, in their order. */
export const PLAN_PHASES = [
  'foundation',
  'implementation',
  'quality',
  'documentation_and_deployment',
] as const;
export type PlanPhase = (typeof PLAN_PHASES)[number];

/** Of endpoints that accepted requirements name: what a probe can call. */
export const ENDPOINT_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type EndpointMethod = (typeof ENDPOINT_METHODS)[number];

export const FIELD_PLACES = ['body', 'query', 'path', 'header'] as const;
export type FieldPlace = (typeof FIELD_PLACES)[number];

export const FIELD_TYPES = [
  'string',
  'integer',
  'number',
  'boolean',
  'date',
  'date_time',
  'email',
  'uuid',
  'enum',
  'array',
  'object',
] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

export const GATE_KINDS = [
  'hygiene',
  'setup',
  'build',
  'types',
  'lint',
  'tests',
  'coverage',
  'help',
  'command',
  'reach',
  'mutation',
  'executed',
  'probe',
  'forge_checks',
  'rollback',
  'revert',
  'standard',
] as const;
export type GateKind = (typeof GATE_KINDS)[number];

/** Gates that read or ask instead of starting a command of the repository's. */
export function runsNothing(kind: GateKind): boolean {
  return kind === 'reach' || kind === 'forge_checks';
}

/** Gates that every repository has: they say nothing of what its configuration asks for. */
export function isEnginesOwn(kind: GateKind): boolean {
  return kind === 'hygiene' || kind === 'revert';
}

/** Gates that run those of the tests, each in its own way. */
export function runsSuites(kind: GateKind): boolean {
  return kind === 'mutation' || kind === 'executed';
}

/** Gates whose commands come to the same end however slow they are. */
export function onlyComputes(kind: GateKind): boolean {
  return kind === 'build' || kind === 'types' || kind === 'lint' || kind === 'reach';
}

/** `unverified`: it ran and proves nothing (no names, no report). Shown, never silently green. */
export const GATE_STATUSES = ['pass', 'fail', 'unverified', 'not_applicable', 'error'] as const;
export type GateStatus = (typeof GATE_STATUSES)[number];

/** `quick` runs after each writing agent, `full` at the end of a phase and on the tree submitted. */
/** What an agent has to read before it begins: named by its definition, or required of the repositories by the workflow. */
/** `stack`: a guide of the package for what a repository uses. `note`: what a repository tells agents; material, no instruction. */
export const READING_KINDS = ['skill', 'guide', 'stack', 'note'] as const;
export type ReadingKind = (typeof READING_KINDS)[number];

/** What guides for stacks are about, and agents are for. */
export const STACK_AREAS = ['http', 'language', 'data', 'queues', 'functions', 'infrastructure'] as const;
export type StackArea = (typeof STACK_AREAS)[number];

export const GATE_SETS = ['none', 'quick', 'full'] as const;
export type GateSet = (typeof GATE_SETS)[number];

/** Where a test stands between one function and the whole system. */
export const TEST_LAYERS = ['unit', 'integration', 'acceptance'] as const;
export type TestLayer = (typeof TEST_LAYERS)[number];

/** Files that a scope can name by what they are. */
export const PATH_SETS = ['tests', 'docs', 'infrastructure'] as const;
export type PathSet = (typeof PATH_SETS)[number];

export function isPathSet(name: string): name is PathSet {
  return (PATH_SETS as readonly string[]).includes(name);
}

/** `flag`: a note, in place of a finding that stops the step. */
export const OUTSIDE_SCOPES = ['refuse', 'flag'] as const;
export type OutsideScopes = (typeof OUTSIDE_SCOPES)[number];

/** What a workflow can have every change held to. */
export const COMPLIANCES = ['infrastructure_as_code'] as const;
export type Compliance = (typeof COMPLIANCES)[number];

export const QUESTION_KINDS = [
  'confirm_start',
  'clarification',
  'blocked',
  'rework_exhausted',
  'retry_exhausted',
  'dispute',
  'approval',
  'recommendations',
  'submission',
  'base_moved',
  'checks_red',
  'deploy',
  'pause',
  'large_change',
  'budget',
] as const;
export type QuestionKind = (typeof QUESTION_KINDS)[number];

/** `deployed`: the command ended with 0, which says nothing of the infrastructure. */
export const DEPLOY_STATUSES = ['deployed', 'confirmed_by_person', 'not_deployed'] as const;
export type DeployStatus = (typeof DEPLOY_STATUSES)[number];

/** What happens to what a run made when it ends before its time. GLOSSARY: clean-up. */
export const CLEAN_UPS = ['keep_everything', 'keep_artifacts', 'roll_back', 'clean_up'] as const;
export type CleanUp = (typeof CLEAN_UPS)[number];

/** In their order; `follow` only where a run waits for what comes of its pull requests, what stands beside them only where somebody wants it. */
export const EFFECT_KINDS = [
  'prepare_push',
  'push_branch',
  'begin_status',
  'open_pull_request',
  'link_pull_requests',
  'set_labels',
  'mark_ready',
  'ask_reviewers',
  'follow',
  'comment',
  'end_status',
] as const;
export type EffectKind = (typeof EFFECT_KINDS)[number];

/** What a run does where the base went on before its change is submitted. GLOSSARY: base moved. */
export const BASE_POLICIES = ['merge', 'ask', 'ignore'] as const;
export type BasePolicy = (typeof BASE_POLICIES)[number];

/** The forms in which backend features are asked for. */
export const REQUEST_PATTERNS = [
  'implement_for',
  'build_backend',
  'need_api',
  'add_to_backend',
  'create_types',
  'integrate_service',
] as const;
export type RequestPattern = (typeof REQUEST_PATTERNS)[number];

/** By a workflow, by one specialist, or nothing for Baton. */
export const REQUEST_MODES = ['orchestrated', 'direct', 'elsewhere'] as const;
export type RequestMode = (typeof REQUEST_MODES)[number];

export const TOPICS = [
  'rest',
  'authentication',
  'integration',
  'data_processing',
  'risk_analysis',
  'asset_correlation',
  'vulnerability',
  'types',
  'infrastructure',
  'functions',
] as const;
export type Topic = (typeof TOPICS)[number];
