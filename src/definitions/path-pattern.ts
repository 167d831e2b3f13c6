/** A glob as people write it in workflows and in `baton.yaml`: inside the repository. */
import { z } from 'zod';
import { isPathSet, PATH_SETS } from '../core/words.ts';

const RULE = 'must be a path pattern inside the repository, without `..`';

/** The schema of one pattern. */
export const pathPattern = z
  .string({ error: RULE })
  .min(1, { error: RULE })
  .refine((text) => !/^[/\\]|(^|[/\\])\.\.([/\\]|$)|\0/.test(text), { error: RULE });

const SCOPE_RULE = `must be a path pattern inside the repository, without \`..\`, or one of ${PATH_SETS.map((name) => `@${name}`).join(', ')}; \`!\` in front takes it out`;

/** The schema of one scope. `@` in front of a single word names a set of paths, and only a known one. */
export const scopePattern = z
  .string({ error: SCOPE_RULE })
  .refine((text) => pathPattern.safeParse(text.replace(/^!/, '')).success, { error: SCOPE_RULE })
  .refine((text) => !/^!?@[^/]*$/.test(text) || isPathSet(text.replace(/^!?@/, '')), { error: SCOPE_RULE });
