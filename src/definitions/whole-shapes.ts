/** What is said of the running whole: a validation of the real system, and a deployment that was prepared. */
import { z } from 'zod';
import { CHECK_OUTCOMES } from '../core/words.ts';
import { said, words } from './shape-parts.ts';

const check = z.object({
  what: said(500, 'What was tried: the start, a criterion with its id, a journey, a way back.'),
  outcome: z.enum(CHECK_OUTCOMES, { error: `must be one of ${CHECK_OUTCOMES.join(', ')}` }).meta({
    description: 'met and not_met: seen on the running system; not_tried: everything else.',
  }),
  seen: said(1_000, 'What was done and what came back; of what was not tried, why.'),
});

const started = z.object({
  what: said(200, 'The part of the real system: a service, a store, a worker, a command.'),
  command: said(1_000, 'The command that started it.'),
});

export const validation = z.object({
  started: z.array(started).max(50, { error: 'must have at most 50 items' }).default([]).meta({
    description:
      'The real system that was tried, without test doubles: each part that was started. Without it every check is not_tried.',
  }),
  evidence: z
    .array(words('What was done and what was seen.'))
    .min(1, { error: 'must have at least one item' }),
  checks: z.array(check).max(200, { error: 'must have at most 200 items' }).default([]).meta({
    description: 'What was tried, each with its outcome. Without them nothing counts as validated.',
  }),
});

const paths = (description: string) =>
  z
    .array(said(500, 'A file that is there: repository/path.'))
    .max(100, { error: 'must have at most 100 items' })
    .meta({ description });

const environment = z.object({
  files: paths('What configures it, repository/path; empty where nothing does.'),
  instructions: z
    .array(words('One step.'))
    .min(1, { error: 'must have at least one item' })
    .meta({ description: 'How the change gets there, step by step.' }),
});

export const deployment = z.object({
  environments: z.object({ development: environment, staging: environment, production: environment }),
  scripts: paths('What carries it out, repository/path; empty where nothing does.'),
  rollback: z
    .array(words('One step.'))
    .min(1, { error: 'must have at least one item' })
    .meta({ description: 'The way back, step by step.' }),
});

export type DeploymentBody = z.output<typeof deployment>;
export type ValidationBody = z.output<typeof validation>;
