/** The outcome of a run as six keys, for programs that start runs and read what came of them: `report --format s2`. */
import { z } from 'zod';

const OUTCOME_STATUSES = ['complete', 'in_progress', 'blocked'] as const;

/** null: no such gate ran on the last tree, or one ran and proved nothing. */
const measured = (description: string) => z.boolean().nullable().meta({ description });

export const outcomeSchema = z.strictObject({
  status: z.enum(OUTCOME_STATUSES).meta({
    description:
      'complete: the run is done. in_progress: it moves, or will when it is resumed. blocked: a person has to act, or it ended without being done.',
  }),
  summary: z.string().min(1).meta({ description: 'One or two sentences.' }),
  phases_completed: z
    .array(z.string())
    .meta({ description: 'Ids of the phases that are complete, in order.' }),
  files_created: z
    .array(z.string())
    .meta({ description: 'repository/path of what the base does not have, on the last accepted tree.' }),
  verification: z.strictObject({
    all_tests_passed: measured('Whether every test gate that the engine ran on the last tree passed.'),
    build_success: measured('Whether every build and type gate that the engine ran on the last tree passed.'),
  }),
  next_steps: z.array(z.string()).meta({ description: 'What remains to be done, commands included.' }),
});

export type RunOutcome = z.output<typeof outcomeSchema>;

export function outcomeJsonSchema(): object {
  return z.toJSONSchema(outcomeSchema);
}
