/** The form of one gate in `baton.yaml`. */
import { z } from 'zod';
import { command, commandShape, envRule, gateName, insidePath } from './command-schema.ts';
import { TEST_REPORTERS } from './config.ts';
import { durationSchema } from './limits-schema.ts';
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

export const gate = closedObject({
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
  unrun: z.enum(['stops', 'shown']).optional().meta({
    description:
      'Of the kind `executed`: what becomes of a change with a function that no test runs at all; stops by default.',
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

export type GateFile = z.output<typeof gate>;
