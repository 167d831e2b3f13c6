/** The fields of what agents hand in. Descriptions are read by agents: they go into the JSON Schema of each work order. */
import { z } from 'zod';
import {
  BLOCKED_REASONS,
  CHECK_OUTCOMES,
  CONCERNS,
  EFFORTS,
  PLAN_PHASES,
  RESULT_STATUSES,
  SEVERITIES,
  TASK_CATEGORIES,
  VERDICTS,
} from '../core/words.ts';
import type { PlanningGuide } from '../core/plan/guide.ts';
import { LIMIT_RANGES } from '../core/limits.ts';
import { scopePattern } from './path-pattern.ts';
import { closedObject } from './schema-issues.ts';

// Compiling a validator costs more than it saves in the few dozen results of a run.
z.config({ jitless: true });

/** Whatever a run's limits say: a plan with more of them is not looked into. */
const MAX_TASKS = LIMIT_RANGES.max_tasks[1];
const TOO_MANY = { error: `must have at most ${MAX_TASKS} items` };
const MAX_FINDINGS = 200;
const MAX_PROBLEM_CHARS = 2_000;
const MAX_SUMMARY_CHARS = 4_000;

/** Nobody sees them; spelled out, since not every reader of the schema knows classes of characters. */
const UNSEEN = [
  '\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f',
  '\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0',
].join('');
const SEEN = new RegExp(`[^\\s${UNSEEN}]`);

/** Text that has to say something, cut where it is longer: the whole stays in the stored raw output. */
function said(maxChars: number, description: string) {
  const rule = 'must be text that says something';
  return z
    .string({ error: rule })
    .regex(SEEN, { error: rule })
    .meta({ description })
    .transform((text) => cutTo(text.trim(), maxChars));
}

function cutTo(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : `${text.slice(0, maxChars - 1)}…`;
}

const sentences = (description: string) => z.array(z.string()).meta({ description });
const words = (description: string) => said(20_000, description);

const summary = said(
  MAX_SUMMARY_CHARS,
  `What was done and what came out, at most ${MAX_SUMMARY_CHARS} characters.`,
);

const dispute = z.object({
  finding: z.string().meta({ description: 'The id of the finding, as it was given.' }),
  reason: words('Why it does not hold.'),
});

const claims = z.object({
  files: sentences('Paths that were changed, relative to their repository.').default([]),
  tests_passed: z
    .boolean()
    .nullable()
    .default(null)
    .meta({ description: 'Whether the tests were seen to pass; null: not run.' }),
  pull_requests: sentences('Pull requests that are claimed to exist.').default([]),
});

const recommendation = z.object({
  topic: said(200, 'What has to be chosen, in a word or two: storage, transport, …'),
  choice: said(200, 'What you would take.'),
  reason: said(1_000, 'Why.'),
});

/** What every result may carry; only status and summary have to be there. */
export const commonShape = {
  status: z.enum(RESULT_STATUSES).meta({
    description:
      'complete; blocked (say why in blocked_reason); needs_clarification (ask in open_questions).',
  }),
  summary,
  decisions: sentences('What was decided, and why.').default([]),
  open_questions: sentences('What a person has to answer.').default([]),
  handoff: z.string().default('').meta({ description: 'What the next agent has to know.' }),
  disputes: z.array(dispute).default([]).meta({ description: 'Findings that do not hold, with reasons.' }),
  claims: claims
    .default({ files: [], tests_passed: null, pull_requests: [] })
    .meta({ description: 'What you say you did; it is compared with what is measured.' }),
  recommendations: z
    .array(recommendation)
    .max(50, { error: 'must have at most 50 items' })
    .default([])
    .meta({ description: 'Choices on which others may see it differently: a person decides where they do.' }),
  blocked_reason: z
    .enum(BLOCKED_REASONS)
    .optional()
    .meta({ description: 'Required when the status is blocked.' }),
  attempted: sentences('When blocked: what was tried.').default([]),
};

const numbered = z.object({
  id: words('Short and stable, with a digit: F1, A1, …'),
  text: words('One requirement.'),
});
const numberedList = (description: string) =>
  z.array(numbered).min(1, { error: 'must have at least one item' }).meta({ description });

