/** Tasks from folders: other people's repositories, with a change that is known to be good and tests that nobody sees. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { BatonError } from '../src/core/errors.ts';
import { isTestPart } from '../src/gates/suites/test-files.ts';
import { createRepository, writeFiles } from '../src/workspace/temporary-repository.ts';
import { gatesOf } from './project-config.ts';
import type { EvalTask, Files, Runner } from './tasks.ts';

const command = z.string().min(1);
const taskFile = z.strictObject({
  prompt: z.string().min(1),
  setup: command.nullable().default(null),
  typecheck: command.nullable().default(null),
  lint: command.nullable().default(null),
  test: command,
  acceptance: command,
  /** Files of the change without which nothing of it is in use. */
  wiring: z.array(z.string()).default([]),
});

const RUNNERS: readonly [RegExp, Runner][] = [
  [/\bvitest\b/, 'vitest'],
  [/\bjest\b/, 'jest'],
  [/\bnode\b.* --test\b/, 'node'],
  [/\bmocha\b/, 'mocha'],
  [/\bgo test\b/, 'go'],
  [/\b(?:pytest|py\.test)\b/, 'pytest'],
  [/\bcargo\b.* ?test\b/, 'cargo'],
];
const FORM =
  'A task is a folder with repo/, gold.patch, tests.patch and task.json: `npm run eval -- --write-example DIR` writes one.';

/** Every task in the folder. What is wrong with one of them is an error that says which and where. */
export function readTasks(dir: string, workDir: string): EvalTask[] {
  const names = existsSync(dir)
    ? readdirSync(dir, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
    : [];
  if (names.length === 0) throw refusal(`There are no tasks in ${dir}`);
  return names.sort().map((name) => readTask(join(dir, name), name, join(workDir, name)));
}

function readTask(dir: string, name: string, workDir: string): EvalTask {
  for (const part of ['repo', 'gold.patch', 'tests.patch', 'task.json'])
    if (!existsSync(join(dir, part))) throw refusal(`${join(dir, part)} is not there`);
  const repo = join(dir, 'repo');
  if (!existsSync(join(repo, '.git'))) throw refusal(`${repo} is no git repository`);
  const { wiring, prompt, ...commands } = readTaskFile(join(dir, 'task.json'));
  git(workDir, 'clone', '-q', '--local', repo, workDir);
  const before = (files: Files): Files =>
    Object.fromEntries(Object.keys(files).flatMap((path) => readBase(repo, path)));
  const all = filesOf(workDir, join(dir, 'gold.patch'));
  const part = (isTest: boolean): Files =>
    Object.fromEntries(Object.entries(all).filter(([path]) => isTestPart(path) === isTest));
  const [gold, tests] = [part(false), part(true)];
  if (Object.keys(gold).length === 0) throw refusal(`${join(dir, 'gold.patch')} changes no source`);
  const unknown = wiring.find((path) => !(path in gold));
  if (unknown !== undefined)
    throw refusal(
      `${join(dir, 'task.json')} names ${unknown} under \`wiring\`, which gold.patch does not change`,
    );
  const runner = RUNNERS.find(([pattern]) => pattern.test(commands.test))?.[1] ?? 'unknown';
  return {
    id: `tasks/${name}`,
    project: name,
    runner,
    prompt,
    repo,
    gold,
    // Nobody says which code of a foreign base its tests ask for.
    base: {},
    baseTests: {},
    before: before(gold),
    tests,
    testsBefore: before(tests),
    acceptance: filesOf(workDir, join(dir, 'tests.patch')),
    wiring,
    hardCoded: null,
    baseIsRed: false,
    commands,
    endpoints: [],
    config: gatesOf(commands, runner, [
      { name: 'reach', kind: 'reach' },
      ...(runner === 'unknown' || runner === 'cargo'
        ? []
        : [{ name: 'executed', kind: 'executed' as const }]),
    ]),
  };
}

function readTaskFile(file: string): z.output<typeof taskFile> {
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw refusal(`${file} is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = taskFile.safeParse(data);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refusal(`${file}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
}

/** What the patch makes of the checkout: it stays there, committed, under the next one. */
function filesOf(checkout: string, patch: string): Files {
  try {
    git(checkout, 'apply', '--index', '--whitespace=nowarn', patch);
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[1] ?? error.message) : String(error);
    throw refusal(`${patch} does not apply to its repository: ${why}`);
  }
  const changed = git(checkout, 'diff', '--cached', '--name-only', '--no-renames', '-z')
    .split('\0')
    .filter(Boolean);
  const files = changed.map((path): [string, string | null] => {
    const file = join(checkout, path);
    return [path, existsSync(file) ? readFileSync(file, 'utf8') : null];
  });
  git(checkout, '-c', 'user.name=eval', '-c', 'user.email=eval@localhost', 'commit', '-q', '-m', 'Apply');
  return Object.fromEntries(files);
}

/** What the file was at the base; nothing where there was none. */
function readBase(repo: string, path: string): [string, string][] {
  try {
    return [[path, git(repo, 'show', `HEAD:${path}`)]];
  } catch {
    return [];
  }
}

/** One task of the evaluation's own, as a folder that `readTasks` takes. */
export function writeExample(task: EvalTask, dir: string): void {
  const folder = join(dir, task.id.replace('/', '-'));
  if (existsSync(folder)) throw refusal(`${folder} is there already`);
  mkdirSync(folder, { recursive: true });
  const base = git(task.repo, 'ls-files', '-z').split('\0').filter(Boolean);
  const repo = createRepository(
    join(folder, 'repo'),
    Object.fromEntries(base.flatMap((path) => readBase(task.repo, path))),
  );
  const patch = (files: Files): string => {
    writeFiles(repo, files as Record<string, string>); // our own changes take nothing away
    git(repo, 'add', '--all');
    const text = git(repo, 'diff', '--cached');
    git(repo, '-c', 'user.name=eval', '-c', 'user.email=eval@localhost', 'commit', '-q', '-m', 'Apply');
    return text;
  };
  writeFileSync(join(folder, 'gold.patch'), patch({ ...task.gold, ...task.tests }));
  writeFileSync(join(folder, 'tests.patch'), patch(task.acceptance));
  git(repo, 'reset', '-q', '--hard', 'HEAD~2');
  const { prompt, wiring } = task;
  const { test, acceptance } = task.commands;
  const file = { prompt, wiring, setup: null, typecheck: null, lint: null, test, acceptance };
  writeFileSync(join(folder, 'task.json'), `${JSON.stringify(file, null, 2)}\n`);
}

function git(cwd: string, ...args: string[]): string {
  const at = args[0] === 'clone' ? [] : ['-C', cwd];
  return execFileSync('git', [...at, ...args], { encoding: 'utf8', stdio: 'pipe', maxBuffer: 2 ** 28 });
}

function refusal(what: string): BatonError {
  return new BatonError({ code: 'E_USAGE', message: `${what}.`, fix: FORM });
}
