/** The fields of what agents hand in. Descriptions are read by agents: they go into the JSON Schema of each work order. */
import { z } from 'zod';
import type { PlanningGuide } from '../core/plan/guide.ts';
import { BLOCKED_REASONS, CONCERNS, EFFORTS, RESULT_STATUSES } from '../core/words.ts';
import { guidedPlan, need, plan } from './plan-shape.ts';
import { endpoints } from './endpoint-shape.ts';
import { said, sentences, words } from './shape-parts.ts';
import { deployment, validation } from './whole-shapes.ts';

const MAX_SUMMARY_CHARS = 4_000;

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
  requirements: { requirements, endpoints, concerns, effort },
  research: { research },
  plan: {
    plan,
    needs: needs.default([]).meta({ description: 'Which conditional agents are needed, and why.' }),
    endpoints,
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

export type PullRequestBody = z.output<typeof pullRequest>;
export type CommonBody = z.output<z.ZodObject<typeof commonShape>>;