const criteriaList = (description: string) =>
  z
    .array(
      numbered.extend({
        already_met: z.boolean().optional().meta({
          description:
            'Whether the base meets it and the change only has to keep it: then tests that are already there may show it.',
        }),
      }),
    )
    .min(1, { error: 'must have at least one item' })
    .meta({ description });

const need = z.object({
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
  scopes: z
    .array(scopePattern)
    .max(200, { error: 'must have at most 200 items' })
    .default([])
    .meta({ description: 'Path patterns where it changes files.' }),
  expect: z
    .literal('red')
    .optional()
    .meta({ description: 'red: its new tests have to fail, as in the first step of a bug fix.' }),
});

const pullRequest = z.object({
  repo: words('The name of the repository.'),
  title: words('One line.'),
  body: words('Markdown: what, why, how it was tested.'),
});

const requirements = z.object({
  functional: numberedList('What it has to do.'),
  non_functional: sentences('Performance, security, operation, …'),
  constraints: sentences('What may not change or be used.'),
  dependencies: sentences('What it builds on or waits for.'),
  affected_systems: sentences('Repositories, services, tables, clients that it touches.'),
  acceptance_criteria: criteriaList('What has to be seen for it to count as done.'),
});

const research = z.object({
  findings: sentences('What is there, with the place where it was seen.'),
  recommendations: sentences('What follows from it.'),
});

