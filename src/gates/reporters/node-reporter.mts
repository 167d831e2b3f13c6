/**
 * A reporter for node:test. It runs inside the runner, behind the wall, copied to a place of its own: it imports only
 * Node. The report is handed in when the runner has no more to say, so that a run which something ended has none.
 */
import { sendReport } from './send-report.mts';

interface RunnerEvent {
  type: string;
  data: {
    name?: string;
    nesting?: number;
    file?: string;
    entryFile?: string;
    line?: number;
    column?: number;
    message?: string;
    skip?: unknown;
    todo?: unknown;
    expectFailure?: unknown;
    details?: { type?: string; error?: RunnerFailure };
  };
}

interface RunnerFailure {
  message?: string;
  failureType?: string;
  cause?: unknown;
}

const MAX_MESSAGE = 4_000;
const MAX_STDERR = 2_000;

// Loaded before the runner starts its first file: what tests start in turn reports to nobody.
leaveToChildren(process.env);

/** Collects what the runner's events say, and prints nothing. */
// oxlint-disable-next-line import/no-default-export -- the runner looks for one
export default async function* report(events: AsyncIterable<RunnerEvent>): AsyncGenerator<never> {
  const names = new Map<string, string[]>();
  const stderr = new Map<string, string>();
  const lines: object[] = [];
  for await (const event of events) {
    const file = event.data.entryFile ?? event.data.file ?? '';
    if (event.type === 'test:stderr') {
      stderr.set(file, ((stderr.get(file) ?? '') + (event.data.message ?? '')).slice(-MAX_STDERR));
    }
    if (event.type === 'test:start') {
      const path = names.get(file) ?? [];
      names.set(file, [...path.slice(0, event.data.nesting ?? 0), event.data.name ?? '']);
    }
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const path = [...(names.get(file) ?? []).slice(0, event.data.nesting ?? 0), event.data.name ?? ''];
    const line = isWholeFile(event, file)
      ? describeFile(event, file, stderr.get(file) ?? '')
      : describeTest(event, file, path);
    if (line === null) continue;
    lines.push(line);
  }
  await sendReport(lines);
  // A reporter is a generator, and this one has nothing to print.
  yield* [];
}

/** A script's runner learns of its reporters from the environment, which everything that it starts inherits. */
function leaveToChildren(environment: NodeJS.ProcessEnv): void {
  const words = (environment.NODE_OPTIONS ?? '').split(' ');
  const kept = words.filter((word) => !word.startsWith('--test-reporter') && word !== '--disable-sigusr1');
  if (kept.some((word) => word !== '')) environment.NODE_OPTIONS = kept.join(' ');
  else delete environment.NODE_OPTIONS;
}

/** The runner reports a file itself only where it failed as a whole or held no test. */
function isWholeFile(event: RunnerEvent, file: string): boolean {
  const { name = '', nesting, line, column } = event.data;
  return (
    nesting === 0 && line === 1 && column === 1 && name !== '' && (file === name || file.endsWith(`/${name}`))
  );
}

function describeFile(event: RunnerEvent, file: string, stderr: string): object {
  if (event.type === 'test:pass') return { kind: 'empty', file };
  const error = event.data.details?.error;
  return { kind: 'error', file, message: stderr.trim() === '' ? messageOf(error) : stderr };
}

function describeTest(event: RunnerEvent, file: string, path: string[]): object | null {
  const { details, skip, todo, expectFailure } = event.data;
  // A pass with an error is a failure that somebody turned.
  const isTurned = details?.error !== undefined && !isSet(expectFailure);
  const failed = event.type === 'test:fail' || isTurned;
  // A suite is no test; but one whose own hooks fail has to be seen.
  if (details?.type === 'suite' && (!failed || details.error?.failureType === 'subtestsFailed')) return null;
  const status = isSet(todo) ? 'todo' : isSet(skip) ? 'skipped' : failed ? 'failed' : passedAs(expectFailure);
  return {
    kind: 'test',
    name: path.join(' > '),
    file,
    status,
    line: failed ? failingLine(details?.error, file, event.data.line) : (event.data.line ?? null),
    message: status === 'failed' ? messageOf(details?.error) : '',
  };
}

/** What is expected to fail is done once somebody takes the mark off: until then its green says nothing of the code. */
const passedAs = (expectFailure: unknown): string => (isSet(expectFailure) ? 'todo' : 'passed');

const isSet = (value: unknown): boolean => value !== undefined && value !== false;

function messageOf(error: RunnerFailure | undefined): string {
  const cause = error?.cause;
  const text =
    cause instanceof Error ? cause.message : typeof cause === 'string' ? cause : (error?.message ?? '');
  return text.slice(0, MAX_MESSAGE);
}

/** Where in the test file it failed; the test's own line where the stack does not say. */
function failingLine(
  error: RunnerFailure | undefined,
  file: string,
  line: number | undefined,
): number | null {
  const stack = error?.cause instanceof Error ? (error.cause.stack ?? '') : '';
  const at = stack.indexOf(`${file}:`);
  const found = at === -1 ? Number.NaN : Number.parseInt(stack.slice(at + file.length + 1), 10);
  return Number.isNaN(found) ? (line ?? null) : found;
}
