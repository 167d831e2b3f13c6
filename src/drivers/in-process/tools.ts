/** The tools of the in-process driver, as its agent's rights allow. They run one after the other, whatever a model asks for. */
import { jsonSchema, tool, type ToolSet } from 'ai';
import { z } from 'zod';
import { DEFAULT_CAPABILITIES } from '../../definitions/tools.ts';
import type { WorkOrder } from '../driver.ts';
import type { Offers } from '../submit/offers.ts';
import { replyText, SUBMIT_TOOL } from '../submit/submit-words.ts';
import { runCommand, type CommandPlace } from './commands.ts';
import { editPath, readPath, writePath } from './files.ts';
import { namesOf, relativePlace } from './places.ts';

/** Of one answer of the model: each is run, and tells it something. */
const MAX_CALLS = 200;
const SEARCH_MS = 30_000;
const DEFAULT_COMMAND_SECONDS = 120;
const MAX_COMMAND_SECONDS = 900;
/** No line but that of the end, by which `find` and `grep` say so. */
const FOUND_NOTHING = /^\[exit code [01]\]$/;
/** Never looked into: large, and nobody's work. */
const PASSED_OVER = ['.git', 'node_modules'];

const path = z.string().describe('Relative to the folder that holds the repositories.');

/** What an agent may do here, from its definition and what its order leaves of that. */
export function rightsOf(order: WorkOrder): { edit: boolean; execute: boolean; web: boolean } {
  const capabilities = order.capabilities ?? DEFAULT_CAPABILITIES[order.role];
  const writes = order.access === 'write';
  return {
    edit: writes && capabilities.includes('edit'),
    // A reader's commands need a tree that they cannot change, which only the wall can give.
    execute: capabilities.includes('execute') && (writes || order.wall.kind !== 'off'),
    web: capabilities.includes('web'),
  };
}

/** `submit_result` is always among them; the others need a workspace. */
export function createTools(
  place: CommandPlace,
  offers: Offers,
): { tools: ToolSet; settled: () => Promise<void>; newAnswer: () => void } {
  const { order } = place;
  const root = order.workspace;
  const rights = rightsOf(order);
  let calls = 0;
  const inTurn = createQueue(() => {
    place.signal.throwIfAborted();
    calls += 1;
    if (calls > MAX_CALLS)
      throw new Error(
        `One answer may call ${MAX_CALLS} tools: nothing was done here. Ask again for what you need.`,
      );
    // What was accepted was measured: nothing may change after it.
    if (offers.accepted() !== null) throw new Error('Your result was accepted: nothing more is done.');
  });
  const submit = tool({
    description:
      'Hands in the result of your work. Call it once, when you are done: only what is handed in here counts. If it is refused, the answer says what is wrong: mend that and call it again.',
    inputSchema: jsonSchema(order.resultSchema()),
    strict: false,
    execute: (result) => inTurn(async () => replyText(await offers.offer(result))),
  });
  const reading = {
    read: tool({
      description: 'Reads a text file, or lists a folder.',
      inputSchema: z.object({
        path,
        from: z.int().positive().optional().describe('The first line to show; 1 is the first of the file.'),
        lines: z.int().positive().optional().describe('How many lines.'),
      }),
      strict: false,
      execute: (input) => inTurn(() => readPath(root, input.path, input.from, input.lines)),
    }),
    search: tool({
      description:
        'Finds files by name, or lines in them. Without "pattern" it lists the files, with it the lines that match.',
      inputSchema: z.object({
        pattern: z.string().optional().describe('An extended regular expression (grep -E).'),
        files: z.string().optional().describe('A glob over paths, such as `**/*.test.ts`.'),
        path: path.optional(),
      }),
      strict: false,
      execute: (input) =>
        inTurn(async () => {
          const words = searchWords(await relativePlace(root, input.path ?? '.'), input);
          const found = await runCommand(place, words, { timeoutMs: SEARCH_MS, mayWrite: false });
          return root.repos.length > 1 && FOUND_NOTHING.test(found) ? `${found}\n[${namesOf(root)}]` : found;
        }),
    }),
  };
  const editing = {
    edit: tool({
      description: 'Replaces an exact piece of text in a file.',
      inputSchema: z.object({
        path,
        old: z.string().describe('As it stands in the file, once.'),
        new: z.string(),
        everywhere: z.boolean().optional().describe('Replace each of several.'),
      }),
      strict: false,
      execute: (input) =>
        inTurn(() => editPath(root, input.path, { ...input, everywhere: input.everywhere ?? false })),
    }),
    write: tool({
      description: 'Writes a whole file, new or in place of the old one.',
      inputSchema: z.object({ path, text: z.string() }),
      strict: false,
      execute: (input) => inTurn(() => writePath(root, input.path, input.text)),
    }),
  };
  const executing = {
    execute: tool({
      description: `Runs a command with \`sh -c\` in the folder that holds the repositories${order.access === 'read' ? '; it cannot change anything there' : ''}${rights.web ? '' : '; there is no network'}. When it ends, everything that it started ends too.`,
      inputSchema: z.object({
        command: z.string(),
        seconds: z.int().positive().max(MAX_COMMAND_SECONDS).optional().describe('Its time limit.'),
      }),
      strict: false,
      execute: (input) =>
        inTurn(() =>
          runCommand(place, ['sh', '-c', input.command], {
            timeoutMs: (input.seconds ?? DEFAULT_COMMAND_SECONDS) * 1_000,
            mayWrite: order.access === 'write',
          }),
        ),
    }),
  };
  return {
    tools: {
      ...(root.dir === ''
        ? {}
        : { ...reading, ...(rights.edit ? editing : {}), ...(rights.execute ? executing : {}) }),
      [SUBMIT_TOOL]: submit,
    },
    newAnswer: () => {
      calls = 0;
    },
    settled: () => inTurn(() => undefined).catch(() => undefined), // only its turn is waited for
  };
}

/** A regular expression of a model's is matched by another process, which a time limit ends. */
function searchWords(
  place: string,
  asked: { pattern?: string | undefined; files?: string | undefined },
): [string, ...string[]] {
  const passed = PASSED_OVER.flatMap((name, at) => [...(at === 0 ? [] : ['-o']), '-name', name]);
  const { pattern, files } = asked;
  return [
    'find',
    place,
    '(',
    ...passed,
    ')',
    '-prune',
    '-o',
    '-type',
    'f',
    ...(files === undefined ? [] : fileTest(files)),
    ...(pattern === undefined ? ['-print'] : ['-exec', 'grep', '-nHIE', '-e', pattern, '--', '{}', '+']),
  ];
}

/** For `find` a star goes over slashes. */
function fileTest(glob: string): string[] {
  return glob.includes('/')
    ? ['-path', `*/${glob.replace(/^[./]+/, '').replaceAll('**/', '*')}`]
    : ['-name', glob];
}

/** Runs what is handed in one after the other, also where one of them fails; `check` throws where none may run any more. */
function createQueue(check: () => void): <T>(work: () => T | Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(() => {
      check();
      return work();
    });
    last = next.catch(() => undefined); // who asked for it hears of it
    return next;
  };
}