const plan = closedObject({
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

const check = z.object({
  what: said(500, 'What was tried: the start, a criterion with its id, a journey, a way back.'),
  outcome: z.enum(CHECK_OUTCOMES, { error: `must be one of ${CHECK_OUTCOMES.join(', ')}` }).meta({
    description: 'met and not_met: seen on the running system; not_tried: everything else.',
  }),
  seen: said(1_000, 'What was done and what came back; of what was not tried, why.'),
});

const started = z.object({
  what: said(200, 'The part of the real system: a service, a store, a worker, a command.'),
  command: said(1_000, 'The command that started it.'),
});

const validation = z.object({
  started: z.array(started).max(50, { error: 'must have at most 50 items' }).default([]).meta({
    description:
      'The real system that was tried, without test doubles: each part that was started. Without it every check is not_tried.',
  }),
  evidence: z
    .array(words('What was done and what was seen.'))
    .min(1, { error: 'must have at least one item' }),
  checks: z.array(check).max(200, { error: 'must have at most 200 items' }).default([]).meta({
    description: 'What was tried, each with its outcome. Without them nothing counts as validated.',
  }),
});

const paths = (description: string) =>
  z
    .array(said(500, 'A file that is there: repository/path.'))
    .max(100, { error: 'must have at most 100 items' })
    .meta({ description });

const environment = z.object({
  files: paths('What configures it, repository/path; empty where nothing does.'),
  instructions: z
    .array(words('One step.'))
    .min(1, { error: 'must have at least one item' })
    .meta({ description: 'How the change gets there, step by step.' }),
});

const deployment = z.object({
  environments: z.object({ development: environment, staging: environment, production: environment }),
  scripts: paths('What carries it out, repository/path; empty where nothing does.'),
  rollback: z
    .array(words('One step.'))
    .min(1, { error: 'must have at least one item' })
    .meta({ description: 'The way back, step by step.' }),
});

const covers = z
  .array(
    z.object({
      criterion: words('The id of the acceptance criterion: A1, …'),
      tests: z
        .array(said(500, 'The name of a test, as the runner reports it.'))
        .min(1, { error: 'must have at least one item' })
        .max(200, { error: 'must have at most 200 items' }),
    }),
  )
  .max(200, { error: 'must have at most 200 items' })
  .default([])
  .meta({
    description:
      'Which named tests show which acceptance criterion. Only tests that the gates see green count, and that are new or changed in this run.',
  });

const needs = z.array(need);

const concerns = z
  .array(z.enum(CONCERNS, { error: `must be one of ${CONCERNS.join(', ')}` }))
  .default([])
  .meta({ description: 'What it touches that somebody in particular has to look at.' });

const effort = z
  .enum(EFFORTS, { error: `must be one of ${EFFORTS.join(', ')}` })
  .optional()
  .meta({ description: 'Only where the work needs more effort than the run has: how much.' });

/** Per kind of output: what it has to carry when the status is `complete`. Other kinds carry the common fields only. */
export const OUTPUT_SHAPES: Readonly<Record<string, z.ZodRawShape>> = {
  requirements: { requirements, concerns, effort },
  research: { research },
  plan: {
    plan,
    needs: needs.default([]).meta({ description: 'Which conditional agents are needed, and why.' }),
    concerns,
    effort,
  },
  selection: {
    needs: needs.meta({ description: 'Each conditional agent: needed or not, and why.' }),
    concerns,
    effort,
  },
  changes: { covers },
  validation: { validation, covers },
  deployment: { deployment, covers },
  submission: {
    pull_requests: z
      .array(pullRequest)
      .min(1, { error: 'must have at least one item' })
      .meta({ description: 'The texts; the engine opens the pull requests.' }),
  },
};

/** What a result of the kind has to carry; a plan that is held to a guide names its types and recipes alone. */
export function shapeOf(output: string, guide: PlanningGuide | null): z.ZodRawShape {
  const shape = (Object.hasOwn(OUTPUT_SHAPES, output) ? OUTPUT_SHAPES[output] : undefined) ?? {};
  return output === 'plan' && guide !== null ? { ...shape, plan: guidedPlan(guide) } : shape;
}

function guidedPlan({ selection_matrix, recipes }: PlanningGuide) {
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

const finding = z.object({
  id: z.string().optional().meta({ description: 'Only to uphold an earlier finding: its id.' }),
  severity: z.enum(SEVERITIES),
  blocking: z.boolean().meta({ description: 'Whether it has to be mended before this is used.' }),
  repo: z.string().nullable().default(null),
  file: z.string().nullable().default(null).meta({ description: 'Path relative to the repository.' }),
  line: z.int().min(1).nullable().default(null),
  problem: said(MAX_PROBLEM_CHARS, 'What is wrong.'),
  fix: z
    .string()
    .default('')
    .meta({ description: 'What would mend it.' })
    .transform((text) => cutTo(text, MAX_PROBLEM_CHARS)),
  owner: z
    .string()
    .nullable()
    .default(null)
    .meta({ description: 'The step whose author has to answer it, where it is not this one.' }),
});

/** What a reviewer hands in. */
export const reviewSchema = z.object({
  status: z.enum(RESULT_STATUSES),
  summary,
  verdict: z.enum(VERDICTS, { error: `must be exactly one of ${VERDICTS.join(', ')}` }).meta({
    description: 'fail: at least one finding is blocking. pass and pass_with_notes: none is.',
  }),
  findings: z.array(finding).max(MAX_FINDINGS, { error: `must have at most ${MAX_FINDINGS} items` }),
  resolved: sentences('Ids of earlier findings that hold no longer.').default([]),
  areas: z
    .array(z.object({ area: words('One of the areas that were asked for.'), said: words('What it showed.') }))
    .default([])
    .meta({ description: 'Where areas were asked for: what each of them showed, also where it is clean.' }),
  judged: z
    .string()
    .nullable()
    .optional()
    .meta({ description: 'The hash that was handed out, if you name it.' }),
  confirms: z
    .array(
      z.object({
        criterion: words('The id of the acceptance criterion: A1, …'),
        how: said(1_000, 'How you saw it.'),
      }),
    )
    .max(200, { error: 'must have at most 200 items' })
    .default([])
    .meta({ description: 'Acceptance criteria that no test can show and that you saw to be met.' }),
  decisions: commonShape.decisions,
  open_questions: commonShape.open_questions,
  handoff: commonShape.handoff,
});

export type ReviewBody = z.output<typeof reviewSchema>;
export type DeploymentBody = z.output<typeof deployment>;
export type ValidationBody = z.output<typeof validation>;
export type PlanBody = z.output<typeof plan>;
export type NeedBody = z.output<typeof need>;
export type PullRequestBody = z.output<typeof pullRequest>;
export type CommonBody = z.output<z.ZodObject<typeof commonShape>>;
