/** From arguments to an exit code: finds the command, runs it, and maps whatever it throws. */
import { Command, CommanderError } from '@commander-js/extra-typings';
import { findGitIn } from '../workspace/git-environment.ts';
import { createCommand, translateParseError, usageError } from './command.ts';
import { COMMANDS, type CommandEntry } from './command-table.ts';
import type { CliContext } from './context.ts';
import { EXIT, exitOfError } from './exit-codes.ts';
import { errorText } from './show-error.ts';
import { withoutSecrets } from './without-secrets.ts';

/** Runs one command line to its end and returns the exit code. Never throws, never exits. */
export async function runCli(argv: string[], context: CliContext): Promise<number> {
  findGitIn(context.environment['PATH']);
  const words = argv[0] === 'help' && argv[1] !== undefined ? [argv[1], '--help'] : argv;
  try {
    const entry = findCommand(words, context);
    if (entry === null) return EXIT.done;
    const module = await entry.load();
    return await module.run(words.slice(1), context);
  } catch (thrown) {
    const error = translateParseError(thrown, nameOf(words));
    if (error === null) return EXIT.done;
    context.stderr.write(await withoutSecrets(errorText(error), context));
    return exitOfError(error);
  }
}

/** Words that people try for what other commands do. */
const MEANT: Readonly<Record<string, readonly string[]>> = {
  lint: ['agents lint', 'workflows check FILE', 'doctor'],
  check: ['workflows check FILE', 'agents lint', 'doctor'],
  validate: ['workflows check FILE', 'agents lint', 'doctor'],
  config: ['doctor', 'init'],
  setup: ['init', 'doctor'],
};

function nameOf(words: string[]): string {
  const [name = ''] = words;
  return COMMANDS.some((entry) => entry.name === name) ? name : '';
}

/** null: help was asked for and printed. An unknown name throws, with the nearest one. */
function findCommand(words: string[], context: CliContext): CommandEntry | null {
  const entry = COMMANDS.find((each) => each.name === words[0]);
  if (entry !== undefined) return entry;
  const program = createProgram(context);
  if (words.length === 0 || words[0] === 'help' || words[0] === '--help' || words[0] === '-h') {
    context.stdout.write(program.helpInformation());
    return null;
  }
  const meant = MEANT[words[0] ?? ''];
  if (meant !== undefined)
    throw usageError(
      `unknown command '${words[0]}'.`,
      `Did you mean ${meant.map((command) => `\`baton ${command}\``).join(', ')}?`,
    );
  program.parse(words, { from: 'user' });
  throw new CommanderError(1, 'commander.unknownCommand', `unknown command '${words[0]}'`);
}

/** Only for the overview and for suggestions: commands parse their own arguments. */
function createProgram(context: CliContext): Command {
  const program = createCommand(
    '',
    'Carries a backend feature request to reviewed, tested pull requests.',
    context,
  )
    .name('baton')
    .usage('<command> [options]')
    .helpCommand(false)
    .addHelpText(
      'after',
      '\nEach command has its own --help. `baton demo` shows a whole run in a minute or two.',
    );
  for (const { name, description } of COMMANDS)
    program
      .command(name)
      .description(description)
      .action(() => {});
  return program;
}
