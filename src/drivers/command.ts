/**
 * The `command` driver: any program that reads one JSON object from stdin and prints its result as the last
 * line. It runs in the workspace, behind the run's wall, in a clean environment.
 */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute } from 'node:path';
import { composeEnvironment, passedValues, refusedNames } from './agent-environment.ts';
import { toCommandOrder } from './command-order.ts';
import { commandMounts, resolveCommandWords } from './command-words.ts';
import { lastWords } from './cut.ts';
import type { Driver, DriverNote, DriverOutcome, WorkOrder } from './driver.ts';
import { UNKNOWN_USAGE } from './driver.ts';
import { MAX_RESULT_BYTES, readLastLine } from './last-line.ts';
import { createLineNotes } from './line-notes.ts';
import { openPrivateFolder } from './private-folder.ts';
import { describeLeftovers, describeStop, type Stopped } from './process/describe-stop.ts';
import { isHopeless } from './process/hopeless-end.ts';
import type { ProcessIdentity } from './process/kill-recorded.ts';
import { findProgram } from './process/program.ts';
import { runProcess } from './process/run-process.ts';
import type { ProcessResult } from './process/run-process.ts';

/** How much of the output is kept as it was; of more, the start and the end. */
const RAW_BYTES = 4 * 1024 * 1024;
/** Blank lines behind a result. */
const LINE_ENDS = 1024;
const DETAIL_CHARS = 2_000;
/** Words that are plainly meant to be files of the user's. */
const SCRIPT = /^[^-].*\.([cm]?[jt]s|py|sh|rb|pl|php|jar)$/;

export interface CommandOptions {
  /** Split already; run without a shell. */
  command: string[];
  /** Where relative words are looked up; not needed where they are absolute already. */
  callerDir?: string;
  /** Names of variables that are passed through. */
  env: string[];
  environment: Readonly<Record<string, string | undefined>>;
  /** Told who was started, for a record that outlives this process. */
  onSpawn?: (invocationId: string, identity: ProcessIdentity) => void;
  /** Between asking to end and killing. */
  graceMs?: number;
}

type Settled = CommandOptions & { words: string[] };

/** Starts a fresh process for every work order. */
export function createCommandDriver(options: CommandOptions): Driver {
  const { command, callerDir } = options;
  const words = callerDir === undefined ? [...command] : resolveCommandWords(command, callerDir);
  const settled = { ...options, words };
  return {
    name: 'command',
    labelFor: () => 'program',
    preflight: () => Promise.resolve(findProblems(settled)),
    run: (order, note, signal) => runCommand(settled, order, note, signal),
  };
}

function findProblems({ words, env, environment }: Settled): string[] {
  const [file, ...rest] = words;
  if (file === undefined) return ['The agent command is empty.'];
  const { PATH } = composeEnvironment({ environment, names: [], home: '/', temporary: '/' });
  const program = findProgram(file, { cwd: '/', path: PATH ?? '' });
  const missing = rest.filter((word) => SCRIPT.test(word) && !(isAbsolute(word) && existsSync(word)));
  return [
    ...(program.kind === 'found' ? [] : [program.detail]),
    ...missing.map((word) => `The agent command names ${word}, and there is no such file.`),
    ...refusedNames(env),
  ];
}

async function runCommand(
  options: Settled,
  order: WorkOrder,
  note: (note: DriverNote) => void,
  signal: AbortSignal,
): Promise<DriverOutcome> {
  const [file = '', ...args] = options.words;
  const { environment, env: names } = options;
  await using folder = await openPrivateFolder();
  const env = composeEnvironment({ environment, names, ...folder });
  const mounts = commandMounts(options.words, {
    path: env['PATH'] ?? '',
    home: environment['HOME'] ?? homedir(),
  });
  for (const [name, secret] of passedValues(environment, names)) order.handed.set(name, secret);
  const notes = createLineNotes('stderr', note);
  const { dir } = order.workspace;
  await using result = await runProcess({
    invocation: order.invocationId,
    file,
    args,
    cwd: dir,
    env,
    stdin: toCommandOrder(order),
    wall: order.wall,
    readable: order.access === 'read' ? [...mounts, dir] : mounts,
    writable: order.access === 'write' ? [folder.dir, dir] : [folder.dir],
    network: order.network,
    idleTimeoutMs: order.idleTimeoutMs,
    totalTimeoutMs: order.totalTimeoutMs,
    maxOutputBytes: order.maxOutputBytes,
    onStderr: (chunk) => {
      notes.add(chunk);
    },
    signal,
    ...(options.graceMs === undefined ? {} : { graceMs: options.graceMs }),
    onSpawn: (identity) => options.onSpawn?.(order.invocationId, identity),
  });
  notes.end();
  // Awaited here: the output is gone once this function has ended.
  return await toOutcome(result, order);
}

async function toOutcome(result: ProcessResult, order: WorkOrder): Promise<DriverOutcome> {
  const raw = await result.stdout.read(RAW_BYTES);
  const fail = ({ reason, detail, hopeless }: Stopped): DriverOutcome => {
    const more = { ...(hopeless && { hopeless }), raw, usage: UNKNOWN_USAGE };
    return { kind: 'failed', reason, detail, ...more };
  };
  const stopped = describeLeftovers(result.leftovers) ?? describeStop(result.end, order);
  if (stopped !== null) return fail(stopped);
  const crash = describeCrash(result);
  return crash === null ? readResult(result, raw, { fail }) : fail(crash);
}

async function readResult(
  { stdout }: ProcessResult,
  raw: Uint8Array,
  { fail }: { fail: (stopped: Stopped) => DriverOutcome },
): Promise<DriverOutcome> {
  // What is kept of a long output has a gap, and the result may lie in it.
  const end = await stdout.readEnd(MAX_RESULT_BYTES + LINE_ENDS);
  const line = readLastLine(end, stdout.totalBytes > end.length);
  if (line.kind === 'result') return { kind: 'submitted', result: line.value, raw, usage: UNKNOWN_USAGE };
  if (line.kind === 'no_result')
    return fail({ reason: 'no_result', detail: 'It ended without printing a result.' });
  const detail = `${line.detail} The last line of stdout has to be the result, as one JSON object.`;
  return fail({ reason: 'invalid_output', detail });
}

/** null: it says itself that all went well. */
function describeCrash({ end, stderr, stdout }: ProcessResult): Stopped | null {
  if (end.kind !== 'exited' || end.code === 0) return null;
  const how =
    end.code === null ? `was ended by ${end.signal ?? 'a signal'}` : `ended with exit code ${end.code}`;
  const said = lastWords(stderr, DETAIL_CHARS);
  return {
    reason: 'crashed',
    detail: said === '' ? `It ${how} and said nothing on stderr.` : `It ${how}:\n${said}`,
    ...(stdout.totalBytes === 0 && isHopeless({ code: end.code, said }) && { hopeless: true }),
  };
}
