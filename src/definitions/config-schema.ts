/** The form of `baton.yaml`. */
import { z } from 'zod';
import { LIMIT_RANGES } from '../core/limits.ts';
import { BASE_POLICIES, ROLES, type TestLayer } from '../core/words.ts';
import { budgetSchema } from './budget-schema.ts';
import { approvalsSchema } from './approvals-schema.ts';
import { commitsSchema } from './commits-schema.ts';
import { providersSchema } from './providers-schema.ts';
import { durationSchema, limitsSchema } from './limits-schema.ts';
import { AUTH_WAYS } from './profile-schema.ts';
import { closedObject } from './schema-issues.ts';

export const GATE_COMMAND_KINDS = [
  'build',
  'types',
  'lint',
  'tests',
  'command',
  'reach',
  'mutation',
  'executed',
  'probe',
  'forge_checks',
  'rollback',
] as const;
export const TEST_REPORTERS = [
  'node',
  'vitest',
  'jest',
  'mocha',
  'go',
  'cargo',
  'pytest',
  'junit',
  'none',
] as const;

const pathRule = 'must be a path inside the repository, without `..`';
const insidePath = z
  .string({ error: pathRule })
  .min(1, { error: pathRule })
  .refine((path) => !/^(?:[/\\~]|[A-Za-z]:)|(?:^|[/\\])\.\.(?:[/\\]|$)|\0/.test(path), { error: pathRule });
const gateName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]*$/i, { error: 'must be a name of letters, digits, `.`, `_` and `-`' })
  .max(64);
const envRule = 'must be the name of an environment variable, not its value';
const envNames = z.array(z.string({ error: envRule }).regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: envRule }));

const commandRule = 'must be a command: one line of text, or a list of words';
const command = z
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

const commandShape = {
  command,
  shell: z
    .boolean()
    .optional()
    .meta({ description: 'Run it with `sh -c`: needed for pipes, redirections and variables.' }),
  env: envNames.optional().meta({ description: "Names passed through from the caller's environment." }),
  network: z.boolean().optional(),
  timeout: durationSchema(...LIMIT_RANGES.gate_timeout_ms).optional(),
};

const setup = closedObject({
  ...commandShape,
  name: gateName.optional(),
  registries: z.boolean().optional().meta({
    description:
      'Whether it sees what your own files say of package registries, with the logins (`.npmrc` and the like); true by default, and only with network.',
  }),
});

const headerName = z.string().regex(/^[\w-]{1,100}$/, { error: 'must be the name of a header' });
const headerRule = 'must be text on one line';
const urlPath = z
  .string()
  .regex(/^\/[\w./~-]*$/, { error: 'must begin with `/`' })
  .max(300);

/** Of the kind `probe` only. */
export const probeShape = {
  start: command.optional().meta({
    description: 'Of the kind `probe`: what starts the service; else the script `start` of package.json.',
  }),
  port: z.int().min(1).max(65_535).optional().meta({
    description: 'Of the kind `probe`: the port that the service listens on; else it is told one.',
  }),
  port_env: z
    .string({ error: envRule })
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: envRule })
    .optional()
    .meta({
      description: 'Of the kind `probe`: the variable that tells the service its port; PORT by default.',
    }),
  ready: urlPath.optional().meta({
    description: 'Of the kind `probe`: a path that answers once the service is ready.',
  }),
  headers: z
    .record(headerName, z.string({ error: headerRule }).regex(/^[^\r\n\0]*$/, { error: headerRule }))
    .optional()
    .meta({ description: 'Of the kind `probe`: sent with each request, such as a token for tests.' }),
  before: command.optional().meta({
    description: 'Of the kind `probe`: run to its end before the service is started, to fill its store.',
  }),
  start_timeout: durationSchema(1_000, 600_000).optional().meta({
    description: 'Of the kind `probe`: how long the service may take to be ready; 60s by default.',
  }),
  reply_timeout: durationSchema(100, 60_000).optional().meta({
    description: 'Of the kind `probe`: how long an answer may take; 5s by default.',
  }),
  paths: z.array(urlPath).min(1).optional().meta({
    description:
      'Of the kind `probe`: what the paths of its endpoints begin with, where there are several services.',
  }),
};

