/** What the command line of the evaluation says. */
import { parseArgs } from 'node:util';
import { BatonError } from '../src/core/errors.ts';

export interface EvalOptions {
  seed: number;
  /** How many harmful faults are looked at; cheats and clean changes come besides. */
  sample: number;
  /** How many whole runs per behaviour of the agents. */
  runs: number;
  /** Faults, cheats and clean changes of this kind alone; null: all. */
  only: string | null;
  projects: string[] | null;
  tasks: string | null;
  writeExample: string | null;
  json: boolean;
  /** Whether the gates are asked that take long: mutation and probe. */
  slowGates: boolean;
  jobs: number;
  /** After so many minutes nothing new is begun, and what was measured is printed; null: until all is done. */
  minutes: number | null;
}

export const USAGE = `npm run eval -- [--seed N] [--sample N] [--runs N] [--only KIND,KIND] [--projects A,B] [--jobs N] [--minutes N] [--slow-gates] [--json]
npm run eval -- --tasks DIR        other repositories (docs/eval.md says what lies in DIR)
npm run eval -- --write-example DIR`;

export function readOptions(argv: string[]): EvalOptions {
  const { values } = parseArgs({
    args: argv,
    options: {
      seed: { type: 'string', default: '1' },
      sample: { type: 'string', default: '100' },
      runs: { type: 'string', default: '2' },
      only: { type: 'string' },
      projects: { type: 'string' },
      tasks: { type: 'string' },
      'write-example': { type: 'string' },
      minutes: { type: 'string' },
      jobs: { type: 'string', default: '2' },
      'slow-gates': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  return {
    seed: wholeNumber('--seed', values.seed),
    sample: wholeNumber('--sample', values.sample),
    runs: wholeNumber('--runs', values.runs),
    jobs: Math.max(1, wholeNumber('--jobs', values.jobs)),
    minutes: values.minutes === undefined ? null : wholeNumber('--minutes', values.minutes),
    only: values.only ?? null,
    projects: values.projects?.split(',') ?? null,
    tasks: values.tasks ?? null,
    writeExample: values['write-example'] ?? null,
    json: values.json,
    slowGates: values['slow-gates'],
  };
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new BatonError({
    code: 'E_USAGE',
    message: `${option} is ${JSON.stringify(text)}, which is no whole number from 0 on.`,
    fix: USAGE,
  });
}
