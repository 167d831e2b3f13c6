/** What `baton rehearse --json` says: the envelope, what became of the honest run, and a row for each rogue. */
import { z } from 'zod';

const ms = z.number().min(0);
const count = z.int().min(0);

const envelope = z
  .strictObject({
    invocations: z.strictObject({
      least: count.meta({ description: 'Steps that run whatever comes, each once.' }),
      likely: count
        .nullable()
        .meta({ description: 'Every step that may run, each once; null: a plan that is not there says it.' }),
      most: count.meta({ description: 'Every step that may run, in every rework round.' }),
    }),
    wall_ms: z.strictObject({
      likely: ms.nullable().meta({ description: 'By earlier runs of the store; null: not known.' }),
      most: ms.meta({
        description: 'By the limits of the steps on the longest chain, in every rework round.',
      }),
      along: z.array(z.string()).meta({ description: 'The steps of that chain.' }),
    }),
    tokens: z.number().nullable().meta({ description: 'What the budget lets through; null: not bounded.' }),
    cost_usd: z
      .number()
      .nullable()
      .meta({ description: 'What the budget lets through, or its tokens at the dearest configured price.' }),
    working_ms: ms.nullable().meta({ description: 'Working time that the budget lets through.' }),
  })
  .meta({
    description: 'What a run may take, before anything is spent. Retries and what people add are not in it.',
  });

const stop = z.strictObject({
  by: z.string().meta({ description: 'The gate, the error code, the verdict or the question.' }),
  detail: z.string(),
  seq: z.int().min(1).meta({ description: 'The event of the run’s journal that says so.' }),
  step: z.string().nullable(),
});

const row = z.strictObject({
  rogue: z.string(),
  tried: z.string(),
  outcome: z.enum(['stopped', 'not_stopped', 'not_tried']),
  why: z.string().nullable().meta({ description: 'Why it was not tried.' }),
  agent: z.string().nullable(),
  step: z.string().nullable(),
  stopped: z.array(stop).meta({ description: 'In the order in which it happened.' }),
  pull_request: z.boolean().meta({ description: 'Whether its run opened one.' }),
  run_id: z.string().nullable(),
  duration_ms: ms,
});

export const rehearsalSchema = z.strictObject({
  workflow: z.string(),
  repos: z.array(z.string()),
  envelope,
  honest: z.strictObject({
    run_id: z.string(),
    status: z.string(),
    pull_requests: count,
    stopped: z
      .array(stop)
      .meta({ description: 'What it met; of a rogue it counts for nothing in the same place.' }),
    duration_ms: ms,
  }),
  rogues: z.array(row),
  /** A folder that `BATON_HOME` can name. */
  store: z.string().meta({ description: 'The journals of these runs, for BATON_HOME.' }),
  duration_ms: ms,
});

export type Rehearsal = z.output<typeof rehearsalSchema>;
export type Envelope = Rehearsal['envelope'];
export type RogueRow = Rehearsal['rogues'][number];
export type SeenStop = z.output<typeof stop>;

export function rehearsalJsonSchema(): object {
  return z.toJSONSchema(rehearsalSchema);
}
