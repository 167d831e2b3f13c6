/**
 * A reporter for mocha. It runs inside the runner, behind the wall, copied to a place of its own: it imports only Node.
 * The report is written when mocha says that it has ended, so that a run which something ended has none.
 */
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';

interface Failure {
  message?: string;
  stack?: string;
}
interface Runnable {
  type: string;
  title: string;
  file?: string;
  titlePath(): string[];
}
interface Runner {
  on(event: 'pass' | 'pending', listener: (test: Runnable) => void): void;
  on(event: 'fail', listener: (test: Runnable, error: Failure) => void): void;
  on(event: 'end', listener: () => void): void;
}

const MAX_MESSAGE = 4_000;

/** Writes every test and failed hook of the run, and a last line that counts them. */
// oxlint-disable-next-line import/no-default-export -- the runner looks for one
export default function report(runner: Runner): void {
  // A test that is done twice passes and then fails: the last word counts.
  const ended = new Map<Runnable, object>();
  runner.on('pass', (test) => ended.set(test, describeTest(test, 'passed', null)));
  runner.on('pending', (test) => ended.set(test, describeTest(test, 'skipped', null)));
  runner.on('fail', (test, error) => {
    ended.set(test, test.type === 'hook' ? describeHook(test, error) : describeTest(test, 'failed', error));
  });
  runner.on('end', () => writeReport([...ended.values()]));
}

function writeReport(lines: object[]): void {
  const text = [...lines, { kind: 'end', count: lines.length }]
    .map((line) => JSON.stringify(line))
    .join('\n');
  writeFileSync(process.env.BATON_TEST_REPORT ?? '', `${text}\n`);
}

function describeTest(test: Runnable, status: string, error: Failure | null): object {
  const name = test.titlePath().join(' > ');
  const file = test.file ?? '';
  const message = messageOf(error);
  process.stdout.write(`${status}: ${name}${message === '' ? '' : `\n${error?.stack ?? message}`}\n`);
  return { kind: 'test', name, file, status, line: failingLine(error, file), message };
}

/** What a hook keeps from running is not reported at all: only this line says why. */
function describeHook(hook: Runnable, error: Failure): object {
  const message = `${hook.titlePath().join(' > ')}: ${messageOf(error)}`;
  process.stdout.write(`failed: ${message}\n`);
  return { kind: 'error', file: hook.file ?? null, message: message.slice(0, MAX_MESSAGE) };
}

function messageOf(error: Failure | null): string {
  return (error?.message ?? '').slice(0, MAX_MESSAGE);
}

/** Mocha takes the folder that it runs in out of its stacks. */
function failingLine(error: Failure | null, file: string): number | null {
  const stack = error?.stack ?? '';
  const place = `${relative(process.cwd(), file)}:`;
  const at = file === '' ? -1 : stack.indexOf(place);
  const line = at === -1 ? Number.NaN : Number.parseInt(stack.slice(at + place.length), 10);
  return Number.isNaN(line) ? null : line;
}
