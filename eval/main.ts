/** `npm run eval`: how much of what is wrong with a change gets past which gates, on repositories that are made for it. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { BatonError } from '../src/core/errors.ts';
import { openWall } from '../src/workspace/wall/open-wall.ts';
import { makeTasks, missingRunners, PROJECT_NAMES } from './built-in-tasks.ts';
import { withoutLate } from './gate-bench.ts';
import { readTasks, writeExample } from './external-tasks.ts';
import { evaluate } from './evaluate.ts';
import { readOptions, type EvalOptions } from './options.ts';
import { sayFigures, sayNothing } from './print.ts';
import { figuresOf } from './summary.ts';

const EXAMPLE = 'node-http/quote';

async function main(options: EvalOptions): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'baton-eval-'));
  const startedAt = performance.now();
  const { wall, notes } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
  process.env['GOCACHE'] = join(dir, 'go-build');
  mkdirSync(process.env['GOCACHE']);
  const endsAt = options.minutes === null ? Infinity : startedAt + options.minutes * 60_000;
  try {
    const repos = join(dir, 'repos');
    if (options.writeExample !== null) return example(options.writeExample, repos);
    const say = (line: string): void => console.error(line);
    const names = options.projects ?? PROJECT_NAMES;
    const missing = options.tasks === null ? missingRunners(names) : [];
    if (missing.length > 0) say(`Left out, as this machine has no runner for them: ${missing.join(', ')}`);
    const present = names.filter((name) => !missing.includes(name));
    const made =
      options.tasks === null ? makeTasks(present, repos) : readTasks(resolve(options.tasks), repos);
    const tasks = options.slowGates ? made : made.map(withoutLate);
    say(
      `${tasks.length} tasks: ${tasks.map(({ id }) => id).join(', ')}; wall: ${wall.kind} ${notes.join(' ')}`,
    );
    const evaluation = await evaluate(tasks, { ...options, dir, wall, say, endsAt });
    const figures = figuresOf(evaluation);
    const minutes = (performance.now() - startedAt) / 60_000;
    const load = loadavg()[0] ?? 0;
    const cores = availableParallelism();
    if (options.json)
      return console.log(JSON.stringify({ seed: options.seed, minutes, load, cores, figures }));
    const nothing = sayNothing(evaluation, { ...options, isOver: performance.now() >= endsAt });
    if (nothing !== null) return console.log(nothing);
    console.log(
      `seed ${options.seed}, ${evaluation.faults.length} faults, ${evaluation.cheats.length} cheats, ${evaluation.clean.length} clean changes, ${tasks.length} tasks; ${minutes.toFixed(1)} min on ${cores} cores at load ${load.toFixed(1)}\n`,
    );
    if (!options.slowGates)
      console.log('The gates mutation and probe were not asked: --slow-gates asks them.\n');
    console.log(sayFigures(figures).join('\n'));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function example(dir: string, repos: string): void {
  const [task] = makeTasks(['node-http'], repos).filter(({ id }) => id === EXAMPLE);
  if (task === undefined) throw new Error(`The task ${EXAMPLE} is gone.`);
  writeExample(task, resolve(dir));
  console.log(`Try it: npm run eval -- --tasks ${dir} --sample 3 --runs 0`);
}

try {
  await main(readOptions(process.argv.slice(2)));
} catch (error) {
  if (!(error instanceof BatonError)) throw error;
  console.error(`${error.code}: ${error.message}\n${error.fix}`);
  process.exitCode = 2;
}
