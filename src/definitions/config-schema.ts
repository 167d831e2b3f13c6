/** The form of `baton.yaml`. */
import { z } from 'zod';
import { agentsSchema } from './agents-schema.ts';
import { approvalsSchema } from './approvals-schema.ts';
import { budgetSchema } from './budget-schema.ts';
import { commandShape, envNames } from './command-schema.ts';
import { commitsSchema } from './commits-schema.ts';
import { limitsSchema } from './limits-schema.ts';
import { providersSchema } from './providers-schema.ts';
import { pullRequestsSchema } from './pull-requests-schema.ts';
import { repo } from './repo-schema.ts';
import { closedObject } from './schema-issues.ts';

const deploy = closedObject({
  ...commandShape,
  repo: z.string().min(1).optional().meta({
    description: 'In whose checkout it runs; else in the only one, or in the folder that holds all.',
  }),
});

/** A whole `baton.yaml`. */
export const configSchema = closedObject({
  repos: z
    .record(z.string().min(1), repo)
    .optional()
    .meta({ description: 'By name; a repository that is not here gets what is detected.' }),
  workflow: z.string().min(1).optional().meta({
    description:
      'What `baton run` takes where no flag says otherwise, whatever a request asks for: a built-in workflow, or a file ending in .yaml beside this one.',
  }),
  refine: z.boolean().optional().meta({
    description:
      'Whether `baton run` and `baton plan` ask an agent for a second opinion on what detection saw, like `--refine`; by default nobody is asked.',
  }),
  signing: z.enum(['optional', 'required']).optional().meta({
    description:
      'Whether a run may submit without a key to sign the statement about each pull request; by default it may, and says so.',
  }),
  limits: limitsSchema.optional(),
  budget: budgetSchema
    .optional()
    .meta({ description: 'What a run may spend, where its workflow says nothing.' }),
  approvals: approvalsSchema.optional(),
  deploy: z
    .record(z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/), deploy)
    .optional()
    .meta({ description: 'The deploy command of each environment.' }),
  commits: commitsSchema
    .optional()
    .meta({ description: 'Whose the submitted commits are, and who signs them.' }),
  pull_requests: pullRequestsSchema.optional(),
  providers: providersSchema.optional(),
  agents: agentsSchema.optional().meta({ description: 'What runs agents, and with which models.' }),
  agent_network: z.boolean().optional().meta({
    description: 'Whether agents may reach the whole network; by default only what Baton opens for them.',
  }),
  agent_env: envNames.optional().meta({ description: 'Names of environment variables that agents may see.' }),
});

export type DeployFile = z.output<typeof deploy>;
