/** `approvals:` as people write it, in workflows, in `baton.yaml` and in the sets that both may name. */
import { z } from 'zod';
import type { ApprovalRule } from '../core/graph.ts';
import { pathPattern } from './path-pattern.ts';
import { closedObject } from './schema-issues.ts';

const idRule = 'must be a name of lower-case letters, digits and hyphens';
const id = z
  .string({ error: idRule })
  .max(64, { error: 'must have at most 64 characters' })
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, { error: idRule });

/** A rule may leave `paths` out where it only says how another one of its id is held. */
const rule = closedObject({
  id: id.meta({ description: '`protected` is the built-in rule: its paths are added to.' }),
  title: z.string().max(200, { error: 'must have at most 200 characters' }).optional(),
  paths: z.array(pathPattern).optional(),
  refuse: z
    .boolean()
    .optional()
    .meta({ description: 'true: what the rule names may not be changed at all.' }),
});

/** The schema of the list: rules, and names of sets of rules. */
export const approvalsSchema = z
  .array(
    z.union([id.meta({ description: 'A set of rules: a built-in one, or approvals/NAME.yaml.' }), rule], {
      error: 'must be a rule with an `id`, or the name of a set',
    }),
  )
  .meta({ description: 'What nobody may leave changed without a person who approved exactly that part.' });

/** A file of a set. It names no other set. */
export const approvalSetSchema = closedObject({ approvals: z.array(rule).min(1) });

export type ApprovalFile = z.output<typeof rule>;

/** What was written, as the engine holds it. */
export function toApprovals(written: readonly ApprovalFile[]): ApprovalRule[] {
  return written.map(({ id, title, paths, refuse }) => ({
    id,
    title: title ?? id,
    paths: paths ?? [],
    refuse: refuse ?? false,
  }));
}
