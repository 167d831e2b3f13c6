/** Makes a gate's command write its report where the engine looks for it. */
import { basename, dirname } from 'node:path';
import type { GateCommand } from '../../definitions/config.ts';
import { PYTEST_OPTIONS } from '../reporters/pytest-plugin.ts';
import { NO_INSPECTOR, UNSTEERED } from '../unsteered-node.ts';

export interface ReportPlace {
  /** Outside the checkout, fixed before the start: a file for runners that write one, else the engine's socket. */
  report: string;
  /** Baton's reporter for this runner; null where the runner writes a report itself. */
  reporterFile: string | null;
}

export interface InstrumentedCommand {
  argv: string[];
  env: Record<string, string>;
}

/** Stands in a command for the report's path, for runners that take one (`--junitxml={report}`). */
export const REPORT_PLACEHOLDER = '{report}';

/** The command with what its reporter needs. */
export function instrumentCommand(gate: GateCommand, place: ReportPlace): InstrumentedCommand {
  const argv = gate.command.map((word) => word.replaceAll(REPORT_PLACEHOLDER, place.report));
  switch (gate.reporter) {
    case 'node':
      return instrumentNode(gate, argv, place);
    case 'vitest':
      // Both: people read the log.
      return {
        argv: append(gate, argv, ['--reporter=default', `--reporter=${place.reporterFile}`, '--bail=0']),
        env: { BATON_TEST_REPORT: place.report },
      };
    case 'jest':
      return {
        argv: append(gate, argv, [
          '--reporters=default',
          `--reporters=${place.reporterFile}`,
          '--testLocationInResults',
          '--no-bail',
        ]),
        env: { BATON_TEST_REPORT: place.report },
      };
    case 'mocha':
      return {
        argv: append(gate, argv, ['--reporter', place.reporterFile ?? '', '--no-bail']),
        env: { BATON_TEST_REPORT: place.report },
      };
    case 'go':
      return wrap(place, withFlags(argv, ['-json', '-count=1']));
    case 'cargo':
      // The canary is red: without it the programs after that one would not run.
      return wrap(place, withFlags(argv, ['--no-fail-fast', '--color=never']));
    case 'pytest':
      // Pytest reads them wherever in a command or a script it is started, and the plugin takes them out.
      return {
        argv,
        env: {
          BATON_TEST_REPORT: place.report,
          PYTEST_ADDOPTS: PYTEST_OPTIONS,
          PYTHONPATH: dirname(place.reporterFile ?? ''),
        },
      };
    case 'junit':
    case 'none':
      return { argv, env: {} };
  }
}

/** How a command has to begin for the reporter to reach its runner; null: this one does, or any does. */
export function neededStart(gate: GateCommand): string | null {
  switch (gate.reporter) {
    case 'node':
      return gate.shell || isNode(gate) || isScriptRunner(gate.command)
        ? null
        : 'that starts `node --test`, itself or through a script';
    case 'go':
    case 'cargo':
      return !gate.shell && basename(gate.command[0] ?? '') === gate.reporter && gate.command.includes('test')
        ? null
        : `that is \`${gate.reporter} test\` itself, without a shell`;
    default:
      return null;
  }
}

/** Our program starts the runner, and reads what it prints. */
function wrap(place: ReportPlace, argv: string[]): InstrumentedCommand {
  return {
    argv: ['node', ...UNSTEERED, place.reporterFile ?? '', ...argv],
    env: { BATON_TEST_REPORT: place.report },
  };
}

/** Right behind `test`, where every runner takes flags of its own; those that are there already stay alone. */
function withFlags(argv: string[], flags: string[]): string[] {
  const at = argv.indexOf('test') + 1;
  return [...argv.slice(0, at), ...flags.filter((flag) => !argv.includes(flag)), ...argv.slice(at)];
}

const isNode = (gate: GateCommand): boolean =>
  basename(gate.command[0] ?? '') === 'node' && gate.command.includes('--test');

function isScriptRunner(command: string[]): boolean {
  return ['npm', 'pnpm', 'yarn', 'bun', 'npx', 'tsx', 'c8', 'nyc', 'env', 'sh', 'bash', 'make'].includes(
    basename(command[0] ?? ''),
  );
}

/**
 * Node takes its own options only before the first file, so they go right behind `node`. Where a script
 * starts it, the environment carries them; the reporter takes them out of it before the first test runs.
 */
function instrumentNode(gate: GateCommand, argv: string[], place: ReportPlace): InstrumentedCommand {
  const ours = [`--test-reporter=${place.reporterFile}`, '--test-reporter-destination=stdout'];
  const people = ['--test-reporter=spec', '--test-reporter-destination=stdout'];
  const env = { BATON_TEST_REPORT: place.report };
  if (gate.shell || !isNode(gate))
    return { argv, env: { ...env, NODE_OPTIONS: [NO_INSPECTOR, ...people, ...ours].join(' ') } };
  const [node = 'node', ...rest] = argv;
  const kept = rest.filter((word) => !word.startsWith('--test-reporter'));
  return {
    argv: [node, NO_INSPECTOR, ...people, ...ours, ...kept],
    env,
  };
}

/** npm hands on only what stands behind `--`. */
function append(gate: GateCommand, argv: string[], flags: string[]): string[] {
  if (gate.shell) return [`${argv.join(' ')} ${flags.map((flag) => `'${flag}'`).join(' ')}`];
  const needsDashes = basename(argv[0] ?? '') === 'npm' && !argv.includes('--') && argv[1] !== 'exec';
  return [...argv, ...(needsDashes ? ['--'] : []), ...flags];
}