/** Of the kind `rollback` only. */
export const rollbackShape = {
  up: command.optional().meta({ description: 'Of the kind `rollback`: runs all migrations that are open.' }),
  down: command.optional().meta({
    description:
      'Of the kind `rollback`: takes back the migrations of the change, as many as BATON_ADDED_MIGRATIONS says.',
  }),
  schema: command
    .optional()
    .meta({ description: 'Of the kind `rollback`: prints the schema of the database.' }),
  require_down: z.boolean().optional().meta({
    description: 'Of the kind `rollback`: whether a new migration without a way down stops the change.',
  }),
};

const gate = closedObject({
  ...commandShape,
  command: command.optional().meta({
    description:
      'What it runs; gates of the kinds `reach`, `mutation`, `executed`, `rollback` and `forge_checks` have none, those of the kind `probe` have `start`.',
  }),
  name: gateName,
  kind: z
    .enum(GATE_COMMAND_KINDS)
    .optional()
    .meta({ description: "What it checks; the gate's name where that is a kind." }),
  reporter: z
    .enum(TEST_REPORTERS)
    .optional()
    .meta({ description: 'How test names are read; `none` proves nothing and is shown as unverified.' }),
  report: insidePath
    .optional()
    .meta({ description: 'Where the report file lies (junit), relative to the module.' }),
  canary: closedObject({
    file: insidePath.meta({
      description: 'Where it is put for a run, relative to the module, in a folder that is there.',
    }),
    text: z.string().meta({
      description:
        'A test that fails. `{name}`, here and in `file`, stands for a word that is new in every run.',
    }),
  })
    .optional()
    .meta({
      description:
        'A failing test that is put beside the others for a run and has to be reported red (junit; the other reporters bring theirs).',
    }),
  set: z
    .enum(['quick', 'full'])
    .optional()
    .meta({ description: 'quick: after each writing agent. full: at the end of a phase only.' }),
  entries: z.array(insidePath).min(1).optional().meta({
    description:
      'Of the kind `reach`: globs of files, as the repository names them, that something loads which reading does not show.',
  }),
  time: durationSchema(1_000, 3_600_000).optional().meta({
    description: 'Of the kind `mutation`: for how long mutants are tried; 2m by default.',
  }),
  max_mutants: z.int().min(1).max(1_000).optional().meta({
    description: 'Of the kind `mutation`: how many are tried at most; 60 by default.',
  }),
  min_score: z.number().min(0).max(1).optional().meta({
    description:
      'Of the kind `mutation`: the share of the mutants tried that tests have to notice; 0.5 by default.',
  }),
  ...probeShape,
  ...rollbackShape,
  checks: z.array(z.string().min(1).max(200)).min(1).max(50).optional().meta({
    description:
      "Of the kind `forge_checks`: the names of the forge's own checks (check runs, commit statuses) that have to be green.",
  }),
  serial: z.boolean().optional().meta({
    description:
      'Whether no other gate may run meanwhile; by default gates run side by side behind the wall.',
  }),
});

const deploy = closedObject({
  ...commandShape,
  repo: z.string().min(1).optional().meta({
    description: 'In whose checkout it runs; else in the only one, or in the folder that holds all.',
  }),
});

const coverage = closedObject({
  ...commandShape,
  lcov: insidePath.meta({ description: 'Where the command leaves its lcov file, relative to the module.' }),
}).meta({ description: 'Runs where a standard asks for the coverage of changed lines.' });

const cli = closedObject(commandShape).meta({
  description: 'Prints the help of the command line: it has to name what a change adds.',
});

const service = closedObject({
  name: gateName,
  command,
  shell: z.boolean().optional(),
  env: envNames.optional().meta({ description: "Names passed through from the caller's environment." }),
  port: z.int().min(1).max(65_535).optional().meta({
    description: 'It is ready when somebody listens on this port of the loopback.',
  }),
  ready: command.optional().meta({ description: 'It is ready when this command ends with 0.' }),
  timeout: durationSchema(1_000, 600_000)
    .optional()
    .meta({ description: 'How long it may take to be ready; 60s by default.' }),
}).meta({
  description: 'A program that tests need beside them, in the same network that nobody else is in.',
});

