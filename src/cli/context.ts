/** What a command may touch: given in, so that a test can give its own. Nothing below reads `process`. */
import { escapeJson } from './render/escape.ts';

/** A place to print to. */
export interface Output {
  write(text: string): unknown;
  isTTY: boolean;
  columns?: number;
  rows?: number;
}

export interface CliContext {
  cwd: string;
  /** What people type to start this Baton. */
  command: OwnCommand;
  environment: Record<string, string | undefined>;
  stdout: Output;
  stderr: Output;
  stdin: { isTTY: boolean };
  /** Who the person at this command line is, for what they answer. */
  userName: string;
  homeDir: string;
  hostName: string;
  now: () => Date;
  /** Milliseconds since the process started. */
  monotonicMs: () => number;
  /** Asks to be told of Ctrl-C and its like from now on; without this call the first one ends the process. */
  listenForStop: () => StopListener;
}

/** Aborted by the first Ctrl-C, SIGTERM or SIGHUP; a second one ends the process at once. */
export interface StopListener extends Disposable {
  readonly signal: AbortSignal;
}

/** How people start this very Baton; `here` is put in by the outputs themselves, except in a block that is drawn in place. */
export interface OwnCommand {
  /** From the folder that it was started in. */
  here: string;
  /** From any other folder. */
  elsewhere: string;
}

/** A command's file: parses its own arguments, renders, returns the exit code, holds no rules. */
export interface CommandModule {
  run(argv: string[], context: CliContext): Promise<number>;
}

/** Prints lines to stdout. */
export function printLines(context: CliContext, lines: string[]): void {
  context.stdout.write(`${lines.join('\n')}\n`);
}

/** Prints one JSON document to stdout. */
export function printJson(context: CliContext, document: unknown): void {
  context.stdout.write(`${escapeJson(JSON.stringify(document, null, 2))}\n`);
}

/** Columns to write for; pipes and files get a generous line. */
export function columnsOf(output: Output): number {
  return output.isTTY ? Math.max(40, output.columns ?? 80) : 120;
}
