/** What a reviewer hands in: a verdict, and findings. */
import { z } from 'zod';
import { RESULT_STATUSES, SEVERITIES, VERDICTS } from '../core/words.ts';
import { commonShape } from './result-shapes.ts';
import { cutTo, said, sentences, words } from './shape-parts.ts';

const MAX_FINDINGS = 200;
const MAX_PROBLEM_CHARS = 2_000;

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
  summary: commonShape.summary,
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
