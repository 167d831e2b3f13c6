/** A glob as people write it in workflows and in `baton.yaml`: inside the repository. */
import { z } from 'zod';

const RULE = 'must be a path pattern inside the repository, without `..`';

/** The schema of one pattern. */
export const pathPattern = z
  .string({ error: RULE })
  .min(1, { error: RULE })
  .refine((text) => !/^[/\\]|(^|[/\\])\.\.([/\\]|$)|\0/.test(text), { error: RULE });
