/** The form of a workflow file. What it means is in `docs/workflows.md` and `compile-workflow.ts`. */
import { z } from 'zod';
import {
  COMPLIANCES,
  CONCERNS,
  CONCERN_SETS,
  EFFORTS,
  GATE_SETS,
  OUTSIDE_SCOPES,
  TEST_LAYERS,
  type Concern,
  type ConcernSet,
  type Effort,
} from '../core/words.ts';
import { budgetSchema } from './budget-schema.ts';
import { approvalsSchema, type ApprovalFile } from './approvals-schema.ts';
import { pathProblem, plainPath } from './claimed-path.ts';
import { limitsSchema } from './limits-schema.ts';
import { pathPattern, scopePattern } from './path-pattern.ts';
import { planningSchema } from './planning-schema.ts';
import { closedObject } from './schema-issues.ts';

const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const slug = z
  .string({ error: 'must be a name of lower-case letters, digits and hyphens' })
  .max(64, { error: 'must have at most 64 characters' })
  .regex(SLUG, { error: 'must be a name of lower-case letters, digits and hyphens' });
const sentence = z.string().max(2_000, { error: 'must have at most 2000 characters' });
const stepName = z
  .string()
  .regex(/^[a-z0-9-]+(?:\/[a-z0-9-]+)?$/, { error: 'must be `step` or `phase/step`' });

/** When a conditional step runs. */
export type When =
  | 'planned'
  | { changed: string[] }
  | { concerns: (Concern | `@${ConcernSet}`)[] }
  | { effort: Effort[] }
  | { any: When[] }
  | { all: When[] }
  | { not: When };

const concernSets = Object.keys(CONCERN_SETS).map((name) => `@${name}` as `@${ConcernSet}`); // its keys are these
const concern = z.enum([...CONCERNS, ...concernSets]);

const when: z.ZodType<When> = z
  .lazy(() =>
    z.union(
      [
        z.literal('planned'),
        closedObject({ changed: z.array(pathPattern).min(1) }),
        closedObject({ concerns: z.array(concern).min(1) }),
        closedObject({ effort: z.array(z.enum(EFFORTS)).min(1) }),
        closedObject({ any: z.array(when).min(1) }),
        closedObject({ all: z.array(when).min(1) }),
        closedObject({ not: when }),
      ],
      { error: 'must be `planned` or one of changed, concerns, effort, any, all, not' },
    ),
  )
  .meta({ id: 'when', description: 'When the step runs. A fact that is missing counts as "run".' });

const reviewers = z.array(slug).meta({ description: 'Agents of the role reviewer, one after the other.' });
const areaName = z
  .string()
  .regex(/^[a-z][a-z0-9_]*$/, { error: 'must be a word of lower-case letters, digits and underscores' });
const needs = z.array(stepName).meta({ description: 'Further steps to wait for, besides the ones before.' });

const outsideScopes = z
  .enum(OUTSIDE_SCOPES)
  .meta({ description: 'What an edit outside the scopes is: a finding that blocks, or a note.' });

const agentStep = closedObject({
  agent: slug.meta({ description: 'The agent that does the work.' }),
  id: slug
    .optional()
    .meta({ description: "The step's name in its phase; the agent's where it is left out." }),
  title: sentence.optional(),
  output: slug
    .optional()
    .meta({ description: 'What kind of result it hands in: requirements, plan, changes, …' }),
  when: when.optional(),
  changes: z
    .enum(['required', 'optional', 'forbidden'])
    .optional()
    .meta({ description: 'Whether it has to change files.' }),
  scopes: z.array(scopePattern).optional().meta({
    description: 'Where it may change files: patterns, folders, `@tests`, …; with `!` in front, where not.',
  }),
  module: z.string().min(1).max(200).optional().meta({
    description:
      'A module of baton.yaml, by name or path, or a repository: it may change nothing outside. `@planned`: those that the selection names.',
  }),
  layer: z.enum(TEST_LAYERS).optional().meta({
    description: 'Its new and changed tests have to lie where `tests` in baton.yaml has this layer.',
  }),
  outside_scopes: outsideScopes.optional(),
  gates: z.enum(GATE_SETS).optional(),
  blocking: z
    .boolean()
    .optional()
    .meta({ description: 'false: where it fails it becomes an issue in the report and holds nobody back.' }),
  expect: z
    .enum(['green', 'red'])
    .optional()
    .meta({ description: 'red: its new named tests have to fail, as in the first step of a bug fix.' }),
  reviewers: reviewers.optional(),
  needs: needs.optional(),
});

