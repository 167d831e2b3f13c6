/**
 * A reporter for mocha. It runs inside the runner, behind the wall, copied to a place of its own: it imports only Node.
 * The report is handed in when mocha has ended, so that a run which something ended has none.
 */
import { relative } from 'node:path';
import { sendReport } from './send-report.mts';

interface Failure {
  message?: string;
  stack?: string;
}
interface Runnable {
  type: string;
  title: string;
  file?: string;
  state?: string;
  titlePath(): string[];
}
interface Runner {
  on(event: 'pass' | 'pending', listener: (test: Runnable) => void): void;
  on(event: 'fail', listener: (test: Runnable, error: Failure) => void): void;
}

const MAX_MESSAGE = 4_000;

/** Hands in every test and failed hook of the run. */
// oxlint-disable-next-line import/no-default-export -- the runner looks for one
export default class BatonReporter {
  /** A test that is done twice passes and then fails: the last word counts. */
  #ended = new Map<Runnable, object>();

  constructor(runner: Runner) {
    runner.on('pass', (test) => this.#ended.set(test, describePassed(test)));
    runner.on('pending', (test) => this.#ended.set(test, describeTest(test, 'skipped', null)));
    runner.on('fail', (test, error) => {
      const line = test.type === 'hook' ? describeHook(test, error) : describeTest(test, 'failed', error);
      this.#ended.set(test, line);
    });
  }

  /** Mocha waits for its call before it ends. */
  done(failures: number, ended: (failures: number) => void): void {
    void sendReport([...this.#ended.values()]).finally(() => ended(failures));
  }
}

/** What is said of a test by an event, and by itself: where they differ, somebody turned one of them. */
function describePassed(test: Runnable): object {
  const isTurned = test.state === 'failed';
  return isTurned
    ? describeTest(test, 'failed', { message: 'It failed, and was told to have passed.' })
    : describeTest(test, 'passed', null);
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
