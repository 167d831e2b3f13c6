/** What `baton.yaml` says of anything that is run: the command, its surroundings, and the paths and names beside it. */
import { z } from 'zod';
import { FORGE_TOKEN_RULE, isForgeToken } from '../core/checks/forge-tokens.ts';
import { LIMIT_RANGES } from '../core/limits.ts';
import { durationSchema } from './limits-schema.ts';

const pathRule = 'must be a path inside the repository, without `..`';
export const insidePath = z
  .string({ error: pathRule })
  .min(1, { error: pathRule })
  .refine((path) => !/^(?:[/\\~]|[A-Za-z]:)|(?:^|[/\\])\.\.(?:[/\\]|$)|\0/.test(path), { error: pathRule });
export const gateName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]*$/i, { error: 'must be a name of letters, digits, `.`, `_` and `-`' })
  .max(64);
export const envRule = 'must be the name of an environment variable, not its value';
/** A variable of the caller's whose value is handed on. */
export const handedName = z
  .string({ error: envRule })
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: envRule })
  .refine((name) => !isForgeToken(name), { error: FORGE_TOKEN_RULE });
export const envNames = z.array(handedName);

const commandRule = 'must be a command: one line of text, or a list of words';
export const command = z
  .union(
    [
      z.string(),
      z.array(z.string({ error: commandRule })).min(1, { error: 'must have a program as its first word' }),
    ],
    {
      error: commandRule,
    },
  )
  .meta({ description: 'A list of words, or one line that is split like a shell does; no shell runs it.' });

export const commandShape = {
  command,
  shell: z
    .boolean()
    .optional()
    .meta({ description: 'Run it with `sh -c`: needed for pipes, redirections and variables.' }),
  env: envNames.optional().meta({ description: "Names passed through from the caller's environment." }),
  network: z.boolean().optional(),
  timeout: durationSchema(...LIMIT_RANGES.gate_timeout_ms).optional(),
};