const modules = z.array(
  closedObject({
    path: insidePath.optional().meta({ description: '`.` for the whole repository.' }),
    name: gateName
      .optional()
      .meta({ description: 'What `module` in a workflow calls it, besides its path.' }),
    setup: setup.nullable().optional(),
    services: z.array(service).optional().meta({
      description:
        'Started before each gate of the kinds tests, coverage, probe and rollback, one after the other, and ended with it.',
    }),
    gates: z.array(gate).optional(),
    coverage: coverage.optional(),
    cli: cli.optional(),
  }),
);

const testLayers = closedObject({
  unit: z.array(insidePath).min(1).optional(),
  integration: z.array(insidePath).min(1).optional(),
  acceptance: z.array(insidePath).min(1).optional(),
} satisfies Record<TestLayer, unknown>).meta({
  description: 'Path patterns of the tests of each layer. A file of several belongs to the last of them.',
});

const repo = closedObject({
  modules: modules.optional(),
  protected: z
    .array(insidePath)
    .optional()
    .meta({ description: 'Patterns of paths that no agent may change without an approval.' }),
  tests: testLayers.optional(),
});

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

const agents = closedObject({
  driver: z
    .enum(['acp', 'in-process'])
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

const pullRequests = closedObject({
  base_moved: z.enum(BASE_POLICIES).optional().meta({
    description:
      'What a run does where the base branch went on before its pull requests are ready. merge (the usual): brings it in, and gates and reviews look again; ask: asks a person; ignore: submits what was tested, and does not look.',
  }),
  labels: z
    .array(
      z
        .string()
        .min(1)
        .max(50)
        .regex(/^[^\p{C},]*[^\p{C}\s,][^\p{C},]*$/u, { error: 'must be one line without a comma' }),
    )
    .max(20)
    .optional()
    .meta({ description: 'Given to each pull request once; GitHub creates one that it does not have.' }),
  reviewers: z
    .array(
      z
        .string()
        .regex(/^[A-Za-z0-9][\w-]{0,60}(?:\[bot\])?$/, { error: 'must be a name at the forge, without @' }),
    )
    .max(15)
    .optional()
    .meta({
      description:
        'Who is asked to look at each pull request, once, when it is ready. Who cannot be asked is told of, and stops nothing.',
    }),
  team_reviewers: z
    .array(
      z.string().regex(/^[A-Za-z0-9][\w.-]{0,99}$/, {
        error: 'must be the name of a team, without its organisation',
      }),
    )
    .max(15)
    .optional()
    .meta({ description: 'Teams of the organisation of the repository, asked like reviewers.' }),
  comment: z.boolean().optional().meta({
    description:
      'Whether one comment below each pull request says what a run with `--wait` did about checks and reviews; true by default, and written only where somebody asked for something.',
  }),
  status: z.boolean().optional().meta({
    description:
      'Whether each submitted commit gets a status `baton`, which branch protection can ask for. By default none: it takes a token that may write statuses.',
  }),
}).meta({ description: 'What holds for the pull requests of a run.' });

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
  pull_requests: pullRequests.optional(),
  providers: providersSchema.optional(),
  agents: agents.optional().meta({ description: 'What runs agents, and with which models.' }),
  agent_network: z.boolean().optional().meta({
    description: 'Whether agents may reach the whole network; by default only what Baton opens for them.',
  }),
  agent_env: envNames.optional().meta({ description: 'Names of environment variables that agents may see.' }),
});

export type PullRequestsFile = z.output<typeof pullRequests>;
export type AgentsFile = z.output<typeof agents>;
export type RepoFile = z.output<typeof repo>;
export type GateFile = z.output<typeof gate>;
export type SetupFile = z.output<typeof setup>;
export type DeployFile = z.output<typeof deploy>;
export type CoverageFile = z.output<typeof coverage>;
export type CliFile = z.output<typeof cli>;
export type ServiceFile = z.output<typeof service>;
export type ModuleFile = z.output<typeof modules>[number];
