/** The form of one repository in `baton.yaml`: its modules, with how each is set up and judged. */
import { z } from 'zod';
import type { TestLayer } from '../core/words.ts';
import { command, commandShape, envNames, gateName, insidePath } from './command-schema.ts';
import { gate } from './gate-schema.ts';
import { durationSchema } from './limits-schema.ts';
import { closedObject } from './schema-issues.ts';

const setup = closedObject({
  ...commandShape,
  name: gateName.optional(),
  registries: z.boolean().optional().meta({
    description:
      'Whether it sees what your own files say of package registries, with the logins (`.npmrc` and the like); true by default, and only with network.',
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

export const repo = closedObject({
  modules: modules.optional(),
  protected: z
    .array(insidePath)
    .optional()
    .meta({ description: 'Patterns of paths that no agent may change without an approval.' }),
  tests: testLayers.optional(),
});

export type RepoFile = z.output<typeof repo>;
export type SetupFile = z.output<typeof setup>;
export type CoverageFile = z.output<typeof coverage>;
export type CliFile = z.output<typeof cli>;
export type ServiceFile = z.output<typeof service>;
export type ModuleFile = z.output<typeof modules>[number];
