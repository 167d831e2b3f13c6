/** How people start this very Baton: what is printed for them to paste has to work where they are. */
import { basename } from 'node:path';
import type { Output, OwnCommand } from './context.ts';
import { COMMANDS } from './command-table.ts';
import { quote } from './render/result-text.ts';

const NAME = 'baton';
/** From any folder, npx takes a published package by its own name only: its command's name belongs to another package. */
const PUBLISHED = 'npx baton-orchestrator';
/** Moves of the cursor and the like: a block that is drawn in place, whose lines were counted. Colours are none of these. */
// oxlint-disable-next-line no-control-regex -- that is how they begin
const DRAWS = /\u001b\[[?\d;]*[A-HJKhl]/;

export interface HowStarted {
  /** The script that was started. */
  script: string;
  environment: Record<string, string | undefined>;
  /** The script to start in a checkout; null in an installed package. */
  checkout: string | null;
}

/** The words before a command's name, from the script that was started and what npm says of who started it. */
export function findOwnCommand({ script, environment, checkout }: HowStarted): OwnCommand {
  const asked = /^["']?(baton(?:-orchestrator)?)["']?(?:\s|$)/.exec(
    environment['npm_lifecycle_script'] ?? '',
  )?.[1];
  if (environment['npm_lifecycle_event'] === 'npx' && asked !== undefined)
    return checkout === null
      ? { here: PUBLISHED, elsewhere: PUBLISHED }
      : { here: `npx ${asked}`, elsewhere: `node ${quote(checkout)}` };
  const command = basename(script) === NAME ? NAME : `node ${quote(script)}`;
  return { here: command, elsewhere: command };
}

/** An output on which commands are written as they have to be typed here. JSON stays as it is: it is no text to paste from. */
export function sayCommandsAs<T extends Output>(output: T, command: string): T {
  if (command === NAME) return output;
  const write = (text: string): unknown => output.write(withCommands(text, command));
  // Everything else stays the stream's own: its width changes while a run is shown.
  return Object.assign(Object.create(output) as T, { write });
}

const NAMES = COMMANDS.map(({ name }) => name).join('|');
const COLOUR = '\\u001b\\[[\\d;]*m';
const COMMAND = new RegExp(`(?<=^|[\\s\`(]|${COLOUR})${NAME}(?= (?:--help|${NAMES})(?![\\w-]))`, 'gm');

function withCommands(text: string, command: string): string {
  return /^[{[]/.test(text) || DRAWS.test(text) ? text : text.replaceAll(COMMAND, () => command);
}