const parallelStep = closedObject({
  parallel: z.array(agentStep).min(2, { error: 'must have at least 2 steps' }),
  id: slug.optional().meta({ description: 'Names the merge of the group.' }),
  synthesis: agentStep
    .optional()
    .meta({ description: 'A step that brings the results of the group together.' }),
});

const checkStep = closedObject({
  check: z
    .enum(['base', 'phase'])
    .meta({ description: 'What is judged: everything since the base, or this phase.' }),
  id: slug.optional(),
  title: sentence.optional(),
  when: when.optional(),
  gates: z.enum(['quick', 'full']).optional(),
  debug: closedObject({
    agent: slug.meta({
      description: 'A specialist; each of several independent faults gets one of its own.',
    }),
    from: z
      .int({ error: 'must be a whole number from 2' })
      .min(2, { error: 'must be a whole number from 2' })
      .optional()
      .meta({ description: 'From how many independent faults on; 3 where it is left out.' }),
  }).optional(),
  reviewers: reviewers.optional(),
  needs: needs.optional(),
});

const plannedStep = closedObject({
  planned: z.literal(true).meta({ description: 'The tasks of the last plan before it, each as a step.' }),
  id: slug.optional(),
  title: sentence.optional(),
  agents: z
    .array(slug)
    .min(1, { error: 'must have at least one item' })
    .meta({ description: 'Whom the plan may give a task.' }),
  when: when.optional(),
  gates: z.enum(['quick', 'full']).optional().meta({ description: 'Behind each task that writes.' }),
  reviewers: reviewers.optional(),
  needs: needs.optional(),
});

const givenStep = closedObject({
  given: z.literal('plan').meta({
    description: 'What a person hands in at the start. Inside another workflow: the plan made there.',
  }),
  id: slug.optional(),
  title: sentence.optional(),
});

const submitStep = closedObject({
  submit: z.literal(true),
  id: slug.optional(),
  title: sentence.optional(),
  needs: needs.optional(),
});

const deployStep = closedObject({
  deploy: slug.meta({ description: 'The environment, as `deploy` in baton.yaml names it.' }),
  id: slug.optional(),
  title: sentence.optional(),
  needs: needs.optional(),
});

const step = z.union([agentStep, parallelStep, checkStep, plannedStep, givenStep, submitStep, deployStep], {
  error: 'must be a mapping with one of agent, parallel, check, planned, given, submit, deploy',
});

const MEASURES = [
  'gates_green',
  'tests_added',
  'docs_changed',
  'criteria_numbered',
  'criteria_covered',
  'plan_complete',
  'success_criteria',
] as const;

const standard = closedObject({
  id: slug,
  title: sentence,
  measure: z
    .union(
      [
        z.enum(MEASURES),
        closedObject({ outputs: z.array(slug).min(1) }),
        closedObject({ coverage: z.number().min(1).max(100) }),
      ],
      {
        error: `must be one of ${MEASURES.join(', ')}, { outputs: [kinds] }, or { coverage: 1 to 100 }`,
      },
    )
    .meta({ description: 'How the engine measures it.' }),
});

export type StandardFile = z.output<typeof standard>;

