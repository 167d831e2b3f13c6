/** What `baton.yaml` says of agents: what runs them, and with which models. */
import { z } from 'zod';
import { LIMIT_RANGES } from '../core/limits.ts';
import { ROLES } from '../core/words.ts';
import type { AgentChoices, ModelChoice } from './config.ts';
import { AUTH_WAYS } from './profile-schema.ts';
import { closedObject } from './schema-issues.ts';

const modelChoice = closedObject({
  model: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "As the agent's program calls it, or a part of that." }),
  reasoning: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "How much it is to think, in the program's own words: low, high, …" }),
});

export const agentsSchema = closedObject({
  driver: z
    .enum(['acp', 'in-process'], {
      error: ({ input }) =>
        input === 'blueprint'
          ? 'must be acp or in-process; rules stand in for agents only where somebody says so each time: `--driver blueprint`'
          : undefined,
    })
    .optional()
    .meta({ description: 'What runs agents where no flag says otherwise.' }),
  model: z.string().min(1).optional().meta({
    description: 'For all about whom nothing else is said; with `in-process` as PROVIDER/NAME.',
  }),
  from_rework: closedObject({
    round: z
      .int()
      .min(1)
      .max(LIMIT_RANGES.max_rework[1])
      .meta({ description: 'The round of rework from which on it holds; 1 is the first.' }),
    model: z.string().min(1),
    reasoning: z.string().min(1).optional(),
  })
    .optional()
    .meta({
      description: 'Another model, usually a stronger one, for who answers findings again and again.',
    }),
  profile: z.string().min(1).optional().meta({
    description: 'The profile that runs agents where no flag says otherwise (driver `acp`).',
  }),
  auth: z.enum(AUTH_WAYS).optional().meta({ description: 'By a key (the usual), or by your own login.' }),
  roles: z.partialRecord(z.enum(ROLES), modelChoice).optional(),
  names: z
    .record(z.string().min(1), modelChoice)
    .optional()
    .meta({ description: 'Counts more than the role.' }),
});

/** What was written, with nothing left open. */
export function toAgentChoices({
  driver,
  model,
  from_rework,
  profile,
  auth,
  roles,
  names,
}: z.output<typeof agentsSchema>): AgentChoices {
  const choices = (
    given: Record<string, { model?: string | undefined; reasoning?: string | undefined }> = {},
  ) =>
    Object.fromEntries(
      Object.entries(given).map(([name, { model, reasoning }]): [string, ModelChoice] => [
        name,
        { model: model ?? null, reasoning: reasoning ?? null },
      ]),
    );
  return {
    ...(driver === undefined ? {} : { driver }),
    ...(model === undefined ? {} : { model }),
    ...(from_rework === undefined
      ? {}
      : { fromRework: { ...from_rework, reasoning: from_rework.reasoning ?? null } }),
    profile: profile ?? null,
    auth: auth ?? 'key',
    roles: choices(roles),
    names: choices(names),
  };
}
