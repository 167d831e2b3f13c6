/**
 * A reporter for vitest (1 to 5). It runs inside the runner, behind the wall, copied to a place of its
 * own: it imports only Node. Beside the names it keeps what the runner's own JSON leaves out: errors
 * outside of tests.
 */
import { sendReport } from './send-report.mts';

interface Failure {
  message?: string;
}
interface Task {
  type: string;
  name: string;
  mode?: string;
  /** Marked as expected to fail. */
  fails?: boolean;
  filepath?: string;
  location?: { line: number };
  result?: { state?: string; errors?: Failure[] };
  tasks?: Task[];
}
interface Settings {
  includeTaskLocation?: boolean;
}
interface Runner {
  config: Settings;
  /** Since vitest 1. */
  projects?: readonly { config: Settings }[];
}
interface Module {
  task: Task;
}

/** Hands in every test and error of the run. */
// oxlint-disable-next-line import/no-default-export -- the runner looks for one
export default class BatonReporter {
  #done = false;

  /** Lines are left out unless they are asked for. */
  onInit({ config, projects = [] }: Runner): void {
    for (const each of [config, ...projects.map((project) => project.config)])
      each.includeTaskLocation = true;
  }

  /** Since vitest 3. */
  async onTestRunEnd(modules: readonly Module[], errors: readonly Failure[]): Promise<void> {
    await this.#handIn(
      modules.map((module) => module.task),
      errors,
    );
  }

  /** Up to vitest 3, which calls both. */
  async onFinished(files: readonly Task[] = [], errors: readonly Failure[] = []): Promise<void> {
    await this.#handIn(files, errors);
  }

  async #handIn(files: readonly Task[], errors: readonly Failure[]): Promise<void> {
    if (this.#done) return;
    this.#done = true;
    const strays = errors.map((error) => ({ kind: 'error', file: null, message: messageOf([error]) }));
    await sendReport([...files.flatMap((file) => describeFile(file)), ...strays]);
  }
}

function describeFile(file: Task): object[] {
  const path = file.filepath ?? file.name;
  const tests = describeTasks(file.tasks ?? [], path, []);
  const errors = file.result?.errors ?? [];
  // A file that does not load has errors of its own and no tests.
  if (errors.length > 0) return [...tests, { kind: 'error', file: path, message: messageOf(errors) }];
  return tests.length === 0 ? [{ kind: 'empty', file: path }] : tests;
}

function describeTasks(tasks: Task[], file: string, above: string[]): object[] {
  return tasks.flatMap((task) => {
    const path = [...above, task.name];
    if (task.type !== 'suite') return [describeTest(task, file, path)];
    const inner = describeTasks(task.tasks ?? [], file, path);
    const errors = task.result?.errors ?? [];
    return errors.length === 0 ? inner : [...inner, { kind: 'error', file, message: messageOf(errors) }];
  });
}

function describeTest(task: Task, file: string, path: string[]): object {
  const state = task.result?.state;
  const isInverted = state === 'pass' && task.fails === true;
  const status =
    task.mode === 'todo' || isInverted
      ? 'todo'
      : state === 'pass'
        ? 'passed'
        : state === 'fail'
          ? 'failed'
          : 'skipped';
  const message = status === 'failed' ? messageOf(task.result?.errors ?? []) : '';
  return { kind: 'test', name: path.join(' > '), file, status, line: task.location?.line ?? null, message };
}

function messageOf(errors: Failure[]): string {
  return errors
    .map((error) => error.message ?? 'an error without a message')
    .join('\n')
    .slice(0, 4_000);
}
