/** How a model works with the tools that an agent program offers it: which call writes a file, which runs a command. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastToolResult, type FakeAnswer, type FakeCall } from '../../src/testing/fake-model/fake-model.ts';
import { findForm } from './aside.ts';

type ToolCall = NonNullable<FakeAnswer['toolCalls']>[number];

/** A file to write: `path` is relative to the folder that the agent works in. */
export interface FileWork {
  dir: string;
  path: string;
  text: string;
}

interface Hands {
  /** The tool that writes: where it is offered, these are the hands. */
  tool: string;
  /** What has to be looked at before it may be written over; empty: nothing. */
  look(files: readonly FileWork[]): ToolCall[];
  write(files: readonly FileWork[]): ToolCall[];
  execute(command: string): ToolCall;
  submit(name: string, result: unknown): ToolCall;
}

const SUBMIT = /submit_result$/;
/** What a program is answered that calls a server's tool before the agent has connected to it. */
const TOO_EARLY = 'the tool is not there yet';
const callDirectly = (name: string, args: unknown): ToolCall => ({ name, args });
const overwritten = (files: readonly FileWork[]) => files.filter((file) => existsSync(absolute(file)));

const HANDS: readonly Hands[] = [
  {
    tool: 'Write',
    look: (files) => overwritten(files).map((file) => callDirectly('Read', { file_path: absolute(file) })),
    write: (files) =>
      files.map((file) => callDirectly('Write', { file_path: absolute(file), content: file.text })),
    execute: (command) => callDirectly('Bash', { command, description: 'Runs it' }),
    submit: callDirectly,
  },
  {
    tool: 'write_file',
    look: () => [],
    write: (files) =>
      files.map((file) => callDirectly('write_file', { file_path: absolute(file), content: file.text })),
    execute: (command) => callDirectly('run_shell_command', { command, description: 'Runs it' }),
    submit: callDirectly,
  },
  {
    tool: 'write',
    look: (files) => overwritten(files).map((file) => callDirectly('read', { filePath: absolute(file) })),
    write: (files) =>
      files.map((file) => callDirectly('write', { filePath: absolute(file), content: file.text })),
    execute: (command) => callDirectly('bash', { command, description: 'Runs it' }),
    submit: callDirectly,
  },
  {
    tool: 'apply_patch',
    look: () => [],
    write: (files) => [callDirectly('apply_patch', { patchText: patchOf(files) })],
    execute: (command) => callDirectly('bash', { command, description: 'Runs it' }),
    submit: callDirectly,
  },
  {
    // One tool that runs a program, which calls the others.
    tool: 'exec',
    look: () => [],
    write: (files) => [
      callDirectly('exec', `text(await tools.apply_patch(${JSON.stringify(patchOf(files))}))`),
    ],
    execute: (command) =>
      callDirectly(
        'exec',
        `text(JSON.stringify(await tools.exec_command({ cmd: ${JSON.stringify(command)} })))`,
      ),
    submit: (_, result) =>
      callDirectly(
        'exec',
        `const tool = ALL_TOOLS.find(({ name }) => name.endsWith('submit_result'));
text(tool === undefined ? '${TOO_EARLY}' : JSON.stringify(await tools[tool.name](${JSON.stringify(result)})))`,
      ),
  },
];

/** Whether this call is the agent's own work: beside it, programs ask for titles and summaries, some of them with all tools. */
export function isWork(call: FakeCall): boolean {
  const canHandIn = call.tools.some(
    ({ name, custom }) => SUBMIT.test(name) || (name === 'exec' && custom === true),
  );
  return canHandIn && findForm(call) === null;
}

export function lookAt(call: FakeCall, files: readonly FileWork[]): ToolCall[] {
  return handsFor(call).look(files);
}

export function writeFiles(call: FakeCall, files: readonly FileWork[]): ToolCall[] {
  return handsFor(call).write(files);
}

export function execute(call: FakeCall, command: string): ToolCall {
  return handsFor(call).execute(command);
}

export function submit(call: FakeCall, result: unknown): ToolCall {
  const name = call.tools.find((tool) => SUBMIT.test(tool.name))?.name ?? 'submit_result';
  return handsFor(call).submit(name, result);
}

/** The tool to hand in with was not there yet: it has to be called again. */
export function isTooEarly(call: FakeCall): boolean {
  return lastToolResult(call)?.includes(TOO_EARLY) === true;
}

/** A program that offers nothing to write with is asked all the same: it has to refuse. */
function handsFor({ tools }: FakeCall): Hands {
  const found = HANDS.find(({ tool }) => tools.some(({ name }) => name === tool));
  const known = found ?? HANDS.find((hands) => tools.some(({ name }) => name === readingTool(hands)));
  if (known === undefined)
    throw new Error(`No hands for these tools: ${tools.map(({ name }) => name).join(', ')}`);
  return known;
}

const READING: Readonly<Record<string, string>> = { Write: 'Read', write_file: 'read_file', write: 'read' };

function readingTool({ tool }: Hands): string {
  return READING[tool] ?? tool;
}

function absolute({ dir, path }: FileWork): string {
  return join(dir, path);
}

/** One patch for all of them. What is there is taken out line by line, so that the patch fails where it is not. */
function patchOf(files: readonly FileWork[]): string {
  const parts = files.flatMap((file) => {
    const lines = linesOf(file.text).map((line) => `+${line}`);
    if (!existsSync(absolute(file))) return [`*** Add File: ${file.path}`, ...lines];
    const before = linesOf(readFileSync(absolute(file), 'utf8')).map((line) => `-${line}`);
    return [`*** Update File: ${file.path}`, '@@', ...before, ...lines];
  });
  return ['*** Begin Patch', ...parts, '*** End Patch', ''].join('\n');
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}