const phase = closedObject({
  id: slug,
  title: sentence.optional(),
  deliverable: sentence.optional().meta({ description: 'One sentence: what this phase hands over.' }),
  when: when.optional().meta({ description: 'Holds for each of its steps, besides their own.' }),
  gates: z.enum(GATE_SETS).optional().meta({ description: 'Gates at the end of the phase.' }),
  standard: z
    .array(standard)
    .min(1)
    .optional()
    .meta({ description: 'What it has to hand over; measured at its end.' }),
  workflow: slug
    .optional()
    .meta({ description: 'Instead of steps: another workflow, whose phases take the place of this one.' }),
  steps: z.array(step).optional(),
});

const guide = z
  .string({ error: 'must be a path in the repository' })
  .max(500)
  .refine((path) => pathProblem(path) === null, { error: 'must be a path in the repository, without `..`' })
  .transform(plainPath);

const routed = z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, { error: 'must be `phase/step`' });

/** A whole workflow file. */
export const workflowSchema = closedObject({
  name: slug,
  version: z
    .int({ error: 'must be a whole number from 1' })
    .min(1, { error: 'must be a whole number from 1' }),
  description: sentence.optional(),
  start: z
    .enum(['confirm', 'launch'])
    .optional()
    .meta({ description: 'Whether a person confirms before the first agent starts.' }),
  pause: z.enum(['never', 'each_phase']).optional(),
  context: z
    .enum(['all', 'needs'])
    .optional()
    .meta({ description: 'Which accepted outputs a prompt carries.' }),
  review: closedObject({
    by: reviewers,
    areas: z
      .array(areaName)
      .optional()
      .meta({ description: 'What each of these reviewers has to say something about, in every verdict.' }),
  })
    .optional()
    .meta({ description: 'Who reviews where a step names nobody.' }),
  requires: closedObject({
    reviews: z.array(slug).min(1).meta({
      description: 'Kinds of review of the whole change, in the order in which they follow each other.',
    }),
  })
    .optional()
    .meta({ description: 'What has to be on every way to the submission. A built-in name demands it, too.' }),
  limits: limitsSchema.optional(),
  budget: budgetSchema.optional().meta({ description: 'What the whole run may spend.' }),
  approvals: approvalsSchema.optional(),
  outside_scopes: outsideScopes.optional(),
  planning: planningSchema
    .optional()
    .meta({ description: 'Who leads which type of task, and recipes: its plans are held to them.' }),
  compliance: z.array(z.enum(COMPLIANCES)).optional().meta({ description: 'What every change is held to.' }),
  guides: z
    .array(
      z.union([guide, z.array(guide).min(1)], {
        error: 'must be a path in the repository, or a list of them',
      }),
    )
    .optional()
    .meta({
      description:
        'Files of every repository that every agent reads first; of a list in it, the first one that is there.',
    }),
  blocked: closedObject({
    missing_requirements: routed.optional(),
    architecture_decision: routed.optional(),
    test_failures: routed.optional(),
    unknown: routed.optional(),
  })
    .optional()
    .meta({
      description: 'Which step does its work again where an agent is blocked; else a person is asked.',
    }),
  phases: z.array(phase),
});

/** As it is written. */
export type WrittenWorkflow = z.output<typeof workflowSchema>;
/** With the rules in the place of the names of their sets. */
export type WorkflowFile = Omit<WrittenWorkflow, 'approvals'> & { approvals?: ApprovalFile[] };
export type PhaseFile = z.output<typeof phase>;
export type StepFile = z.output<typeof step>;
export type AgentStepFile = z.output<typeof agentStep>;
export type ParallelStepFile = z.output<typeof parallelStep>;
export type CheckStepFile = z.output<typeof checkStep>;
export type PlannedStepFile = z.output<typeof plannedStep>;
export type GivenStepFile = z.output<typeof givenStep>;
export type SubmitStepFile = z.output<typeof submitStep>;
export type DeployStepFile = z.output<typeof deployStep>;
