/** `approvals:` as people write it, in workflows and in `baton.yaml`. */
import { z } from 'zod';
import type { ApprovalRule } from '../core/graph.ts';
import { pathPattern } from './path-pattern.ts';
import { closedObject } from './schema-issues.ts';

const idRule = 'must be a name of lower-case letters, digits and hyphens';

/** The schema of the list. A rule may leave `paths` out where it only says how another one of its id is held. */
export const approvalsSchema = z
  .array(
    closedObject({
      id: z
        .string({ error: idRule })
        .max(64, { error: 'must have at most 64 characters' })
        .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, { error: idRule })
        .meta({ description: '`protected` is the built-in rule: its paths are added to.' }),
      title: z.string().max(200, { error: 'must have at most 200 characters' }).optional(),
      paths: z.array(pathPattern).optional(),
      refuse: z
        .boolean()
        .optional()
        .meta({ description: 'true: what the rule names may not be changed at all.' }),
    }),
  )
  .meta({ description: 'What nobody may leave changed without a person who approved exactly that part.' });

/** What was written, as the engine holds it. */
export function toApprovals(written: z.output<typeof approvalsSchema> | undefined): ApprovalRule[] {
  return (written ?? []).map(({ id, title, paths, refuse }) => ({
    id,
    title: title ?? id,
    paths: paths ?? [],
    refuse: refuse ?? false,
  }));
}
