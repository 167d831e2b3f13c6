/** Whether a change does what was asked for: the hidden tests, in a checkout of their own that no gate and no agent sees. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { EvalTask, Files } from './tasks.ts';

const LIMIT_MS = 120_000;
/** What a shell says of a program that is not there. */
const NOT_FOUND = 127;

export interface Verdict {
  /** All hidden tests ran and are green. */
  accepted: boolean;
  passed: number;
  /** The end of what they printed. */
  words: string;
}

/** The project's own commands as somebody would type them, one after the other. */
export interface BareRun {
  ms: number;
  testsAreRed: boolean;
  /** How many tests are green. */
  passed: number;
}

export interface VerdictCheckout {
  /** Types, lint and tests of the base with these files. */
  bare(files: Files): Promise<BareRun>;
  /** Applies these files to the base, and the hidden tests over them. */
  judge(files: Files): Promise<Verdict>;
}

/** One per task, used by one caller at a time. Its packages are installed before any change is in it. */
export async function openVerdictCheckout(task: EvalTask, dir: string): Promise<VerdictCheckout> {
  execFileSync('git', ['clone', '-q', '--local', task.repo, dir], { stdio: 'pipe' });
  if (task.commands.setup !== null) await run(task.commands.setup, dir);
  const lay = (files: Files): void => {
    for (const args of [
      ['checkout', '-q', '-f', '.'],
      ['clean', '-q', '-f', '-d'],
    ])
      execFileSync('git', args, { cwd: dir, stdio: 'pipe' });
    for (const [path, text] of Object.entries(files)) write(dir, path, text);
  };
  const apply = async (files: Files): Promise<Verdict> => {
    lay({ ...files, ...task.acceptance });
    const { exit, output } = await run(task.commands.acceptance, dir);
    return { accepted: exit === 0, passed: countPassed(output), words: output.slice(-800) };
  };
  const best = await apply({ ...task.gold, ...task.tests });
  if (!best.accepted)
    throw new Error(`${task.id}: the hidden tests are red on the good change: ${best.words}`);
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  return {
    bare: (files) =>
      inTurn(async () => {
        lay(files);
        const { typecheck, lint, test } = task.commands;
        const since = performance.now();
        for (const command of [typecheck, lint]) if (command !== null) await run(command, dir);
        // Go names what is green where it is asked to.
        const { exit, output } = await run(test.replace(/^go test\b/, 'go test -v'), dir);
        const ms = performance.now() - since;
        return { ms, testsAreRed: exit !== 0, passed: countPassed(output) };
      }),
    judge: (files) =>
      inTurn(async () => {
        const { accepted, passed, words } = await apply(files);
        // A process that ends itself early is green by its exit code and has run nothing.
        return { accepted: accepted && passed >= best.passed, passed, words };
      }),
  };
}

/** Installed packages are never taken from a change. */
function write(dir: string, path: string, text: string | null): void {
  if (path.split('/').includes('node_modules')) return;
  const file = join(dir, path);
  if (text === null) return rmSync(file, { force: true });
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const PASSED = [
  /^(?:#|ℹ) pass (\d+)/gm,
  /^Tests:.*?(\d+) passed/gm,
  /^\s+Tests\s.*?(\d+) passed/gm,
  /(\d+) passing/g,
  /^(?:=+ )?(?:\d+ failed, )?(\d+) passed.* in [\d.]+s/gm,
  /^test result: \w+\. (\d+) passed/gm,
];

/** How many tests the runner says are green; what says nothing of the kind counts as 0. */
export function countPassed(output: string): number {
  const sums = PASSED.map((pattern) =>
    [...output.matchAll(pattern)].reduce((sum, [, n]) => sum + Number(n), 0),
  );
  return Math.max(...sums, output.match(/^\s*--- PASS: /gm)?.length ?? 0);
}

async function run(command: string, cwd: string): Promise<{ exit: number | null; output: string }> {
  // As for scripts of npm: programs of its packages are found by name, and by nothing else's.
  const path = [join(cwd, 'node_modules/.bin'), dirname(process.execPath), process.env['PATH'] ?? ''].join(
    ':',
  );
  const env = { ...process.env, PATH: path, CI: 'true', NO_COLOR: '1', NODE_OPTIONS: '' };
  const child = spawn('/bin/sh', ['-c', command], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LIMIT_MS,
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const exit = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const output = Buffer.concat(chunks).toString('utf8');
  if (exit === NOT_FOUND && output.includes('not found'))
    throw new Error(`\`${command}\` could not be run in ${cwd}: ${output.slice(-800)}`);
  return { exit, output };
}
