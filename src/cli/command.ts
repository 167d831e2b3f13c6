/** How a command reads its arguments: one set-up for all of them. */
import { Command, CommanderError, Help, type Option } from '@commander-js/extra-typings';
import { BatonError } from '../core/errors.ts';
import type { CliContext } from './context.ts';

/** A command whose help and complaints go where the context says, and which never ends the process. */
export function createCommand(name: string, description: string, context: CliContext): Command {
  return new Command(`baton ${name}`)
    .description(description)
    .exitOverride()
    .showHelpAfterError(false)
    .configureHelp({ optionDescription: describeOption })
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      // What is wrong is told by the caller, in the form that all errors have.
      writeErr: () => {},
      getOutHelpWidth: () => context.stdout.columns ?? 100,
      getOutHasColors: () => false,
    });
}

/** An empty default says nothing to people. */
function describeOption(option: Option): string {
  return new Help().optionDescription(option).replace(/ \(default: (?:\[\]|"")\)$/, '');
}

/** Text of an option that may be given several times. */
export function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

/** Turns the parser's complaint into one of ours; null: help was asked for and printed. */
export function translateParseError(error: unknown, name: string): unknown {
  if (!(error instanceof CommanderError)) return error;
  if (error.exitCode === 0) return null;
  return new BatonError({
    code: 'E_USAGE',
    message: `${error.message
      .replace(/^error: /, '')
      .replaceAll('\n', ' ')
      .replace(/\.$/, '')}.`,
    fix:
      name === 'run' && error.code === 'commander.excessArguments'
        ? 'Put the request in quotes: `baton run "Add a health endpoint"`.'
        : `See \`baton ${name === '' ? '--help' : `${name} --help`}\`.`,
  });
}

/** A usage error of a command. */
export function usageError(message: string, fix: string): BatonError {
  return new BatonError({ code: 'E_USAGE', message, fix });
}
